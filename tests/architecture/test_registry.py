"""Whatever has a name in Temporal is on offer at a worker, and is called by itself, not by name."""

import ast
import inspect
import pkgutil
import re
from importlib import import_module

import activities
import workflows
from gateways.choose import Gateways
from tests.architecture.breaches import assert_only_known
from tests.architecture.tree import called, modules
from workers.registry import round_activities, round_workflows, story_activities, story_workflows
from workers.schedules import ROUNDS_OF_THE_HOUSE
from workflows.agreement import AgreementWorkflow
from workflows.claim import ClaimWorkflow

BY_REFERENCE = {
    *("execute_activity", "execute_activity_method", "start_activity", "start_activity_method"),
    *("execute_local_activity", "execute_local_activity_method", "start_local_activity"),
    *("start_workflow", "execute_workflow", "start_child_workflow", "execute_child_workflow"),
    *("ScheduleActionStartWorkflow",),
}
LOOKED_UP_BY_NAME = {
    "workers/schedules.py ScheduleActionStartWorkflow": (
        "the table of rounds keeps the names; the test below holds them to the register"
    ),
}
TOLD_BY_SQL = re.compile(r"'(claim-|agreement-)' \|\| [\w.]+(?: as \w+)?, '(\w+)'")
STORIES = {"claim-": ClaimWorkflow, "agreement-": AgreementWorkflow}


def everything_in(package):
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield from vars(import_module(found.name)).values()


def defined_activities():
    return {
        definition.name
        for thing in set(filter(inspect.isclass, everything_in(activities)))
        for method in vars(thing).values()
        if (definition := getattr(method, "__temporal_activity_definition", None))
    }


def defined_workflows():
    classes = filter(inspect.isclass, everything_in(workflows))
    return {c for c in classes if "__temporal_workflow_definition" in vars(c)}


def offered_activities():
    return [
        act.__temporal_activity_definition.name
        for act in (
            *story_activities(None, None),
            *round_activities(None, None, Gateways(*[None] * 9)),
        )
    ]


def workflow_names():
    return {c.__temporal_workflow_definition.name for c in defined_workflows()}


def signals_of(story):
    members = inspect.getmembers(story, inspect.isfunction)
    return {n for n, h in members if hasattr(h, "__temporal_signal_definition")}


def test_every_activity_is_offered_once():
    assert sorted(offered_activities()) == sorted(defined_activities())
    assert len(defined_activities()) > 10


def test_every_workflow_is_offered_once():
    offered = [*story_workflows(), *round_workflows()]
    assert len(offered) == len(set(offered))
    assert set(offered) == defined_workflows()


def test_names_that_histories_keep_are_written_out():
    """A name taken from the class or the function would change with it."""
    assert all("." in name for name in defined_activities())
    assert not workflow_names() & {c.__name__ for c in defined_workflows()}


def test_the_rounds_that_are_kept_are_workflows_that_are_offered():
    offered = {c.__temporal_workflow_definition.name for c in round_workflows()}
    assert {rounds.workflow for rounds in ROUNDS_OF_THE_HOUSE} <= offered


def test_workflows_and_activities_are_not_looked_up_by_name():
    """A type checker follows a reference; a name that has changed is found at night."""
    found = [
        f"{m.name} {called(c)}"
        for m in modules()
        for c in m.calls
        if called(c) in BY_REFERENCE and c.args and not is_reference(c.args[0], called(c))
    ]
    assert_only_known(found, LOOKED_UP_BY_NAME)


def is_reference(argument, caller):
    match argument:
        case ast.Attribute(attr=name):
            return name == "run" or "orkflow" not in caller
        case ast.Name() | ast.Subscript(value=ast.Name()):
            return True  # handed on, or from a table: a checker looks at where it comes from
        case _:
            return False


def test_what_the_outbox_says_someone_understands():
    """A signal nobody handles is kept by Temporal without a word, for ever."""
    told = [*told_by_literal(), *told_by_sql()]
    assert len(told) > 12
    for where, story, name in told:
        assert name in signals_of(story), f"{where}: {story.__name__} does not understand {name}"


def told_by_literal():
    for module in modules("activities", "persistence", "cli"):
        for call in module.calls:
            match called(call), call.args:
                case ("tell", [_, ast.JoinedStr(values=[ast.Constant(value=v), *_]), name, *_]):
                    pass
                case ("message", [ast.JoinedStr(values=[ast.Constant(value=v), *_]), name, *_]):
                    pass
                case _:
                    continue
            if isinstance(name, ast.Constant):
                yield f"{module.name}:{call.lineno}", STORIES[v], name.value


def told_by_sql():
    for module in modules("persistence"):
        for string in module.strings:
            for story, name in TOLD_BY_SQL.findall(string.value):
                yield f"{module.name}:{string.lineno}", STORIES[story], name

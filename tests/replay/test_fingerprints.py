"""What the stories say to Temporal, in the order they say it: no change of it goes unnoticed.

After a change that is meant: ``RETTIDIG_RECORD=1 pytest tests/replay/test_fingerprints.py``.
"""

import ast
import inspect
import json
import os
from pathlib import Path

from tests.architecture.tree import called, modules
from workers.registry import round_workflows, story_workflows

FILE = Path(__file__).with_name("fingerprints.json")
IS_RECORDING = os.environ.get("RETTIDIG_RECORD") == "1"
COMMANDS = {
    *("execute_activity", "execute_activity_method", "start_activity", "start_activity_method"),
    *("execute_local_activity", "execute_local_activity_method"),
    *("execute_child_workflow", "start_child_workflow", "get_external_workflow_handle"),
    *("wait_condition", "sleep", "gather", "continue_as_new", "patched", "deprecate_patch"),
    *("upsert_search_attributes", "upsert_memo", "uuid4", "random", "turn_the_page"),
}
NO_TEMPORAL = {"workflows/rehearsal.py", "workflows/messages.py", "workflows/queues.py"}
ADVICE = """
What the stories say to Temporal, or the order in which they say it, has changed:

{differences}

A claim sleeps for months, and when it wakes Temporal tells its story again from the start of its
history. If today's code then asks for another activity or timer, or for the same ones in another
order, that claim stands still until somebody mends it.

Where a page begins (continue-as-new) everything may change: the story is retold over its record,
which repeats no act. Between two pages the commands of an open history may not. So:

1. Run tests/replay/test_histories.py. When it fails, sleeping claims would break: either guard the
   change with workflow.patched, or make sure that no story wakes on the new code before it has
   turned its page (workers with a build id, and `rettidig turn-pages`: docs/decisions/0003).
2. When it passes, ask whether the recorded lives come by the place you changed. If none does, add
   one (tests/replay/test_recording.py) with the old code before you go on.
3. Names of workflows, signals and queries are kept in histories and in the outbox: never rename.
4. Then write this file anew: RETTIDIG_RECORD=1 pytest tests/replay/test_fingerprints.py
"""


def fingerprints():
    return {"names": names()} | {
        module.name: said for module in modules("workflows") if (said := said_in(module))
    }


def names():
    """What histories and the outbox know the stories and their handlers by."""
    return {
        story.__temporal_workflow_definition.name: sorted(
            getattr(handler, f"__temporal_{kind}_definition").name
            for kind in ("signal", "query", "update")
            for _, handler in inspect.getmembers(story, inspect.isfunction)
            if hasattr(handler, f"__temporal_{kind}_definition")
        )
        for story in [*story_workflows(), *round_workflows()]
    }


def said_in(module):
    """By function, as ``ClaimWorkflow.run``: its commands in the order of the source."""
    if module.name in NO_TEMPORAL:
        return {}
    found = {}
    for place, function in functions_of(module.tree.body):
        if commands := [say(node) for node in sorted(commands_of(function), key=end_of)]:
            found[place] = commands
    return found


def functions_of(body, within=""):
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from functions_of(node.body, f"{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield within + node.name, node


def commands_of(function):
    """What is awaited, what speaks to Temporal without, and steps that are handed on to be done."""
    nodes = list(ast.walk(function))
    awaited = {id(node.value) for node in nodes if isinstance(node, ast.Await)}
    done_at_once = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    for node in nodes:
        match node:
            case ast.Call() if id(node) in awaited or called(node) in COMMANDS:
                yield node
            case ast.Attribute(value=ast.Attribute(attr="steps")) if id(node) not in done_at_once:
                yield node


def end_of(node):
    """The order of evaluation: what an argument says comes before what it is given to."""
    return node.end_lineno, node.end_col_offset


def say(node):
    """With the first argument where it is a known name: it may decide which activity is meant."""
    if not isinstance(node, ast.Call):
        return ast.unparse(node)
    first = node.args[0] if node.args else None
    is_known = isinstance(first, ast.Attribute)
    return f"{ast.unparse(node.func)}({ast.unparse(first) if is_known else ''})"


def test_stories_say_to_temporal_what_they_have_always_said():
    now = fingerprints()
    if IS_RECORDING:
        FILE.write_text(json.dumps(now, indent=2) + "\n", encoding="utf-8")
    before = json.loads(FILE.read_text(encoding="utf-8"))
    assert now == before, ADVICE.format(differences="\n".join(differences(before, now)))


def differences(before, now):
    for module in sorted(before.keys() | now.keys()):
        was, is_ = before.get(module, {}), now.get(module, {})
        for place in sorted(was.keys() | is_.keys()):
            if was.get(place) != is_.get(place):
                yield f"  {module} {place}\n    was: {was.get(place)}\n    is:  {is_.get(place)}"


def test_the_fingerprint_sees_what_matters():
    """Waits, acts and their order are in it; the names of variables are not."""
    told = "async def a(self):\n await self.write(Letter.DEMAND)\n await wait(self.record)\n"
    turned = "async def a(self):\n await wait(self.record)\n await self.write(Letter.DEMAND)\n"
    another = told.replace("DEMAND", "FIRST_REMINDER")
    layout = told.replace("\n await wait", "\n note = 1\n\n await wait")
    said = [list(map(say, sorted(commands_of(ast.parse(t)), key=end_of)))
            for t in (told, turned, another, layout)]  # fmt: skip
    assert said[0] == ["self.write(Letter.DEMAND)", "wait(self.record)"]
    assert said[1] == said[0][::-1]
    assert said[2] != said[0] == said[3]

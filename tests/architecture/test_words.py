"""Nothing is asked, answered, written or refused for which there are no words."""

import ast
import re
from functools import cache

from domain.decisions import ANSWERS, NO_LONGER_GIVEN, STORY_TASKS, Outcome, TaskKind
from domain.letters import Letter
from letters.catalogue import LANGUAGES, codes
from letters.templates import FOLDER, active
from tests.architecture.tree import ROOT, called, modules

CODE = re.compile(r"[a-z]+(-[a-z0-9]+)+")
# Where codes are looked up in a table of the same module: every string there that looks like one.
FROM_A_TABLE = {
    "api/errors.py",
    "domain/identity.py",
    "domain/notation.py",
    "domain/registration.py",
    "gateways/claim_files/json_rows.py",
}
# Where a code is handed on that comes from one of the others, from SQL, or from pydantic.
HANDED_ON = {
    "api/pages/money/payments.py",
    "activities/direct_debit_teller.py",
    "activities/bank_teller.py",  # held against its sentences by tests/files/test_report.py
    "api/errors.py",
    "api/routes/debtors.py",
    "cli/ending.py",
    "cli/letters.py",
    "letters/proofreading.py",  # held against its sentences below
    "domain/registration.py",
    "persistence/recovery/correcting.py",  # a code of the authority, each with its sentence
    "persistence/files/received.py",
    # Their values hold the reason itself, in both languages.
    "policies/complaints.py",
    "settings/__init__.py",
}


def is_said(code):
    return code in codes("da") & codes("en")


def makers():
    """Functions that make a fault of the code they are given: (where, name) → the parameter."""
    found = {("domain/errors.py", "Fault"): (1, "code")}
    while True:
        known = len(found)
        for module in modules():
            for function in module.functions:
                if place := place_of_code(module, function, found):
                    found.setdefault(
                        ("" if is_method(function) else module.name, function.name), place
                    )
        if len(found) == known:
            return found


def is_method(function):
    return bool(function.args.args) and function.args.args[0].arg == "self"


def place_of_code(module, function, found):
    names = [argument.arg for argument in function.args.args]
    for call in (n for n in ast.walk(function) if isinstance(n, ast.Call)):
        code = code_in(module, call, found)
        if isinstance(code, ast.Name) and code.id in names:
            return names.index(code.id) - is_method(function), code.id
    return None


def code_in(module, call, found):
    """The argument that is the code, when *call* makes a fault; methods are known by name alone."""
    home = (
        "" if isinstance(call.func, ast.Attribute) else homes(module).get(called(call), module.name)
    )
    if (home, called(call)) not in found:
        return None
    number, name = found[home, called(call)]
    named = [keyword.value for keyword in call.keywords if keyword.arg == name]
    return named[0] if named else call.args[number] if len(call.args) > number else None


@cache
def homes(module):
    """The module each imported name comes from."""
    imports = (n for n in module.nodes if isinstance(n, ast.ImportFrom) and n.module)
    return {a.name: f"{n.module.replace('.', '/')}.py" for n in imports for a in n.names}


def codes_made():
    """(where, the code or None when it is not written there)"""
    found = makers()
    for module in modules():
        inner = {id(n) for f in module.functions if place_of_code(module, f, found)
                 for n in ast.walk(f)}  # fmt: skip
        for call in module.calls:
            code = code_in(module, call, found)
            if isinstance(code, ast.Name) and id(call) in inner:
                continue
            for option in (code.body, code.orelse) if isinstance(code, ast.IfExp) else (code,):
                if option is not None:
                    written = option.value if isinstance(option, ast.Constant) else None
                    yield module.name, call.lineno, written


def test_every_fault_has_a_sentence_in_both_languages():
    made = list(codes_made())
    assert len({code for _, _, code in made}) > 60
    unsaid = [f"{name}:{line} {code}" for name, line, code in made if code and not is_said(code)]
    assert unsaid == []


def test_codes_that_are_not_written_where_they_are_used_are_known_to_this_test():
    computed = {name for name, _, code in codes_made() if code is None}
    assert computed <= FROM_A_TABLE | HANDED_ON


def test_every_code_in_a_table_has_a_sentence_in_both_languages():
    for module in modules():
        if module.name in FROM_A_TABLE:
            for string in module.strings:
                code = string.value
                if CODE.fullmatch(code):
                    assert is_said(code) or is_said(f"problem-{code}"), f"{module.name} {code}"


def test_no_sentence_waits_for_a_code_that_nobody_uses():
    written = {string.value for module in modules() for string in module.strings}
    begun = {
        node.values[0].value
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant)
    }
    begun = tuple(start for start in begun if re.fullmatch(r"[a-z]+(-[a-z]+)*-", start))
    said = "\n".join(page.read_text("utf-8") for page in (ROOT / "templates").rglob("*.html"))
    written |= set(re.findall(r'say\("([a-z-]+)"[,)]', said))
    begun += tuple(re.findall(r'say\("([a-z-]+-)" ~', said))
    unused = [code for code in codes("da") if code not in written and not code.startswith(begun)]
    assert sorted(unused) == []


def test_every_letter_has_a_text_in_use_in_each_language():
    """That each of them renders is the letters' own test."""
    for letter in Letter:
        assert all((FOLDER / active(letter, language)).is_file() for language in LANGUAGES)


def test_every_task_can_be_answered_and_every_answer_belongs_to_a_task():
    assert ANSWERS.keys() == set(TaskKind)
    assert all(ANSWERS.values())
    assert NO_LONGER_GIVEN.union(*ANSWERS.values()) == set(Outcome)


def test_the_tasks_a_story_waits_for_have_their_place_in_it():
    [story] = [module for module in modules("workflows") if module.name == "workflows/claim.py"]
    asked = {
        TaskKind[node.attr]
        for node in story.nodes
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "TaskKind"
    }
    assert asked == STORY_TASKS


def test_each_thing_that_may_be_missing_has_a_name():
    missing = re.compile(r'NotFound\(\s*"([a-z-]+)"')
    things = {thing for module in modules() for thing in missing.findall(module.source)}
    assert things >= {"claim", "task"}
    assert [thing for thing in sorted(things) if not is_said(f"word-thing-{thing}")] == []

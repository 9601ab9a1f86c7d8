"""Every module can be read in one sitting, and says in its first line what it knows."""

import ast

from tests.architecture.breaches import assert_only_known
from tests.architecture.tree import modules

MOST_LINES_OF_A_MODULE = 250
MOST_LINES_OF_A_FUNCTION = 30
LONG_MODULES = {}
LONG_FUNCTIONS = {
    "persistence/tasks/deciding.py decide": "32 lines: one transaction, top to bottom",
    "persistence/claims/registration.py register": "32 lines: one transaction, top to bottom",
}


def test_no_module_is_long():
    lines = {m.name: len(m.source.splitlines()) for m in modules()}
    assert_only_known([n for n, c in lines.items() if c > MOST_LINES_OF_A_MODULE], LONG_MODULES)


def test_no_function_is_long():
    long = [
        f"{m.name} {f.name}"
        for m in modules()
        for f in m.functions
        if f.end_lineno - f.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    ]
    assert_only_known(long, LONG_FUNCTIONS)


def test_every_module_opens_with_one_sentence_on_what_it_knows():
    silent = []
    for module in modules():
        first, _, _ = (ast.get_docstring(module.tree) or "").partition("\n\n")
        is_sentence = first[:1].isupper() or first[:2] == "``"
        if module.source.strip() and not (is_sentence and first.endswith((".", "``"))):
            silent.append(module.name)
    assert silent == []

"""No question asks for ``*`` of a table: a step that adds a column would change its answer.

Connections plan each question once, and PostgreSQL refuses a plan whose answer has another shape:
who asked before a step would be refused after it. `persistence.columns.every` writes them out.
"""

import ast
import re

import pytest

from persistence.models import Table
from tests.architecture.tree import modules

TABLES = set(Table.metadata.tables)
INNERMOST = re.compile(r"\(([^()]*)\)")
ANSWERED = re.compile(r"\b(?:select|returning)\b(.*?)(?=\bfrom\b|\Z)", re.DOTALL)
ANSWERS = re.compile(r"(?!\s*insert\b)|.*\breturning\b", re.DOTALL)
STAR = re.compile(r"(?:^|,)\s*(?:distinct\s+)?(?:(\w+)\.)?\*")
SOURCE = re.compile(r"(?:\b(?:from|join|update|into)\s+|,\s*)(\w+)(?:\s+(?:as\s+)?(\w+))?")


def questions(module):
    """Every string of the module, with ``{}`` for what is put in."""
    joined = [node for node in module.nodes if isinstance(node, ast.JoinedStr)]
    parts = {id(part) for node in joined for part in node.values}
    yield from ("".join(map(as_written, node.values)) for node in joined)
    yield from (node.value for node in module.strings if id(node) not in parts)


def as_written(part):
    return part.value if isinstance(part, ast.Constant) else "{}"


def levels(sql):
    """What stands outside of all brackets, and then what stands in each."""
    inner = []
    while found := INNERMOST.search(sql):
        inner.append(found[1])
        sql = sql[: found.start()] + "{}" + sql[found.end() :]
    return [sql, *inner]


def stars(sql):
    """Tables of which the answer has all columns."""
    outermost, *inner = levels(sql)
    found = starred(outermost)
    if found is None or not ANSWERS.match(sql):
        return set()
    return found.union(*(starred(one) or set() for one in inner))


def starred(level):
    """None without a star; with one, what stands in brackets may be answered too."""
    names = {alias or table: table for table, alias in SOURCE.findall(level) if table in TABLES}
    whose = [alias for part in ANSWERED.findall(level) for alias in STAR.findall(part)]
    if not whose:
        return None
    return set(names.values()) if "" in whose else {names[one] for one in whose if one in names}


def test_no_question_asks_for_whatever_columns_a_table_has():
    packages = ("activities", "api", "cli", "persistence", "reports", "workers")
    wrong = [
        f"{module.name}: {', '.join(sorted(found))}"
        for module in modules(*packages)
        for sql in questions(module)
        if (found := stars(sql))
    ]
    assert wrong == [], "\n".join([__doc__, *wrong])


@pytest.mark.parametrize(
    "sql",
    ["select * from claims where id = :id",
     "select c.*, (select count(*) from tasks t) as tasks from claims c",
     "select count(*), d.* from claims c join debtors d on d.id = c.debtor_id",
     "select x.* from (select c.* from claims c) x",
     "with x as (select * from claims) select * from x",
     "update claims set stage = 'demand' returning *"],
)  # fmt: skip
def test_a_star_is_seen(sql):
    assert stars(sql)


@pytest.mark.parametrize(
    "sql",
    ["select count(*) from claims", "select a * b, c.id from claims c",
     "select x.* from (select id from claims) x",
     "select h.id from (select * from distraint_hearings) h",
     "insert into claims select 1, * from {} on conflict do nothing"],
)  # fmt: skip
def test_what_always_has_the_same_shape_is_let_through(sql):
    assert not stars(sql)

"""The glossary has a word for all that has a name in the tables and the wire, and no idle ones."""

import inspect
import pkgutil
import re
from enum import StrEnum
from functools import cache
from importlib import import_module

import pytest

import domain
from gateways import ports
from persistence.models import Table
from policies.loading import load_policy
from tests.architecture.tree import ROOT, modules

PAGE = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
QUOTED = re.compile(r"`([^`]+)`")


def section(title):
    return PAGE.split(f"## {title}\n")[1].split("\n## ")[0]


def rows(title):
    """The cells of a table below its heading."""
    lines = [line for line in section(title).splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def words(title):
    return [word for row in rows(title) for word in QUOTED.findall(row[0])]


def sets_of_values():
    for found in pkgutil.walk_packages(domain.__path__, "domain."):
        yield from vars(import_module(found.name)).values()
    yield from vars(ports).values()


ENUMS = sorted(
    {
        thing
        for thing in sets_of_values()
        if inspect.isclass(thing) and issubclass(thing, StrEnum) and thing is not StrEnum
    },
    key=lambda enum: enum.__name__,
)


@cache
def names_in_code():
    found = set()
    for module in modules():
        for node in module.nodes:
            names = (getattr(node, a, None) for a in ("id", "attr", "arg", "name"))
            found |= {name for name in names if isinstance(name, str)}
        found.add(module.path.stem)
    return "\n".join(HUMP.sub("_", name).lower() for name in found)


@pytest.mark.parametrize("word", words("Law and practice") + words("The house's own words"))
def test_no_word_is_idle(word):
    """It stands in some name of the code, as a whole word, or in the plural."""
    assert re.search(rf"(?:^|_){word}(?:s|d)?(?:_|$)", names_in_code(), re.MULTILINE)


def test_no_word_stands_twice():
    own = words("Law and practice") + words("The house's own words")
    assert len(own) == len(set(own))


def test_every_table_is_in_the_glossary_and_every_one_there_exists():
    assert sorted(words("Tables")) == sorted(Table.metadata.tables)


def test_every_set_of_values_is_in_the_glossary():
    assert sorted(words("Sets of values")) == sorted(enum.__name__ for enum in ENUMS)


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
def test_every_value_is_in_the_glossary_and_every_one_there_exists(enum):
    [values] = [row[1] for row in rows("Sets of values") if row[0] == f"`{enum.__name__}`"]
    assert QUOTED.findall(values) == [value.value for value in enum]


def test_every_type_of_claim_is_in_the_glossary():
    assert QUOTED.findall(section("Types of claim")) == list(load_policy("skanderborg").claim_types)

"""The shape of a section: a question, and what its columns hold."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "day", "moment", "money", "word", "answer", "type"]


@dataclass(frozen=True, slots=True)
class Column:
    """*words*: what the codes in it have their words under, as in ``word-letter-demand``."""

    name: str
    kind: Kind = "text"
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """*tables*: whose rows about the person it tells. *query* knows `:debtor` and `mine`, their
    claims; the other people who owe a claim with them are left out of it (article 15(4)).
    """

    code: str
    tables: frozenset[str]
    columns: tuple[Column, ...]
    query: str


def section(code: str, tables: str, query: str, *columns: Column) -> Section:
    return Section(code, frozenset(tables.split()), columns, query)


def day(name: str) -> Column:
    return Column(name, "day")


def money(name: str) -> Column:
    return Column(name, "money")


def word(name: str, *under: str) -> Column:
    return Column(name, "word", under)

"""The policy in force as text: every figure with the day from which it holds, and its source.

Nothing is listed by hand but the order of the subjects: what a rule consists of is read off the
rule itself, so that a figure added to the policy cannot be missing here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any

from domain.dated import Dated, Entry
from domain.distraints.rules import LegalPeriod
from domain.money import Money
from domain.policy import ClaimType, Policy

Plain = Money | LegalPeriod | Decimal | StrEnum | date | bool | int | str | None
Value = Plain | tuple[Plain, ...]

# What the page says elsewhere, or what is no decision: names, addresses, and what holds the rest.
_NO_FIGURES = frozenset(
    {"claim_types", "entry_filter", "legal_limits", "endings", "keeping"}
    | {"source", "sender", "phone", "version", "municipality"}
)
_OF_A_RULE = frozenset({"source"})
_OF_A_TYPE = frozenset({"code", "name", "name_en", "source"})


@dataclass(frozen=True, slots=True)
class Line:
    """*name*: what is decided, as in ``max_count``; *value*: what it is."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Rows:
    """Several of a kind: each row has a value for every one of *names*, and its own source."""

    name: str
    names: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """*since* None: it holds until the policy says otherwise."""

    name: str
    since: date | None
    source: str
    lines: tuple[Line, ...]
    tables: tuple[Rows, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A decision took the place of the one before; *before* and *now* are what differs of both.

    *subject*: the type of claim it is about; None: all.
    """

    subject: str | None
    before: Decision
    now: Decision


def decisions_of_house(policy: Policy, on: date) -> tuple[Decision, ...]:
    """What holds for all claims on the day *on*."""
    ours = tuple(Line(*one) for one in _parts(policy, _NO_FIGURES) if _is_plain(one[1]))
    limitation = _read("limitation", None, policy.limitation.source, policy.limitation)
    found = [
        _read(name, *_of(entry))
        for subject, name, series in _all_series(policy)
        if subject is None and (entry := series.entry_on(on))
    ]
    return (Decision("house", None, policy.source, ours), *found, limitation)


def decisions_of_type(kind: ClaimType, on: date) -> tuple[Decision, ...]:
    """What holds for claims of one type registered on the day *on*."""
    plain = [Line(*one) for one in _parts(kind, _OF_A_TYPE) if _is_plain(one[1])]
    dated = [
        _read(name, *_of(entry))
        for name, series in _parts(kind, _OF_A_TYPE)
        if isinstance(series, Dated) and (entry := series.entry_on(on))
    ]
    routing = Decision("routing", None, "", (), tuple(_tables("routing", kind.routing)))
    return (Decision("claim_type", None, kind.source, tuple(plain)), *dated, routing)


def changes(policy: Policy) -> tuple[Change, ...]:
    """Each decision that took another's place, the latest first."""
    found = [
        change
        for subject, name, series in _all_series(policy)
        for one, next_one in pairwise(series.entries)
        if (change := _compare(subject, name, one, next_one))
    ]
    return tuple(sorted(found, key=_day_and_name, reverse=True))


def between(policy: Policy, other: Policy, on: date) -> tuple[Change, ...]:
    """Where *other* would say something else than *policy* does on the day *on*."""
    pairs: list[tuple[str | None, Sequence[Decision], Sequence[Decision]]]
    pairs = [(None, decisions_of_house(policy, on), decisions_of_house(other, on))]
    pairs += [
        (code, decisions_of_type(kind, on), decisions_of_type(other.claim_types[code], on))
        for code, kind in policy.claim_types.items()
        if code in other.claim_types
    ]
    found = []
    for subject, ours, theirs in pairs:
        named = {decision.name: decision for decision in theirs}
        for before in ours:
            now = named.get(before.name, before)
            if (before.lines, before.tables) != (now.lines, now.tables):
                found.append(Change(subject, _without(before, now), _without(now, before)))
    return tuple(found)


def _day_and_name(change: Change) -> tuple[date, str]:
    return change.now.since or date.min, change.now.name


def _compare(subject: str | None, name: str, one: Entry[Any], other: Entry[Any]) -> Change | None:
    """None where the new decision says what the one before it said."""
    before, now = (_read(name, *_of(entry)) for entry in (one, other))
    if (before.lines, before.tables) == (now.lines, now.tables):
        return None
    return Change(subject, _without(before, now), _without(now, before))


def _without(decision: Decision, other: Decision) -> Decision:
    """What *decision* says and *other* does not: lines, and rows of its tables."""
    known = {row for table in other.tables for row in table.rows}
    tables = (
        replace(table, rows=tuple(row for row in table.rows if row not in known))
        for table in decision.tables
    )
    lines = tuple(line for line in decision.lines if line not in other.lines)
    return replace(decision, lines=lines, tables=tuple(one for one in tables if one.rows))


def _all_series(policy: Policy) -> Iterator[tuple[str | None, str, Dated[Any]]]:
    """Every series of dated decisions: of the house, of each law, and of each type of claim."""
    for holder in (policy, policy.endings):
        yield from ((None, n, v) for n, v in _parts(holder, _OF_A_RULE) if isinstance(v, Dated))
    yield from ((None, f"keeping_{n}", v) for n, v in _parts(policy.keeping, _OF_A_RULE))
    yield from (
        (None, f"legal_limits_{law.name.lower()}", one) for law, one in policy.legal_limits.items()
    )
    for code, kind in policy.claim_types.items():
        yield from ((code, n, v) for n, v in _parts(kind, _OF_A_TYPE) if isinstance(v, Dated))


def _of(entry: Entry[Any]) -> tuple[date | None, str, Any]:
    return entry.since, entry.source, entry.value


def _read(name: str, since: date | None, source: str, value: Any) -> Decision:
    """A rule's own fields, and what it holds several of."""
    parts = [(name, value)] if _is_plain(value) or isinstance(value, tuple) else [*_unfolded(value)]
    lines = tuple(Line(*part) for part in parts if _is_plain(part[1]))
    tables = [table for part in parts if not _is_plain(part[1]) for table in _tables(*part)]
    return Decision(name, since, source, lines, tuple(tables))


def _unfolded(rule: Any) -> Iterator[tuple[str, Any]]:
    """A rule within a rule is told as part of it, its parts named after it."""
    for name, value in _parts(rule, _OF_A_RULE):
        if is_dataclass(value) and not _is_plain(value):
            yield from ((f"{name}_{inner}", part) for inner, part in _unfolded(value))
        else:
            yield name, value


def _tables(name: str, rules: Sequence[Any]) -> Iterator[Rows]:
    if not rules:
        return
    rows = [dict(_parts(rule, _OF_A_RULE)) for rule in rules]
    names = tuple(one for one in rows[0] if any(row[one] not in (None, (), "") for row in rows))
    yield Rows(
        name,
        names,
        tuple(tuple(row[one] for one in names) for row in rows),
        tuple(getattr(rule, "source", "") for rule in rules),
    )


def _parts(rule: Any, without: frozenset[str]) -> Iterator[tuple[str, Any]]:
    return ((f.name, getattr(rule, f.name)) for f in fields(rule) if f.name not in without)


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(_is_plain(one) and not isinstance(one, tuple) for one in value)
    return isinstance(value, Money | LegalPeriod | Decimal | str | date | bool | int | None)

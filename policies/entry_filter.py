"""Reads the recovery authority's entry filter, or says on which line it is wrong and why."""

from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from domain.recovery.entry_filter import EntryFilter, FilterRule, RecoveryType
from domain.recovery.entry_filter_rules import CHECKS
from policies.complaints import Complaint
from policies.lines import Path
from policies.parsing import parsed, reading_of, refuse
from policies.reading import UNREAD, Reading, Spec, spec_of

FILE = "recovery_authority/entry_filter.toml"
_SPEC: Spec = {
    name: kind for name, kind in spec_of(EntryFilter).items() if not name.startswith("_")
}
_WITHIN = ("month", "year")
_OPTIONAL = frozenset({"years", "months", "days", "less_days"})
_DATA = _OPTIONAL | {"most", "within", "is_related", "arts"}


@cache
def load_entry_filter() -> EntryFilter:
    """The one that comes with the house. Raises Invalid with all its faults at once."""
    text = (resources.files("policies") / FILE).read_text(encoding="utf-8")
    with reading_of(FILE):
        return read_entry_filter(text)


def read_entry_filter(text: str) -> EntryFilter:
    """The filter written in *text*. Raises Invalid with all its faults at once."""
    reading = Reading()
    values = reading.fields(_SPEC, parsed(text), ())
    refuse(text, [*reading.complaints, *_contradictions(values)])
    return EntryFilter(**values)


def _contradictions(values: dict[str, Any]) -> Iterator[Complaint]:
    common = values["common"]
    if common is not UNREAD:
        yield from _in_rules(("common",), common, ())
    if values["types"] is UNREAD:
        return
    for code, kind in values["types"].items():
        before = () if common is UNREAD else common
        yield from _in_type(("types", code), kind, before)


def _in_type(path: Path, kind: RecoveryType, common: tuple[FilterRule, ...]) -> Iterator[Complaint]:
    if kind.limitation_years < 1:
        yield Complaint((*path, "limitation_years"), "limitation-years")
    yield from _in_rules((*path, "rules"), kind.rules, common)


def _in_rules(
    path: Path, rules: tuple[FilterRule, ...], common: tuple[FilterRule, ...]
) -> Iterator[Complaint]:
    if not rules:
        yield Complaint(path, "empty-series")
    for n, rule in enumerate(rules):
        yield from _in_rule((*path, n), rule)
        for other in (*common, *rules[:n]):
            if other.id == rule.id and _overlap(other, rule):
                yield Complaint((*path, n), "filter-overlap", {"id": rule.id})


def _in_rule(path: Path, rule: FilterRule) -> Iterator[Complaint]:
    if rule.since and rule.until and rule.until < rule.since:
        yield Complaint(path, "filter-reversed", {"id": rule.id})
    if rule.id not in CHECKS:
        yield Complaint(path, "filter-rule-unknown", {"id": rule.id, "known": ", ".join(CHECKS)})
        return
    needs = CHECKS[rule.id].uses
    has = {name for name in _DATA if _is_given(getattr(rule, name))}
    for name in sorted(has - needs):
        yield Complaint(path, "filter-data-unused", {"id": rule.id, "name": name})
    for name in sorted(needs - _OPTIONAL - has):
        yield Complaint(path, "filter-data-missing", {"id": rule.id, "name": name})
    if rule.within and rule.within not in _WITHIN:
        yield Complaint(path, "filter-within", {"id": rule.id})


def _is_given(value: Any) -> bool:
    """That a claim must not be a related one is data too."""
    return value is False or value not in (None, 0, ())


def _overlap(one: FilterRule, other: FilterRule) -> bool:
    """Whether both hold on some day."""
    return all(
        a.since is None or b.until is None or a.since <= b.until
        for a, b in ((one, other), (other, one))
    )

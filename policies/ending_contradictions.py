"""What a policy may not say together about claims that are given up or must rest."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from domain.dated import Dated
from domain.endings.rules import EndingRules
from domain.endings.suspension import SuspensionRule
from domain.endings.write_off import Approval, WriteOffReason, WriteOffRule
from policies.complaints import Complaint
from policies.lines import Path

_ROOT = "endings"
_ORDER = list(Approval)


def contradictions(rules: EndingRules) -> Iterator[Complaint]:
    """All of them, in what the policy says under *endings*."""
    for name in ("write_offs", "suspensions"):
        if getattr(rules, name) == Dated(()):
            yield Complaint((_ROOT, name), "empty-series")
    for n, offs in enumerate(rules.write_offs.entries):
        yield from _in_write_off((_ROOT, "write_offs", n), offs.value)
    for n, goals in enumerate(rules.write_off_goals.entries):
        yield from _twice((_ROOT, "write_off_goals", n, "value"), (g.reason for g in goals.value))
    for n, rest in enumerate(rules.suspensions.entries):
        yield from _in_suspensions((_ROOT, "suspensions", n, "value"), rest.value)


def _in_write_off(path: Path, rule: WriteOffRule) -> Iterator[Complaint]:
    if not rule.bands:
        yield Complaint((*path, "bands"), "empty-series")
    for number, (below, band) in enumerate(pairwise(rule.bands), start=1):
        is_more = _ORDER.index(band.approval) > _ORDER.index(below.approval)
        if band.above <= below.above or not is_more:
            yield Complaint((*path, "bands", number), "write-off-bands")
    yield from _twice((*path, "reasons"), (one.reason for one in rule.reasons))
    small = rule.small_amounts
    if small and not small.at_once:
        yield Complaint((*path, "small_amounts"), "not-positive")
    if small and rule.rule_for(WriteOffReason.SMALL_AMOUNT) is None:
        yield Complaint((*path, "small_amounts"), "write-off-small-not-allowed")


def _in_suspensions(path: Path, rules: tuple[SuspensionRule, ...]) -> Iterator[Complaint]:
    yield from _twice(path, (rule.reason for rule in rules))
    for number, rule in enumerate(rules):
        is_counted = rule.counted_from is not None and rule.counted_from in rule.asks_for
        if rule.filing_days is not None and not is_counted:
            yield Complaint((*path, number), "filing-not-counted", {"reason": rule.reason})
        if not rule.review_days:
            yield Complaint((*path, number), "not-positive")


def _twice(path: Path, reasons: Iterable[Any]) -> Iterator[Complaint]:
    for reason, times in Counter(reasons).items():
        if times > 1:
            yield Complaint(path, "reason-twice", {"reason": reason})

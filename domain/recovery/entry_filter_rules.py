"""What each numbered rule of the entry filter compares: the days and amounts come from the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from domain.explanation import Value
from domain.money import NOTHING
from domain.recovery.claim import RecoveryClaim, RecoveryLiability
from domain.recovery.entry_filter import FilterRule

ART = "INDR"  # fordringsart: til inddrivelse
Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Looked:
    """What a rule may look at: a claim, one debtor's share in it, and its main claim."""

    claim: RecoveryClaim
    liability: RecoveryLiability
    main: RecoveryClaim
    received_on: date

    @property
    def fixed_on(self) -> date | None:
        return self.liability.judged_on or self.liability.settled_on


Day = Callable[[Looked], date | None]
_DAYS: Mapping[str, Day] = {
    "originated_on": lambda it: it.claim.originated_on,
    "due_on": lambda it: it.claim.due_on,
    "last_timely_on": lambda it: it.claim.last_timely_on,
    "period_start": lambda it: it.claim.period_start,
    "period_end": lambda it: it.claim.period_end,
    "limitation_date": lambda it: it.liability.limitation_date,
    "fixed_on": lambda it: it.fixed_on,
    "received_on": lambda it: it.received_on,
    "main_due_on": lambda it: it.main.due_on,
}


@dataclass(frozen=True, slots=True)
class Check:
    """*is_kept* under a rule with its data; *field* is the one to mend; *uses*: the data it needs.

    *passes*: what breaks it today will keep it one day, though nobody does anything.

    A rule about a day that is not filled in is kept: that it must be is a rule of its own.
    """

    field: str
    is_kept: Callable[[Looked, FilterRule], bool]
    uses: frozenset[str] = frozenset()
    is_by_debtor: bool = False
    base: str | None = None
    passes: bool = False

    def values(self, looked: Looked, rule: FilterRule) -> Values:
        """What the rule's sentence says: the days and amounts, and where the limit is."""
        base = _DAYS[self.base](looked) if self.base else None
        told: dict[str, Value | None] = {
            "limit": rule.from_day(base) if base else None,
            "base": base,
            "day": _DAYS[self.field](looked) if self.field in _DAYS else None,
            "amount": looked.claim.amount,
            "principal": looked.claim.principal,
            "most": rule.most,
        }
        return {name: value for name, value in told.items() if value is not None}


_DISTANCE = frozenset({"years", "months", "days", "less_days"})


def _earliest(field: str, base: str) -> Check:
    """*field* must not lie before *base* and the rule's distance."""
    own, other = _DAYS[field], _DAYS[base]

    def is_kept(looked: Looked, rule: FilterRule) -> bool:
        day, since = own(looked), other(looked)
        return day is None or since is None or day >= rule.from_day(since)

    return Check(field, is_kept, _DISTANCE, field == "limitation_date", base)


def _latest(field: str, base: str) -> Check:
    """*field* must not lie after *base* and the rule's distance."""
    own, other = _DAYS[field], _DAYS[base]

    def is_kept(looked: Looked, rule: FilterRule) -> bool:
        day, since = own(looked), other(looked)
        return day is None or since is None or day <= rule.from_day(since)

    return Check(field, is_kept, _DISTANCE, field == "limitation_date", base)


def _before(field: str, base: str) -> Check:
    """*field* must lie before *base*, not on it."""
    own, other = _DAYS[field], _DAYS[base]

    def is_kept(looked: Looked, _: FilterRule) -> bool:
        day, until = own(looked), other(looked)
        return day is None or until is None or day < until

    return Check(field, is_kept, base=base, passes=True)


def _filled(field: str) -> Check:
    own = _DAYS[field]
    is_by_debtor = field == "limitation_date"
    return Check(field, lambda it, _: own(it) is not None, is_by_debtor=is_by_debtor)


def _empty(field: str) -> Check:
    own = _DAYS[field]
    return Check(field, lambda it, _: own(it) is None)


def _is_worth_something(looked: Looked, _: FilterRule) -> bool:
    """A 0-claim, where even what it was from the start is nothing, is let in."""
    claim = looked.claim
    return claim.principal > NOTHING or claim.principal == claim.amount == NOTHING


def _is_in_one(looked: Looked, rule: FilterRule) -> bool:
    start, end = _DAYS["period_start"](looked), _DAYS["period_end"](looked)
    if start is None or end is None or start.year != end.year:
        return start is None or end is None
    return rule.within == "year" or start.month == end.month


def _is_before_recovery_interest(looked: Looked, _: FilterRule) -> bool:
    """The authority's own interest runs from the 1st of the month after it received the claim."""
    end, on = _DAYS["period_end"](looked), looked.received_on
    return end is None or (end.year, end.month) <= (on.year, on.month)


CHECKS: Mapping[str, Check] = {
    "R_1_1": Check("art", lambda _, rule: ART in rule.arts, frozenset({"arts"})),
    "R_1_2": Check(
        "parent",
        lambda it, rule: (it.claim.parent is not None) is rule.is_related,
        frozenset({"is_related"}),
    ),
    "R_2_1": _filled("limitation_date"),
    "R_2_1a": _earliest("limitation_date", "fixed_on"),
    "R_2_1b": _latest("limitation_date", "fixed_on"),
    "R_2_3a": _earliest("limitation_date", "due_on"),
    "R_2_3": _latest("limitation_date", "due_on"),
    "R_2_5": _earliest("limitation_date", "period_start"),
    "R_2_6": _latest("limitation_date", "period_start"),
    "R_2_7": _earliest("limitation_date", "originated_on"),
    "R_2_8": _latest("limitation_date", "originated_on"),
    "R_3_1": _earliest("limitation_date", "received_on"),
    "R_4_1": Check("principal", _is_worth_something),
    "R_4_2": Check(
        "principal",
        lambda it, rule: rule.most is not None and it.claim.principal <= rule.most,
        frozenset({"most"}),
    ),
    "R_4_4": Check("amount", lambda it, _: it.claim.amount >= NOTHING),
    "R_4_7": Check("amount", lambda it, _: it.claim.principal >= it.claim.amount),
    "R_5_1": _before("due_on", "received_on"),
    "R_5_2": _before("last_timely_on", "received_on"),
    "R_5_3": _before("originated_on", "received_on"),
    "R_5_5": _before("period_end", "received_on"),
    "R_6_1": _earliest("last_timely_on", "due_on"),
    "R_6_3": _earliest("due_on", "originated_on"),
    "R_6_4": _latest("due_on", "originated_on"),
    "R_6_5": _earliest("due_on", "period_start"),
    "R_6_6": _latest("due_on", "period_start"),
    "R_6_7": _earliest("due_on", "period_end"),
    "R_6_8": _latest("due_on", "period_end"),
    "R_6_15": _earliest("originated_on", "period_start"),
    "R_6_16": _latest("originated_on", "period_start"),
    "R_6_17": _earliest("originated_on", "period_end"),
    "R_6_18": _latest("originated_on", "period_end"),
    "R_6_19": _earliest("period_end", "period_start"),
    "R_6_20": _latest("period_end", "period_start"),
    "R_6_21": Check("period_end", _is_in_one, frozenset({"within"}), base="period_start"),
    "R_7_1": _filled("originated_on"),
    "R_7_2": _filled("due_on"),
    "R_7_3": _filled("last_timely_on"),
    "R_7_4": _filled("period_start"),
    "R_7_5": _filled("period_end"),
    "R_7_9": _empty("period_start"),
    "R_7_10": _empty("period_end"),
    "R_7_11": Check("description", lambda it, _: bool(it.claim.description.strip())),
    "R_7_12a": Check(
        "fixed_on",
        lambda it, _: not (it.liability.judged_on and it.liability.settled_on),
        is_by_debtor=True,
    ),
    "R_8_2": Check("period_end", _is_before_recovery_interest, base="received_on", passes=True),
    "R_10_2": Check(
        "received_on",
        lambda it, _: it.received_on > it.main.due_on,
        base="main_due_on",
        passes=True,
    ),
    "R_10_7": _earliest("period_start", "main_due_on"),
}
"""The rules whose meaning is known here, by the authority's own numbers."""

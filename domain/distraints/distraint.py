"""The municipality's own distraint (udlæg): what may be done, from which day, and what lapses when.

Every period and its paragraph stands in the policy (`DistraintRule`); here is only how they meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.calendar import COPENHAGEN, is_working_day, working_day_from
from domain.decisions import Outcome, TaskKind
from domain.distraints.routing import route
from domain.distraints.rules import DistraintRule
from domain.errors import Fault
from domain.policy import ClaimType, Route


class AssetKind(StrEnum):
    """What is taken. Only movables are lost to us by time."""

    PROPERTY = "property"  # fast ejendom
    MOVABLES = "movables"  # løsøre
    OTHER = "other"  # fordringer, værdipapirer, rettigheder


class DistraintEvent(StrEnum):
    """What is noted of a distraint once it is made."""

    OBJECTED = "objected"  # indsigelse til fogedretten
    PETITIONED = "petitioned"  # begæring om tvangsauktion
    GUIDANCE_HELD = "guidance-held"  # vejledningsmøde i fogedretten
    SALE_SET = "sale-set"  # auktionen er berammet
    SOLD = "sold"  # solgt på auktion eller på anden måde
    CANCELLED_IN_REGISTER = "cancelled-in-register"  # aflyst i tingbogen


AT_A_HEARING = frozenset(
    {
        Outcome.PROPERTY_TAKEN,
        Outcome.ASSETS_TAKEN,
        Outcome.IN_VAIN,
        Outcome.PAID_AT_HEARING,
        Outcome.AGREEMENT,
    }
)
"""What can come of a hearing that was held."""

TAKING = frozenset({Outcome.PROPERTY_TAKEN, Outcome.ASSETS_TAKEN})
INTERRUPTING = TAKING | {Outcome.IN_VAIN}
"""What begins a new period of limitation (forældelseslovens § 18), also when there was nothing."""


def stays_taken(kind: TaskKind, outcome: Outcome) -> bool:
    """Whether a person is asked again how to go on, once the day of the answer is over."""
    is_kept = outcome in {Outcome.FORCED_SALE, Outcome.KEEP}
    return outcome in TAKING or (kind is TaskKind.AFTER_DISTRAINT and is_kept)


def why_not_ours(claim_type: ClaimType, period_end: date, on: date) -> Fault | None:
    """Why the town may not enforce such a claim itself (GIL § 1 a); None when it may."""
    told = {"type": claim_type.name}
    if not claim_type.has_distraint_right:
        return Fault("outcome", "enforce-without-right", told)
    if not claim_type.has_priority_right:
        return Fault("outcome", "enforce-without-priority", told)
    if route(claim_type, period_end, on) is Route.RECOVERY_AUTHORITY:
        return Fault("outcome", "enforce-by-authority", told)
    return None


@dataclass(frozen=True, slots=True)
class Slot:
    """When and where a hearing is held. *is_outside*: not at the office.

    *is_adjourned*: the one before it had begun, and goes on then.
    """

    day: date
    at: time
    place: str
    is_outside: bool = True
    is_adjourned: bool = False

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.day, self.at, COPENHAGEN)


def first_demand_day(rule: DistraintRule, last_timely_payment_date: date) -> date:
    return rule.demand.after(last_timely_payment_date)


def first_hearing_day(rule: DistraintRule, demanded_on: date, notice_leaves_on: date) -> date:
    """A working day after both the demand and the notice have given their days."""
    by_demand = rule.distraint.after(demanded_on)
    return working_day_from(max(by_demand, rule.notice.after(notice_leaves_on)))


def faults_of_slot(rule: DistraintRule, slot: Slot, first_day: date) -> Iterator[Fault]:
    """All that is wrong with when and where a hearing is set."""
    if slot.day < first_day:
        yield Fault("day", "hearing-too-early", {"day": in_danish(first_day)})
    elif not is_working_day(slot.day):
        yield Fault("day", "hearing-on-closing-day", {"day": in_danish(slot.day)})
    if not _is_within(rule, slot):
        hours = {"opens": f"{rule.opens_at_hour}.00", "closes": f"{rule.closes_at_hour}.00"}
        yield Fault("at", "hearing-outside-hours", hours)
    if not slot.place.strip():
        yield Fault("place", "hearing-without-place")


def _is_within(rule: DistraintRule, slot: Slot) -> bool:
    begins = slot.at.hour * 60 + slot.at.minute
    ends = begins + rule.hearing_minutes
    return rule.opens_at_hour * 60 <= begins and ends <= rule.closes_at_hour * 60


def in_danish(day: date) -> str:
    """As both languages' forms take it: ``31-03-2026``."""
    return day.strftime("%d-%m-%Y")


def overlap(rule: DistraintRule, one: datetime, other: datetime) -> bool:
    """Whether nobody can hold both."""
    return abs(one - other) < timedelta(minutes=rule.hearing_minutes)


def interrupting_days(rule: DistraintRule, began_on: date, held_on: date) -> tuple[date, ...]:
    """On which days the act interrupts: its end, and its beginning where it went on without delay.

    What was adjourned and went on in time is one act (SKM2016.310.ØLR).
    """
    is_one_act = began_on < held_on <= rule.resumed.after(began_on)
    return (began_on, held_on) if is_one_act else (held_on,)


def objection_until(rule: DistraintRule, held_on: date) -> date:
    """The last day on which the debtor may go to the bailiff's court. It suspends nothing."""
    return working_day_from(rule.objection.after(held_on))


def lapses_on(rule: DistraintRule, kind: AssetKind, held_on: date) -> date | None:
    """When a distraint is lost by time alone; in real property never while the claim lives."""
    return rule.movables.after(held_on) if kind is AssetKind.MOVABLES else None


def lien_until(rule: DistraintRule, due_date: date, ordered_on: date | None) -> date:
    """The last day of the priority right, longer once enforcement was ordered in time."""
    ends = rule.lien.after(due_date)
    return rule.lien_ordered.after(ends) if ordered_on and ordered_on <= ends else ends


def is_near(rule: DistraintRule, ends: date, on: date) -> bool:
    """Whether the bailiff is to be warned that a right is lost soon, or that it has been."""
    return ends - on <= timedelta(days=rule.warn_days)


def faults_of_assets(outcome: Outcome, kinds: tuple[AssetKind, ...]) -> Iterator[Fault]:
    """A distraint names what was taken, and nothing else does."""
    is_property = AssetKind.PROPERTY in kinds
    if outcome is Outcome.PROPERTY_TAKEN and not is_property:
        yield Fault("assets", "property-missing")
    elif outcome is Outcome.ASSETS_TAKEN and (not kinds or is_property):
        yield Fault("assets", "assets-missing" if not kinds else "assets-hold-property")
    elif outcome not in TAKING and kinds:
        yield Fault("assets", "assets-not-taken")

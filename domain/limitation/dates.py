"""When a debtor's liability becomes time-barred (forældelse), from all that moved the date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from danish_banking_holidays import DanishBankingCalendar

from domain.calendar import add_months, is_working_day
from domain.limitation.law import LimitationLaw
from domain.policy import ClaimType

_BANKS = DanishBankingCalendar()
_FRIDAY_AFTER_ASCENSION = "Fredag efter Kristi himmelfartsdag"


class LimitationKind(StrEnum):
    """What can move a limitation date. A reminder cannot."""

    ACKNOWLEDGEMENT = "acknowledgement"  # erkendelse, forældelseslovens § 15
    WRITTEN_ACKNOWLEDGEMENT = "written-acknowledgement"  # eksistens og beløb, § 5, stk. 1, nr. 3
    SETTLEMENT = "settlement"  # forlig, § 5, stk. 1, nr. 3
    JUDGMENT = "judgment"  # dom eller betalingspåkrav, § 5, stk. 1, nr. 3
    DISTRAINT = "distraint"  # udlæg, også forgæves, § 18, stk. 2; the day the act ended
    ESTATE_CLAIM = "estate-claim"  # anmeldt i konkurs, gældssanering eller dødsbo, § 17
    ESTATE_CLOSED = "estate-closed"  # boet er afsluttet, § 17
    PROVISIONAL = "provisional"  # foreløbig afbrydelse begynder, §§ 20-21
    PROVISIONAL_ENDED = "provisional-ended"  # foreløbig afbrydelse er slut, §§ 20-21
    DEFERRAL = "deferral"  # henstand på skyldners anmodning til og med dagen, § 2, stk. 2
    RECEIVED = "received"  # modtaget til inddrivelse, gældsinddrivelseslovens § 18 a
    RETURNED = "returned"  # tilbage fra inddrivelse, gældsinddrivelseslovens § 18 a, stk. 5
    CORRECTION = "correction"  # rettelse af en fejl; it alone takes back what an event has moved


FIXING = frozenset(
    {
        LimitationKind.WRITTEN_ACKNOWLEDGEMENT,
        LimitationKind.SETTLEMENT,
        LimitationKind.JUDGMENT,
    }
)
"""What fixes that the debt exists and how large it is: ten years, § 5, stk. 1, nr. 3."""
_CUSTODY = {LimitationKind.RECEIVED, LimitationKind.RETURNED}
_PROVISIONAL = {LimitationKind.PROVISIONAL, LimitationKind.PROVISIONAL_ENDED}
_PENDING = {
    LimitationKind.ESTATE_CLAIM: True,
    LimitationKind.ESTATE_CLOSED: False,
    LimitationKind.PROVISIONAL: True,
    LimitationKind.PROVISIONAL_ENDED: False,
}


@dataclass(frozen=True, slots=True)
class LimitationEvent:
    """Something that happened *on* a day, as *source* proves.

    A correction either strikes out another event, whose *number* it names, or says what the *first*
    limitation date should have been. *moved_to*: the date as it was with this event the last.
    """

    kind: LimitationKind
    on: date
    source: str = ""
    strikes: int | None = None
    first: date | None = None
    number: int = field(default=0, compare=False)
    moved_to: date | None = field(default=None, compare=False)


def first_limitation(claim_type: ClaimType, earliest_payable: date) -> date:
    """The limitation date of a new claim.

    *earliest_payable*: when payment could first be required; where the debtor has a right to
    days of grace, their end (§ 2, stk. 1-2).
    """
    return _ends(earliest_payable, claim_type.limitation_years * 12)


def limitation_date(
    start: date,
    years: int,
    events: Iterable[LimitationEvent],
    law: LimitationLaw,
    *,
    is_civil: bool = False,
) -> date:
    """The last day on which the claim is valid, given all *events* so far.

    Civil claims of municipalities keep their own period at the recovery authority. While a
    provisional interruption or an estate is pending the date is that which would hold if it
    ended at once: too early, never too late.
    """
    first = _ends(start, years * 12)
    return moved_limitation(first, years, events, law, is_civil=is_civil)


def moved_limitation(
    first: date,
    years: int,
    events: Iterable[LimitationEvent],
    law: LimitationLaw,
    *,
    is_civil: bool = False,
) -> date:
    """As `limitation_date`, from the *first* date instead of the start of its period.

    *events* are in the order in which they were written down; corrections have been heeded.
    """
    standing = standing_events(tuple(events))
    restated = [event.first for event in standing if event.first]
    period = _Period(law, is_civil, years, restated[-1] if restated else first)
    for event in sorted(standing, key=lambda event: event.on):
        period = period.after(event)
    return period.ends_on


def standing_events(events: Sequence[LimitationEvent]) -> list[LimitationEvent]:
    """Those that no later correction has struck out; a struck correction strikes nothing."""
    struck: set[int] = set()
    standing: list[LimitationEvent] = []
    for event in reversed(events):
        if not event.number or event.number not in struck:
            standing.insert(0, event)
            struck.update({event.strikes} if event.strikes else ())
    return standing


def accessory_limitation(
    fell_due: date,
    main: date,
    years: int,
    events: Iterable[LimitationEvent],
    law: LimitationLaw,
    *,
    is_civil: bool = False,
) -> date:
    """When interest or a fee that *fell_due* is time-barred, of a claim valid until *main*.

    With the main claim at the latest (§ 23, stk. 2). What fell due after a judgment keeps the short
    period though the claim has ten years (§ 5, stk. 2). At the recovery authority the two are one
    complex with one date (GIL § 18 a, stk. 2).
    """
    standing = sorted(standing_events(tuple(events)), key=lambda event: event.on)
    moves = [event.kind for event in standing if event.kind in _CUSTODY]
    if moves and moves[-1] is LimitationKind.RECEIVED:
        return main
    since = [event for event in standing if event.on >= fell_due and event.first is None]
    first = _ends(fell_due, years * 12)
    return min(main, moved_limitation(first, years, since, law, is_civil=is_civil))


def nearness(limitation: date, on: date, months: tuple[int, ...]) -> str:
    """``barred``; ``near`` within the fewest *months*, ``soon`` within the most; or ``far``."""
    if on > limitation:
        return "barred"
    if on >= add_months(limitation, -min(months, default=0)):
        return "near"
    return "soon" if on >= add_months(limitation, -max(months, default=0)) else "far"


@dataclass(frozen=True, slots=True)
class _Period:
    law: LimitationLaw
    is_civil: bool
    years: int
    ends_on: date
    is_pending: bool = False
    was_received: bool = False
    is_at_authority: bool = False

    def after(self, event: LimitationEvent) -> _Period:
        """What *event* makes of it."""
        if event.kind is LimitationKind.CORRECTION or self.is_barred_before(event):
            return self
        if event.kind is LimitationKind.RECEIVED:
            return self.received(event.on)
        if event.kind is LimitationKind.RETURNED:
            return replace(self, is_at_authority=False)
        if event.kind is LimitationKind.DEFERRAL and self.is_fixed:
            return self
        years = self.law.fixed_claim_years if event.kind in FIXING else self.years
        pending = _PENDING.get(event.kind, self.is_pending)
        period = replace(self, years=years, is_pending=pending)
        is_provisional = event.kind in _PROVISIONAL
        return period.kept_open(event.on) if is_provisional else period.renewed(event.on)

    @property
    def is_fixed(self) -> bool:
        """Its ten years run from the judgment: respite moves a beginning, and that is past."""
        return self.years == self.law.fixed_claim_years

    def is_barred_before(self, event: LimitationEvent) -> bool:
        """What is time-barred stays so: no event after the end revives a claim."""
        is_late = event.on > self.ends_on and not self.is_pending
        return is_late and event.kind is not LimitationKind.DEFERRAL

    def renewed(self, on: date) -> _Period:
        """A new period of the same length; at the authority its own, for all but civil claims."""
        if not self.is_at_authority or self.is_civil:
            ends_on = _ends(on, self.years * 12)
        else:
            ends_on = self.recovery_end(on)
        return replace(self, ends_on=max(self.ends_on, ends_on))

    def kept_open(self, on: date) -> _Period:
        """Not time-barred before some months after the obstacle is gone."""
        return replace(self, ends_on=max(self.ends_on, _ends(on, self.law.provisional_months)))

    def received(self, on: date) -> _Period:
        """The recovery authority's period runs from the first receipt (GIL § 18 a, stk. 4, 5, 7).

        A claim that comes again never gets more than a new period from then.
        """
        received = replace(self, was_received=True, is_at_authority=True)
        if self.is_civil:
            extended = max(self.ends_on, self.recovery_end(on))
            return received if self.was_received else replace(received, ends_on=extended)
        cut = min(self.ends_on, self.recovery_end(on))
        return replace(received, ends_on=cut if self.was_received else self.recovery_end(on))

    def recovery_end(self, on: date) -> date:
        return _ends(max(on, self.law.recovery_not_before), self.law.recovery_years * 12)


def _ends(start: date, months: int) -> date:
    """The last day of a period of *months* from *start* (§ 27)."""
    day = add_months(start, months)
    while not _can_end_a_period(day):
        day += timedelta(days=1)
    return day


def _can_end_a_period(day: date) -> bool:
    """Banks close on the Friday after Ascension, yet in the law it is a day like any other."""
    is_only_bank_holiday = _BANKS.get_holiday_name(day) == _FRIDAY_AFTER_ASCENSION
    return is_only_bank_holiday or is_working_day(day)

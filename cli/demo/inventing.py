"""Claims out of a hat: of every type, with amounts and periods that such claims have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from cli.demo.people import invent_debtor
from domain.calendar import add_months, working_day_from
from domain.money import Money
from domain.policy import ClaimType, Policy
from domain.registration import NewClaim

SOURCE = "demo-fagsystem"
DEBTORS = 360


@dataclass(frozen=True, slots=True)
class _Kind:
    """What such a claim is about, what it may come to in kroner, and how long it pays for."""

    about: str
    lowest: int
    highest: int
    months: int = 1


_KINDS = {
    "day-care": _Kind("Plads i daginstitution", 1200, 3600),
    "after-school-care": _Kind("Plads i SFO", 900, 2100),
    "property-tax": _Kind("Ejendomsskat", 2500, 12000, 6),
    "cash-benefit-repayment": _Kind("Tilbagebetaling af kontanthjælp", 1500, 18000),
    "rent": _Kind("Husleje, ældrebolig", 3800, 7900),
    "household-waste": _Kind("Renovation", 1100, 2900, 6),
    "rat-control": _Kind("Rottebekæmpelse", 120, 480, 6),
    "property-contribution": _Kind("Ejendomsbidrag", 1400, 4200, 6),
    "parking-fee": _Kind("Parkeringsafgift", 510, 1020, 0),
    "music-school": _Kind("Undervisning i musikskolen", 900, 2400, 4),
    "invoice": _Kind("Leje af lokale", 400, 9000),
}
_UNKNOWN = _Kind("Kommunalt krav", 300, 3000)
_ONE_IN_OLD_TAXES = 2


def invent_claim(
    random: Random,
    policy: Policy,
    number: int,
    on: date,
    source: str = SOURCE,
    claim_type: ClaimType | None = None,
) -> NewClaim:
    """The *number*-th claim, registered on the day *on*, of every type in turn or of one."""
    types = sorted(policy.claim_types)
    claim_type = claim_type or policy.claim_types[types[number % len(types)]]
    kind = _KINDS.get(claim_type.code, _UNKNOWN)
    due = working_day_from(on + timedelta(days=claim_type.payment_days))
    start, end = _period(random, claim_type, kind, on)
    debtors = tuple(invent_debtor(n) for n in _owers(random, number))
    kroner = random.randint(kind.lowest, kind.highest)
    return NewClaim(
        source=source,
        reference=f"D-{number:06d}",
        claim_type=claim_type.code,
        debtors=debtors,
        principal=Money(kroner * 100 + random.choice((0, 0, 25, 50, 75))),
        description=f"{kind.about}, {start:%m-%Y}" if kind.months else kind.about,
        period_start=start,
        period_end=end,
        origination_date=min(start, due),
        due_date=due,
        last_timely_payment_date=due,
    )


def _owers(random: Random, number: int) -> Sequence[int]:
    """Everyone owes something in their turn; now and then two owe together."""
    first = number % DEBTORS
    if random.random() < 0.05:  # noqa: PLR2004 - one claim in twenty
        return first, (first + 1) % DEBTORS
    return (first,)


def _period(random: Random, claim_type: ClaimType, kind: _Kind, on: date) -> tuple[date, date]:
    if not kind.months:
        return on, on
    start = add_months(on.replace(day=1), -kind.months + 1)
    if len(claim_type.routing) > 1 and random.randrange(_ONE_IN_OLD_TAXES):
        start = date(2023, 7, 1)  # who enforces such a claim depends on its period
    return start, add_months(start, kind.months) - timedelta(days=1)

"""Late interest under the three regimes: what must be posted, from which day, on what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count, groupby, takewhile

from domain.calendar import add_months
from domain.dated import Dated
from domain.money import NOTHING, Money
from domain.policy import ClaimType, DayCount, Regime

_A_DAY = timedelta(days=1)
_DAYS_A_YEAR = {DayCount.ACTUAL_360: 360, DayCount.ACTUAL_365: 365}


@dataclass(frozen=True, slots=True)
class InterestPosting:
    """One line of interest: a related claim of its own, never summed with others (GST 01).

    *rate_percent* is a month's under the fee act, a year's under the interest act.
    """

    amount: Money
    base: Money
    rate_percent: Decimal
    period_start: date
    period_end: date
    posted_on: date
    rule: str
    legal_basis: str


def interest_due(
    claim_type: ClaimType,
    reference_rates: Dated[Decimal],
    due_date: date,
    principal_on: Callable[[date], Money],
    posted_until: date | None,
    until: date,
) -> tuple[InterestPosting, ...]:
    """The postings that fall on or before *until* and after *posted_until*, the last period's end.

    *due_date* is the last day to pay in time; *principal_on* what of the principal is unpaid at
    the end of a day, without interest and fees, so that nothing bears interest on interest. No
    interest follows a transfer: the caller sets *until* to the day before.
    """
    posted = max(posted_until or due_date, due_date)
    postings: Iterator[InterestPosting] = iter(())
    if claim_type.regime is Regime.FEE_ACT:
        postings = _monthly(claim_type, due_date, principal_on, posted, until)
    if claim_type.regime is Regime.INTEREST_ACT:
        postings = _daily(_Terms(claim_type, reference_rates), posted, principal_on, until)
    return tuple(posting for posting in postings if posting.amount > NOTHING)


def _monthly(
    claim_type: ClaimType,
    due_date: date,
    principal_on: Callable[[date], Money],
    posted: date,
    until: date,
) -> Iterator[InterestPosting]:
    """A full month's interest for each commenced month (ministry 20.8.3, 21.8.1).

    Posting days are counted from the first, so that short months never move the later ones.
    """
    anchor = due_date + _A_DAY
    starts = ((n, add_months(anchor, n)) for n in count())
    for number, start in takewhile(lambda one: one[1] <= until, starts):
        entry = claim_type.interest.entry_on(start)
        if start <= posted or entry is None or entry.value.percent_per_month is None:
            continue
        percent, base = entry.value.percent_per_month, principal_on(start - _A_DAY)
        yield InterestPosting(
            amount=Money.rounded(base.ore * percent / 100),
            base=base,
            rate_percent=percent,
            period_start=start,
            period_end=add_months(anchor, number + 1) - _A_DAY,
            posted_on=start,
            rule=f"{percent} % a commenced month, in force since {entry.since}",
            legal_basis=entry.value.legal_basis,
        )


@dataclass(frozen=True, slots=True)
class _Rate:
    percent: Decimal
    days_a_year: int
    rule: str
    legal_basis: str


@dataclass(frozen=True, slots=True)
class _Terms:
    """Reference rate and margin as they are on each day."""

    claim_type: ClaimType
    reference_rates: Dated[Decimal]

    def on(self, day: date) -> _Rate | None:
        rule, reference = self.claim_type.interest.on(day), self.reference_rates.entry_on(day)
        if not (rule and reference and rule.day_count) or rule.margin_percent is None:
            return None
        return _Rate(
            reference.value + rule.margin_percent,
            _DAYS_A_YEAR[rule.day_count],
            f"{reference.value} % since {reference.since} + {rule.margin_percent} % a year, "
            f"{rule.day_count}",
            rule.legal_basis,
        )


def _daily(
    terms: _Terms, posted: date, principal_on: Callable[[date], Money], until: date
) -> Iterator[InterestPosting]:
    """Simple interest, one line for each run of days with the same month, rate and principal.

    A day bears interest on what was unpaid when it began: of the day of payment the debtor still
    owes interest, of the due date not.
    """
    days = (posted + timedelta(days=n) for n in range(1, (until - posted).days + 1))
    runs = groupby(days, lambda day: (day.month, terms.on(day), principal_on(day - _A_DAY)))
    for (_, rate, base), run in runs:
        if rate is None:
            continue
        period = list(run)
        yield InterestPosting(
            amount=Money.rounded(base.ore * rate.percent * len(period) / 100 / rate.days_a_year),
            base=base,
            rate_percent=rate.percent,
            period_start=period[0],
            period_end=period[-1],
            posted_on=period[-1],
            rule=rate.rule,
            legal_basis=rate.legal_basis,
        )

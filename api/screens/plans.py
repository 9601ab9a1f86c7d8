"""An agreement while the debtor is on the phone: what if, by the house's own rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from api.proposing import propose_over
from api.screens.typed import Reading, Typed, read_coming_day
from domain.agreements.ability import Income, Proposal
from domain.agreements.acceptance import Acceptance, AcceptedBy, Acknowledged
from domain.agreements.budget import Budget
from domain.calendar import add_months, working_day_from
from domain.errors import Conflict, Fault, Invalid, NotFound
from domain.money import NOTHING, Money
from domain.notation import read_amount, refuse
from domain.policy import Policy
from persistence.agreements.agreeing import what_if
from persistence.agreements.terms import NewAgreement, Terms

_MOST_MONTHS = 600


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for and what it would come to; *faults* say why it would not do."""

    terms: Terms | None
    budget: Budget | None
    faults: tuple[Fault, ...] = ()

    @property
    def is_borne(self) -> bool | None:
        """Whether the budget bears the instalment; None when that is not known."""
        if self.terms is None or self.budget is None:
            return None
        return self.budget.bears(self.terms.instalments[0].amount)


def first_due(on: date) -> date:
    """Suggested: the first banking day of the coming month."""
    return working_day_from(add_months(on.replace(day=1), 1))


def read_wish(reading: Reading, claim_id: str, on: date) -> NewAgreement:
    """The claim the task is about always comes along."""
    typed = reading.typed
    others = [one for one in typed.all("claims") if one and one != claim_id]
    due = reading.read("first-due", read_coming_day)
    if not typed.one("first-due"):
        reading.fail("first-due", "first-due-missing")
    elif due and due < on:
        reading.fail("first-due", "day-is-past")
    months = reading.read("months", read_months)
    monthly = reading.read("monthly", read_amount)
    is_low = bool(typed.one("low-income"))
    claims = (claim_id, *dict.fromkeys(others))
    income, yes = read_income(reading), read_acceptance(reading, on)
    return NewAgreement(claims, due or on, months, monthly, is_low, income, yes)


def read_income(reading: Reading) -> Income | None:
    """None when it was not told."""
    yearly = reading.read("yearly-income", _read_kroner)
    return None if yearly is None else Income(yearly, bool(reading.typed.one("has-children")))


def read_acceptance(reading: Reading, on: date) -> Acceptance:
    """In the talk and today, where nothing else is said."""
    typed = reading.typed
    by, what = typed.one("accepted-by") or "phone", typed.one("acknowledged") or "debt"
    if by not in set(AcceptedBy) or what not in set(Acknowledged):
        reading.fail("accepted-by", "accepted-how-unknown")
        by, what = "phone", "debt"
    given_on = reading.read("accepted-on", read_coming_day) or on
    return Acceptance(AcceptedBy(by), Acknowledged(what), given_on)


def read_budget(reading: Reading) -> Budget | None:
    """None when nothing was told of what comes in."""
    income = reading.read("income", _read_kroner)
    rent, other = (reading.read(name, _read_kroner) for name in ("rent", "other-costs"))
    return None if income is None else Budget(income, rent or NOTHING, other or NOTHING)


def proposal_of(
    policy: Policy, typed: Typed, claims: Sequence[RowMapping], claim_id: str, on: date
) -> tuple[Proposal, str]:
    """What could be proposed by what the form tells so far, and where the limits come from.

    *claims*: all that the debtor owes.
    """
    reading = Reading(typed)
    income, budget = read_income(reading), read_budget(reading)
    wanted = {claim_id, *typed.all("claims")}
    owed = [(c["claim_type"], Money(c["balance_ore"])) for c in claims if c["id"] in wanted]
    return propose_over(policy, owed, income, budget, on)


async def plan_of(
    connection: AsyncConnection, policy: Policy, typed: Typed, claim_id: str, on: date
) -> Plan:
    """What the form asks for would come to; nothing is written down."""
    reading = Reading(typed)
    wish, budget = read_wish(reading, claim_id, on), read_budget(reading)
    if reading.faults:
        return Plan(None, budget, tuple(reading.faults))
    try:
        return Plan(await what_if(connection, policy, wish, on), budget)
    except Invalid as invalid:
        return Plan(None, budget, invalid.faults)
    except Conflict:
        return Plan(None, budget, (Fault("claims", "problem-claim-not-free"),))
    except NotFound:
        return Plan(None, budget, (Fault("claims", "problem-not-found"),))


def read_months(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text[:9]) <= _MOST_MONTHS:
        raise refuse("months-unreadable", most=str(_MOST_MONTHS))
    return int(text)


def _read_kroner(text: str) -> Money:
    """As an amount, and nothing may also be said as a number."""
    return NOTHING if set(text) <= {"0", ",", "."} and "0" in text else read_amount(text)


def plain_kroner(amount: Money) -> str:
    """As a form holds it: ``450`` or ``450,50``."""
    kroner, ore = divmod(amount.ore, 100)
    return f"{kroner},{ore:02d}" if ore else str(kroner)

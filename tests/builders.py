"""Claims and people for tests: sensible unless said otherwise, and nobody's real number."""

from datetime import date, timedelta
from itertools import count

from domain.identity import parse_national_id
from domain.money import Money
from domain.registration import NewClaim, NewDebtor

# Born before October 2007 and failing modulus 11: such numbers were never issued.
CPR_NUMBERS = ("0703790123", "1108650456", "2302580789", "1910930321")
_numbers = count(1)


def a_debtor(cpr: str = CPR_NUMBERS[0], name: str = "Karla Prøvesen") -> NewDebtor:
    return NewDebtor(parse_national_id(cpr), name, ("Prøvevej 1", "8660 Skanderborg"))


def a_claim(
    claim_type: str = "parking-fee",
    kroner: int = 1000,
    due: date = date(2026, 3, 2),
    debtors: tuple[NewDebtor, ...] = (),
    demand_sent_on: date | None = None,
    reference: str | None = None,
) -> NewClaim:
    return NewClaim(
        source="prøvesystem",
        reference=reference or f"P-{next(_numbers):06d}",
        claim_type=claim_type,
        debtors=debtors or (a_debtor(),),
        principal=Money.kroner(kroner),
        description="Prøvekrav",
        period_start=due - timedelta(days=30),
        period_end=due - timedelta(days=1),
        origination_date=due - timedelta(days=30),
        due_date=due,
        last_timely_payment_date=due,
        demand_sent_on=demand_sent_on,
    )


HELD_TODAY = (
    "with d as (insert into distraints (claim_id, task_key, bailiff, opened_on, ordered_on, "
    "demanded_on) values (:claim, :key, :bailiff, :on, :on, :on) returning id), "
    "h as (insert into distraint_hearings (distraint_id, number, starts_at, place, is_outside, "
    "expected_ore, court_fee_ore, reason, set_by, set_on) select id, 1, cast(:on as date), 'Her', "
    "true, 0, 0, '', :bailiff, :on from d returning id, distraint_id) "
    "insert into distraint_minutes (distraint_id, hearing_id, outcome, text, present, owed_ore, "
    "held_by, held_on) select distraint_id, id, 'in-vain', 'Prøve', '', 0, :bailiff, :on from h"
)
"""As if the bailiff had held a hearing today: for tests in which its days play no part."""

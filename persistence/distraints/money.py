"""What a distraint costs the debtors: the fee for the notice, and the court fee of the hearing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import HOUSE
from domain.fees import FeePosting, court_fee, distraint_fee
from domain.ledger import EntryKind
from domain.money import NOTHING, Money
from domain.policy import Policy
from persistence.claims.facts import ClaimFacts, read_facts
from persistence.money.accounts import Line, book_lines, interest_lines
from persistence.money.unearned_fees import take_back_fee

CALLED_OFF = "distraint-called-off"

# One visit is one fee, however many claims of the debtor it is about.
_IS_CHARGED = text("""
select exists (select from distraints d
  join distraint_hearings h on h.distraint_id = d.id
  join liabilities b on b.claim_id = d.claim_id
  join liabilities mine on mine.debtor_id = b.debtor_id and mine.claim_id = :claim
  where d.claim_id <> :claim and d.fee_entry_id is not null and d.called_off_on is null
    and h.starts_at = :at)""")
_BASE_CHARGED = text("""
select max(e.effective_on) from ledger_entries e
join liabilities b on b.claim_id = e.claim_id
join liabilities mine on mine.debtor_id = b.debtor_id and mine.claim_id = :claim
where e.kind = 'court-fee' and jsonb_exists(e.facts, 'base')""")
_FEE = text("""
select e.id, e.amount_ore as ore, e.legal_basis as basis from ledger_entries e
where e.id = :entry and not exists (select from ledger_entries k where k.claim_id = e.claim_id
  and k.kind = 'correction' and k.facts ->> 'fee' = e.id::text)""")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a hearing on a day would come to. *court_fee* only when it is held."""

    owed: Money
    fee: FeePosting | None
    court_fee: FeePosting | None
    is_base_due: bool

    @property
    def expected(self) -> Money:
        """What is to be paid to be rid of it before the hearing."""
        return self.owed + (self.fee.amount if self.fee else NOTHING)

    @property
    def with_court_fee(self) -> Money:
        return self.expected + (self.court_fee.amount if self.court_fee else NOTHING)


async def cost_of(
    connection: AsyncConnection,
    policy: Policy,
    facts: ClaimFacts,
    starts_at: datetime,
    day: date,
    *,
    is_outside: bool,
    is_fee_new: bool,
) -> Cost:
    """Computed for *day*, with interest up to then. *is_fee_new*: no notice was charged before."""
    interest = [line.amount for line in interest_lines(facts, policy, day)]
    owed = facts.balance + sum(interest, NOTHING)
    fee = None
    if is_fee_new:
        values = {"claim": facts.id, "at": starts_at}
        is_charged = (await connection.execute(_IS_CHARGED, values)).scalar_one()
        fee = None if is_charged else distraint_fee(policy, day)
    base_on = await _base_charged_on(connection, facts.id)
    whole = owed + (fee.amount if fee else NOTHING)
    court = court_fee(policy, day, whole, is_held_outside=is_outside, base_charged_on=base_on)
    alone = court_fee(policy, day, whole, is_held_outside=is_outside)
    return Cost(owed, fee, court, is_base_due=court == alone)


async def cost_today(
    connection: AsyncConnection, policy: Policy, proceeding: Any, on: date
) -> Cost:
    """What the hearing of *proceeding* (a row of it) would come to, were it held today."""
    facts = await read_facts(connection, proceeding["claim_id"], on)
    return await cost_of(
        connection, policy, facts, proceeding["starts_at"], on,
        is_outside=proceeding["is_outside"], is_fee_new=False,
    )  # fmt: skip


async def _base_charged_on(connection: AsyncConnection, claim_id: str) -> date | None:
    found = (await connection.execute(_BASE_CHARGED, {"claim": claim_id})).scalar()
    assert found is None or isinstance(found, date)
    return found


async def charge_notice(
    connection: AsyncConnection,
    policy: Policy,
    facts: ClaimFacts,
    cost: Cost,
    leaves: date,
    on: date,
) -> int | None:
    """Book interest up to the day the notice leaves, and its fee; the fee's entry."""
    lines = interest_lines(facts, policy, leaves)
    await book_lines(connection, facts.id, lines, on)
    if cost.fee is None:
        return None
    [entry] = await book_lines(connection, facts.id, [_line(EntryKind.FEE, cost.fee, leaves)], on)
    return entry


async def charge_hearing(
    connection: AsyncConnection, facts: ClaimFacts, policy: Policy, cost: Cost, on: date
) -> int | None:
    """Book interest up to the hearing, and the court fee; the fee's entry."""
    await book_lines(connection, facts.id, interest_lines(facts, policy, on), on)
    if cost.court_fee is None:
        return None
    told: dict[str, Any] = {"base": True} if cost.is_base_due else {}
    line = _line(EntryKind.COURT_FEE, cost.court_fee, on, told)
    [entry] = await book_lines(connection, facts.id, [line], on)
    return entry


def _line(kind: EntryKind, fee: FeePosting, on: date, facts: dict[str, Any] | None = None) -> Line:
    return Line(
        kind, fee.amount, on, HOUSE.id, fee.rule, fee.legal_basis, (on, on), facts=facts or {}
    )


async def take_back_notice_fee(
    connection: AsyncConnection, policy: Policy, claim_id: str, entry: int | None, on: date
) -> Money | None:
    """What the town calls off itself costs the debtor nothing; what is owed then.

    None when there was no fee, or it was taken back before.
    """
    fee = (await connection.execute(_FEE, {"entry": entry})).mappings().first()
    if fee is None:
        return None
    return await take_back_fee(connection, policy, claim_id, dict(fee), on, CALLED_OFF)

"""How a payment agreement is made, over one or several claims of a debtor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Sequence as SqlSequence
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ability import Income, ability_to_pay, table_on
from domain.acceptance import Acceptance, AcceptedBy, Acknowledged
from domain.agreement import Instalment as PlannedInstalment
from domain.agreement import plan
from domain.authority import HOUSE
from domain.claim import Stage
from domain.dated import Entry
from domain.deadlines import deadline_after, dispatch_day
from domain.errors import Conflict, Fault, Invalid
from domain.letters import Letter
from domain.money import NOTHING, Money
from domain.policy import AgreementRule, Policy
from persistence.accounts import book_lines, interest_lines
from persistence.acknowledging import acknowledge
from persistence.claim_acts import LetterRequest, entering, request_letters
from persistence.claim_facts import ClaimFacts, read_facts
from persistence.models import Agreement, AgreementClaim, Claim, Instalment, LedgerEntry
from persistence.outbox import START_AGREEMENT, tell

_SERIAL = select(SqlSequence("agreement_serial").next_value())
_SHARE = insert(AgreementClaim).values(
    agreement_id=bindparam("agreement"),
    claim_id=bindparam("claim"),
    owed_ore=bindparam("ore"),
    ledger_seq=select(func.max(LedgerEntry.seq))
    .where(LedgerEntry.claim_id == bindparam("claim"))
    .scalar_subquery(),
)


@dataclass(frozen=True, slots=True)
class NewAgreement:
    """Either *months* or *monthly* decides the plan; the other is None.

    *income*: where the plan is fixed by the income table it decides, and neither is given.
    *acceptance*: how the debtor said yes; None: in the talk, today. *follows*: the broken
    agreement it takes up again.
    """

    claim_ids: tuple[str, ...]
    first_due: date
    months: int | None = None
    monthly: Money | None = None
    has_low_income: bool = False
    income: Income | None = None
    acceptance: Acceptance | None = None
    follows: str | None = None

    def accepted(self, on: date) -> Acceptance:
        return self.acceptance or Acceptance(AcceptedBy.PHONE, Acknowledged.DEBT, on)


@dataclass(frozen=True, slots=True)
class Terms:
    """What an agreement would be, or is: what is owed, by which rule, and when what is paid.

    *shares*: what of it each claim owes.
    """

    shares: tuple[tuple[str, Money], ...]
    rule: AgreementRule
    source: str
    max_months: int
    instalments: tuple[PlannedInstalment, ...]
    first_wished: date

    @property
    def moved_from(self) -> date | None:
        """The day that was asked for where it is a closing day: the first is paid the day after."""
        is_moved = self.instalments[0].due_on != self.first_wished
        return self.first_wished if is_moved else None

    @property
    def owed(self) -> Money:
        return sum((share for _, share in self.shares), NOTHING)


async def what_if(
    connection: AsyncConnection, policy: Policy, wish: NewAgreement, on: date
) -> Terms:
    """What `make_agreement` would come to, with nothing written down. Raises as it does."""
    claims = [await _read_free(connection, claim_id, on) for claim_id in sorted(wish.claim_ids)]
    shares = [
        (facts.id, sum((line.amount for line in interest_lines(facts, policy, on)), facts.balance))
        for facts in claims
    ]
    return _terms(policy, claims, shares, wish, on)


async def make_agreement(
    connection: AsyncConnection,
    policy: Policy,
    wish: NewAgreement,
    on: date,
    actor: str = HOUSE.id,
) -> str:
    """Write down the agreement, let its story start, and lay its confirmation in the tray.

    Whoever agrees to pay acknowledges the debt (forældelseslovens § 15): for that debtor alone the
    limitation begins anew. Until the last instalment is due, payment is in time.

    Raises Invalid when the policy does not allow the plan, Conflict when a claim is not free.
    """
    claims = [
        await _free_claim(connection, policy, claim_id, on) for claim_id in sorted(wish.claim_ids)
    ]
    terms = _terms(policy, claims, [(facts.id, facts.balance) for facts in claims], wish, on)
    acceptance = wish.accepted(on)
    acceptance.require_sound(on, max(facts.claim["origination_date"] for facts in claims))
    debtor_id = claims[0].claim["debtor_id"]
    agreement_id = await _insert(connection, debtor_id, terms, wish, on)
    await _insert_instalments(connection, agreement_id, terms.instalments)
    await _cover(connection, agreement_id, terms, on)
    await acknowledge(connection, policy, agreement_id, acceptance, actor)
    await tell(connection, f"agreement-{agreement_id}", START_AGREEMENT)
    await _confirm(connection, agreement_id, wish.claim_ids[0], on)
    return agreement_id


async def _cover(connection: AsyncConnection, agreement_id: str, terms: Terms, on: date) -> None:
    rows = [
        {"agreement": agreement_id, "claim": claim_id, "ore": share.ore}
        for claim_id, share in terms.shares
    ]
    await connection.execute(_SHARE, rows)
    covered = {
        "agreement_id": agreement_id,
        **entering(Stage.AGREEMENT, on),
        "next_on": None,
        "timely_until": terms.instalments[-1].due_on,
    }
    claims = [claim_id for claim_id, _ in terms.shares]
    await connection.execute(update(Claim).where(Claim.id.in_(claims)).values(covered))


def _terms(
    policy: Policy,
    claims: Sequence[ClaimFacts],
    shares: Sequence[tuple[str, Money]],
    wish: NewAgreement,
    on: date,
) -> Terms:
    if len({facts.claim["debtor_id"] for facts in claims}) != 1:
        raise Invalid(Fault("claim_ids", "agreement-needs-one-debtor"))
    if wish.first_due < on:
        raise Invalid(Fault("first_due", "day-is-past"))
    entry = strictest_rule(policy, [facts.claim["claim_type"] for facts in claims], on)
    rule, owed = entry.value, sum((share for _, share in shares), NOTHING)
    months, monthly = _asked_for(policy, rule, wish, on)
    instalments = plan(
        owed, wish.first_due, months, monthly, rule, has_low_income=wish.has_low_income
    )
    most = rule.max_months_low_income if wish.has_low_income else rule.max_months
    return Terms(tuple(shares), rule, entry.source, most, instalments, wish.first_due)


def _asked_for(
    policy: Policy, rule: AgreementRule, wish: NewAgreement, on: date
) -> tuple[int | None, Money | None]:
    """Months or an amount a month; by the income table, the amount it says and no other."""
    if not rule.by_income_table:
        return wish.months, wish.monthly
    if wish.income is None:
        raise Invalid(Fault("yearly_income", "agreement-needs-income"))
    monthly = ability_to_pay(wish.income, table_on(policy.income_table, on)).monthly
    if wish.months or (wish.monthly and wish.monthly != monthly):
        raise Invalid(Fault("monthly", "agreement-fixed-by-table", {"monthly": str(monthly)}))
    if not monthly:
        raise Invalid(Fault("yearly_income", "agreement-income-too-low"))
    return None, monthly


async def _read_free(connection: AsyncConnection, claim_id: str, on: date) -> ClaimFacts:
    facts = await read_facts(connection, claim_id, on)
    is_elsewhere = Stage(facts.claim["stage"]).is_with_the_collector
    if is_elsewhere or any(facts.claim[x] for x in ("ending", "agreement_id", "is_withdrawn")):
        raise Conflict(f"claim {claim_id} is not free for an agreement")
    return facts


async def _free_claim(
    connection: AsyncConnection, policy: Policy, claim_id: str, on: date
) -> ClaimFacts:
    """Its interest is booked up to *on*, so that the agreement is about all of it."""
    facts = await _read_free(connection, claim_id, on)
    interest = interest_lines(facts, policy, on)
    if not interest:
        return facts
    await book_lines(connection, claim_id, interest, on)
    return await read_facts(connection, claim_id, on)


def strictest_rule(policy: Policy, claim_types: Sequence[str], on: date) -> Entry[AgreementRule]:
    """The rule for an agreement over claims of these types, with where it comes from.

    Raises Invalid when none is offered, or some are paid by the income table and others not.
    """
    entries = [policy.claim_type(code).agreement.entry_on(on) for code in claim_types]
    offered = [entry for entry in entries if entry and entry.value.is_offered]
    if not offered or len(offered) < len(entries):
        raise Invalid(Fault("claim_ids", "agreement-not-offered"))
    if len({entry.value.by_income_table for entry in offered}) > 1:
        raise Invalid(Fault("claim_ids", "agreement-table-apart"))
    return min(offered, key=lambda entry: entry.value.max_months)


async def _insert(
    connection: AsyncConnection, debtor_id: int, terms: Terms, wish: NewAgreement, on: date
) -> str:
    serial = await connection.scalar(_SERIAL)
    agreement_id = f"A-{serial:06d}"
    values: dict[str, Any] = {
        "id": agreement_id,
        "debtor_id": debtor_id,
        "signed_on": on,
        "grace_days": terms.rule.grace_days,
        "catch_up_days": terms.rule.catch_up_days,
        "owed_ore": terms.owed.ore,
        "bears_interest": terms.rule.bears_interest,
        "follows": wish.follows,
    }
    await connection.execute(insert(Agreement), values)
    return agreement_id


async def _insert_instalments(
    connection: AsyncConnection, agreement_id: str, instalments: Sequence[PlannedInstalment]
) -> None:
    rows, total = [], Money(0)
    for instalment in instalments:
        total += instalment.amount
        rows.append(
            {
                "agreement_id": agreement_id,
                "number": instalment.number,
                "due_on": instalment.due_on,
                "amount_ore": instalment.amount.ore,
                "total_ore": total.ore,
            }
        )
    await connection.execute(insert(Instalment), rows)


async def _confirm(connection: AsyncConnection, agreement_id: str, claim_id: str, on: date) -> None:
    planned = dispatch_day(on)
    request = LetterRequest(
        agreement_id, "confirmation", Letter.AGREEMENT_CONFIRMATION, 0, on, planned,
        deadline_after(planned, 0),
    )  # fmt: skip
    await request_letters(connection, claim_id, request)

"""How a payment agreement is made, over one or several claims of a debtor."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Sequence as SqlSequence
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.agreements.agreement import Instalment as PlannedInstalment
from domain.authority import HOUSE
from domain.claim import Stage
from domain.deadlines import deadline_after, dispatch_day
from domain.errors import Conflict
from domain.letters import Letter
from domain.money import Money
from domain.policy import Policy
from persistence.agreements.acknowledging import acknowledge
from persistence.agreements.terms import NewAgreement, Terms, terms_of
from persistence.claims.acts import LetterRequest, entering, request_letters
from persistence.claims.facts import ClaimFacts, read_facts
from persistence.models import Agreement, AgreementClaim, Claim, Instalment, LedgerEntry
from persistence.money.accounts import book_lines, interest_lines
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


async def what_if(
    connection: AsyncConnection, policy: Policy, wish: NewAgreement, on: date
) -> Terms:
    """What `make_agreement` would come to, with nothing written down. Raises as it does."""
    claims = [await _read_free(connection, claim_id, on) for claim_id in sorted(wish.claim_ids)]
    shares = [
        (facts.id, sum((line.amount for line in interest_lines(facts, policy, on)), facts.balance))
        for facts in claims
    ]
    return terms_of(policy, claims, shares, wish, on)


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
    terms = terms_of(policy, claims, [(facts.id, facts.balance) for facts in claims], wish, on)
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

"""How a payment agreement is made, over one or several claims of a debtor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Sequence as SqlSequence
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.agreement import Instalment as PlannedInstalment
from domain.agreement import plan
from domain.authority import HOUSE
from domain.claim import HoldReason, Stage
from domain.dated import Entry
from domain.deadlines import deadline_after, dispatch_day
from domain.errors import Conflict, Fault, Invalid
from domain.letters import Letter
from domain.limitation import LimitationKind
from domain.money import Money
from domain.policy import AgreementRule, Policy
from persistence.accounts import book_lines, interest_lines
from persistence.claim_acts import LetterRequest, request_letters
from persistence.claim_facts import ClaimFacts, read_facts
from persistence.limitation import note_limitation
from persistence.models import Agreement, Claim, Hold, Instalment
from persistence.outbox import START_AGREEMENT, tell

_SERIAL = select(SqlSequence("agreement_serial").next_value())
_COVERED = (
    select(Claim.id, Claim.claim_type, Claim.registered_on, Claim.ending, Claim.balance_ore)
    .where(Claim.agreement_id == bindparam("agreement"))
    .order_by(Claim.id)
    .with_for_update(key_share=True)
)
_DISSOLVE = text("""
insert into outbox (target, name, payload, attempts)
select 'agreement-' || g.id, 'dissolved', '{}', 0 from agreements g
where g.id = :agreement and g.state = 'active'
  and g.paid_ore < (select max(total_ore) from instalments where agreement_id = g.id)
  and not exists (select from claims c where c.agreement_id = g.id and c.ending is null)""")


@dataclass(frozen=True, slots=True)
class NewAgreement:
    """Either *months* or *monthly* decides the plan; the other is None."""

    claim_ids: tuple[str, ...]
    first_due: date
    months: int | None = None
    monthly: Money | None = None
    has_low_income: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What an agreement would be, or is: what is owed, by which rule, and when what is paid."""

    owed: Money
    rule: AgreementRule
    source: str
    max_months: int
    instalments: tuple[PlannedInstalment, ...]


async def what_if(
    connection: AsyncConnection, policy: Policy, wish: NewAgreement, on: date
) -> Terms:
    """What `make_agreement` would come to, with nothing written down. Raises as it does."""
    claims = [await _read_free(connection, claim_id, on) for claim_id in sorted(wish.claim_ids)]
    interest = [line.amount for facts in claims for line in interest_lines(facts, policy, on)]
    owed = sum((facts.balance for facts in claims), sum(interest, Money(0)))
    return _terms(policy, claims, owed, wish, on)


async def make_agreement(
    connection: AsyncConnection, policy: Policy, wish: NewAgreement, on: date
) -> str:
    """Write down the agreement, let its story start, and lay its confirmation in the tray.

    Whoever agrees to pay acknowledges the debt (forældelseslovens § 15): for that debtor alone the
    limitation begins anew.

    Raises Invalid when the policy does not allow the plan, Conflict when a claim is not free.
    """
    claims = [
        await _free_claim(connection, policy, claim_id, on) for claim_id in sorted(wish.claim_ids)
    ]
    owed = sum((facts.balance for facts in claims), Money(0))
    terms = _terms(policy, claims, owed, wish, on)
    debtor_id = claims[0].claim["debtor_id"]
    agreement_id = await _insert(connection, debtor_id, terms, on)
    await _insert_instalments(connection, agreement_id, terms.instalments)
    await connection.execute(
        update(Claim)
        .where(Claim.id.in_(wish.claim_ids))
        .values(agreement_id=agreement_id, stage=Stage.AGREEMENT.value, next_on=None)
    )
    for claim_id in sorted(wish.claim_ids):
        admitted = LimitationKind.ACKNOWLEDGEMENT
        await note_limitation(connection, policy, claim_id, admitted, on, agreement_id, [debtor_id])
    await tell(connection, f"agreement-{agreement_id}", START_AGREEMENT)
    await _confirm(connection, agreement_id, wish.claim_ids[0], on)
    return agreement_id


async def let_join(
    connection: AsyncConnection, agreement_id: str, claim_ids: Sequence[str], on: date
) -> None:
    """Claims that come along in another claim's agreement stand still until it ends."""
    for claim_id in claim_ids:
        values = {
            "claim_id": claim_id,
            "reason": HoldReason.AGREEMENT.value,
            "note": agreement_id,
            "since": on,
            "placed_by": HOUSE.id,
        }
        number = (
            await connection.execute(insert(Hold).values(values).returning(Hold.id))
        ).scalar_one()
        payload = {"number": number, "hold": {"since": on.isoformat(), "until": None}}
        await tell(connection, f"claim-{claim_id}", "held", payload)


async def let_go(connection: AsyncConnection, agreement_id: str, on: date) -> None:
    """The agreement has ended: the claims that came along go on where they stood."""
    lifted = (
        update(Hold)
        .where(Hold.note == agreement_id, Hold.reason == HoldReason.AGREEMENT.value)
        .where(Hold.released_on.is_(None))
        .values(released_on=on, released_by=HOUSE.id)
        .returning(Hold.id, Hold.claim_id)
    )
    for row in (await connection.execute(lifted)).all():
        payload = {"number": row.id, "on": on.isoformat()}
        await tell(connection, f"claim-{row.claim_id}", "released", payload)


def _terms(
    policy: Policy, claims: Sequence[ClaimFacts], owed: Money, wish: NewAgreement, on: date
) -> Terms:
    if len({facts.claim["debtor_id"] for facts in claims}) != 1:
        raise Invalid(Fault("claim_ids", "agreement-needs-one-debtor"))
    entry = strictest_rule(policy, [facts.claim["claim_type"] for facts in claims], on)
    rule = entry.value
    instalments = plan(
        owed, wish.first_due, wish.months, wish.monthly, rule, has_low_income=wish.has_low_income
    )
    most = rule.max_months_low_income if wish.has_low_income else rule.max_months
    return Terms(owed, rule, entry.source, most, instalments)


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

    Raises Invalid when none is offered.
    """
    entries = [policy.claim_type(code).agreement.entry_on(on) for code in claim_types]
    offered = [entry for entry in entries if entry and entry.value.is_offered]
    if not offered or len(offered) < len(entries):
        raise Invalid(Fault("claim_ids", "agreement-not-offered"))
    return min(offered, key=lambda entry: entry.value.max_months)


async def _insert(connection: AsyncConnection, debtor_id: int, terms: Terms, on: date) -> str:
    serial = await connection.scalar(_SERIAL)
    agreement_id = f"A-{serial:06d}"
    values: dict[str, Any] = {
        "id": agreement_id,
        "debtor_id": debtor_id,
        "signed_on": on,
        "grace_days": terms.rule.grace_days,
        "catch_up_days": terms.rule.catch_up_days,
        "owed_ore": terms.owed.ore,
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


async def claims_of(connection: AsyncConnection, agreement_id: str) -> list[str]:
    """The claims it covers that have not ended."""
    covered = (Claim.agreement_id == agreement_id, Claim.ending.is_(None))
    found = select(Claim.id).where(*covered).order_by(Claim.id)
    return list((await connection.execute(found)).scalars())


async def lock_claims_of(connection: AsyncConnection, agreement_id: str) -> Sequence[Any]:
    """Id, type, day of registration, ending and balance of its claims, locked.

    Claims are locked before their agreement, everywhere, so that nobody waits in a circle.
    """
    return (await connection.execute(_COVERED, {"agreement": agreement_id})).all()


async def dissolve_if_alone(connection: AsyncConnection, agreement_id: str) -> None:
    """When its last claim has ended there is nothing left to keep an agreement about.

    One whose instalments are all paid ends by itself.
    """
    await connection.execute(_DISSOLVE, {"agreement": agreement_id})

"""The claims an agreement covers: those that come along stand still, and who is let go when."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import HOUSE
from domain.claim import HoldReason
from domain.record import Hold as HoldOfRecord
from persistence.models import Claim, Hold
from persistence.outbox import tell
from traces.carrying import carrying

_COVERED = (
    select(
        Claim.id,
        Claim.claim_type,
        Claim.registered_on,
        Claim.ending,
        Claim.balance_ore,
        Claim.is_withdrawn,
    )
    .where(Claim.agreement_id == bindparam("agreement"))
    .order_by(Claim.id)
    .with_for_update(key_share=True)
)
_DISSOLVE = text("""
insert into outbox (target, name, payload, attempts)
select 'agreement-' || g.id, 'dissolved', :origin, 0 from agreements g
where g.id = :agreement and g.state = 'active'
  and g.paid_ore < (select max(total_ore) from instalments where agreement_id = g.id)
  and not exists (select from claims c where c.agreement_id = g.id and c.ending is null)
""").bindparams(bindparam("origin", type_=JSONB))


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


async def claims_of(connection: AsyncConnection, agreement_id: str) -> list[str]:
    """The claims it covers that have not ended."""
    covered = (Claim.agreement_id == agreement_id, Claim.ending.is_(None))
    found = select(Claim.id).where(*covered).order_by(Claim.id)
    return list((await connection.execute(found)).scalars())


async def holds_over(
    connection: AsyncConnection, agreement_id: str, on: date
) -> dict[int, HoldOfRecord]:
    """What lets the agreement's clock stand still: the holds on its claims that are in force."""
    found = (
        select(Hold.id, Hold.since, Hold.until)
        .join(Claim, Claim.id == Hold.claim_id)
        .where(Claim.agreement_id == agreement_id, Claim.ending.is_(None))
        .where(Hold.reason != HoldReason.AGREEMENT.value, Hold.released_on.is_(None))
        .where(Hold.until.is_(None) | (Hold.until >= on))
    )
    return {row.id: HoldOfRecord(row.since, row.until) for row in await connection.execute(found)}


async def lock_claims_of(connection: AsyncConnection, agreement_id: str) -> Sequence[Any]:
    """Its claims, locked: id, type, day of registration, ending, balance, whether withdrawn.

    Claims are locked before their agreement, everywhere, so that nobody waits in a circle.
    """
    return (await connection.execute(_COVERED, {"agreement": agreement_id})).all()


async def dissolve_if_alone(connection: AsyncConnection, agreement_id: str) -> None:
    """When its last claim has ended there is nothing left to keep an agreement about.

    One whose instalments are all paid ends by itself.
    """
    await connection.execute(_DISSOLVE, {"agreement": agreement_id, "origin": carrying({})})

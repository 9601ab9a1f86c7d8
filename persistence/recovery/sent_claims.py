"""The claims as they are handed over to the recovery authority: each once, under its reference."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, select, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.money import Money
from domain.recovery.actions import ActionKind, ActionReason, RecoveryState, rule_of
from domain.recovery.claim import Part, RecoveryClaim, RecoveryLiability
from domain.recovery.refusals import Lying
from persistence.models import RecoveryAction, RecoveryClaimRow

_NEW = insert(RecoveryClaimRow)
# What lay there before its parts were told apart has no facts: they are filled in.
_LAY = _NEW.on_conflict_do_update(
    index_elements=[RecoveryClaimRow.reference],
    set_={"facts": _NEW.excluded.facts},
    where=RecoveryClaimRow.facts == {},
)
_LATEST = text("""
select reference, state, recalled_for from recovery_claims
where claim_id = :claim and part = 'principal' order by id desc limit 1""")


async def lay_claims(
    connection: AsyncConnection,
    claim_id: str,
    action_key: str,
    claims: Sequence[RecoveryClaim],
) -> None:
    """What the transfer *action_key* sends, as it is now: a later payment is reported by itself."""
    action = select(RecoveryAction.id).where(
        RecoveryAction.claim_id == claim_id, RecoveryAction.key == action_key
    )
    action_id = (await connection.execute(action)).scalar_one()
    await lay_for(connection, claim_id, action_id, claims)


async def lay_for(
    connection: AsyncConnection, claim_id: str, action_id: int, claims: Sequence[RecoveryClaim]
) -> None:
    """As above, where the action's number is known."""
    latest = (await connection.execute(_LATEST, {"claim": claim_id})).first()
    resends = latest.reference if latest and _may_come_again(latest) else None
    rows = [_row(claim, claim_id, action_id, resends) for claim in claims]
    await connection.execute(_LAY, rows)


def _may_come_again(latest: Any) -> bool:
    if latest.state != RecoveryState.RECALLED or not latest.recalled_for:
        return False
    rule = rule_of(ActionKind.RECALL, ActionReason(latest.recalled_for))
    return bool(rule and rule.may_come_again)


def _row(
    claim: RecoveryClaim, claim_id: str, action_id: int, resends: str | None
) -> dict[str, Any]:
    is_main = claim.part is Part.PRINCIPAL
    return {
        "claim_id": claim_id,
        "action_id": action_id,
        "reference": claim.reference,
        "parent": claim.parent,
        "part": claim.part.value,
        "state": RecoveryState.ASKED.value,
        "resends": resends if is_main else None,
        "principal_ore": claim.principal.ore,
        "amount_ore": claim.amount.ore,
        "left_ore": claim.amount.ore,
        "facts": _facts(claim),
    }


_DAYS = ("period_start", "period_end", "originated_on", "due_on", "last_timely_on")


def _facts(claim: RecoveryClaim) -> dict[str, Any]:
    days = {name: getattr(claim, name).isoformat() for name in _DAYS}
    return days | {
        "type_code": claim.type_code,
        "description": claim.description,
        "liabilities": [
            [one.debtor_id, *map(_iso, (one.limitation_date, one.judged_on, one.settled_on))]
            for one in claim.liabilities
        ],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


_LAST = text("""
select to_jsonb(r) as row from recovery_claims r where r.claim_id = :claim
  and coalesce(r.parent, r.reference) = (select m.reference from recovery_claims m
    where m.claim_id = :claim and m.parent is null order by m.id desc limit 1)
order by r.id""").columns(row=JSONB)


async def read_sent_claims(connection: AsyncConnection, claim_id: str) -> tuple[RecoveryClaim, ...]:
    """As they were when the claim last went; empty when it never did, or not in parts."""
    rows = (await connection.execute(_LAST, {"claim": claim_id})).scalars().all()
    return claims_of(row for row in rows if row["facts"])


def claims_of(rows: Iterable[dict[str, Any]]) -> tuple[RecoveryClaim, ...]:
    """As they were laid down, the main claim first."""
    ordered = sorted(rows, key=lambda row: (row["parent"] is not None, row["id"]))
    return tuple(_claim(row) for row in ordered)


def lying_of(row: Mapping[str, Any] | RowMapping, *, is_busy: bool = False) -> Lying:
    """How the claim lies there, as far as we have been told."""
    recalled = row["recalled_for"]
    return Lying(
        RecoveryState(row["state"]),
        Part(row["part"]),
        Money(row["raised_to_ore"] or row["principal_ore"]),
        Money(row["left_ore"]),
        is_busy,
        ActionReason(recalled) if recalled else None,
    )


def _claim(row: dict[str, Any]) -> RecoveryClaim:
    facts = row["facts"]
    return RecoveryClaim(
        reference=row["reference"],
        part=Part(row["part"]),
        type_code=facts["type_code"],
        principal=Money(row["principal_ore"]),
        amount=Money(row["amount_ore"]),
        description=facts["description"],
        liabilities=tuple(_liability(*one) for one in facts["liabilities"]),
        parent=row["parent"],
        **{name: date.fromisoformat(facts[name]) for name in _DAYS},
    )


def _liability(debtor: int, *days: str | None) -> RecoveryLiability:
    limitation, judged, settled = (date.fromisoformat(day) if day else None for day in days)
    assert limitation
    return RecoveryLiability(debtor, limitation, judged, settled)

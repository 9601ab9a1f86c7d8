"""What is paid to us, or taken back, of a claim that lies at the recovery authority.

A report is undone only whole (469): of a payment of which a part bounced, the rest is told anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.money import NOTHING, Money
from domain.recovery.actions import ActionKind, ActionReason
from domain.recovery.corrections import Report, standing
from persistence.models import RecoveryAction

# What was refused was not done. What waits to be sent once more may have been heard already.
_REPORTS = text("""
select id, kind, amount_ore, cast(facts ->> 'undoes' as bigint) as undoes,
  not (state = 'requested' and submitted_on is null) as is_sent
from recovery_actions
where claim_id = :claim and cast(facts ->> 'payment' as bigint) = :payment
  and kind in ('write-down', 'write-up', 'undo-write-up')
  and state not in ('dropped', 'rejected') order by id""")
_COUNT = text("""
select count(*) from recovery_actions where claim_id = :claim and starts_with(key, :key)""")


@dataclass(frozen=True, slots=True)
class _Of:
    """The payment on the claim, and what has been told of it."""

    claim_id: str
    payment_id: int
    on: date
    reports: Sequence[Report]


async def report_payment(
    connection: AsyncConnection, claim_id: str, amount: Money, payment_id: int, on: date
) -> None:
    """What is paid to us lessens what lies there (NEDSKRIV/INDB).

    Money that was taken away and is placed again undoes what undid its report (NAOI).
    """
    of = await _read(connection, claim_id, payment_id, on)
    taken_back = standing(of.reports, ActionKind.WRITE_UP)
    again = next((one for one in reversed(taken_back) if one.amount == amount), None)
    if again is None:
        await _request(connection, of, "write-down", ActionKind.WRITE_DOWN, amount)
    elif again.is_sent:
        await _undo(connection, of, "undo-write-up", ActionKind.UNDO_WRITE_UP, again)
    else:
        await _drop(connection, again)


async def take_report_back(
    connection: AsyncConnection, claim_id: str, amount: Money, payment_id: int, on: date
) -> None:
    """Money reported to the authority was taken away again (OANI), unless it was not yet told."""
    of = await _read(connection, claim_id, payment_id, on)
    rest = amount
    for report in reversed(standing(of.reports, ActionKind.WRITE_DOWN)):
        if rest > NOTHING:
            await _take_back(connection, of, report)
            rest -= report.amount
    if rest > NOTHING:  # what was never told cannot be undone: a person will be asked
        await _request(connection, of, "write-up", ActionKind.WRITE_UP, rest)
    elif rest < NOTHING:
        await _request(connection, of, "write-down-rest", ActionKind.WRITE_DOWN, -rest)


async def request_correction(
    connection: AsyncConnection, claim_id: str, amount: Money, payment_id: int, on: date
) -> None:
    """What was taken back of a claim that is with the collector (NEDSKRIV/REGU)."""
    of = _Of(claim_id, payment_id, on, ())
    told = {"reason": ActionReason.REGU.value}
    await _ask(connection, of, "write-down-correction", ActionKind.WRITE_DOWN, amount, told)


async def _read(connection: AsyncConnection, claim_id: str, payment_id: int, on: date) -> _Of:
    rows = await connection.execute(_REPORTS, {"claim": claim_id, "payment": payment_id})
    reports = [
        Report(row.id, ActionKind(row.kind), Money(row.amount_ore), row.undoes, row.is_sent)
        for row in rows
    ]
    return _Of(claim_id, payment_id, on, reports)


async def _take_back(connection: AsyncConnection, of: _Of, report: Report) -> None:
    if report.is_sent:
        await _undo(connection, of, "write-up", ActionKind.WRITE_UP, report)
    else:
        await _drop(connection, report)


async def _undo(
    connection: AsyncConnection, of: _Of, name: str, kind: ActionKind, report: Report
) -> None:
    await _request(connection, of, name, kind, report.amount, report.action_id)


async def _drop(connection: AsyncConnection, report: Report) -> None:
    statement = update(RecoveryAction).where(RecoveryAction.id == report.action_id)
    await connection.execute(statement.values(state="dropped"))


async def _request(
    connection: AsyncConnection,
    of: _Of,
    name: str,
    kind: ActionKind,
    amount: Money,
    undoes: int | None = None,
) -> None:
    facts = {"payment": of.payment_id} | ({"undoes": undoes} if undoes else {})
    await _ask(connection, of, name, kind, amount, facts)


async def _ask(
    connection: AsyncConnection,
    of: _Of,
    name: str,
    kind: ActionKind,
    amount: Money,
    facts: dict[str, Any],
) -> None:
    values = {
        "claim_id": of.claim_id,
        "key": await _free_key(connection, of.claim_id, f"{name}-{of.payment_id}"),
        "kind": kind.value,
        "amount_ore": amount.ore,
        "requested_on": of.on,
        "facts": facts,
    }
    await connection.execute(insert(RecoveryAction), values)


async def _free_key(connection: AsyncConnection, claim_id: str, name: str) -> str:
    """The same may happen to a payment more than once; the claim is locked."""
    told = await connection.scalar(_COUNT, {"claim": claim_id, "key": name})
    return f"{name}-{told + 1}" if told else name

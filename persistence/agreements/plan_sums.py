"""That an agreement's plan sums to what its claims owe, whatever is charged or taken back."""

from datetime import date
from typing import Any

from sqlalchemy import RowMapping, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.agreements.agreement import Instalment as Planned
from domain.agreements.plan_progress import Progress, progress, summed_to
from domain.money import Money
from persistence.models import Agreement, Instalment
from persistence.outbox import tell

# Locked on its own: what the next question sees is then as the lock found it.
_LOCK = (
    select(Agreement.id)
    .where(Agreement.id == bindparam("agreement"))
    .with_for_update(key_share=True)
)
_PLAN = text("""
select g.id, g.state, g.paid_ore,
  (select jsonb_agg(jsonb_build_object('number', i.number, 'due', i.due_on, 'ore', i.amount_ore)
      order by i.number) from instalments i where i.agreement_id = g.id) as instalments,
  (select sum(c.balance_ore)::bigint from claims c where c.agreement_id = g.id
    and c.ending is null) as owed_ore
from agreements g where g.id = :agreement
""").columns(instalments=JSONB)
_CHANGE = (
    update(Instalment)
    .where(Instalment.agreement_id == bindparam("agreement"), Instalment.number == bindparam("n"))
    .values(amount_ore=bindparam("ore"), total_ore=bindparam("total"))
)


async def sum_up(connection: AsyncConnection, agreement_id: str) -> None:
    """What is owed now beside the plan goes with its last instalment, or is taken off the last.

    Its claims must be locked. One whose claims have all ended is left as it is.
    """
    await connection.execute(_LOCK, {"agreement": agreement_id})
    row = (await connection.execute(_PLAN, {"agreement": agreement_id})).mappings().one()
    if row["state"] != "active" or row["owed_ore"] is None:
        return
    before = planned(row)
    paid = Money(row["paid_ore"])
    after = summed_to(before, paid + Money(row["owed_ore"]))
    if after == before:
        return
    await connection.execute(_CHANGE, _changes(agreement_id, after))
    covered = _covered(after, paid)
    if covered != _covered(before, paid):
        payload = {"covered": covered}
        await tell(connection, f"agreement-{agreement_id}", "instalments_covered", payload)


def planned(row: RowMapping) -> tuple[Planned, ...]:
    """The instalments in the order they are due."""
    return tuple(
        Planned(json["number"], date.fromisoformat(json["due"]), Money(json["ore"]))
        for json in row["instalments"] or ()
    )


def progress_of(row: RowMapping) -> Progress:
    return progress(planned(row), Money(row["paid_ore"]))


def _covered(instalments: tuple[Planned, ...], paid: Money) -> int:
    return progress(instalments, paid).covered


def _changes(agreement_id: str, instalments: tuple[Planned, ...]) -> list[dict[str, Any]]:
    rows, total = [], 0
    for one in instalments:
        total += one.amount.ore
        rows.append(
            {"agreement": agreement_id, "n": one.number, "ore": one.amount.ore, "total": total}
        )
    return rows

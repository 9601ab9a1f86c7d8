"""What our acts and the authority's move of each claim there, and the books that come of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.money import Money
from domain.recovery.books import Moved, Movement
from persistence.models import RecoveryMove

_LESSENS = "amount_ore * case kind when 'up' then 1 else -1 end"
_DO = text(f"""
with done as (
  update recovery_moves set state = 'done', moved_on = :on
  where action_id = :action and reference = :reference and state = 'asked'
  returning reference, {_LESSENS} as ore
)
update recovery_claims r set left_ore = r.left_ore + d.ore,
  state = case when r.state = 'settled' and r.left_ore + d.ore > 0 then 'received' else r.state end
from (select reference, sum(ore)::bigint as ore from done group by 1) d
where r.reference = d.reference""")
_REFUSE = text("""
update recovery_moves set state = 'refused'
where action_id = :action and reference = :reference and state = 'asked'""")
# A recall takes what is left; for FEJL what was recovered before is reversed as well.
_RECALL = text("""
with back as (
  update recovery_claims r set state = 'recalled', recalled_for = :reason, left_ore = 0
  from recovery_claims o
  where o.id = r.id and r.claim_id = :claim and r.state in ('asked', 'in-hearing', 'received')
  returning r.claim_id, r.reference, o.state as state, o.left_ore as ore,
    coalesce((select sum(m.amount_ore) from recovery_moves m where m.reference = r.reference
      and m.kind = 'recovered'), 0)::bigint as recovered
)
insert into recovery_moves (claim_id, reference, action_id, kind, amount_ore, state, moved_on)
select claim_id, reference, :action, 'recalled',
  ore + case when :reason = 'FEJL' then recovered else 0 end, 'done', :on
from back where state = 'received' on conflict do nothing""")
_BOOKS = text("""
select reference, kind, sum(amount_ore)::bigint as ore from recovery_moves
where state = 'done' and moved_on <= :until group by 1, 2""")
_STATEMENT = text("""
select reference, came_ore, recalled_ore, down_ore, up_ore, recovered_ore
from recovery_statements where until = :until""")
_IS_READ = text("select 1 from recovery_statements_read where until = :until")


async def ask_moves(
    connection: AsyncConnection,
    claim_id: str,
    action_id: int,
    kind: Movement,
    parts: Sequence[tuple[str, Money]],
) -> None:
    """What an action is to move of each claim, laid down before it is sent; once."""
    rows = [
        {
            "claim_id": claim_id,
            "reference": reference,
            "action_id": action_id,
            "kind": kind.value,
            "amount_ore": amount.ore,
            "state": "asked",
        }
        for reference, amount in parts
    ]
    if rows:
        await connection.execute(insert(RecoveryMove).on_conflict_do_nothing(), rows)


async def do_moves(
    connection: AsyncConnection, action_id: int, reference: str, on: date, *, is_done: bool
) -> None:
    values = {"action": action_id, "reference": reference}
    if is_done:
        await connection.execute(_DO, values | {"on": on})
    else:
        await connection.execute(_REFUSE, values)


async def recall_moves(
    connection: AsyncConnection, claim_id: str, action_id: int, reason: str, on: date
) -> None:
    values = {"claim": claim_id, "action": action_id, "reason": reason, "on": on}
    await connection.execute(_RECALL, values)


@dataclass(frozen=True, slots=True)
class Move:
    """Something done: by an action of ours, or told in a notice."""

    claim_id: str
    reference: str
    kind: Movement
    amount: Money
    on: date
    action_id: int | None = None
    notice: int | None = None


async def note_move(connection: AsyncConnection, move: Move) -> None:
    values = {
        "claim_id": move.claim_id,
        "reference": move.reference,
        "action_id": move.action_id,
        "notice": move.notice,
        "kind": move.kind.value,
        "amount_ore": move.amount.ore,
        "state": "done",
        "moved_on": move.on,
    }
    await connection.execute(insert(RecoveryMove).on_conflict_do_nothing(), values)


async def our_books(connection: AsyncConnection, until: date) -> Mapping[str, Moved]:
    """By reference, what has been moved by the end of *until*."""
    found: dict[str, dict[str, Money]] = {}
    for row in await connection.execute(_BOOKS, {"until": until}):
        found.setdefault(row.reference, {})[row.kind] = Money(row.ore)
    return {reference: Moved(**columns) for reference, columns in found.items()}


async def their_books(connection: AsyncConnection, until: date) -> Mapping[str, Moved] | None:
    """As the authority has told them; None when it has not."""
    values = {"until": until}
    if (await connection.execute(_IS_READ, values)).first() is None:
        return None
    rows = await connection.execute(_STATEMENT, values)
    return {row.reference: Moved(*(Money(ore) for ore in row[1:])) for row in rows}

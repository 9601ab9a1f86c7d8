"""Instalments that fall due in a few days, of which a debtor who keeps the agreement is told."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import working_days_after
from domain.letters import Letter
from persistence.claims.acts import LetterRequest, request_letters

# Nobody is told again of what they have just signed, nor of what another letter is about; and who
# is behind, or has nothing left to pay of it, is not thanked for keeping it.
_DUE = text("""
select g.id, g.debtor_id, i.number, i.due_on,
  (select min(c.id) from claims c where c.agreement_id = g.id and c.ending is null) as claim_id
from agreements g join instalments i on i.agreement_id = g.id
where g.state = 'active' and g.ended_by is null and i.total_ore > g.paid_ore and i.number > 1
  and i.amount_ore > 0
  and not exists (select from instalments o where o.agreement_id = g.id and o.due_on < :on
    and o.total_ore > g.paid_ore)
  and i.due_on = :due
  and exists (select from claims c where c.agreement_id = g.id and c.ending is null)
  and not exists (select from letters l where l.subject = g.id
    and (l.key = 'nudge-' || i.number or l.state = 'requested' and l.planned_on >= :left))
order by g.id""")


async def due_nudges(
    connection: AsyncConnection, on: date, days: int, left: date = date.min
) -> Sequence[Any]:
    """Agreement and party, instalment, its day and a claim; *days* working days ahead of *on*.

    *left*: of the letters that lie in the tray, those planned before that day will have left.
    """
    if not days:
        return []
    values = {"due": working_days_after(on, days), "on": on, "left": left}
    return (await connection.execute(_DUE, values)).all()


async def request_nudges(connection: AsyncConnection, on: date, days: int) -> int:
    """Ask for the letters, once for each instalment; returns how many instalments."""
    due = await due_nudges(connection, on, days)
    for one in due:
        key = f"nudge-{one.number}"
        request = LetterRequest(one.id, key, Letter.INSTALMENT_NUDGE, 0, on, on, one.due_on)
        await request_letters(connection, one.claim_id, request)
    return len(due)

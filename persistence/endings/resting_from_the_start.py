"""A claim registered after a death, a bankruptcy or a debt relief rests from its first day.

So does one that comes back from the recovery authority: from its first day with us again.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import working_days_after
from domain.claim import HoldReason
from domain.endings.suspension import Course
from domain.policy import Policy
from persistence.endings.suspension_tasks import Asked, ask_anew
from persistence.models import Hold
from persistence.outbox import tell
from persistence.trail.audit import note

# Locked, so that one that is ending just now has ended or holds the new claim too.
_STANDING = text("""
select b.claim_id, s.id, s.reason, s.note, s.until, s.file_by, s.debtor_id
from liabilities b join suspensions s on s.debtor_id = b.debtor_id
where b.claim_id = any(:claims) and b.discharged_on is null and s.ended_on is null
  and (s.until is null or s.until >= :on) and not exists (select from holds h
    where h.claim_id = b.claim_id and h.suspension_id = s.id and h.released_on is null)
order by b.claim_id, s.id for no key update of s""")


async def let_rest(
    connection: AsyncConnection, policy: Policy, claim_ids: Sequence[str], on: date, actor: str
) -> list[int]:
    """Of the claims those rest whose debtors' others do, once by each reason; the holds.

    A new story reads its record only after this, and so begins at rest. People are asked anew to
    file them where nobody is asked any more.
    """
    if not claim_ids:
        return []
    values = {"claims": list(claim_ids), "on": on}
    rows = (await connection.execute(_STANDING, values)).mappings().all()
    wanted = {(row["claim_id"], row["reason"]): row for row in reversed(rows)}
    return [await _join(connection, policy, row, on, actor) for row in wanted.values()]


async def let_rest_again(
    connection: AsyncConnection, policy: Policy, claim_id: str, on: date, actor: str
) -> None:
    """As `let_rest`, of a claim that is ours again and whose story lives: it is told."""
    for number in await let_rest(connection, policy, [claim_id], on, actor):
        until = await connection.scalar(select(Hold.until).where(Hold.id == number))
        hold = {"since": on.isoformat(), "until": until.isoformat() if until else None}
        await tell(connection, f"claim-{claim_id}", "held", {"number": number, "hold": hold})


async def _join(
    connection: AsyncConnection, policy: Policy, row: RowMapping, on: date, actor: str
) -> int:
    values: dict[str, Any] = {name: row[name] for name in ("claim_id", "reason", "note", "until")}
    values |= {"since": on, "placed_by": actor, "suspension_id": row["id"]}
    number = (await connection.execute(insert(Hold).returning(Hold.id), values)).scalar_one()
    await note(connection, row["claim_id"], actor, "held-from-the-start", reason=row["reason"])
    rule = policy.endings.suspension(HoldReason(row["reason"]), on)
    if rule:
        review = None if row["until"] else working_days_after(on, rule.review_days)
        plan = Course(row["file_by"], review)
        about = Asked(row["id"], rule, plan, row["debtor_id"], row["claim_id"])
        await ask_anew(connection, about, on)
    return int(number)

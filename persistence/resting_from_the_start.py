"""A claim registered after a death, a bankruptcy or a debt relief rests from its first day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import working_days_after
from domain.claim import HoldReason
from domain.policy import Policy
from domain.suspension import Course
from persistence.audit import note
from persistence.models import Hold
from persistence.suspension_tasks import Asked, ask_anew

# Locked, so that one that is ending just now has ended or holds the new claim too.
_STANDING = text("""
select b.claim_id, s.id, s.reason, s.note, s.until, s.file_by, s.debtor_id
from liabilities b join suspensions s on s.debtor_id = b.debtor_id
where b.claim_id = any(:claims) and s.ended_on is null and (s.until is null or s.until >= :on)
order by b.claim_id, s.id for no key update of s""")


async def let_rest(
    connection: AsyncConnection, policy: Policy, claim_ids: Sequence[str], on: date, actor: str
) -> None:
    """Of the new claims those rest whose debtors' others do, once by each reason.

    The story reads its record only after this, and so begins at rest. People are asked anew to
    file them where nobody is asked any more.
    """
    if not claim_ids:
        return
    values = {"claims": list(claim_ids), "on": on}
    rows = (await connection.execute(_STANDING, values)).mappings().all()
    for row in {(row["claim_id"], row["reason"]): row for row in reversed(rows)}.values():
        await _join(connection, policy, row, on, actor)


async def _join(
    connection: AsyncConnection, policy: Policy, row: RowMapping, on: date, actor: str
) -> None:
    values: dict[str, Any] = {name: row[name] for name in ("claim_id", "reason", "note", "until")}
    values |= {"since": on, "placed_by": actor, "suspension_id": row["id"]}
    await connection.execute(insert(Hold), values)
    await note(connection, row["claim_id"], actor, "held-from-the-start", reason=row["reason"])
    rule = policy.endings.suspension(HoldReason(row["reason"]), on)
    if rule:
        review = None if row["until"] else working_days_after(on, rule.review_days)
        plan = Course(row["file_by"], review)
        about = Asked(row["id"], rule, plan, row["debtor_id"], row["claim_id"])
        await ask_anew(connection, about, on)

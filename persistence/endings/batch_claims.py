"""Which claims may go together: small ones by the policy, those of an estate by its end."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.policy import Policy

_FITS = """c.ending is null and not c.is_withdrawn and c.agreement_id is null
  and c.stage not in ('transfer', 'recovery') and c.balance_ore between 1 and :most
  and c.due_date <= :due_by
  and not exists (select from holds h where h.claim_id = c.id and h.released_on is null
    and (h.until is null or h.until >= :on))"""
_LIVES = """c.ending is null and not c.is_withdrawn and c.balance_ore > 0
  and c.stage not in ('transfer', 'recovery')"""
_FREE = """not exists (select from write_offs w where w.claim_id = c.id
  and w.state in ('proposed', 'approved'))"""
_LIST = text(f"""
select c.id, c.claim_type, c.balance_ore, c.due_date, c.limitation_date, c.stage,
  d.id as debtor_id, d.name as debtor_name
from claims c join debtors d on d.id = c.debtor_id where {_FITS} and {_FREE}
order by c.balance_ore desc, c.serial limit :limit""")
# Locked first, and then read as they are now.
_LOCK = text("""
select id from claims where id = any(:ids) order by id for no key update""")
_READ = text(f"""
select c.id, c.ending, c.balance_ore, {_FITS} as fits, {_LIVES} as lives, {_FREE} as is_free,
  (select h.id from holds h where h.claim_id = c.id and h.released_on is null
    and h.suspension_id = cast(:estate as bigint) limit 1) as hold_id
from claims c where c.id = any(:ids)""")


async def small_claims(
    connection: AsyncConnection, policy: Policy, on: date
) -> Sequence[RowMapping]:
    """Those the policy lets go together, the largest first, as many as go into one proposal."""
    rule = policy.endings.write_off(on).small_amounts
    if rule is None:
        return ()
    values = _limits(policy, on) | {"limit": rule.at_once}
    return (await connection.execute(_LIST, values)).mappings().all()


async def lock_claims(
    connection: AsyncConnection,
    policy: Policy,
    ids: Sequence[str],
    on: date,
    estate: int | None = None,
) -> dict[str, RowMapping]:
    """The claims by their ids, as they are once nobody else can change them."""
    await connection.execute(_LOCK, {"ids": list(ids)})
    values = _limits(policy, on) | {"ids": list(ids), "estate": estate}
    return {row["id"]: row for row in (await connection.execute(_READ, values)).mappings()}


def why_unfit(found: RowMapping, estate: int | None) -> str | None:
    """The code of why a claim, read by `lock_claims`, cannot be given up now; None: it can."""
    if found["ending"]:
        return "write-off-row-ended"
    if found["balance_ore"] <= 0:
        return "write-off-row-paid"
    if estate is not None:
        return None if found["lives"] else "write-off-row-elsewhere"
    return None if found["fits"] else "write-off-row-unfit"


def _limits(policy: Policy, on: date) -> dict[str, Any]:
    rule = policy.endings.write_off(on).small_amounts
    most, days = (rule.most.ore, rule.min_days) if rule else (0, 0)
    return {"most": most, "due_by": on - timedelta(days=days), "on": on}

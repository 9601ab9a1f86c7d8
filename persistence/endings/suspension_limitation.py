"""What a suspension does to the limitation: written down once it has happened for good.

An answer that may yet be taken back has moved nothing; the daily watch comes by later. Time given
to who asked for it is written down at once (`deferring`).
"""

from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import HoldReason
from domain.endings.suspension import Interrupts
from domain.limitation.dates import LimitationKind
from domain.policy import Policy
from persistence.limitation.events import note_limitation
from persistence.tasks.taking_back import is_final

# A time given counts until it was over, whether it ended as named or before: the date is never
# too late. What is filed too late in an estate interrupts nothing.
_HAPPENED = text(f"""
with s as (
  select s.id, s.reason, s.since, s.facts, s.debtor_id, h.claim_id,
    h.filed_on is not null and (s.file_by is null or h.filed_on <= s.file_by) as is_filed,
    h.filed_on, least(h.released_on, s.until) as over_on,
    (h.released_on is not null or s.until < :on) as is_over
  from suspensions s join holds h on h.suspension_id = s.id
  where (cast(:number as bigint) is null or s.id = :number)
    and {is_final("suspensions", "s.id")} and {is_final("holds", "h.id")}
), happened (claim_id, debtor_id, kind, day, source) as (
  select claim_id, cast(null as bigint), 'provisional',
    coalesce((facts ->> 'complained-on')::date, since), 'suspension-' || id || '-begun'
  from s where reason = any(:provisional)
  union all
  select claim_id, null, 'provisional-ended', over_on, 'suspension-' || id || '-ended' from s
  where reason = any(:provisional) and s.is_over
  union all
  select claim_id, debtor_id, 'estate-claim', filed_on, 'suspension-' || id || '-filed' from s
  where reason = any(:estate) and is_filed
  union all
  select claim_id, debtor_id, 'estate-closed', over_on, 'suspension-' || id || '-ended' from s
  where reason = any(:estate) and is_filed and s.is_over
)
select h.* from happened h where not exists (select from limitation_events e
  where e.claim_id = h.claim_id and e.source = h.source)
order by h.claim_id, h.day, h.kind""")


async def note_what_suspends(
    connection: AsyncConnection, policy: Policy, on: date, number: int | None = None
) -> int:
    """Write down what suspensions, or the one named, have done since; returns how much it was."""
    values = {"number": number, "on": on} | _by_effect(policy, on)
    rows = (await connection.execute(_HAPPENED, values)).mappings().all()
    for row in rows:
        debtors = None if row["debtor_id"] is None else [row["debtor_id"]]
        kind = LimitationKind(row["kind"])
        await note_limitation(
            connection, policy, row["claim_id"], kind, row["day"], row["source"], debtors
        )
    return len(rows)


def _by_effect(policy: Policy, on: date) -> dict[str, list[str]]:
    rules = [policy.endings.suspension(reason, on) for reason in HoldReason]
    wanted = (Interrupts.PROVISIONAL, Interrupts.ESTATE)
    return {
        effect.value: [rule.reason.value for rule in rules if rule and rule.interrupts is effect]
        for effect in wanted
    }

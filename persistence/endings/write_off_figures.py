"""What was given up in a year, by reason, and what waits for a second person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.endings.write_off import WriteOffReason
from domain.money import NOTHING, Money
from domain.policy import Policy
from persistence.columns import every
from persistence.models import WriteOff

# An entry of before reasons were told has none. What the recovery authority gave up is its own.
# The sums of a year and the lines behind them are asked for in the same words.
ENTRIES_GIVEN_UP = """
from ledger_entries e
left join ledger_entries o on o.id = e.corrects_id
left join write_offs w on w.id = (coalesce(o.facts, e.facts) ->> 'write_off')::bigint
where e.booked_on between :since and :until and e.rule <> 'settled-by-authority'
  and (e.kind = 'write-off' or e.rule = 'write-off-reversed')"""
_BY_REASON = text(f"""
select coalesce(w.reason, '') as reason, (-sum(e.amount_ore))::bigint as ore,
  count(distinct e.claim_id) filter (where e.kind = 'write-off') as claims
{ENTRIES_GIVEN_UP} group by 1""")
_LINES = text(f"""
select x.*, c.claim_type, d.name as debtor_name from (
  select e.id, e.booked_on, e.claim_id, -e.amount_ore as ore, e.kind = 'write-off' as is_given_up,
    w.id as write_off_id
  {ENTRIES_GIVEN_UP} and coalesce(w.reason, '') = :reason and (e.booked_on, e.id) > (:day, :after)
  order by e.booked_on, e.id limit :limit) x
join claims c on c.id = x.claim_id join debtors d on d.id = c.debtor_id
order by x.booked_on, x.id""")
_WAITING = text("""
select t.id as task_id, t.due_on, t.claimed_by, w.claim_id, w.batch_id, w.reason, w.approval,
  w.proposed_on, cast(null as bigint) as debtor_id, cast(null as text) as debtor_name,
  u.name as proposed_by_name,
  coalesce((select sum(o.amount_ore) from write_offs o where o.batch_id = w.batch_id),
    w.amount_ore)::bigint as amount_ore,
  (select count(*) from write_offs o where o.batch_id = w.batch_id) as claims
from write_offs w join users u on u.id = w.proposed_by
join tasks t on t.state = 'open' and ((w.batch_id is null and t.claim_id = w.claim_id
    and t.kind = 'write-off-approval')
  or t.subject = 'write-offs-' || w.batch_id)
where w.state = 'proposed' and (w.batch_id is null
  or w.id = (select min(o.id) from write_offs o where o.batch_id = w.batch_id))
union all
select t.id, t.due_on, t.claimed_by, x.claim_id, null, x.reason, x.approval, x.proposed_on,
  x.debtor_id, d.name, u.name, x.amount_ore, 0
from discharges x join users u on u.id = x.proposed_by join debtors d on d.id = x.debtor_id
join tasks t on t.subject = 'discharge-' || x.id and t.state = 'open'
where x.state = 'proposed' order by due_on, task_id""")
_SELECT = f"""
select {every(WriteOff, "w")},
  u.name as proposed_by_name, v.name as decided_by_name, r.name as reversed_by_name,
  a.name as attachment_name, k.name as committee_attachment_name,
  coalesce((select sum(e.amount_ore) from ledger_entries e
    join ledger_entries o on o.id = e.corrects_id
    where e.claim_id = w.claim_id and e.rule = 'write-off-reversed'
      and (o.facts ->> 'write_off')::bigint = w.id), 0)::bigint as reversed_ore
from write_offs w join users u on u.id = w.proposed_by left join users v on v.id = w.decided_by
left join users r on r.id = w.reversed_by left join attachments a on a.id = w.attachment_id
left join attachments k on k.id = w.committee_attachment_id
"""
_OF_CLAIM = text(f"{_SELECT} where w.claim_id = :claim order by w.id desc")
_ONE = text(f"{_SELECT} where w.id = :id")


@dataclass(frozen=True, slots=True)
class ReasonFigures:
    """What one reason has cost this year, and the most it should. *reason* ``''``: not told."""

    reason: str
    claims: int
    amount: Money
    goal_claims: int | None = None
    goal_amount: Money | None = None

    @property
    def is_over(self) -> bool:
        if self.goal_amount is None or self.goal_claims is None:
            return False
        return self.claims > self.goal_claims or self.amount > self.goal_amount


async def year_figures(
    connection: AsyncConnection, policy: Policy, year: int, on: date
) -> list[ReasonFigures]:
    """Each reason that has a goal or was used, in the order of the reasons."""
    last = date(year, 12, 31)
    return await reason_figures(connection, policy, date(year, 1, 1), last, min(on, last))


async def reason_figures(
    connection: AsyncConnection, policy: Policy, since: date, until: date, on: date
) -> list[ReasonFigures]:
    """The same over any days; the goals, of a whole year, as they are on the day *on*."""
    days = {"since": since, "until": until}
    rows = (await connection.execute(_BY_REASON, days)).mappings()
    found = {row["reason"]: row for row in rows}
    goals = policy.endings.write_off_goals.on(on) or ()
    wanted = {goal.reason.value: goal for goal in goals}
    names = [reason.value for reason in WriteOffReason] + [""]
    figures = []
    for name in (one for one in names if one in found or one in wanted):
        row, goal = found.get(name), wanted.get(name)
        figures.append(
            ReasonFigures(
                name,
                row["claims"] if row else 0,
                Money(row["ore"]) if row else NOTHING,
                goal.count if goal else None,
                goal.amount if goal else None,
            )
        )
    return figures


async def year_lines(
    connection: AsyncConnection, year: int, reason: str, after: tuple[date, int] | None, limit: int
) -> Sequence[RowMapping]:
    """What one reason's figure of the year is made of: the entries that sum to it, in their order.

    *reason* ``''``: of those that tell none. *after*: the last one of the page before.
    """
    day, number = after or (date(year, 1, 1), 0)
    values = {"since": date(year, 1, 1), "until": date(year, 12, 31), "reason": reason}
    values |= {"day": day, "after": number, "limit": limit}
    return (await connection.execute(_LINES, values)).mappings().all()


async def waiting_proposals(connection: AsyncConnection) -> Sequence[RowMapping]:
    """Those a second person has not answered, a batch as one, those due first."""
    return (await connection.execute(_WAITING)).mappings().all()


async def write_offs_of(connection: AsyncConnection, claim_id: str) -> Sequence[RowMapping]:
    """All there ever were about the claim, the newest first."""
    return (await connection.execute(_OF_CLAIM, {"claim": claim_id})).mappings().all()


async def read_write_off(connection: AsyncConnection, number: int) -> RowMapping | None:
    return (await connection.execute(_ONE, {"id": number})).mappings().first()

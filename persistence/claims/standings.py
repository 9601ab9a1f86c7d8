"""Where claims stand: the one letter, task, agreement … that each one's standing follows from."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound
from persistence.claims.timely import TIMELY_DAY
from persistence.columns import every
from persistence.models import Claim

_STANDING = f"""
select {every(Claim, "c")}, {TIMELY_DAY} as timely_day,
  (select jsonb_build_object('letter', l.letter, 'state', l.state, 'planned_on', l.planned_on,
      'dispatched_on', l.dispatched_on, 'deadline', l.deadline)
    from letters l where l.subject = c.id and l.key = c.waiting_for
    order by array_position(array['undelivered', 'requested', 'refused', 'dispatched',
      'delivered', 'cancelled'], l.state), l.id limit 1) as letter,
  (select jsonb_build_object('kind', t.kind, 'opened_on', t.opened_on, 'due_on', t.due_on,
      'taken_by', u.name, 'outcome', d.outcome, 'look_again_on', d.look_again_on)
    from tasks t left join users u on u.id = t.claimed_by left join decisions d on d.task_id = t.id
    where t.subject = c.id and t.key = c.waiting_for) as task,
  (select jsonb_agg(jsonb_build_object('id', h.id, 'reason', h.reason, 'note', h.note,
      'since', h.since, 'until', h.until, 'placed_by', h.placed_by) order by h.id)
    from holds h where h.claim_id = c.id and h.released_on is null
      and (h.until is null or h.until >= :on)) as holds,
  (select jsonb_build_object('id', g.id, 'number', i.number, 'due_on', i.due_on,
      'missing_ore', i.total_ore - g.paid_ore,
      'instalments', (select count(*) from instalments n where n.agreement_id = g.id))
    from agreements g join instalments i on i.agreement_id = g.id and i.total_ore > g.paid_ore
    where g.id = c.agreement_id and g.state = 'active' order by i.number limit 1) as agreement,
  (select jsonb_build_object('action', r.kind, 'state', r.state,
      'on', coalesce(r.submitted_on, r.requested_on))
    from recovery_actions r where r.claim_id = c.id order by r.id desc limit 1) as action,
  (select jsonb_build_object('notice', n.kind, 'noticed_on', n.noticed_on)
    from recovery_notices n where n.claim_id = c.id order by n.number desc limit 1) as notice,
  (select p.standing from preflights p where p.claim_id = c.id) as transfer_standing
from claims c """
_ONE, _OF_DEBTOR = (
    text(_STANDING + which).columns(
        letter=JSONB, task=JSONB, holds=JSONB, agreement=JSONB, action=JSONB, notice=JSONB
    )
    for which in (
        "where c.id = :claim",
        "join liabilities b on b.claim_id = c.id where b.debtor_id = :debtor order by serial desc",
    )
)


async def read_standing(connection: AsyncConnection, claim_id: str, on: date) -> RowMapping:
    """The claim's columns and the one letter, task, agreement … its standing follows from."""
    row = (await connection.execute(_ONE, {"claim": claim_id, "on": on})).mappings().first()
    if row is None:
        raise NotFound("claim", claim_id)
    return row


async def read_standings(
    connection: AsyncConnection, debtor_id: int, on: date
) -> Sequence[RowMapping]:
    """As `read_standing`, of all claims the debtor owes or owed, the newest first."""
    values = {"debtor": debtor_id, "on": on}
    return (await connection.execute(_OF_DEBTOR, values)).mappings().all()

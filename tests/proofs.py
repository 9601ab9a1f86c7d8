"""What must lie in the tables before a claim may go to the recovery authority, for tests."""

from sqlalchemy import text

_LETTERS = text("""
insert into letters (subject, key, claim_id, debtor_id, letter, days, requested_on, planned_on,
  deadline, state, channel, dispatched_on, delivered_on, facts)
select b.claim_id, 'proof-' || d.day, b.claim_id, b.debtor_id, 'second-reminder', 14, d.day - 30,
  d.day - 30, d.day - 10, 'delivered', 'digital-post', d.day - 30, d.day - 30, '{}'
from liabilities b, (select cast(cast(:on as text) as date) as day) d
where b.claim_id = :claim on conflict do nothing""")
_ARRIVED = text("""
update letters set state = 'delivered', dispatched_on = coalesce(dispatched_on, planned_on),
  delivered_on = coalesce(dispatched_on, planned_on)
where claim_id = :claim and state in ('requested', 'dispatched') and letter <> 'demand'
  and planned_on < cast(cast(:on as text) as date)""")
_DUE = text("""
update claims set due_date = least(due_date, cast(cast(:on as text) as date) - 1),
  last_timely_payment_date = least(last_timely_payment_date, cast(cast(:on as text) as date) - 1),
  description = coalesce(nullif(description, ''), 'Prøvekrav')
where id = :claim""")


async def notify(connection, claim_id, on):
    """Every debtor has been reminded and told of the transfer in good time before the day *on*."""
    values = {"claim": claim_id, "on": on.isoformat()}
    await connection.execute(_ARRIVED, values)
    await connection.execute(_LETTERS, values)


async def make_ready(connection, claim_id, on):
    """As `notify`, of a claim whose last day to pay was yesterday at the latest."""
    await notify(connection, claim_id, on)
    await connection.execute(_DUE, {"claim": claim_id, "on": on.isoformat()})

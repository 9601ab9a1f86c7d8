"""What lies at the recovery authority, what waits between us, and whether the books agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Fault, Invalid
from domain.money import Money
from domain.recovery.books import RecoveryBooks, compare
from persistence.recovery.moves import our_books, their_books
from persistence.recovery.payouts import read_interest, read_payouts, read_unpaid

_MOST = 200
_MONTHS = 12
_LIES = text("""
select count(distinct claim_id) as claims, count(*) as parts,
  coalesce(sum(left_ore), 0)::bigint as left_ore,
  coalesce(sum(left_ore) filter (where part <> 'principal'), 0)::bigint as related_ore
from recovery_claims where state = 'received'""")
_PENDING = text("""
select a.id, a.claim_id, a.kind, a.state, a.amount_ore, a.requested_on, a.submitted_on,
  a.facts ->> 'reason' as reason,
  a.kind = 'raise' and a.state = 'requested' and not a.facts ? 'laid' as awaits_letter
from recovery_actions a where a.state in ('requested', 'submitted')
order by coalesce(a.submitted_on, a.requested_on), a.id limit :most""")
_HEARD = text("""
select a.claim_id, a.amount_ore, c.limitation_date, t.id as task,
  (select min(n.noticed_on) from recovery_notices n where n.claim_id = a.claim_id
    and n.kind = 'in-hearing' and n.noticed_on >= a.submitted_on) as heard_on
from recovery_actions a join claims c on c.id = a.claim_id
left join lateral (select t.id from tasks t where t.claim_id = a.claim_id and t.kind = 'hearing'
  and t.state = 'open' order by t.id desc limit 1) t on true
where a.state = 'in-hearing' order by a.submitted_on, a.id limit :most""")
# A refusal stays on the page until somebody has answered for it.
_REFUSED = text("""
select t.id as task, t.claim_id, t.opened_on, t.due_on, n.code, n.text, n.noticed_on, a.kind
from tasks t
left join lateral (select n.code, n.text, n.noticed_on from recovery_notices n
  where n.claim_id = t.claim_id and n.kind = 'rejected'
    and (not t.facts ? 'reference' or n.reference = t.facts ->> 'reference')
  order by n.noticed_on desc, n.number desc limit 1) n on true
left join recovery_actions a on cast(a.id as text) = t.facts ->> 'action'
where t.state = 'open' and ((t.kind = 'exception' and (t.facts ? 'action' or t.key like '%-news%'))
  or t.kind = 'unclear-notice')
order by t.due_on, t.id limit :most""")
_CLAIMS = text("""
select reference, claim_id from recovery_claims where reference = any(:references)""")
_COUNTS = text("""
select count(*) filter (where state in ('requested', 'submitted')) as pending,
  count(*) filter (where state = 'in-hearing') as heard from recovery_actions
where state in ('requested', 'submitted', 'in-hearing')""")


@dataclass(frozen=True, slots=True)
class RecoveryReport:
    """*pending*, *heard* and *refused* are the first of them; *claims* whose each reference is.

    *payouts* and *interest* are the latest first; *unpaid* is to come with the next payout.
    """

    until: date
    lies: RowMapping
    counts: RowMapping
    pending: Sequence[RowMapping]
    heard: Sequence[RowMapping]
    refused: Sequence[RowMapping]
    books: RecoveryBooks
    claims: dict[str, str]
    payouts: Sequence[RowMapping]
    interest: Sequence[RowMapping]
    unpaid: Money


def read_month(month: str | None, on: date) -> date:
    """The last day of a month that has ended, ``2026-02``; the latest when none is named."""
    if not month:
        return on.replace(day=1) - timedelta(days=1)
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise Invalid(Fault("month", "recovery-month-unreadable")) from error
    until = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if until >= on:
        raise Invalid(Fault("month", "recovery-month-not-over"))
    return until


async def read_recovery(connection: AsyncConnection, until: date) -> RecoveryReport:
    """*until*: the day at whose end the books are compared."""
    books = compare(await our_books(connection, until), await their_books(connection, until))
    references = {"references": [one.reference for one in books.differences]}
    claims = await connection.execute(_CLAIMS, references)
    pending, heard, refused = [
        (await connection.execute(query, {"most": _MOST})).mappings().all()
        for query in (_PENDING, _HEARD, _REFUSED)
    ]
    return RecoveryReport(
        until=until,
        lies=(await connection.execute(_LIES)).mappings().one(),
        counts=(await connection.execute(_COUNTS)).mappings().one(),
        pending=pending,
        heard=heard,
        refused=refused,
        books=books,
        claims={row.reference: row.claim_id for row in claims},
        payouts=await read_payouts(connection, _MONTHS),
        interest=await read_interest(connection, _MONTHS),
        unpaid=await read_unpaid(connection),
    )

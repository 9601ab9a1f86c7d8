"""Whether the bank has told all: nobody is pressed while a payment may lie in a missing file."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import COPENHAGEN, today, working_days_before
from domain.decisions import TaskKind
from domain.policy import Policy
from persistence.files.received import DONE
from persistence.models import BankStatement, FileRow

_LATEST = (
    select(BankStatement.account, func.max(BankStatement.last_day))
    .join(FileRow, FileRow.id == BankStatement.file_id)
    .where(BankStatement.message == "statement", FileRow.state == DONE)
    .where(BankStatement.account.in_(bindparam("accounts", expanding=True)))
    .group_by(BankStatement.account)
)
_ASK = text("""
insert into tasks (subject, key, kind, state, department, opened_on, due_on, facts)
select 'account-' || account, 'statement-' || cast(:day as date), :kind, 'open', 'finance',
  :on, :on, jsonb_build_object('code', 'statement-missing', 'account', account,
    'day', cast(:day as date))
from unnest(cast(:accounts as text[])) account on conflict do nothing""")
_HAS_COME = text("""
update tasks t set state = 'cancelled' from bank_statements s join files f on f.id = s.file_id
where t.kind = :kind and t.state = 'open' and t.subject = 'account-' || s.account
  and s.message = 'statement' and f.state = 'done'
  and s.last_day >= cast(t.facts ->> 'day' as date)""")


async def is_bank_awaited(connection: AsyncConnection, policy: Policy, now: datetime) -> bool:
    """Whether a statement of the last bank day before the town's time *now* is not booked yet.

    From the hour on which it is missing a person is asked to get it, once; nobody need look for
    one that has come.
    """
    on = today(now)
    rule = policy.statements.on(on)
    if rule is None or not rule.accounts:
        return False
    needed = working_days_before(on, 1)
    missing = await _without(connection, rule.accounts, needed)
    await connection.execute(_HAS_COME, {"kind": TaskKind.BANK_FILE.value})
    if missing and now.astimezone(COPENHAGEN).hour >= rule.expected_by_hour:
        values = {"accounts": missing, "day": needed, "on": on, "kind": TaskKind.BANK_FILE.value}
        await connection.execute(_ASK, values)
    return bool(missing)


async def has_bank_told_all(connection: AsyncConnection, policy: Policy, until: date) -> bool:
    """Whether all that was paid by the day *until* is booked, as far as statements can say."""
    rule = policy.statements.on(until)
    if rule is None:
        return True
    last_bank_day = working_days_before(until + timedelta(days=1), 1)
    return not await _without(connection, rule.accounts, last_bank_day)


async def _without(connection: AsyncConnection, accounts: Iterable[str], needed: date) -> list[str]:
    """The accounts whose statement of the day *needed* is not booked yet."""
    wanted = list(accounts)
    found = await connection.execute(_LATEST, {"accounts": wanted})
    latest: dict[str, date] = dict(found.tuples().all())
    return [one for one in wanted if latest.get(one, date.min) < needed]

"""What the recovery authority has paid out to us, against what it told us that it recovered."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.money import Money

# Its notices come in the order in which it told them: what it recovered since the last payout is
# told after that one, and before this.
_COVERED = """
select coalesce(sum(case kind when 'reversed' then -amount_ore else amount_ore end), 0)::bigint
from recovery_notices where kind in ('paid', 'settled', 'returned', 'reversed')
  and number > (select coalesce(max(notice), 0) from recovery_payouts)"""
_KEEP = text(f"""
insert into recovery_payouts (notice, paid_on, amount_ore, covered_ore)
select :number, :on, :ore, ({_COVERED} and number < :number)
on conflict do nothing returning covered_ore""")
_UNPAID = text(_COVERED)
_PAYOUTS = text("""
select p.notice, p.paid_on, p.amount_ore, p.covered_ore, t.id as task
from recovery_payouts p left join tasks t on t.subject = 'notice-' || p.notice
  and t.state = 'open'
where p.amount_ore <> 0 or p.covered_ore <> 0 order by p.notice desc limit :most""")
_INTEREST = text("""
select date_trunc('month', noticed_on)::date as month, count(distinct claim_id) as claims,
  sum(amount_ore)::bigint as ore
from recovery_notices where kind = 'interest' group by 1 order by 1 desc limit :most""")


async def keep_payout(
    connection: AsyncConnection, number: int, amount: Money, on: date
) -> Money | None:
    """What we knew to be recovered since the payout before; None when it is known already."""
    values = {"number": number, "ore": amount.ore, "on": on}
    covered = (await connection.execute(_KEEP, values)).scalar()
    return None if covered is None else Money(covered)


async def read_unpaid(connection: AsyncConnection) -> Money:
    """What has been recovered and is to come with the next payout."""
    return Money((await connection.execute(_UNPAID)).scalar_one())


async def read_payouts(connection: AsyncConnection, most: int) -> Sequence[RowMapping]:
    return (await connection.execute(_PAYOUTS, {"most": most})).mappings().all()


async def read_interest(connection: AsyncConnection, most: int) -> Sequence[RowMapping]:
    """What the authority has added itself, by month. It is no debt to us."""
    return (await connection.execute(_INTEREST, {"most": most})).mappings().all()

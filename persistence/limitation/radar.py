"""What is time-barred when, if nothing is done: the sums, and the alarms."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import Stage
from domain.limitation.radar import edges_of
from domain.policy import Policy
from persistence.sums import Sum, sums_by

# What of a claim is time-barred before the claim itself counts on its own day, and not twice.
_SUMS = text("""
with early as materialized (
  select e.claim_id, e.limitation_date, cast(sum(l.amount_ore - coalesce((
      select sum(o.amount_ore) from ledger_coverage o where o.debt_entry_id = l.id), 0)) as bigint)
    as ore
  from early_lapses e join ledger_entries l using (claim_id, seq) group by 1, 2
), lapsing as (
  select c.limitation_date, c.claim_type, c.department, c.stage, true as is_whole,
    c.balance_ore - coalesce(e.ore, 0) as ore
  from claims c left join (select claim_id, sum(ore) as ore from early group by 1) e
    on e.claim_id = c.id
  where c.ending is null and c.balance_ore > 0
  union all
  select e.limitation_date, c.claim_type, c.department, c.stage, false, e.ore
  from early e join claims c on c.id = e.claim_id
  where c.ending is null and c.balance_ore > 0 and e.ore > 0
)
select cast(date_trunc('month', limitation_date) as date) as month, claim_type, department,
  width_bucket(limitation_date - cast(:on as date), cast(:edges as int[])) as band, stage,
  is_whole, count(*) as claims, cast(sum(ore) as bigint) as ore
from lapsing group by 1, 2, 3, 4, 5, 6""")

_ALARMS = text("""
select t.id as task_id, t.opened_on, t.claimed_by, u.name as claimed_by_name, c.id, c.claim_type,
  c.department, c.stage, c.limitation_date, c.balance_ore, b.name as debtor_name
from tasks t join claims c on c.id = t.claim_id join debtors b on b.id = c.debtor_id
left join users u on u.id = t.claimed_by
where t.kind = 'limitation-unoffered' and t.state = 'open'
order by c.limitation_date, c.serial""")


@dataclass(frozen=True, slots=True)
class Radar:
    """What the municipality loses if it does nothing; *leaving* of it is on its way or in hearing.

    What the recovery authority has received stands apart: it is the authority's to watch. *early*:
    interest and fees of ours that are time-barred before their claim, each on its own day.
    """

    rows: Sequence[RowMapping]

    @property
    def ours(self) -> Sum:
        return self._sum(lambda row: row["stage"] != Stage.RECOVERY)

    @property
    def early(self) -> Sum:
        ours = (row for row in self.rows if row["stage"] != Stage.RECOVERY)
        return sum((Sum(row["claims"], row["ore"]) for row in ours if not row["is_whole"]), Sum())

    @property
    def leaving(self) -> Sum:
        return self._sum(lambda row: row["stage"] == Stage.TRANSFER)

    @property
    def at_the_authority(self) -> Sum:
        return self._sum(lambda row: row["stage"] == Stage.RECOVERY)

    def by(self, name: str, within: Collection[int] | None = None) -> dict[Any, Sum]:
        """Ours, by month, band, claim_type or department; of the bands *within*, or of all.

        What lapses before its claim is counted beside it, as the list has it on a line of its own.
        """
        ours = (row for row in self.rows if row["stage"] != Stage.RECOVERY)
        return sums_by(
            (row for row in ours if within is None or row["band"] in within), lambda row: row[name]
        )

    def _sum(self, belongs: Callable[[RowMapping], bool]) -> Sum:
        found = (
            Sum(row["claims"] if row["is_whole"] else 0, row["ore"])
            for row in self.rows
            if belongs(row)
        )
        return sum(found, Sum())


async def read_radar(connection: AsyncConnection, policy: Policy, on: date) -> Radar:
    values = {"on": on, "edges": edges_of(policy.limitation_radar_days)}
    return Radar((await connection.execute(_SUMS, values)).mappings().all())


async def read_alarms(connection: AsyncConnection) -> Sequence[RowMapping]:
    """The claims about which nobody was asked in time, and of which nobody has taken notice."""
    return (await connection.execute(_ALARMS)).mappings().all()

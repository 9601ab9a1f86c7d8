"""The worker of `bench.transfers`: hands claims over, sends them, hears the answers; is killed."""

import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from activities.claims import ClaimActivities
from activities.exchange import ExchangeActivities
from bench.town import bench_policy
from domain.claim import Stage
from domain.letters import Letter
from domain.orders import Transfer
from domain.policy import Policy
from gateways.recovery_authority.sandbox import SandboxRecoveryAuthority
from persistence.database import Database
from persistence.models import Claim
from workers import loop

_AT_ONCE = 4


async def main(database_url: str, folder: str, moment: str, work: str) -> None:
    database, policy = Database(database_url, _AT_ONCE), bench_policy(Letter.DEMAND)
    now = datetime.fromisoformat(moment)
    exchange = ExchangeActivities(database, policy, SandboxRecoveryAuthority(Path(folder)))
    if work == "send":
        await _hand_over(database, policy, now)
        while await exchange.submit_actions(now):
            pass
    while await exchange.read_notices(now):
        pass
    await database.close()


async def _hand_over(database: Database, policy: Policy, now: datetime) -> None:
    """All claims that are ours still: built, checked and laid ready, as their stories would."""
    acts = ClaimActivities(database, policy)
    async with database.transaction() as connection:
        found = select(Claim.id).where(Claim.stage == Stage.DEMAND.value).order_by(Claim.id)
        ids = (await connection.execute(found)).scalars().all()

    async def hand_over(mine: Sequence[str]) -> None:
        for claim_id in mine:
            verdict = await acts.transfer(Transfer(claim_id, "transfer-0-0", now.date()))
            assert verdict.is_done, verdict

    await asyncio.gather(*(hand_over(ids[start::_AT_ONCE]) for start in range(_AT_ONCE)))


if __name__ == "__main__":
    loop.run(main(**json.loads(sys.argv[1])))

"""Whatever is killed, in whatever order: nothing is lost and nothing is done twice."""

import asyncio
import random
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from temporalio.client import Client as TemporalClient

from domain.calendar import TownClock
from gateways.choose import choose
from gateways.post_sandbox import PostBehaviour
from gateways.recovery_authority.sandbox import RecoveryBehaviour
from persistence.clock import set_clock
from persistence.database import Database
from policies.loading import load_policy
from tests.chaos.client import Client
from tests.chaos.findings import Findings
from tests.chaos.house import House
from tests.chaos.people import People, hire
from tests.chaos.siege import Siege
from workflows.wire import DATA_CONVERTER

SEED = 20260302
ROUNDS = 10
SECONDS_A_DAY = 0.25


def let_the_world_behave(world):
    """Some are exempt from Digital Post, some cannot be found; the authority says no, too."""
    gateways = choose(world)
    gateways.digital_post.behave(PostBehaviour(share_failing=0.3))
    gateways.physical_post.behave(PostBehaviour(minutes_to_receipt=1500, share_failing=0.3))
    gateways.recovery_authority.behave(
        RecoveryBehaviour(share_rejected=0.1, share_in_hearing=0.15, share_returned=0.2)
    )


@asynccontextmanager
async def working_house(folder):
    """All parts run; gone with everything they wrote, whatever happens."""
    house = House(folder)
    try:
        await house.open()
        database = Database(house.postgres.url)
        start = datetime(2026, 3, 2, 8, tzinfo=UTC)
        clock = TownClock(datetime.now(UTC), start, 86400 / SECONDS_A_DAY)
        let_the_world_behave(house.world)
        async with database.transaction() as connection:
            await set_clock(connection, clock)
            await hire(connection)
        await house.start("relay", "worker", "api")
        yield house, database, clock
        await database.close()
    finally:
        await asyncio.to_thread(house.close)


async def besiege(house, findings, people, rng):
    """Ten rounds under load; then all requests are answered, and everything comes to rest."""
    siege = Siege(house, findings, rng)
    working = asyncio.create_task(people.work())
    try:
        await siege.rage(ROUNDS)
        people.is_closing = True
        await working
        await people.release_all()
        await siege.see_rest()
    finally:
        working.cancel()


@pytest.mark.timeout(600)
async def test_ten_rounds_of_kill_9_lose_and_repeat_nothing():
    rng = random.Random(SEED)
    with TemporaryDirectory(prefix="rettidig-chaos-") as folder:
        async with working_house(Path(folder)) as (house, database, clock):
            temporal = await TemporalClient.connect(
                house.temporal.address, data_converter=DATA_CONVERTER
            )
            findings = Findings(database, temporal, load_policy("skanderborg"), clock, house.world)
            people = People(Client(house.api_port, rng), clock, SEED)
            await besiege(house, findings, people, rng)
            await check_promises(findings, people.promised)
            await check_consistency(findings)
            assert people.client.broken == [], "a killed part is no reason to answer 500"


async def check_promises(findings, promised):
    """What the API said yes to is there, once; and nothing that nobody asked for."""
    assert sorted(await findings.claims()) == sorted(promised.claims.items())
    payments = [(reference, *facts) for reference, facts in promised.payments.items()]
    assert sorted(await findings.payments()) == sorted(payments)
    decisions = await findings.decisions()
    assert {(task, *facts) for task, facts in promised.decisions.items()} <= set(decisions)
    assert {reasons for _, _, reasons in decisions} <= promised.reasons
    assert sorted(await findings.holds()) == sorted(promised.holds.items())
    released = await findings.values("select id from holds where released_on is not null")
    assert promised.releases <= set(released)
    withdrawn = await findings.values("select id from claims where is_withdrawn")
    assert promised.withdrawals <= set(withdrawn)


async def check_consistency(findings):
    assert await findings.botched() == []
    assert await findings.mistold() == []
    assert await findings.misremembered() == []
    assert await findings.acts_not_audited_once() == []
    assert await findings.misposted() == []
    assert await findings.misreported() == []
    assert await findings.unbalanced() == []
    assert await findings.broken_links() == []

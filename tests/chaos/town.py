"""A house at work in a town where a day takes a moment, with the people who keep it busy."""

import asyncio
import os
import random
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

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

IS_LONG = bool(os.environ.get("RETTIDIG_CHAOS"))
"""``make chaos``: every fault at every place, and more rounds."""
SEED = int(os.environ.get("RETTIDIG_CHAOS_SEED", "20260302"))
SECONDS_A_DAY = 0.25


@dataclass
class Town:
    house: House
    database: Database
    client: TemporalClient
    findings: Findings
    people: People
    siege: Siege
    rng: random.Random

    @asynccontextmanager
    async def at_work(self):
        """People work while the context is open; after it all is answered and comes to rest."""
        self.people.is_closing = False
        working = asyncio.create_task(self.people.work())
        try:
            yield
            self.people.is_closing = True
            await working
            await self.people.release_all()
            await self.siege.see_rest()
        finally:
            working.cancel()

    async def check(self):
        """Nothing is lost, nothing was done twice, the books are equal."""
        await self.findings.check_promises(self.people.promised)
        await self.findings.check_consistency()
        broken, self.people.client.broken = self.people.client.broken, []
        assert broken == [], "a fault of the house's surroundings is no reason to answer 500"

    async def see_work_done(self):
        await self.siege.see_work_done()


@asynccontextmanager
async def open_town(surroundings=(), seconds_a_day=SECONDS_A_DAY, *, has_disks=False):
    """Gone with everything it wrote, whatever happens. *surroundings*: as of `House`.

    *has_disks*: the database and the world's folder lie on small disks, where root makes some.
    """
    with TemporaryDirectory(prefix="rettidig-chaos-") as folder:
        house, rng = House(Path(folder), surroundings), random.Random(SEED)
        try:
            if has_disks:
                house.mount_disks()
            await house.open()
            town = await _settle(house, rng, seconds_a_day)
            await house.start("relay", "worker", "api")
            yield town
            await town.database.close()
        finally:
            await house.close()


async def _settle(house, rng, seconds_a_day):
    database = Database(house.postgres.url, patience=30)
    start = datetime(2026, 3, 2, 8, tzinfo=UTC)
    clock = TownClock(datetime.now(UTC), start, 86400 / seconds_a_day)
    let_the_world_behave(house.world)
    async with database.transaction() as connection:
        await set_clock(connection, clock)
        await hire(connection)
    client = await TemporalClient.connect(house.temporal.address, data_converter=DATA_CONVERTER)
    policy = load_policy("skanderborg")
    findings = Findings(database, client, policy, clock, house.world)
    people = People(Client(house.api_port, rng), clock, SEED)
    siege = Siege(house, findings, people, rng)
    return Town(house, database, client, findings, people, siege, rng)


def let_the_world_behave(world):
    """Some are exempt from Digital Post, some cannot be found; the authority says no, too."""
    gateways = choose(world)
    gateways.digital_post.behave(PostBehaviour(share_failing=0.3))
    gateways.physical_post.behave(PostBehaviour(minutes_to_receipt=1500, share_failing=0.3))
    gateways.recovery_authority.behave(
        RecoveryBehaviour(share_rejected=0.1, share_in_hearing=0.15, share_returned=0.2)
    )

"""A release follows another while claims live: nothing is lost, nothing done twice.

The release before is this code, and the next one is `tests.upgrade.next_release`. The steps are
those of ``make rehearsal``, which takes them with a thousand living claims; two cores bear three
hundred beside the other tests. A rehearsal of a real release takes the code of the one before from
the history of this repository: ``make rehearsal OLD=COMMIT``.
"""

import asyncio
import os
import random
import re
import subprocess
import time
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from temporalio.client import Client as TemporalClient
from temporalio.service import RPCError

from domain.calendar import TownClock
from persistence.clock import set_clock
from persistence.database import Database
from policies.loading import load_policy
from tests.chaos.client import Client
from tests.chaos.findings import Findings
from tests.chaos.house import ROOT
from tests.chaos.people import hire
from tests.chaos.town import let_the_world_behave
from tests.upgrade.house import House, Release
from tests.upgrade.patience import patient_acts
from tests.upgrade.town import Town, until, until_none
from workers.builds import count_stories
from workers.schedules import schedule_of
from workflows.wire import DATA_CONVERTER

SEED = 20260401
LIVING = 1000 if os.environ.get("RETTIDIG_REHEARSAL") == "1" else 300
REGISTERED = LIVING + 80  # for meanwhile some are paid and withdrawn
MOST = LIVING + 300
AT_REST = ("direct-debit", "owners", "mail-room", "webhooks", "keeping", "forecast", "payouts")
SECONDS_A_DAY = 10.0
HELD_BACK = 6
PATIENCE = 1800.0  # seconds; a transaction of ours may be idle for long
OLD_RELEASE = os.environ.get("RETTIDIG_OLD_RELEASE") or None

_STAGES = "select stage, count(*) from claims where ending is null group by stage"
_MOST_RECENT_ACT = "select max(id) from acts where not facts ? 'sent_by'"


@pytest.fixture
def releases(tmp_path):
    """The one that is at work, and the one that follows it."""
    if OLD_RELEASE is None:
        return Release("old"), Release("new", module="tests.upgrade")
    folder = tmp_path / "old"
    folder.mkdir()
    packed = subprocess.run(
        ["git", "archive", OLD_RELEASE], cwd=ROOT, capture_output=True, check=False
    )
    assert packed.returncode == 0, f"not in this clone: {packed.stderr.decode()}"
    subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)
    return Release("old", folder), Release("new")


@asynccontextmanager
async def town_at_work(folder, old):
    """The old release runs and is current; people work, in a thousand claims of every stage."""
    house = House(folder)
    try:
        await asyncio.to_thread(house.open)
        await house.must(old, "migrate")
        database = Database(house.postgres.url, patience=PATIENCE)
        clock = TownClock(
            datetime.now(UTC), datetime(2026, 3, 2, 8, tzinfo=UTC), 86400 / SECONDS_A_DAY
        )
        let_the_world_behave(house.world)
        async with database.transaction() as connection:
            await set_clock(connection, clock)
            await hire(connection)
        await start_work(house, old)
        temporal = await TemporalClient.connect(
            house.temporal.address, data_converter=DATA_CONVERTER
        )
        findings = Findings(database, temporal, load_policy("skanderborg"), clock, house.world)
        client = Client(0, random.Random(SEED))
        client.http.base_url = await house.start_api(old)
        yield house, findings, Town(client, clock, SEED, pause=0.4, most=MOST)
        await database.close()
    except BaseException as fault:
        fault.add_note("\n".join(["Errors in the logs:", *house.bugs()]))
        raise
    finally:
        await asyncio.to_thread(house.close)


async def start_work(house, release):
    """With a relay of its own, where the release knows one: then workers carry no messages."""
    if await house.knows(release, "relay"):
        house.start_relay(release)
        house.start_worker(release, "--no-relay")
    else:
        house.start_worker(release)


class Upgrade:
    """The steps of docs/operations.md, each of which prints how long it took."""

    def __init__(self, house, findings, town, old, new):
        self.house, self.findings, self.town = house, findings, town
        self.old, self.new = old, new
        self.began = time.monotonic()

    def tell(self, what):
        print(f"{time.monotonic() - self.began:6.1f} s  {what}")  # noqa: T201

    async def stories(self, release):
        return await count_stories(self.findings.client, release.build)

    async def prepare(self):
        await until(self._old_is_current, "the old build as the current one")
        await until(self._are_rounds_spared, "the schedules that rest")
        await self.town.register_many(REGISTERED)
        self.town.set_some_aside(HELD_BACK)
        self.tell("all are registered")
        await until(self._all_are_told, "a first page of each story")
        stages = dict(await self.findings.rows(_STAGES))
        self.tell(f"{sum(stages.values())} claims live: {stages}")

    async def _are_rounds_spared(self):
        """What has nothing to do here would be at it all the time, when a day takes seconds.

        A release before may not know all of them; the first of these is made last.
        """
        is_first_there = False
        for number, rounds in enumerate(AT_REST):
            with suppress(RPCError):
                await self.findings.client.get_schedule_handle(schedule_of(rounds)).pause()
                is_first_there |= number == 0
        return is_first_there

    async def _all_are_told(self):
        return await self.stories(self.old) >= REGISTERED

    async def _old_is_current(self):
        code, said = await self.house.command(self.old, "turn-pages")
        return code == 0 and "old" in said

    async def begin(self):
        await self.house.must(self.new, "migrate")
        self.tell("migrated, and the old release works on")
        self.house.start_worker(self.new, "--no-relay")
        self.town.client.http.base_url = await self.house.start_api(self.new)
        await until(self._new_is_known, "the new build among the known ones")
        stay = await self.stories(self.old)
        assert stay >= LIVING, f"only {stay} stories were alive when the new workers came"
        self.tell(f"both releases run; {stay} stories stay with the old")

    async def _new_is_known(self):
        _, said = await self.house.command(self.new, "builds")
        return "new: 0 stories" in said

    async def turn(self, to):
        await self.house.must(self.new, "turn-pages", "--to", to.build)

    async def go_back_in_the_middle(self):
        async with self.house.being_told(self.new, "turn-pages"):
            await until(self._some_have_moved, "stories on the new build")
        self.tell(f"{await self.stories(self.new)} stories have moved; back")
        await self.turn(self.old)
        await self.house.must(self.new, "drain", self.new.build)
        self.tell("all are back on the old build")

    async def _some_have_moved(self):
        return await self.stories(self.new) > LIVING // 10

    async def go_on_with_some_in_the_middle_of_an_act(self):
        """They stay with the build they are on until that is done, and nothing else does."""
        async with patient_acts(self.findings.database, self.town) as held:
            await until(lambda: self._act_patiently(held), "acts that take long")
            await self.turn(self.new)
            await until_none(lambda: self._left_but(held), "those alone in the middle of an act")
        await self.house.must(self.new, "drain", self.old.build)
        self.tell("nothing stays with the old build")

    async def _act_patiently(self, claims):
        for claim in claims:
            handle = self.findings.client.get_workflow_handle(f"claim-{claim}")
            if not (await handle.describe()).raw_description.pending_activities:
                return False
        return True

    async def _left_but(self, held):
        """How many others the command still finds, and that it says of these why they stay."""
        code, said = await self.house.command(
            self.new, "drain", self.old.build, "--minutes", "0.25"
        )
        assert code == 1, said
        left = int(re.search(r"(\d+) stories still stay", said)[1]) - len(held)
        self.tell(said.splitlines()[0])
        if not left:
            told = re.findall(r"claim-(\S+) is in the middle of claim.close", said)
            assert sorted(told) == sorted(held), said
        return left

    async def let_the_old_go(self):
        self.house.start_relay(self.new)
        for what in ("relay", "worker", "serve"):
            await self.house.stop(self.old, what)
        [before] = await self.findings.values(_MOST_RECENT_ACT)
        await until(lambda: self._has_acted_since(before), "an act of the new build")
        self.tell("the old workers are gone, and stories act")

    async def _has_acted_since(self, before):
        [latest] = await self.findings.values(_MOST_RECENT_ACT)
        return latest > before

    async def come_to_the_end(self):
        await self.town.end_all(self.findings)
        await until(self._is_at_rest, "rest")
        self.tell("every claim has come to its end")

    async def _is_at_rest(self):
        return not await self.findings.restless()


@pytest.mark.timeout(1800)
async def test_a_release_follows_another_while_claims_live(releases):
    with TemporaryDirectory(prefix="rettidig-upgrade-") as folder:
        async with town_at_work(Path(folder), releases[0]) as (house, findings, town):
            upgrade = Upgrade(house, findings, town, *releases)
            await upgrade.prepare()
            working = asyncio.create_task(town.work())
            try:
                await upgrade.begin()
                await upgrade.go_back_in_the_middle()
                await upgrade.go_on_with_some_in_the_middle_of_an_act()
                await upgrade.let_the_old_go()
                town.is_closing = True
                await working
            finally:
                working.cancel()
                with suppress(asyncio.CancelledError):
                    await working
            await upgrade.come_to_the_end()
            assert await findings.values("select id from claims where ending is null") == []
            await findings.check_promises(town.promised)
            await findings.check_consistency()
            assert town.client.broken == []

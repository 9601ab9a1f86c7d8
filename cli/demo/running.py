"""The demo from its first line to its last: servers, town, workers, people, console."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import structlog

from api.app import create_app
from api.doors.front_door import FrontDoor
from api.doors.pace import Pace, Paces
from api.doors.provider import Provider, ProviderSettings
from api.house import Outlets
from api.server import serve
from cli.demo.console import Console
from cli.demo.debtors import Town
from cli.demo.figures import Figures, read_figures
from cli.demo.grounds import FIRST_MORNING, KeptTime, Plan, standing
from cli.demo.provider import CLIENT, HOST, guests_provider
from cli.demo.pulse import after, each, first, until
from cli.demo.robot import Robot
from cli.demo.seeding import Seeding
from cli.demo.staff import GUESTS, Tokens, issue_tokens, move_in, told_of_guests
from cli.demo.world import teach, watchful
from cli.logs import write_logs_to
from cli.processes import TemporalLink, executions_at
from cli.stopping import stop_on_signals
from cli.words import Words
from domain.calendar import today
from domain.errors import Fault, Invalid
from gateways.mail.sandbox import SandboxMailServer
from gateways.mail.smtp import SmtpMailer
from persistence.claims.sleeping import tell_the_time
from persistence.clock import read_clock, set_clock
from persistence.migrations import upgrade
from settings import Settings
from workers.assembly import House, open_house, working
from workers.clock import Clock, real_now
from workers.inbox import InboxFolder
from workers.relay import Relay
from workers.schedules import keep_rounds

_log = structlog.get_logger()
_EXAMPLES = Path(__file__).parents[2] / "examples"
_HALF_A_DAY = timedelta(hours=12)
_MINUTE_SECONDS = 60


class Stopped(Exception):
    """The visitor has had enough."""


async def demo(plan: Plan, say: Words) -> int:
    """Until Ctrl-C, SIGTERM, or *plan.minutes* are over. Always ends with everything ended."""
    stop = stop_on_signals()
    _require_free_port(plan.port)
    plan.state.mkdir(parents=True, exist_ok=True)
    write_logs_to(plan.state / "rettidig.log")
    print(say("demo-starts", state=plan.state), flush=True)
    with suppress(Stopped):
        async with standing(plan) as grounds:
            _stop_here(stop)
            await until(stop, _Demo(plan, say, grounds.settings(), grounds.temporal.ui_url).run())
    print(say("demo-ended"), flush=True)
    return 0


def _require_free_port(port: int) -> None:
    """Before anything has been started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Invalid(Fault("--port", "port-taken", {"port": str(port)})) from None


def _stop_here(stop: asyncio.Event) -> None:
    if stop.is_set():
        raise Stopped


class _Demo:
    def __init__(self, plan: Plan, say: Words, chosen: Settings, ui_url: str | None) -> None:
        self._plan, self._say, self._settings, self._ui_url = plan, say, chosen, ui_url
        self._kept_time = KeptTime(plan.state)
        assert chosen.database_url
        self._url = chosen.database_url

    async def run(self) -> None:
        await upgrade(self._url)
        tokens = issue_tokens(self._plan.state / "tokens.txt")
        mailboxes = SandboxMailServer(self._plan.world)
        async with open_house(self._settings, self._url) as opened, mailboxes.serving() as mail:
            gateways = replace(opened.gateways, mailer=SmtpMailer(mail))
            policy = watchful(opened.policy)
            house = replace(opened, policy=policy, gateways=gateways, pages=self._plan.pages)
            await self._settle(house, tokens)
            town = replace(house, clock=await self._wind_the_clock(house))
            async with self._clock_kept(town):
                await keep_rounds(town.client, town.clock.town)
                async with working(town):
                    await self._live(town, tokens)

    async def _settle(self, house: House, tokens: Tokens) -> None:
        """People, counterparts and, the first time, the claims of a whole town."""
        teach(self._plan.world)
        async with house.database.transaction() as connection:
            await move_in(connection, tokens)
            is_settled = (await read_clock(connection)).speed != 1
        if is_settled:
            return
        seeding = Seeding(house.database, house.policy, today(FIRST_MORNING))
        print(self._say("demo-seeds", claims=seeding.total), flush=True)
        await seeding.run(lambda _: None)
        self._plan.inbox.mkdir(parents=True, exist_ok=True)
        if (example := _EXAMPLES / "claims.csv").exists():
            copyfile(example, self._plan.inbox / example.name)

    async def _wind_the_clock(self, house: House) -> Clock:
        """The town's time goes on from where it stopped, and sleeping stories hear of it first.

        A story that woke before it heard would believe that the town had lived on meanwhile.
        """
        clock = self._kept_time.clock(self._plan, real_now())
        async with house.database.transaction() as connection:
            was_wound = (await read_clock(connection)).speed != 1
            await set_clock(connection, clock)
            if was_wound:
                await tell_the_time(connection, clock)
        relay = Relay(house.database, house.client, house.policy)
        while await relay.deliver_waiting():
            pass
        return Clock(clock)

    @asynccontextmanager
    async def _clock_kept(self, house: House) -> AsyncIterator[None]:
        keeping = asyncio.create_task(self._keep_time(house))
        try:
            yield
        finally:
            keeping.cancel()
            self._kept_time.write(house.clock.now())

    async def _keep_time(self, house: House) -> None:
        while True:
            self._kept_time.write(house.clock.now())
            await asyncio.sleep(1)

    async def _live(self, house: House, tokens: Tokens) -> None:
        """All that goes on at once, until the minutes are over or we are called off."""
        console = Console(self._say, lambda: self._figures(house))
        address = f"http://{HOST}:{self._plan.port}/api/v1"
        robot = Robot(address, tokens, house.policy, lambda: today(house.clock.now()))
        town = Town(house.database, house.policy, self._plan.world, self._plan.inbox)
        inbox = InboxFolder(self._plan.inbox, house.database, lambda: today(house.clock.now()))
        half_a_day = self._plan.real_length(_HALF_A_DAY)
        ready = asyncio.Event()
        goings_on: list[Awaitable[None]] = [
            self._serve(house, ready),
            inbox.watch(max(half_a_day / 2, 0.2)),
            each(half_a_day, lambda: town.live_until(today(house.clock.now()))),
        ]
        if self._plan.has_robot:
            goings_on.append(after(ready, half_a_day * 2, robot.work_a_day))
        console.links = self._links(address, tokens)
        try:
            await self._together(goings_on, console, ready)
        finally:
            await robot.close()
            self._tell_the_end(await self._figures(house), console)

    async def _together(
        self, goings_on: list[Awaitable[None]], console: Console, ready: asyncio.Event
    ) -> None:
        minutes = self._plan.minutes
        tasks = [asyncio.ensure_future(one) for one in goings_on]
        try:
            await first(*tasks, asyncio.ensure_future(ready.wait()))
            if not console.terminal.is_terminal:
                print("\n".join(console.links), flush=True)
            tasks.append(asyncio.ensure_future(console.show()))
            timeout = minutes * _MINUTE_SECONDS if minutes else None
            done, _ = await asyncio.wait(
                tasks, timeout=timeout, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, house: House, ready: asyncio.Event) -> None:
        link = TemporalLink(self._settings)
        with guests_provider(told_of_guests()) as issuer:
            door = self._front_door(issuer)
            executions = executions_at(self._ui_url, self._settings)
            app = create_app(
                house.database,
                house.policy,
                house.clock.now,
                link.answers,
                door,
                executions,
                Outlets(
                    has_mail=True,
                    pages=self._plan.pages,
                    allows_loopback=True,
                ),
            )
            never = asyncio.Event()
            await serve(app, HOST, self._plan.port, never, lambda _: ready.set())

    def _front_door(self, issuer: str) -> FrontDoor:
        """The robot answers for a whole town, at whatever pace its days pass."""
        pace = Pace(Paces(sign_ins=1000, writes=1_000_000))
        provider = Provider(ProviderSettings(issuer, CLIENT, secrets.token_urlsafe()))
        return FrontDoor(provider, pace=pace, guests=GUESTS)

    async def _figures(self, house: House) -> Figures:
        async with house.database.transaction() as connection:
            return await read_figures(connection, house.clock.now())

    def _links(self, address: str, tokens: Tokens) -> list[str]:
        say = self._say
        door = f"{self._plan.pages}/"
        links = [say("demo-sign-in", address=door), say("demo-api", address=address)]
        links.append(say("demo-tokens", path=tokens.path))
        if self._ui_url:
            links.append(say("demo-ui", address=self._ui_url))
        links.append(say("demo-inbox", path=self._plan.inbox))
        return [*links, say("demo-stop")]

    def _tell_the_end(self, figures: Figures, console: Console) -> None:
        print(console.line(figures), flush=True)

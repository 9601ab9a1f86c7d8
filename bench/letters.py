"""Due reminders through the whole post room: rendered, kept and handed over, while workers die.

What the counterpart has in the end is counted at the counterpart, a process of its own behind HTTP.
"""

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import text
from temporalio.client import Client

from activities.claims import ClaimActivities
from bench.ground import Ground, ground, prepare
from bench.town import START, bench_policy
from domain.authority import HOUSE
from domain.calendar import REAL_TIME, TownClock
from domain.identity import NationalId, NationalIdKind
from domain.letters import Letter
from domain.money import Money
from domain.orders import WriteLetter
from domain.registration import NewClaim, NewDebtor
from gateways.journal import Offer
from gateways.serviceplatformen.sandbox.counterpart import Counterpart
from letters.documents import from_json
from letters.printing import print_letter
from persistence.claims.bulk_registration import register_all
from persistence.database import Database
from workers.clock import real_now
from workflows.post_room import PostRoomWorkflow
from workflows.queues import ROUNDS
from workflows.rounds import Round
from workflows.wire import DATA_CONVERTER

LETTERS, DEBTORS, KILLS = 10_000, 4_000, 5
_FEW = 20
_AT_ONCE = 500
_ON = START.date()
_LOOK_EVERY = 0.2
_MEGABYTE = 1024 * 1024
_TYPE = "music-school"
_WORKERS = 2


async def run(*, is_small: bool) -> dict[str, Any]:
    """All figures; *is_small* takes a twentieth."""
    letters, debtors = (LETTERS, DEBTORS) if not is_small else (LETTERS // _FEW, DEBTORS // _FEW)
    with ground() as standing, _counterpart(standing.folder / "world") as account:
        url = await prepare(standing)
        database = Database(url)
        await _lay(database, letters, debtors)
        facts = {"address": standing.temporal.address, "database_url": url, **account,
                 "folder": str(standing.folder / "book")}  # fmt: skip
        kills = KILLS if not is_small else 1
        seconds, waited, peak = await _empty(standing, database, facts, kills)
        sent = Counterpart(standing.folder / "world").digital_post.sent()
        bare_per_s = await _bare_per_second(database)
        left = await _count(database, "select count(*) from letters where state = 'dispatched'")
        await database.close()
    reached = {_to_whom(offer) for offer in sent}
    return _speed(letters, len(sent), seconds, waited, bare_per_s) | {
        "kills": kills,
        "duplicates": len(sent) - len(reached),
        "missing": letters - left + debtors - len(reached),
        "peak_mb": round(peak),
    }


def _speed(
    reminders: int, letters: int, seconds: float, waited: float, bare_per_s: float
) -> dict[str, Any]:
    return {
        "reminders": reminders,
        "letters": letters,
        "letters_per_s": round(letters / seconds, 1),
        "seconds": round(seconds, 1),
        "reminders_per_s": round(reminders / seconds, 1),
        "bare_typst_per_s": round(bare_per_s, 1),
        "ratio_to_bare_typst": round(letters / seconds / bare_per_s, 2),
        "waited_for_the_dead_s": round(waited, 1),
        "ratio_while_alive": round(letters / (seconds - waited) / bare_per_s, 2),
    }


@contextmanager
def _counterpart(folder: Path) -> Iterator[dict[str, str]]:
    """The platform's sandbox in a process of its own; says where it is."""
    command = [sys.executable, "-m", "gateways.serviceplatformen.sandbox", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            told = json.loads(process.stdout.readline())
            yield {"platform": told["platform"], "queue": told["queue"]}
        finally:
            process.terminate()


async def _lay(database: Database, letters: int, debtors: int) -> None:
    """Claims of so many debtors, each with a reminder in the tray as its story would ask for it."""
    policy = bench_policy(Letter.FIRST_REMINDER)
    for start in range(0, letters, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, letters))
        async with database.transaction() as connection:
            claims = [_claim(number, number % debtors) for number in numbers]
            await register_all(connection, policy, claims, _ON - timedelta(days=40), HOUSE.id)
    async with database.transaction() as connection:
        ids = (await connection.execute(text("select id from claims order by serial"))).scalars()
        claim_ids = list(ids)
    acts = ClaimActivities(database, policy)
    for start in range(0, letters, 8):
        orders = [
            WriteLetter(claim, "first-reminder", _ON, letter=Letter.FIRST_REMINDER)
            for claim in claim_ids[start : start + 8]
        ]
        await asyncio.gather(*(acts.write_letter(order) for order in orders))


def _claim(number: int, debtor: int) -> NewClaim:
    nobody = NationalId(f"99{debtor:06d}", NationalIdKind.COMPANY)
    due = _ON - timedelta(days=30)
    return NewClaim(
        source="bench",
        reference=f"L-{number:08d}",
        claim_type=_TYPE,
        debtors=(NewDebtor(nobody, f"Prøve {debtor} ApS", ("Prøvevej 1", "8660 Skanderborg")),),
        principal=Money.kroner(300 + number % 700),
        description=f"Musikskole, hold {number % 40}",
        period_start=due,
        period_end=due,
        origination_date=due,
        due_date=due,
        last_timely_payment_date=due,
    )


def _to_whom(offer: Offer) -> str:
    return str(offer.body["recipient"]["national_id"])


async def _empty(
    standing: Ground, database: Database, facts: dict[str, str], kills: int
) -> tuple[float, float, float]:
    """Seconds until the tray is empty, with workers killed on the way, how many of them went by
    until a death was noticed and made good, and a worker's most memory.
    """
    client = await Client.connect(standing.temporal.address, data_converter=DATA_CONVERTER)
    waiting = "select count(*) from letters where state = 'requested'"
    total = await _count(database, waiting)
    for number in range(_WORKERS):
        standing.start_child(f"post-{number}", "bench.post_worker", **facts)
    began, dead, peak, waited = time.perf_counter(), 0, 0.0, 0.0
    killed: tuple[float, int] | None = None
    rounds = asyncio.create_task(_make_rounds(client))
    while left := await _count(database, waiting):
        await asyncio.sleep(_LOOK_EVERY)
        if killed and left < killed[1]:
            waited, killed = waited + time.perf_counter() - killed[0], None
        peak = max(peak, *(_megabytes(child.pid) for child in standing.children.values()))
        if dead < kills and left < total * (1 - (dead + 1) / (kills + 1)):
            busy = await _busy(client, standing)
            standing.children[busy].send_signal(signal.SIGKILL)
            standing.children.pop(busy).wait()
            dead, killed = dead + 1, (time.perf_counter(), left)
            new = f"post-{_WORKERS + dead}"
            standing.start_child(new, "bench.post_worker", **facts)
    seconds = time.perf_counter() - began
    assert dead == kills
    rounds.cancel()
    return seconds, waited, peak


def _megabytes(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss / _MEGABYTE)


async def _busy(client: Client, standing: Ground) -> str:
    """The worker that has letters in its hands: that one is to die."""
    while True:
        async for found in client.list_workflows("ExecutionStatus='Running'"):
            described = await client.get_workflow_handle(found.id).describe()
            for act in described.raw_description.pending_activities:
                pid = act.last_worker_identity.partition("@")[0]
                for name, child in standing.children.items():
                    if str(child.pid) == pid:
                        return name
        await asyncio.sleep(_LOOK_EVERY / 10)


async def _make_rounds(client: Client) -> None:
    """One after the other, as the schedule does."""
    clock = TownClock(real_now(), START + timedelta(hours=1), REAL_TIME.speed)
    for number in count(1):
        name = f"bench-post-room-{number}"
        await client.execute_workflow(
            PostRoomWorkflow.run, Round(clock), id=name, task_queue=ROUNDS
        )


async def _count(database: Database, question: str) -> int:
    async with database.transaction() as connection:
        return int((await connection.execute(text(question))).scalar_one())


async def _bare_per_second(database: Database) -> float:
    """How many of the same letters typst alone sets, one after the other."""
    async with database.transaction() as connection:
        found = await connection.execute(text("select document from letter_documents"))
        documents = [from_json(json) for (json,) in found]
    print_letter(documents[0])
    began = time.perf_counter()
    for document in documents:
        print_letter(document)
    return len(documents) / (time.perf_counter() - began)

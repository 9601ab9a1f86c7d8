"""Fifty people answer at once while the relay is killed: what is shown, lost, or done twice."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlalchemy import text
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from bench.inbox_looking import API, p95, visitor
from bench.inbox_town import PEOPLE
from persistence.database import Database

_PATIENCE_SECONDS = 120
_SHARE_THAT_LOOKS, _SHARE_TOO_LATE = 0.2, 0.05
ANSWERS = {
    "dialogue": "go-on", "assessment": "transfer", "limitation-near": "done", "exception": "retry",
}  # fmt: skip
_WRONG = text("""
select count(*) filter (where d.n is distinct from 1), count(*) filter (where d.n > 1 or o.n > 1),
  count(*) filter (where t.tells and o.n is distinct from 1)
from (select id, subject, key, kind in ('dialogue', 'assessment', 'exception') as tells
  from tasks where id = any(:done)) t
left join lateral (select count(*) as n from decisions where task_id = t.id) d on true
left join lateral (select count(*) as n from outbox where target = 'claim-' || t.subject
  and name = 'task_decided' and payload ->> 'task' = t.key) o on true""")
_STRAY = text("""
select count(*) from tasks t join decisions d on d.task_id = t.id
where t.state <> 'decided' or (d.reasons = 'Storm' and t.id <> all(:done))""")
_OF_STORIES = {"dialogue", "assessment", "exception"}
_WAITING = text("select count(*) from outbox where delivered_at is null")


@dataclass
class Storm:
    """*done* by whose answer was acknowledged; *held*: tasks that were given to somebody."""

    port: int
    decisions: int
    done: dict[int, int] = field(default_factory=dict)
    subjects: dict[int, tuple[str, str]] = field(default_factory=dict)
    held: dict[int, int] = field(default_factory=dict)
    next_ms: list[float] = field(default_factory=list)
    decide_ms: list[float] = field(default_factory=list)
    ghosts: int = 0
    doubled: int = 0
    begun: int = 0

    async def person(self, number: int) -> None:
        dice = random.Random(number)  # the same storm each time
        async with visitor(self.port, number) as client:
            while self.begun < self.decisions:
                self.begun += 1
                if not await self._work(client, number, dice):
                    return

    async def _work(self, client: httpx.AsyncClient, number: int, dice: random.Random) -> bool:
        known = set(self.done)
        answer, spent = await _timed(client.post(f"{API}/tasks/next"))
        self.next_ms.append(spent)
        task = answer.json()["task"]
        if task is None:
            return False
        self._must_be_alive(known, [task])
        if self.held.setdefault(task["id"], number) != number:
            self.doubled += 1
        await self._decide(client, number, task)
        if dice.random() < _SHARE_THAT_LOOKS:
            await self._look(client)
        if dice.random() < _SHARE_TOO_LATE:
            await self._come_too_late(client, dice)
        return True

    async def _decide(self, client: httpx.AsyncClient, number: int, task: Any) -> None:
        known = set(self.done)
        body = {"outcome": ANSWERS[task["kind"]], "reasons": "Storm"}
        answer, spent = await _timed(client.post(f"{API}/tasks/{task['id']}/decide", json=body))
        assert answer.status_code == httpx.codes.OK, answer.text
        self.decide_ms.append(spent)
        self.done[task["id"]] = number
        self.subjects[task["id"]] = (task["claim_id"], task["kind"])
        if following := answer.json()["next_task"]:
            self._must_be_alive(known | {task["id"]}, [following])

    async def _look(self, client: httpx.AsyncClient) -> None:
        """What was acknowledged before the question must not be in the answer."""
        for view in ("mine", "team"):
            known = set(self.done)
            found = (await client.get(f"{API}/tasks?view={view}")).json()["items"]
            self._must_be_alive(known, found)
            self.ghosts += sum(view == "mine" and one["state"] != "open" for one in found)

    async def _come_too_late(self, client: httpx.AsyncClient, dice: random.Random) -> None:
        task = dice.choice(list(self.done))
        body = {"outcome": ANSWERS[self.subjects[task][1]], "reasons": "Storm"}
        late = await client.post(f"{API}/tasks/{task}/decide", json=body)
        self.doubled += late.status_code != httpx.codes.CONFLICT

    def _must_be_alive(self, known: set[int], shown: list[Any]) -> None:
        self.ghosts += sum(one["id"] in known for one in shown)


async def rage(
    database: Database, client: Client, port: int, decisions: int, kill: Callable[[], None]
) -> dict[str, Any]:
    """All people at once; *kill* ends the relay, and starts another one."""
    storm = Storm(port, decisions)
    began = time.perf_counter()
    people = asyncio.gather(*(storm.person(number) for number in range(PEOPLE)))
    kills = 0
    while not people.done():
        await asyncio.wait({people}, timeout=2)
        await asyncio.to_thread(kill)
        kills += 1
    await people
    seconds = time.perf_counter() - began
    lost, doubled = await _missing(database, client, storm)
    return {
        "people": PEOPLE,
        "decisions": len(storm.done),
        "decisions_per_s": round(len(storm.done) / seconds, 1),
        "storm_next_p95_ms": round(p95(storm.next_ms), 1),
        "storm_decide_p95_ms": round(p95(storm.decide_ms), 1),
        "kills": kills,
        "ghosts": storm.ghosts,
        "lost": lost,
        "doubled": storm.doubled + doubled,
    }


async def _missing(database: Database, client: Client, storm: Storm) -> tuple[int, int]:
    """Acknowledged answers that are not there once, or whose story did not hear of them."""
    await _until_delivered(database)
    async with database.transaction() as connection:
        done = list(storm.done)
        wrong = (await connection.execute(_WRONG, {"done": done})).one()
        stray = (await connection.execute(_STRAY, {"done": done})).scalar_one()
    return wrong[0] + wrong[2] + await _unheard(client, storm), wrong[1] + stray


async def _until_delivered(database: Database) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while True:
            async with database.transaction() as connection:
                if not (await connection.execute(_WAITING)).scalar():
                    return
            await asyncio.sleep(0.2)


async def _unheard(client: Client, storm: Storm) -> int:
    """Of the stories that listen, those that were not signalled what was decided about them."""
    deaf, listening = 0, [w.id async for w in client.list_workflows("")]
    told = {f"claim-{claim}" for claim, kind in storm.subjects.values() if kind in _OF_STORIES}
    for workflow in set(listening) & told:
        history = await client.get_workflow_handle(workflow).fetch_history()
        kinds = [event.event_type for event in history.events]
        deaf += EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED not in kinds
    return deaf


async def _timed(asking: Any) -> tuple[httpx.Response, float]:
    began = time.perf_counter()
    answer = await asking
    return answer, 1000 * (time.perf_counter() - began)

"""How long people wait for the inbox: pages, programs' lists, facets, sorts and searches."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from statistics import quantiles
from typing import Any

import httpx
from sqlalchemy import text

from api.doors.cookies import SESSION
from bench.inbox_town import PEOPLE, token_of
from domain.inbox import SORTS
from persistence.database import Database
from persistence.people.sessions import begin_session

API = "/api/v1"
_BARE = text("select * from tasks where state = 'open' order by points desc, id limit 50")
_FACETS = (
    "kind=dialogue", "kind=exception", "claim_type=parking-fee", "stage=enforcement", "amount=0",
    "amount=4", "age=0", "age=3", "limitation=0", "limitation=3", "holder=-", "holder=person-7",
    "department=Trafik og Veje", "kind=exception&stage=enforcement&amount=0&limitation=0",
)  # fmt: skip
_SEARCHES = ("carla", "prøvesen 77", "attrapgade 19", "2026-000123", "99000017", "findes ikke")

_READER = 3

Ask = Callable[[], Awaitable[httpx.Response]]


@asynccontextmanager
async def visitor(port: int, number: int) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is signed in."""
    headers = {"Authorization": f"Bearer {token_of(number % PEOPLE)}"}
    address = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as client:
        yield client


async def times_of(ask: Ask, times: int) -> list[float]:
    """In milliseconds; raises AssertionError for an answer that is not one."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        answer = await ask()
        found.append(1000 * (time.perf_counter() - began))
        assert answer.status_code == httpx.codes.OK, answer.text[:500]
    return found


def p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


async def look(database: Database, port: int, times: int) -> dict[str, Any]:
    """First pages, lists, and every way to narrow and to sort; each asked so many times."""
    async with database.transaction() as connection:
        session = await begin_session(connection, f"person-{_READER}")
    async with visitor(port, _READER) as client:
        client.cookies.set(SESSION, session.cookie)
        client.headers["X-CSRF-Token"] = session.csrf_token
        await times_of(lambda: client.get("/?view=team"), 5)
        page = await times_of(lambda: client.get("/?view=team"), 4 * times)
        mine = await times_of(lambda: client.get("/?view=mine"), times)
        listed = await times_of(lambda: client.get(f"{API}/tasks?view=team"), 4 * times)
        ways = {name: await times_of(ask, times) for name, ask in _ways(client).items()}
    slowest = max(ways, key=lambda name: p95(ways[name]))
    return {
        "first_page_p95_ms": round(max(p95(page), p95(mine)), 1),
        "json_p95_ms": round(p95(listed), 1),
        "facet_p95_ms": round(p95(ways[slowest]), 1),
        "slowest": slowest,
        "ways_ms": {name: round(p95(found), 1) for name, found in ways.items()},
    }


def _ways(client: httpx.AsyncClient) -> dict[str, Ask]:
    ways: dict[str, Ask] = {}
    for query in (*_FACETS, *(f"sort={sort}" for sort in SORTS), "sort=due&kind=exception"):
        ways[query] = _get(client, f"/?view=team&{query}")
        ways[f"{query}, turned"] = _get(client, f"/?view=team&{query}&turned=true")
    for words in _SEARCHES:
        ways[f"search {words}"] = _search(client, words)
    ways["counts"] = _get(client, "/inbox/counts?view=team")
    ways["counts of a facet"] = _get(client, "/inbox/counts?view=team&kind=dialogue")
    return ways


def _get(client: httpx.AsyncClient, path: str) -> Ask:
    return lambda: client.get(path)


def _search(client: httpx.AsyncClient, words: str) -> Ask:
    return lambda: client.post("/", data={"text": words, "back": "view=team"})


async def bare_select(database: Database, times: int) -> float:
    """The same fifty rows through the same driver, with nothing around them; p95 in ms."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        async with database.transaction() as connection:
            rows = (await connection.execute(_BARE)).all()
        found.append(1000 * (time.perf_counter() - began))
        assert rows
    return p95(found)

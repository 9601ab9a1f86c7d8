"""What supervisors and the council ask of a large town: what is, what will come, what was.

A million claims with five million lines are looked at and reported; a hundred thousand are foreseen
for thirty days; two years of a hundred thousand are lived again under two policies.
"""

import hashlib
import time
from functools import partial
from typing import Any

from sqlalchemy import insert, text

from bench import council, forecast, replay
from bench.ground import Ground, ground, prepare
from bench.inbox_looking import p95, times_of, visitor
from bench.inbox_town import token_of
from bench.serving import serving
from domain.authority import Role
from persistence.database import Database
from persistence.models import User

_BARE = text("select stage, count(*), sum(balance_ore) from claims where ending is null group by 1")
_TIMES, _FEW_TIMES = 12, 5
_MEMORY = "_peak_mb"


async def run(*, is_small: bool) -> dict[str, Any]:
    """Each on a ground of its own, one after the other: what one left does not slow the next."""
    found: dict[str, Any] = {}
    for measure in (_look_and_report, forecast.measure, replay.measure):
        with ground() as standing:
            found |= await measure(standing, is_small=is_small)
    return found | {"peak_mb": max(found[name] for name in found if name.endswith(_MEMORY))}


async def _look_and_report(standing: Ground, *, is_small: bool) -> dict[str, Any]:
    url = await prepare(standing)
    database = Database(url, 2)
    await council.fill(database, council.FEW_CLAIMS if is_small else council.CLAIMS)
    await _hire(database)
    with serving(standing, url) as port:
        figures = await _look(database, port, _FEW_TIMES if is_small else _TIMES)
    figures |= await council.report_of(standing, database)
    await database.close()
    return figures


async def _hire(database: Database) -> None:
    digest = hashlib.sha256(token_of(0).encode()).hexdigest()
    supervisor = {"id": "person-0", "name": "Prøve", "role": Role.SUPERVISOR.value}
    async with database.transaction() as connection:
        await connection.execute(insert(User).values(supervisor | {"token_sha256": digest}))


async def _look(database: Database, port: int, times: int) -> dict[str, Any]:
    """Each way of looking at the flow beside the barest sum of the same claims."""
    asked = {
        "flow_page_ms": "/api/v1/flow",
        "flow_of_a_type_ms": "/api/v1/flow?type=parking-fee",
        "flow_of_companies_ms": "/api/v1/flow?kind=company",
        "flow_claims_ms": "/api/v1/flow/claims?stage=dialogue",
    }
    bare = await _bare(database, times)
    found: dict[str, Any] = {"bare_sum_ms": round(bare)}
    async with visitor(port, 0) as client:
        for name, path in asked.items():
            ask = partial(client.get, path)
            await times_of(ask, 1)  # statements are compiled, and read from the disk
            found[name] = round(p95(await times_of(ask, times)))
    return found | {"flow_to_bare": round(found["flow_page_ms"] / bare, 2)}


async def _bare(database: Database, times: int) -> float:
    """In milliseconds."""
    found = []
    async with database.transaction() as connection:
        for _ in range(times):
            began = time.perf_counter()
            (await connection.execute(_BARE)).all()
            found.append(1000 * (time.perf_counter() - began))
    return p95(found)

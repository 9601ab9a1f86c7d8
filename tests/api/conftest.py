"""A municipality with one person in each role, reached over HTTP without a socket."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import insert, select

from activities.claims import ClaimActivities
from api.app import create_app, furnish
from api.house import House
from domain.authority import Role
from domain.decisions import TaskKind
from domain.letters import Letter
from domain.orders import AskPerson, Close, Transfer, WriteLetter
from persistence.database import Database
from persistence.models import OutboxRow, Task, User
from persistence.people.sessions import begin_session
from policies.loading import load_policy
from tests.proofs import make_ready
from traces.carrying import TRACE

# Born before October 2007 and failing modulus 11: such numbers were never issued.
CPR = ("0703790123", "1108650456", "2302580789")
NOON = datetime(2026, 3, 16, 11, tzinfo=UTC)  # a Monday
COOKIE = "rettidig"
_numbers = count(1)


def claim_body(**changes: Any) -> dict[str, Any]:
    body = {
        "source": "institution",
        "reference": f"R-{next(_numbers):05d}",
        "claim_type": "parking-fee",
        "principal_ore": 100_000,
        "debtors": [{"cpr_cvr": CPR[0], "name": "Karla Prøvesen", "address": ["Prøvevej 1"]}],
        "period_start": "2026-03-02",
        "period_end": "2026-03-02",
        "due_date": "2026-03-16",
    }
    return {name: value for name, value in (body | changes).items() if value is not ...}


def new_app() -> FastAPI:
    """For a test that adds routes of its own."""
    return create_app(Database("postgresql+asyncpg://"), load_policy("skanderborg"), lambda: NOON)


_shared_app = cache(new_app)  # It has hundreds of routes, so it serves one town after another.


class Browser(httpx.AsyncClient):
    """*csrf_token* is what its pages hold. As a script of ours does, it sends that along."""

    def __init__(self, app: FastAPI, csrf_token: str = "", language: str = "da") -> None:
        headers = {"Accept-Language": language, "Sec-Fetch-Site": "same-origin"}
        headers |= {"X-CSRF-Token": csrf_token} if csrf_token else {}
        transport = httpx.ASGITransport(app)
        super().__init__(transport=transport, base_url="http://town", headers=headers)
        self.csrf_token = csrf_token


async def outbox(api: "Api", name: str) -> list[tuple[str, dict[str, Any]]]:
    """To whom that message is to go, and what it says; without the number of the click."""
    found = select(OutboxRow.target, OutboxRow.payload).where(OutboxRow.name == name)
    async with api.database.transaction() as connection:
        rows = (await connection.execute(found.order_by(OutboxRow.id))).all()
    return [(row.target, {k: v for k, v in row.payload.items() if k != TRACE}) for row in rows]


@dataclass
class Api:
    """*now* is what the town's clock shows; *temporal* whether Temporal answers."""

    database: Database
    now: datetime = NOON
    temporal: bool = True
    policy: Any = field(default_factory=lambda: load_policy("skanderborg"))

    def __post_init__(self) -> None:
        self.serve_by(_shared_app())
        self.acts = ClaimActivities(self.database, self.policy)

    def serve_by(self, app: FastAPI) -> None:
        """From now on that app is its own, and all it knows is this town."""
        self.app = app
        self.furnish()
        transport = httpx.ASGITransport(app)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://town/api/v1")

    def furnish(self, **parts: Any) -> FastAPI:
        """With another *door*, *policy* or *executions* than usual."""
        parts = {"policy": self.policy, "temporal": self._ask_temporal} | parts
        furnish(self.app, House(self.database, clock=lambda: self.now, **parts))
        return self.app

    async def _ask_temporal(self) -> bool:
        return self.temporal

    @property
    def today(self):
        return self.now.date()

    async def send(self, method: str, path: str, role: Role | str = Role.SUPERVISOR, **more: Any):
        headers = {"Authorization": f"Bearer token-{role}"} | more.pop("headers", {})
        return await self.http.request(method, path, headers=headers, **more)

    async def get(self, path: str, role: Role | str = Role.SUPERVISOR, **more: Any):
        return await self.send("GET", path, role, **more)

    async def post(
        self, path: str, json: Any = None, role: Role | str = Role.SUPERVISOR, **more: Any
    ):
        return await self.send("POST", path, role, json=json, **more)

    async def browse(self, role: Role | str = Role.SUPERVISOR, language: str = "da") -> Browser:
        """A browser in which that person is signed in. Whatever it sends comes from our pages."""
        async with self.database.transaction() as connection:
            session = await begin_session(connection, str(role))
        browser = Browser(self.app, session.csrf_token, language)
        browser.cookies.set(COOKIE, session.cookie)
        return browser

    async def page(self, address: str, role: Role | str = Role.SUPERVISOR, **more: Any):
        """As that person sees it; *data* or *files* are sent as a form of ours is."""
        method, language = more.pop("method", "GET"), more.pop("language", "da")
        async with await self.browse(role, language) as browser:
            return await browser.request(method, address, **more)

    async def hire(self, *names: str, role: Role | None = None) -> None:
        """Someone of each name, whose token is ``token-<name>``."""
        rows = [
            {
                "id": name,
                "name": name.title(),
                "role": role or name,
                "token_sha256": hashlib.sha256(f"token-{name}".encode()).hexdigest(),
            }
            for name in names
        ]
        async with self.database.transaction() as connection:
            await connection.execute(insert(User), rows)

    async def register(self, **changes: Any) -> str:
        answer = await self.post("/claims", claim_body(**changes))
        assert answer.status_code == 201, answer.text
        return answer.json()["claim_id"]

    async def write(self, claim_id: str, letter: Letter = Letter.DEMAND, key: str | None = None):
        order = WriteLetter(claim_id, key or letter.value, self.today, letter=letter)
        return await self.acts.write_letter(order)

    async def ask(self, claim_id: str, kind: TaskKind = TaskKind.DIALOGUE, number: int = 0) -> int:
        key = f"{kind}-{number}"
        await self.acts.ask_person(AskPerson(claim_id, key, self.today, kind=kind))
        async with self.database.transaction() as connection:
            found = select(Task.id).where(Task.subject == claim_id, Task.key == key)
            return (await connection.execute(found)).scalar_one()

    async def transfer(self, claim_id: str, key: str = "transfer-0-0") -> None:
        """With all that must be proved before it."""
        async with self.database.transaction() as connection:
            await make_ready(connection, claim_id, self.today)
        assert (await self.acts.transfer(Transfer(claim_id, key, self.today))).is_done

    async def close(self, claim_id: str, ending) -> None:
        await self.acts.close(Close(claim_id, "close", self.today, ending=ending))


@pytest.fixture
async def api(database_url):
    database = Database(database_url, pool_size=4)
    api = Api(database)
    await api.hire(*(role.value for role in Role))
    yield api
    await api.http.aclose()
    await database.close()

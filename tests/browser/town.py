"""The living town, asked through its API for the numbers of what a page is to show."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path

import asyncpg
import httpx

from activities.exchange import ExchangeActivities
from domain.calendar import today
from gateways.recovery_authority.sandbox import SandboxRecoveryAuthority
from persistence.database import Database
from persistence.limitation.watch import sweep_limitation
from persistence.recovery.preflights import sweep
from policies.loading import load_policy
from sealing.keys import KeyRing


@dataclass(frozen=True)
class Town:
    address: str
    folder: Path

    @cached_property
    def _tokens(self):
        lines = (self.folder / "tokens.txt").read_text().splitlines()
        return dict(line.split("\t") for line in lines)

    @property
    def today(self):
        """In Denmark, as the town's clock shows it, which moves a day in an hour."""
        return today(self._now).isoformat()

    @property
    def _now(self):
        return datetime.fromisoformat((self.folder / "town-time").read_text())

    def ask(self, path, who="visitor-supervisor"):
        headers = {"Authorization": f"Bearer {self._tokens[who]}"}
        answer = httpx.get(f"{self.address}/api/v1{path}", headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def tell(self, path, body, who="visitor-supervisor"):
        headers = {"Authorization": f"Bearer {self._tokens[who]}"}
        answer = httpx.post(f"{self.address}/api/v1{path}", headers=headers, json=body, timeout=30)
        assert answer.is_success, answer.text
        return answer.json()

    def let_sessions_end(self, user):
        """As if they had been away from the screen since yesterday."""

        async def end():
            database = await asyncpg.connect(
                host=str(self._socket), user="postgres", database="postgres"
            )
            ended = "update sessions set seen_at = now() - interval '1 day' where user_id = $1"
            await database.execute(ended, user)
            await database.close()

        with ThreadPoolExecutor(1) as elsewhere:  # here the browser's loop runs
            elsewhere.submit(asyncio.run, end()).result()

    def let_night_come(self):
        """The watch looks at every claim, as it does each night."""

        async def look():
            database = self._database()
            policy, on = load_policy("skanderborg"), date.fromisoformat(self.today)
            async with database.transaction() as connection:
                await sweep_limitation(connection, policy, on, on)
            after = ""
            while after is not None:
                async with database.transaction() as connection:
                    after = await sweep(connection, policy, on, after)
            await database.close()

        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(asyncio.run, look()).result()

    def let_the_authority_answer(self, days=2):
        """What is due is sent, and what it will have said in so many days is read now."""

        async def answer():
            database = self._database()
            authority = SandboxRecoveryAuthority(self.folder / "world")
            acts = ExchangeActivities(database, load_policy("skanderborg"), authority)
            now = self._now
            while await acts.submit_actions(now):
                pass
            while await acts.read_notices(now + timedelta(days=days)):
                pass
            await database.engine.dispose()

        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(asyncio.run, answer()).result()

    def _database(self):
        url = f"postgresql+asyncpg://postgres@/postgres?host={self._socket}"
        lookup, ring = ((self.folder / name).read_text() for name in ("lookup-key", "record-keys"))
        return Database(url, 2, lookup, KeyRing.read(ring))

    @property
    def _socket(self):
        return self.folder / "postgres" / "data"

    def task(self, kind, number=0, of=None):
        """An open one that nobody has; about a claim of the type *of*."""
        found = self.ask(f"/tasks?kind={kind}&limit=100")["items"]
        free = [one for one in found if one["claimed_by"] is None]
        return [one for one in free if of in {None, one["claim_type"]}][number]

    def claim(self, stage):
        return self.ask(f"/claims?stage={stage}&limit=1")["items"][0]["id"]

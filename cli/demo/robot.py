"""Caseworkers who answer most tasks through the API, as people do; the rest wait for visitors."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import httpx
import structlog

from cli.demo.answers import reply_to
from cli.demo.bailiff import RobotBailiff
from cli.demo.people import seeded
from cli.demo.staff import ANNA, CARL, DEPARTMENT_SYSTEM, Tokens
from domain.authority import Actor
from domain.claim import HoldReason
from domain.decisions import TaskKind
from domain.policy import Policy

_log = structlog.get_logger()
_SHARE_ANSWERED = 0.8
_LONGEST_THINKING_DAYS = 6
_MOST_A_DAY = 40
_AT_ONCE = 4
_PAGE = 100
_SHARE_WITHDRAWN, _SHARE_HELD, _SHARE_ASKING = 0.05, 0.05, 0.08
_QUESTIONS = (
    ("call", "Gebyr på rykker", "Ringer og spørger, hvorfor der er et gebyr."),
    ("mail", "Henstand", "Beder om at vente med at betale til den første."),
    ("letter", "Forkert beløb", "Skriver, at beløbet ikke passer med regningen."),
)
_HTTP_GONE_WRONG = 400
_STILL_NEWS = timedelta(days=30)


def batched(items: list[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


class Robot:
    """*today* is the town's date. Works through the API alone, with the tokens of the staff."""

    def __init__(
        self, address: str, tokens: Tokens, policy: Policy, today: Callable[[], date]
    ) -> None:
        self._tokens, self._policy, self._today = tokens, policy, today
        self._http = httpx.AsyncClient(base_url=address, timeout=30, trust_env=False)
        self._bailiff = RobotBailiff(self._send, today)
        self.answered = 0
        self._looked_after: set[str] = set()

    async def close(self) -> None:
        await self._http.aclose()

    async def work_a_day(self) -> None:
        """Answer what has been thought over, then look after the claims nobody asks about."""
        tasks = [task async for task in self._open_tasks() if self._is_thought_over(task)]
        for several in batched(tasks[:_MOST_A_DAY], _AT_ONCE):
            answers = await asyncio.gather(*map(self._answer, several))
            self.answered += sum(answers)
        self.answered += await self._bailiff.hold_hearings()
        await self._look_after_claims()

    async def _open_tasks(self) -> AsyncIterator[dict[str, Any]]:
        cursor = None
        while True:
            wish = {"limit": _PAGE} | ({"cursor": cursor} if cursor else {})
            page = (await self._send(ANNA, "GET", "/tasks", params=wish)).json()
            for task in page.get("items", []):
                yield task
            cursor = page.get("next_cursor")
            if not cursor:
                return

    def _is_thought_over(self, task: dict[str, Any]) -> bool:
        """Some tasks are left to visitors, for ever; no two of the others take equally long."""
        chance = seeded("task", task["id"])
        if task["claimed_by"] or chance.random() >= _SHARE_ANSWERED:
            return False
        thinking = timedelta(days=chance.randint(1, _LONGEST_THINKING_DAYS))
        return date.fromisoformat(task["opened_on"]) + thinking <= self._today()

    async def _answer(self, task: dict[str, Any]) -> bool:
        if task["kind"] == TaskKind.DISTRAINT:
            return await self._bailiff.set_hearing(task)
        claim = await self._claim(task["claim_id"])
        chance = seeded("reply", task["id"])
        reply = reply_to(task, claim, self._policy, self._today(), chance)
        path = f"/tasks/{task['id']}"
        await self._send(reply.by, "POST", f"{path}/claim")
        answer = await self._send(reply.by, "POST", f"{path}/decide", json=reply.body())
        if answer.is_success:
            if task["kind"] == TaskKind.AFTER_DISTRAINT:
                await self._bailiff.note_step(task, reply.outcome)
            return True
        await self._send(reply.by, "POST", f"{path}/release")
        return False

    async def _claim(self, claim_id: str | None) -> dict[str, Any] | None:
        if claim_id is None:
            return None
        found = await self._send(CARL, "GET", f"/claims/{claim_id}")
        return dict(found.json()) if found.is_success else None

    async def _look_after_claims(self) -> None:
        """A department finds that it was wrong; a debtor objects."""
        for stage in ("demand", "reminder"):
            wish = {"stage": stage, "limit": _PAGE}
            page = (await self._send(ANNA, "GET", "/claims", params=wish)).json()
            for claim in page.get("items", []):
                await self._look_after(claim)

    async def _look_after(self, claim: dict[str, Any]) -> None:
        chance = seeded("fate", claim["id"])
        draw, day = chance.random(), chance.randint(3, 25)
        late = self._today() - date.fromisoformat(claim["registered_on"]) - timedelta(days=day)
        if claim["id"] in self._looked_after or not timedelta(0) <= late < _STILL_NEWS:
            return
        self._looked_after.add(claim["id"])
        path = f"/claims/{claim['id']}"
        if draw < _SHARE_WITHDRAWN:
            body: dict[str, Any] = {"reasons": "Kravet var opkrævet ved en fejl."}
            await self._send(DEPARTMENT_SYSTEM, "POST", f"{path}/withdraw", json=body)
        elif draw < _SHARE_WITHDRAWN + _SHARE_HELD:
            until = self._today() + timedelta(days=chance.randint(7, 28))
            body = {
                "reason": HoldReason.OBJECTION.value,
                "note": "Skyldner mener, at kravet er forkert.",
                "until": until.isoformat(),
            }
            key = {"Idempotency-Key": f"objection-{claim['id']}"}
            await self._send(ANNA, "POST", f"{path}/holds", json=body, headers=key)
        elif draw < _SHARE_WITHDRAWN + _SHARE_HELD + _SHARE_ASKING:
            await self._take_enquiry(claim, chance)

    async def _take_enquiry(self, claim: dict[str, Any], chance: Random) -> None:
        """A debtor calls or writes, and Carl writes down what about."""
        channel, subject, text = chance.choice(_QUESTIONS)
        body = {
            "claim_id": claim["id"],
            "channel": channel,
            "sender": claim["debtor_name"],
            "subject": subject,
            "text": text,
            "received_on": self._today().isoformat(),
        }
        key = {"Idempotency-Key": f"enquiry-{claim['id']}"}
        await self._send(CARL, "POST", "/enquiries", json=body, headers=key)

    async def _send(self, actor: Actor, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._tokens.of(actor)}"} | more.pop("headers", {})
        answer = await self._http.request(method, path, headers=headers, **more)
        if answer.status_code >= _HTTP_GONE_WRONG:
            _log.info("robot refused", path=path, status=answer.status_code, why=answer.text[:300])
        return answer

"""Carries signed messages to other systems: at least once, in order for each claim."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from sqlalchemy import text
from temporalio import activity

from activities.failures import told_to_temporal
from domain.calendar import start_of, today
from gateways.message_ports import HookAnswer, HookMessage, Hooks, HookTrouble
from persistence.database import Database
from persistence.telling.deliveries import (
    due_deliveries,
    forget_deliveries,
    note_failing,
    note_try,
)

_AT_ONCE = 100
_ONE_AT_A_TIME = text("select pg_try_advisory_xact_lock(hashtext('webhooks'))")
_ENOUGH_SECONDS = 30  # at one endpoint; the rest of its messages wait for the next handful
_AWAY = {HookTrouble.UNREACHABLE, HookTrouble.TOO_SLOW}


class WebhookActivities:
    """*real_now* is asked for the real time, which receivers hold signatures against."""

    def __init__(self, database: Database, hooks: Hooks, real_now: Callable[[], datetime]) -> None:
        self._database, self._hooks, self._real_now = database, hooks, real_now

    @activity.defn(name="webhooks.deliver")
    @told_to_temporal
    async def deliver(self, now: datetime) -> int:
        """Try a handful of those that are due; how many arrived, 0 when there is no more to do.

        A try is written down after it was made: a kill in between makes it again, under the same
        id.
        """
        async with self._database.transaction() as turn:
            if not (await turn.execute(_ONE_AT_A_TIME)).scalar():
                return 0
            async with self._database.transaction() as connection:
                await forget_deliveries(connection, now)
                rows = await due_deliveries(connection, now, _AT_ONCE)
            by_endpoint: dict[int, list[Any]] = defaultdict(list)
            for row in rows:
                by_endpoint[row["endpoint_id"]].append(row)
            ways = [self._serve(due, now) for due in by_endpoint.values()]
            return sum(await asyncio.gather(*ways))

    async def _serve(self, rows: Sequence[Any], now: datetime) -> int:
        """One endpoint, one message after another, until it does not answer; how many arrived."""
        arrived, started = 0, time.monotonic()
        for row in rows:
            begun = time.monotonic()
            if begun - started > _ENOUGH_SECONDS:
                break
            answer = await self._hooks.post(_message(row), self._real_now())
            milliseconds = int((time.monotonic() - begun) * 1000)
            if not await self._note(row, answer, milliseconds, now):
                return arrived
            arrived += answer.trouble is None
        return arrived

    async def _note(self, row: Any, answer: HookAnswer, milliseconds: int, now: datetime) -> bool:
        """Whether the endpoint may have the next one at once."""
        trouble = answer.trouble.value if answer.trouble else None
        is_busy = (answer.status or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR
        is_busy = is_busy or answer.status == HTTPStatus.TOO_MANY_REQUESTS
        is_away, is_gone = answer.trouble in _AWAY or is_busy, answer.status == HTTPStatus.GONE
        async with self._database.transaction() as connection:
            await note_try(connection, row, now, answer.status, trouble, milliseconds)
            if trouble is None:
                return True
            is_paused = await note_failing(
                connection, row, now, today(now), is_away=is_away, is_gone=is_gone
            )
        return not is_away and not is_paused


def _message(row: Any) -> HookMessage:
    """The same words each time: what happened, to which claim of theirs, and when."""
    told = {"event": row["event"], "day": row["happened_on"].isoformat()}
    if row["claim_id"]:
        told |= {name: row[name] for name in ("claim_id", "source", "reference")}
    at = start_of(row["happened_on"]).isoformat()
    body = json.dumps({"type": row["event"], "timestamp": at, "data": told}, ensure_ascii=False)
    return HookMessage(f"delivery-{row['id']}", row["url"], body, row["secrets"])

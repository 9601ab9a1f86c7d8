"""As much of an AMQP 0-9-1 broker as one queue needs that is read message by message."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pika
from pika import frame, spec

from domain.errors import GatewayUnavailable
from gateways.journal import Journal
from gateways.serviceplatformen.queue import TOWN_TIME
from gateways.serviceplatformen.sandbox.counterpart import Counterpart, Trouble
from gateways.serviceplatformen.sandbox.envelopes import News, write_envelope

_HEADER = b"AMQP\x00\x00\x09\x01"
_HEAD, _END = 7, 1
_MOST_IN_A_FRAME = 131_072
_HEARTBEAT_SECONDS = 60
_REFUSED, _FORCED, _NOT_FOUND = 403, 320, 404


class Queue:
    """What nobody has acknowledged, each message to one reader at a time."""

    def __init__(self, counterpart: Counterpart, folder: Path, name: str) -> None:
        self.name = name
        self._counterpart = counterpart
        self._acknowledged = Journal(folder / "queue.sqlite")
        self._handed_out: set[str] = set()
        self._seen: set[str] = set()

    async def waiting(self, now: datetime | None) -> list[News]:
        """Raises GatewayUnavailable when both kinds of post are away."""
        news = await self._counterpart.news(now)
        with self._acknowledged.open() as page:
            return [one for one in news if not page.has_taken(one.key)]

    def hand_out(self, news: News) -> bool:
        """False when another reader has it, or has had it since."""
        with self._acknowledged.open() as page:
            if news.key in self._handed_out or page.has_taken(news.key):
                return False
        self._handed_out.add(news.key)
        return True

    def is_again(self, news: News) -> bool:
        is_again = news.key in self._seen
        self._seen.add(news.key)
        return is_again

    def acknowledge(self, news: News) -> None:
        with self._acknowledged.open() as page:
            page.take(news.key, news.at, {})
        self._handed_out.discard(news.key)

    def take_back(self, news: News) -> None:
        self._handed_out.discard(news.key)


class Conversation:
    """One connection, on one channel of it."""

    def __init__(
        self,
        counterpart: Counterpart,
        queue: Queue,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._counterpart, self._queue = counterpart, queue
        self._reader, self._writer = reader, writer
        self._now: datetime | None = None
        self._waiting: list[News] | None = None
        self._unacknowledged: dict[int, News] = {}
        self._number = 0

    async def hold(self) -> None:
        """Until either side ends it; what was not acknowledged goes back to the queue."""
        try:
            if self._counterpart.trouble() is Trouble.GARBAGE:
                self._writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            elif await self._reader.readexactly(len(_HEADER)) == _HEADER:
                self._say(0, spec.Connection.Start(0, 9, {}, "EXTERNAL", "en_US"))
                while await self._hear(await self._frame()):
                    await self._writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            for news in self._unacknowledged.values():
                self._queue.take_back(news)
            self._writer.close()

    async def _frame(self) -> Any:
        head = await self._reader.readexactly(_HEAD)
        rest = await self._reader.readexactly(int.from_bytes(head[3:]) + _END)
        return frame.decode_frame(head + rest)[1]

    async def _hear(self, heard: Any) -> bool:
        """Whether the conversation goes on."""
        if isinstance(heard, frame.Heartbeat):
            self._writer.write(heard.marshal())
            return True
        return await self._answer(heard.channel_number, heard.method)

    async def _answer(self, channel: int, method: Any) -> bool:
        match method:
            case spec.Connection.StartOk():
                return self._let_in(method)
            case spec.Connection.Open():
                self._say(0, spec.Connection.OpenOk())
            case spec.Channel.Open():
                self._say(channel, spec.Channel.OpenOk())
            case spec.Basic.Get():
                return await self._get(channel, method)
            case spec.Basic.Ack():
                self._acknowledge(method.delivery_tag)
            case spec.Channel.Close():
                self._say(channel, spec.Channel.CloseOk())
            case spec.Connection.Close():
                self._say(0, spec.Connection.CloseOk())
                return False
            case _:  # Whatever else a client may say changes nothing for us.
                pass
        return True

    def _let_in(self, begun: Any) -> bool:
        if b64encode(begun.response).decode() not in self._counterpart.tokens:
            return self._end(_REFUSED, "ACCESS_REFUSED")
        if told := begun.client_properties.get(TOWN_TIME):
            self._now = datetime.fromisoformat(told)
        self._say(0, spec.Connection.Tune(0, _MOST_IN_A_FRAME, _HEARTBEAT_SECONDS))
        return True

    async def _get(self, channel: int, asked: Any) -> bool:
        if asked.queue != self._queue.name:
            return self._end(_NOT_FOUND, "NOT_FOUND")
        try:
            if self._waiting is None:
                self._waiting = (await self._queue.waiting(self._now))[::-1]
        except GatewayUnavailable:
            return self._end(_FORCED, "CONNECTION_FORCED")
        while self._waiting:
            news = self._waiting.pop()
            if self._queue.hand_out(news):
                self._hand_over(channel, news)
                if asked.no_ack:
                    self._acknowledge(self._number)
                return True
        self._waiting = None  # Whoever asks again sees what has come since.
        self._say(channel, spec.Basic.GetEmpty())
        return True

    def _hand_over(self, channel: int, news: News) -> None:
        self._number += 1
        self._unacknowledged[self._number] = news
        is_again, content = self._queue.is_again(news), write_envelope(news)
        self._say(channel, spec.Basic.GetOk(self._number, is_again, "", self._queue.name, 0))
        properties = pika.BasicProperties(content_type="application/xml")
        self._writer.write(frame.Header(channel, len(content), properties).marshal())
        self._writer.write(frame.Body(channel, content).marshal())

    def _acknowledge(self, number: int) -> None:
        if news := self._unacknowledged.pop(number, None):
            self._queue.acknowledge(news)

    def _say(self, channel: int, method: Any) -> None:
        self._writer.write(frame.Method(channel, method).marshal())

    def _end(self, code: int, text: str) -> bool:
        self._say(0, spec.Connection.Close(code, text, 0, 0))
        return False


def answering(
    counterpart: Counterpart, queue: Queue
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Conversation(counterpart, queue, reader, writer).hold()

    return answer

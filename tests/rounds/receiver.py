"""A line-of-business system that is told: checks who signed, takes each message once."""

import asyncio
import json
from contextlib import asynccontextmanager, suppress

from standardwebhooks import Webhook, WebhookVerificationError


class Receiver:
    """*answers*: what it does with the next requests, then 200. A status, "hang", "die", "move"."""

    def __init__(self, secret=""):
        self.secret, self.answers, self.taken, self.heard = secret, [], {}, []
        self.elsewhere = ""

    @asynccontextmanager
    async def listening(self):
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            port = server.sockets[0].getsockname()[1]
            yield f"http://127.0.0.1:{port}/krav"
        finally:
            server.close()

    async def _serve(self, reader, writer):
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
            headers = {name.lower(): value for name, value in headers.items()}
            body = await reader.readexactly(int(headers["content-length"]))
            await self._answer(writer, headers, body)
        writer.close()

    async def _answer(self, writer, headers, body):
        wish = self.answers.pop(0) if self.answers else 200
        self.heard.append((headers["webhook-id"], wish))
        if wish == "die":
            return
        if wish == "hang":
            await asyncio.sleep(60)
        if wish == "move":
            writer.write(f"HTTP/1.1 302 Found\r\nLocation: {self.elsewhere}\r\n\r\n".encode())
            return
        status = wish if wish != 200 else self._take(headers, body)
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())

    def _take(self, headers, body):
        """A message that is not ours is refused; one that is known is taken as known."""
        try:
            told = Webhook(self.secret).verify(body, headers)
        except WebhookVerificationError:
            return 401
        self.taken.setdefault(headers["webhook-id"], told)
        return 200

    @property
    def told(self):
        return [(one["type"], one["data"].get("claim_id")) for one in self.taken.values()]

    def words(self):
        return json.dumps(list(self.taken.values()), ensure_ascii=False)

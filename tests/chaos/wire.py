"""A wire between two processes that can be cut, go silent, become slow, or tear.

What runs through it is TCP on loopback, so that it works on every machine and for every user.
"""

import asyncio
import socket
import struct
from enum import StrEnum

_CHUNK = 16 * 1024
_DELAY = 0.12  # seconds each way: the far side of the earth
_BYTES_A_SECOND = 200_000
_LONGEST_TEAR = 40_000  # bytes a connection lives for while the wire tears


class Weather(StrEnum):
    FINE = "fine"
    CUT = "cut"  # who calls is refused, who talks is thrown off
    SILENT = "silent"  # as behind a firewall that forgot: swallowed, and never answered again
    SLOW = "slow"
    TORN = "torn"  # every connection ends somewhere in the middle of what it says


class Wire:
    """*far_end* opens a connection to the other side: a coroutine function like
    ``asyncio.open_connection`` without arguments. *rng* says where a connection tears.
    """

    def __init__(self, far_end, rng):
        self._far_end, self._rng = far_end, rng
        self._weather, self._lines, self._talks = Weather.FINE, set(), set()
        self._server, self.port = None, None

    async def lay(self):
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def remove(self):
        self._server.close()
        for talk in list(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def become(self, weather):
        """At once. A line that went silent, or one that is to tear, never gets well again."""
        self._weather = weather
        for line in list(self._lines):
            line.feel(weather)

    async def _talk(self, reader, writer):
        self._talks.add(asyncio.current_task())
        line = Line(self._rng)
        line.add(writer)
        self._lines.add(line)
        try:
            line.feel(self._weather)
            far_reader, far_writer = await self._far_end()
            line.add(far_writer)
            await asyncio.gather(line.carry(reader, far_writer), line.carry(far_reader, writer))
        except (OSError, asyncio.CancelledError):
            pass  # the far end is away, or the line was torn: each side sees it by the reset
        finally:
            line.reset()
            self._lines.discard(line)
            self._talks.discard(asyncio.current_task())


class Line:
    """One connection through a wire, in both directions."""

    def __init__(self, rng):
        self._rng, self._writers = rng, []
        self._is_silent, self._is_slow, self._bytes_left = False, False, None

    def add(self, writer):
        self._writers.append(writer)

    def feel(self, weather):
        self._is_slow = weather is Weather.SLOW
        match weather:
            case Weather.CUT:
                self.reset()
            case Weather.SILENT:
                self._is_silent = True
            case Weather.TORN:
                self._bytes_left = self._rng.randrange(_LONGEST_TEAR)

    async def carry(self, reader, writer):
        while chunk := await reader.read(_CHUNK):
            if self._is_silent:
                continue
            if self._is_slow:
                await asyncio.sleep(_DELAY + len(chunk) / _BYTES_A_SECOND)
            writer.write(chunk[: self._bytes_left])
            await writer.drain()
            self._wear(len(chunk))
        if self._is_silent:
            await asyncio.Event().wait()  # not even that one side has gone is told to the other
        raise ConnectionResetError

    def _wear(self, count):
        if self._bytes_left is not None:
            self._bytes_left = max(0, self._bytes_left - count)
            if not self._bytes_left:
                raise ConnectionResetError

    def reset(self):
        """Both sides see a reset, as when a machine in between forgets the connection."""
        for writer in self._writers:
            ending = writer.get_extra_info("socket")
            if ending is not None and not writer.transport.is_closing():
                ending.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

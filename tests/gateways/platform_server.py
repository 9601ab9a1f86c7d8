"""The sandbox of the platform as a process of its own, and both kinds of post through it."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from signal import SIGTERM

from gateways.serviceplatformen.account import DIGITAL_POST, PHYSICAL_POST, Account
from gateways.serviceplatformen.post import (
    ServiceplatformenDigitalPost,
    ServiceplatformenPhysicalPost,
)
from gateways.serviceplatformen.sandbox.counterpart import Counterpart
from servers.child import _launch

ROOT = Path(__file__).parents[2]
MODULE = "gateways.serviceplatformen.sandbox"
OUR_CVR = "87654321"  # It fails its check, so it is nobody's.
PRINT_TYPE = 265
SIDES = {
    DIGITAL_POST: ServiceplatformenDigitalPost,
    PHYSICAL_POST: ServiceplatformenPhysicalPost,
}


class PlatformServer:
    """Dies with the tests at the latest. What it has taken is read from its *folder*."""

    def __init__(self, folder):
        self.folder = folder
        self._process = None
        self.account = self.start()
        self.counterpart = Counterpart(folder / "world")

    def start(self, platform_port=0, queue_port=0):
        world = str(self.folder / "world")
        ports = ["--port", str(platform_port), "--queue-port", str(queue_port)]
        command = [sys.executable, "-m", MODULE, world, *ports]
        self._process = subprocess.Popen(
            _launch(command, SIGTERM, None), cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        told = json.loads(self._process.stdout.readline())
        return Account(told["platform"], told["queue"], OUR_CVR, "Prøveby Kommune", PRINT_TYPE)

    def start_again(self):
        """At the same addresses, as after a night's maintenance."""
        self.stop()
        ports = [address.rsplit(":")[-1].split("/")[0] for address in self._addresses()]
        self.start(*ports)

    def _addresses(self):
        return self.account.platform, self.account.queue

    def stop(self):
        self._process.terminate()
        self._process.communicate(timeout=20)

    def post(self, channel, book="book"):
        return SIDES[channel](self.account, self.folder / book)

    def wire(self, channel):
        return PostOverTheWire(self, channel)

    def wire_of_all(self, channel):
        """As `wire`, but of a platform that is away, if it is, with both kinds of post."""
        return WholePlatform(self, channel)


class PostOverTheWire:
    """The real side, set and counted as the sandbox behind it is."""

    def __init__(self, server, channel):
        self._post = server.post(channel)
        self._uuid_of = server.account.uuid_of
        self._channel = channel
        self._ids = {}
        by_channel = {
            DIGITAL_POST: server.counterpart.digital_post,
            PHYSICAL_POST: server.counterpart.physical_post,
        }
        self._behind = by_channel[channel]
        self.receipts, self.taken = self._post.receipts, self._post.taken
        self.behave, self.behaviour = self._behind.behave, self._behind.behaviour

    async def send(self, message, now):
        self._ids[self._uuid_of(self._channel, message.message_id)] = message.message_id
        await self._post.send(message, now)

    def sent(self):
        return [replace(offer, id=self._ids[offer.id]) for offer in self._behind.sent()]


class WholePlatform(PostOverTheWire):
    def __init__(self, server, channel):
        super().__init__(server, channel)
        self._both = server.counterpart.digital_post, server.counterpart.physical_post
        self.behave = self._behave

    def _behave(self, behaviour):
        for post in self._both:
            post.behave(behaviour)

"""The way to the sandbox's Betalingsservice, for whoever must not wait on its disk."""

import asyncio
from pathlib import Path

from gateways.betalingsservice.sandbox import SandboxBetalingsservice


class SandboxDirectDebit:
    def __init__(self, folder: Path) -> None:
        self.sandbox = SandboxBetalingsservice(folder)

    async def deliver(self, name: str, content: bytes) -> None:
        await asyncio.to_thread(self.sandbox.deliver, name, content)

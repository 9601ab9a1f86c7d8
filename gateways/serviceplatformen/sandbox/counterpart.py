"""Who is behind the sandbox's doors: the two sandboxes of post, keys, and troubles on request."""

from base64 import b64encode
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

from domain.errors import GatewayUnavailable
from gateways.digital_post.sandbox import SandboxDigitalPost
from gateways.journal import Journal
from gateways.physical_post.sandbox import SandboxPhysicalPost
from gateways.post_sandbox import PostSandbox
from gateways.serviceplatformen.account import DIGITAL_POST, PHYSICAL_POST
from gateways.serviceplatformen.sandbox.envelopes import News
from gateways.serviceplatformen.sandbox.letters import Letter, Refused

_NAME = "serviceplatformen"
_TROUBLE = "trouble"
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Trouble(StrEnum):
    NONE = "none"
    GARBAGE = "garbage"  # the page of some proxy, where an answer should be
    SILENCE = "silence"  # the letter is taken, and the answer lost
    REFUSAL = "refusal"  # every letter is refused
    LOCKED_OUT = "locked-out"  # our certificate is not good enough any more


class Counterpart:
    """Behaviour and letters lie in *folder*, where any process may set the one and count the other.

    Tokens do not: who starts again has forgotten them, as the real one may at any time.
    """

    def __init__(self, folder: Path) -> None:
        self.digital_post = SandboxDigitalPost(folder)
        self.physical_post = SandboxPhysicalPost(folder)
        self._notes = Journal(folder / f"{_NAME}.sqlite")
        self._owners: dict[str, str] = {}
        self._latest = _BEGINNING

    def cause(self, trouble: Trouble) -> None:
        """From now on, in every process."""
        with self._notes.open() as page:
            page.note(_TROUBLE, {"kind": trouble})

    def trouble(self) -> Trouble:
        with self._notes.open() as page:
            return Trouble((page.noted(_TROUBLE) or {"kind": Trouble.NONE})["kind"])

    def give_token(self, owner: str) -> str:
        """For whoever asks: that certificates are in order is not ours to try."""
        token = b64encode(f"<Assertion>{uuid4()}</Assertion>".encode()).decode()
        self._owners[token] = owner
        return token

    def owner_of(self, token: str) -> str | None:
        """The CVR number a token was given for, or None when we know none."""
        return self._owners.get(token)

    @property
    def tokens(self) -> list[str]:
        return list(self._owners)

    def hear(self, now: datetime) -> None:
        """What time it is in the town, as far as anybody has told."""
        self._latest = max(self._latest, now)

    async def take(self, channel: str, letter: Letter, now: datetime) -> None:
        """The sender's own name of it is kept first: it is repeated in all that is told."""
        self.hear(now)
        if self.trouble() is Trouble.REFUSAL:
            raise Refused("refusal", "no letter is good enough today")
        with self._notes.open() as page:
            page.note(_named(letter.message.message_id), {"name": letter.name})
        await self._posts()[channel].send(letter.message, now)

    async def news(self, now: datetime | None) -> list[News]:
        """All that has been told up to *now*, in the order it happened; told again each time.

        What a kind of post that is away has to tell, waits. Raises GatewayUnavailable when all are.
        """
        now = now or self._latest
        self.hear(now)
        there = [one for one, post in self._posts().items() if not post.behaviour().is_out]
        if not there:
            raise GatewayUnavailable(_NAME)
        found = [news for channel in there for news in await self._news_of(channel, now)]
        return sorted(found, key=lambda news: news.at)

    async def _news_of(self, channel: str, now: datetime) -> list[News]:
        post = self._posts()[channel]
        receipts = await post.receipts(0, now)
        told = [
            *((offer.id, None, offer.at) for offer in post.sent()),
            *((receipt.message_id, receipt.outcome, receipt.at) for receipt in receipts),
        ]
        with self._notes.open() as page:
            names = {
                uuid: (page.noted(_named(uuid)) or {"name": ""})["name"] for uuid, _, _ in told
            }
        return [News(channel, uuid, names[uuid], outcome, at) for uuid, outcome, at in told]

    def _posts(self) -> dict[str, PostSandbox]:
        return {DIGITAL_POST: self.digital_post, PHYSICAL_POST: self.physical_post}


def _named(uuid: str) -> str:
    return f"name-of-{uuid}"

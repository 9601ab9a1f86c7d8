"""The ports to those who are told of what happens here: people by mail, systems by a message."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Mail:
    """*mail_id* makes it the same mail however often it is sent. *unsubscribe*: a page of ours."""

    mail_id: str
    address: str
    subject: str
    plain: str
    html: str
    unsubscribe: str
    at: datetime


class MailOutcome(StrEnum):
    TAKEN = "taken"
    PUT_OFF = "put-off"  # try again: greylisted, full, busy
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class MailAnswer:
    """*code* is SMTP's."""

    outcome: MailOutcome
    code: int = 0


class Mailer(Protocol):
    async def send(self, mail: Mail) -> MailAnswer:
        """Raises GatewayUnavailable when no answer came: it may have been taken all the same."""


class HookTrouble(StrEnum):
    """Why a message did not arrive, apart from the status that was answered."""

    UNREACHABLE = "unreachable"
    TOO_SLOW = "too-slow"
    REDIRECTED = "redirected"  # we sign for one address and follow to no other
    FORBIDDEN = "forbidden"  # the name leads to an address inside
    REFUSED = "refused"  # answered, but not with yes


@dataclass(frozen=True, slots=True)
class HookMessage:
    """*body* is JSON. *secrets*: each signs it, so that either side may change theirs first."""

    message_id: str
    url: str
    body: str
    secrets: Sequence[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """*trouble* None: it has arrived. *status*: of HTTP, when there was an answer."""

    trouble: HookTrouble | None
    status: int | None = None


class Hooks(Protocol):
    async def post(self, message: HookMessage, signed_at: datetime) -> HookAnswer:
        """*signed_at* is real time: receivers refuse what was signed at another. Never raises."""

"""A mail server that never leaves the machine: takes, refuses, puts off, or hangs up."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from gateways.journal import Journal, Offer, Page
from gateways.mail.account import MailAccount, Security

_BEHAVIOUR, _HOST = "behaviour", "127.0.0.1"
_LATER = "451 4.7.1 Greylisted, try again later"
_NEVER = "550 5.1.1 No such mailbox here"
_AT = datetime(2000, 1, 1, tzinfo=UTC)  # a journal wants a moment; nobody reads this one


@dataclass(frozen=True, slots=True)
class MailBehaviour:
    """*refuses*: what an address begins with that there is not. *puts_off*: the first so many
    tries of each mail. *hangs_up*: takes a mail, and is gone before it says so; the first so many.
    """

    refuses: str = ""
    puts_off: int = 0
    hangs_up: int = 0


class SandboxMailServer:
    """As the mailboxes of a municipality: the same Message-ID is taken once."""

    def __init__(self, folder: Path, login: tuple[str, str] | None = None) -> None:
        self._journal, self._login = Journal(folder / "mail.sqlite"), login

    def behave(self, behaviour: MailBehaviour) -> None:
        """From now on, in every process."""
        with self._journal.open() as page:
            page.note(_BEHAVIOUR, asdict(behaviour))

    def taken(self) -> list[Offer]:
        """Each mail in a mailbox, once, and how often it was offered."""
        with self._journal.open() as page:
            return page.offers()

    @asynccontextmanager
    async def serving(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[MailAccount]:
        """How to reach it, while the context is open. With *tls* it asks for STARTTLS."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: self._protocol(tls), _HOST, 0)
        user, password = self._login or (None, None)
        try:
            port = int(server.sockets[0].getsockname()[1])
            security: Security = "starttls" if tls else "none"
            sender = "rettidig@kommune.invalid"
            yield MailAccount(_HOST, port, security, sender, user, password)
        finally:
            server.close()

    def _protocol(self, tls: ssl.SSLContext | None) -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a login in the clear, which stays on this machine
            return SMTP(
                self,
                hostname=_HOST,
                ident="sandbox",
                tls_context=tls,
                require_starttls=tls is not None,
                auth_required=self._login is not None,
                auth_require_tls=tls is not None,
                authenticator=self._authenticate,
            )

    def _authenticate(self, *told: Any) -> AuthResult:
        given = told[-1]
        is_ours = isinstance(given, LoginPassword) and self._login == (
            given.login.decode(), given.password.decode(),
        )  # fmt: skip
        return AuthResult(success=is_ours)

    async def handle_RCPT(  # noqa: N802  # as the library calls it
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        with self._journal.open() as page:
            behaviour = _behaviour(page)
        if behaviour.refuses and address.startswith(behaviour.refuses):
            return _NEVER
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # as the library calls it
        self, server: SMTP, _: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        message = message_from_bytes(content if isinstance(content, bytes) else b"",
                                     policy=policy.default)  # fmt: skip
        mail_id = str(message["Message-ID"])
        with self._journal.open() as page:
            behaviour, before = _behaviour(page), _tried(page, mail_id)
            if before < behaviour.puts_off:
                return _LATER
            page.take(mail_id, _AT, _seen(message, envelope))
        if before < behaviour.hangs_up and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "250 OK"


def _behaviour(page: Page) -> MailBehaviour:
    return MailBehaviour(**(page.noted(_BEHAVIOUR) or {}))


def _tried(page: Page, mail_id: str) -> int:
    """How often this mail was offered before, whatever came of it."""
    name = f"tried-{mail_id}"
    before = int((page.noted(name) or {"times": 0})["times"])
    page.note(name, {"times": before + 1})
    return before


def _seen(message: Any, envelope: Envelope) -> dict[str, Any]:
    parts = {part.get_content_type(): part.get_content() for part in message.iter_parts()}
    return {
        "to": envelope.rcpt_tos,
        "subject": message["Subject"],
        "unsubscribe": message["List-Unsubscribe"],
        "plain": parts.get("text/plain", ""),
        "html": parts.get("text/html", ""),
    }

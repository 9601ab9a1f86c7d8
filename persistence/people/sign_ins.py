"""Sign-ins that have been begun: each comes back once, soon, and to the browser that began it."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, delete, func, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.models import SignIn
from persistence.people.sessions import digest

LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class BegunSignIn:
    """*target* is the page they wanted."""

    nonce: str
    code_verifier: str
    target: str


async def begin_sign_in(
    connection: AsyncConnection, state: str, browser: str | None, begun: BegunSignIn
) -> str:
    """What the browser must show when it comes back; the same for all it has begun."""
    browser = browser or secrets.token_urlsafe(32)
    past = func.now() - bindparam("past", LASTS)
    await connection.execute(delete(SignIn).where(SignIn.began_at < past))
    values = {
        "state_sha256": digest(state),
        "browser_sha256": digest(browser),
        "nonce": begun.nonce,
        "code_verifier": begun.code_verifier,
        "target": begun.target,
    }
    await connection.execute(insert(SignIn).values(values))
    return browser


async def take_sign_in(
    connection: AsyncConnection, state: str, browser: str | None
) -> BegunSignIn | None:
    """None when it was never begun, or elsewhere, or too long ago, or has come back before."""
    past = func.now() - bindparam("past", LASTS)
    taken = (
        delete(SignIn)
        .where(SignIn.state_sha256 == digest(state))
        .returning(
            SignIn.browser_sha256,
            SignIn.nonce,
            SignIn.code_verifier,
            SignIn.target,
            (SignIn.began_at >= past).label("is_in_time"),
        )
    )
    row = (await connection.execute(taken)).first()
    is_same = row and hmac.compare_digest(row.browser_sha256, digest(browser or ""))
    if row is None or not is_same or not row.is_in_time:
        return None
    return BegunSignIn(row.nonce, row.code_verifier, row.target)

"""Bearer tokens of programs: whose they are, and those of an hour that a secret is given for."""

import hmac
import secrets
from datetime import timedelta

from sqlalchemy import bindparam, delete, func, insert, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Role
from persistence.models import AccessToken, User
from persistence.people.sessions import digest

LASTS = timedelta(hours=1)
_PERSON = select(User.id, User.role, User.name, User.department)
_BEARER = union_all(
    _PERSON.where(User.token_sha256 == bindparam("token")),
    _PERSON.join(AccessToken, AccessToken.user_id == User.id).where(
        AccessToken.token_sha256 == bindparam("token"), AccessToken.expires_at > func.now()
    ),
)


async def find_bearer(connection: AsyncConnection, token: str) -> Actor | None:
    """Who the token belongs to, in one statement."""
    row = (await connection.execute(_BEARER, {"token": digest(token)})).first()
    return Actor(row.id, Role(row.role), row.name, row.department) if row else None


async def is_secret_of(connection: AsyncConnection, client_id: str, secret: str) -> bool:
    found = select(User.secret_sha256).where(User.id == client_id)
    kept = (await connection.execute(found)).scalar_one_or_none()
    return hmac.compare_digest(digest(secret), kept or "")


async def issue_token(connection: AsyncConnection, client_id: str) -> str:
    """A new one, for an hour; those of theirs that are over are forgotten."""
    token = secrets.token_urlsafe(32)
    mine = AccessToken.user_id == client_id
    await connection.execute(delete(AccessToken).where(mine, AccessToken.expires_at < func.now()))
    values = {"token_sha256": digest(token), "user_id": client_id}
    expires = func.now() + bindparam("lasts", LASTS)
    await connection.execute(insert(AccessToken).values(**values, expires_at=expires))
    return token

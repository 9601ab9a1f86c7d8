"""What messages to other systems are signed with, sealed as people's numbers are."""

from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.debtors.numbers import NoKeys, open_sealed, safe_of
from persistence.models import NumberSealing, WebhookSecret

_BEGAN = select(NumberSealing.began_at)
_KEEP = (
    update(WebhookSecret)
    .where(WebhookSecret.id == bindparam("number"))
    .values(secret=bindparam("clear"), sealed_secret=bindparam("sealed"))
)


async def keep_secret(connection: AsyncConnection, number: int, secret: str) -> None:
    """In clear until sealing has begun: the previous release signs with what stands there."""
    safe = safe_of(connection)
    began = (await connection.execute(_BEGAN)).first()
    if began and safe is None:
        raise NoKeys("secrets are sealed here and there are no keys")
    sealed = safe.close(secret, _place_of(number)) if began and safe else None
    clear = None if sealed else secret
    await connection.execute(_KEEP, {"number": number, "clear": clear, "sealed": sealed})


def open_secret(connection: AsyncConnection, row: Any) -> str:
    """*row*: id, secret and sealed_secret. Raises NoKeys."""
    if not row["sealed_secret"]:
        return str(row["secret"])
    place = _place_of(row["id"])
    return open_sealed(safe_of(connection), row["sealed_secret"], place, "webhooks")


def _place_of(number: int) -> str:
    return f"webhook_secrets.sealed_secret {number}"

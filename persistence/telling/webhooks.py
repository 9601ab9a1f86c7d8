"""Endpoints of other systems: registered, paused and removed by who steers; and their secrets."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.errors import Conflict, NotFound
from domain.telling.webhooks import OVERLAP, EndpointState
from persistence.columns import every
from persistence.models import WebhookEndpoint, WebhookSecret
from persistence.telling.secrets import keep_secret, open_secret
from persistence.trail.audit import note

_SECRET_BYTES = 32
_LIST = text(f"""
select {every(WebhookEndpoint, "e")}, u.name as made_by_name,
  (select count(*) from webhook_deliveries d where d.endpoint_id = e.id and d.state = 'waiting')
    as waiting,
  (select count(*) from webhook_deliveries d where d.endpoint_id = e.id and d.state = 'given-up')
    as given_up,
  (select max(settled_at) from webhook_deliveries d
    where d.endpoint_id = e.id and d.state = 'delivered') as arrived_at
from webhook_endpoints e join users u on u.id = e.made_by
where e.state <> 'removed' and (cast(:endpoint as bigint) is null or e.id = :endpoint)
order by e.id""")
_SOURCES = text("select distinct source from claims order by source")
_LOCK = text("select state, name from webhook_endpoints where id = :endpoint for update")
_STATE = text("""
update webhook_endpoints set state = :state, paused_on = :paused_on, paused_because = null,
  failing_since = null, next_try_at = null where id = :endpoint""")
_TRY_NOW = text("""
update webhook_deliveries set next_try_at = null where endpoint_id = :endpoint
  and state = 'waiting'""")
_DROP = text("""
update webhook_deliveries set state = 'dropped' where endpoint_id = :endpoint
  and state = 'waiting'""")
_END_SECRETS = text("""
update webhook_secrets set ends_at = least(ends_at, :ends_at)
where endpoint_id = :endpoint and (ends_at is null or ends_at > :now)""")
_SHOW = text("""
update webhook_secrets set is_shown = true
where endpoint_id = :endpoint and made_by = :user and not is_shown
returning id, secret, sealed_secret""")
_SECRETS = text("""
select count(*) filter (where ends_at is null or ends_at > :now) as valid, max(made_at) as made_at,
  min(ends_at) filter (where ends_at > :now) as old_ends_at
from webhook_secrets where endpoint_id = :endpoint""")


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """*url* is checked. *source* None: whatever system; no *claim_types*: all of them."""

    name: str
    url: str
    events: tuple[str, ...]
    source: str | None = None
    claim_types: tuple[str, ...] = ()


async def list_endpoints(connection: AsyncConnection) -> Sequence[RowMapping]:
    """All but those removed, in the order they came."""
    return (await connection.execute(_LIST, {"endpoint": None})).mappings().all()


async def read_endpoint(connection: AsyncConnection, endpoint_id: int) -> RowMapping:
    """Raises NotFound."""
    row = (await connection.execute(_LIST, {"endpoint": endpoint_id})).mappings().first()
    if row is None:
        raise NotFound("endpoint", endpoint_id)
    return row


async def known_sources(connection: AsyncConnection) -> Sequence[str]:
    """The systems that claims have come from."""
    return (await connection.execute(_SOURCES)).scalars().all()


async def register_endpoint(
    connection: AsyncConnection, new: NewEndpoint, now: datetime, on: date, actor: Actor
) -> int:
    """Its number. It hears of what happens from now on."""
    require(actor, Right.STEER)
    values = {
        "name": new.name,
        "url": new.url,
        "events": list(new.events),
        "source": new.source,
        "claim_types": list(new.claim_types),
        "state": EndpointState.ACTIVE.value,
        "made_by": actor.id,
        "made_on": on,
    }
    made = insert(WebhookEndpoint).values(values).returning(WebhookEndpoint.id)
    number = int((await connection.execute(made)).scalar_one())
    await _add_secret(connection, number, now, actor)
    facts = {"name": new.name, "events": list(new.events)}
    await note(connection, f"webhook-{number}", actor.id, "webhook-made", **facts)
    return number


async def turn(
    connection: AsyncConnection, endpoint_id: int, state: EndpointState, on: date, actor: Actor
) -> None:
    """Pause it, let it go on (what waited is tried at once), or remove it for good."""
    require(actor, Right.STEER)
    await _lock(connection, endpoint_id)
    paused_on = on if state is EndpointState.PAUSED else None
    values = {"endpoint": endpoint_id, "state": state.value, "paused_on": paused_on}
    await connection.execute(_STATE, values)
    if state is EndpointState.ACTIVE:
        await connection.execute(_TRY_NOW, {"endpoint": endpoint_id})
    if state is EndpointState.REMOVED:
        await connection.execute(_DROP, {"endpoint": endpoint_id})
    await note(connection, f"webhook-{endpoint_id}", actor.id, f"webhook-{state.value}")


async def rotate(
    connection: AsyncConnection, endpoint_id: int, now: datetime, actor: Actor
) -> datetime:
    """A new secret beside the one there is, which signs too until the moment returned."""
    require(actor, Right.STEER)
    await _lock(connection, endpoint_id)
    ends_at = now + OVERLAP
    values = {"endpoint": endpoint_id, "ends_at": ends_at, "now": now}
    await connection.execute(_END_SECRETS, values)
    await _add_secret(connection, endpoint_id, now, actor)
    await note(connection, f"webhook-{endpoint_id}", actor.id, "webhook-rotated")
    return ends_at


async def show_secret(connection: AsyncConnection, endpoint_id: int, actor: Actor) -> str | None:
    """The newest secret, to who asked for it and only once; None: it has been shown."""
    shown = await connection.execute(_SHOW, {"endpoint": endpoint_id, "user": actor.id})
    row = shown.mappings().first()
    return open_secret(connection, row) if row else None


async def read_secrets(connection: AsyncConnection, endpoint_id: int, now: datetime) -> RowMapping:
    """How many are valid, when the newest was made, and when an old one ends."""
    values = {"endpoint": endpoint_id, "now": now}
    return (await connection.execute(_SECRETS, values)).mappings().one()


async def _add_secret(
    connection: AsyncConnection, endpoint_id: int, now: datetime, actor: Actor
) -> None:
    told = base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    values = {"endpoint_id": endpoint_id, "made_at": now, "made_by": actor.id, "is_shown": False}
    made = insert(WebhookSecret).values(values).returning(WebhookSecret.id)
    number = (await connection.execute(made)).scalar_one()
    await keep_secret(connection, number, f"whsec_{told}")


async def _lock(connection: AsyncConnection, endpoint_id: int) -> Any:
    """Raises NotFound; Conflict when it has been removed."""
    row = (await connection.execute(_LOCK, {"endpoint": endpoint_id})).first()
    if row is None:
        raise NotFound("endpoint", endpoint_id)
    if row.state == EndpointState.REMOVED:
        raise Conflict(f"endpoint {endpoint_id} is removed")
    return row

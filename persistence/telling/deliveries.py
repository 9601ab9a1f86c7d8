"""What endpoints are to hear: written by the database with each fact, in order for each claim."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, insert, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.errors import Conflict, NotFound
from domain.telling.webhooks import (
    PATIENCE,
    REST,
    DeliveryState,
    EndpointState,
    WebhookEvent,
    pause_after,
)
from persistence.columns import every
from persistence.models import WebhookDelivery, WebhookTry
from persistence.tasks.taking_back import is_final
from persistence.telling.secrets import open_secret
from persistence.trail.audit import note

_KEPT = timedelta(days=90)  # of what has arrived; the facts themselves stand elsewhere

# Of each claim only its first: what came later waits for it. A test waits for no other.
_DUE = text(f"""
select d.id, d.endpoint_id, d.event, d.happened_on, d.claim_id, d.tries, e.url,
  e.failing_since, c.source, c.reference,
  (select jsonb_agg(jsonb_build_object('id', s.id, 'secret', s.secret,
      'sealed_secret', s.sealed_secret) order by s.id desc) from webhook_secrets s
    where s.endpoint_id = e.id and (s.ends_at is null or s.ends_at > :now)) as secrets
from webhook_deliveries d join webhook_endpoints e on e.id = d.endpoint_id
  left join claims c on c.id = d.claim_id
where d.state = 'waiting' and e.state = 'active'
  and (e.next_try_at is null or e.next_try_at <= :now)
  and (d.next_try_at is null or d.next_try_at <= :now)
  and {is_final("webhook_deliveries", "d.id")}
  and not exists (select from webhook_deliveries b where b.state = 'waiting'
    and b.endpoint_id = d.endpoint_id and b.claim_id = d.claim_id and b.id < d.id)
order by d.id limit :limit""").columns(secrets=JSONB)
_SETTLE = text("""
update webhook_deliveries set state = :state, tries = tries + 1, settled_at = :now,
  next_try_at = null where id = :delivery""")
_PUT_OFF = text("""
update webhook_deliveries set tries = tries + 1, next_try_at = :at where id = :delivery""")
_ARRIVED = text("""
update webhook_endpoints set failing_since = null, next_try_at = null
where id = :endpoint and (failing_since is not null or next_try_at is not null)""")
_FAILED = text("""
update webhook_endpoints set failing_since = coalesce(failing_since, :now),
  next_try_at = :rests_until where id = :endpoint""")
_PAUSE = text("""
update webhook_endpoints set state = 'paused', paused_on = :on, paused_because = :why
where id = :endpoint and state = 'active'""")
_LIST = text(f"""
select {every(WebhookDelivery, "d")},
  (select jsonb_agg(jsonb_build_object('at', t.tried_at, 'status', t.status,
      'trouble', t.trouble, 'milliseconds', t.milliseconds) order by t.id desc)
    from webhook_tries t where t.delivery_id = d.id) as log
from webhook_deliveries d where d.endpoint_id = :endpoint
  and (cast(:before as bigint) is null or d.id < :before)
order by d.id desc limit :limit""")
_AGAIN = text("""
update webhook_deliveries d set state = 'waiting', tries = 0, next_try_at = null,
  settled_at = null
from webhook_endpoints e where e.id = d.endpoint_id and e.state <> 'removed'
  and d.id = :delivery and d.endpoint_id = :endpoint returning d.id""")
_FORGET = text("""
delete from webhook_deliveries where state <> 'waiting' and settled_at < :before""")


async def due_deliveries(connection: AsyncConnection, now: datetime, limit: int) -> Sequence[Any]:
    """The oldest that may be tried now; nothing that an answer may yet take back."""
    rows = (await connection.execute(_DUE, {"now": now, "limit": limit})).mappings()
    return [
        dict(row) | {"secrets": [open_secret(connection, one) for one in row["secrets"] or ()]}
        for row in rows
    ]


async def note_try(
    connection: AsyncConnection,
    row: Any,
    now: datetime,
    status: int | None,
    trouble: str | None,
    milliseconds: int,
) -> None:
    """What came of one try of *row*; *trouble* None: it has arrived."""
    tried = {"delivery_id": row["id"], "tried_at": now, "status": status, "trouble": trouble}
    await connection.execute(insert(WebhookTry).values(milliseconds=milliseconds, **tried))
    if trouble is None:
        await _settle(connection, row["id"], DeliveryState.DELIVERED, now)
        await connection.execute(_ARRIVED, {"endpoint": row["endpoint_id"]})
        return
    pause = pause_after(row["tries"] + 1)
    if pause is None:
        await _settle(connection, row["id"], DeliveryState.GIVEN_UP, now)
    else:
        await connection.execute(_PUT_OFF, {"delivery": row["id"], "at": now + pause})


async def note_failing(
    connection: AsyncConnection, row: Any, now: datetime, on: date, *, is_away: bool, is_gone: bool
) -> bool:
    """The endpoint of *row* has failed; whether it is paused now.

    *is_away*: it did not answer, and rests a little with all it waits for. *is_gone*: it said that
    it wants no more.
    """
    endpoint = {"endpoint": row["endpoint_id"]}
    rests_until = now + REST if is_away else None
    await connection.execute(_FAILED, endpoint | {"now": now, "rests_until": rests_until})
    since = row["failing_since"]
    if not is_gone and (since is None or now - since < PATIENCE):
        return False
    why = "webhook-gone" if is_gone else "webhook-failing"
    await connection.execute(_PAUSE, endpoint | {"on": on, "why": why})
    return True


async def ask_for_test(
    connection: AsyncConnection, endpoint_id: int, on: date, actor: Actor
) -> int:
    """A message about nothing. Raises Conflict when the endpoint is not active."""
    require(actor, Right.STEER)
    found = text("select state from webhook_endpoints where id = :endpoint for share")
    state = await connection.scalar(found, {"endpoint": endpoint_id})
    if state is None:
        raise NotFound("endpoint", endpoint_id)
    if state != EndpointState.ACTIVE:
        raise Conflict(f"endpoint {endpoint_id} is {state}")
    values = {"endpoint_id": endpoint_id, "event": WebhookEvent.TEST.value, "happened_on": on}
    made = insert(WebhookDelivery).values(tries=0, **values).returning(WebhookDelivery.id)
    number = int((await connection.execute(made)).scalar_one())
    await note(connection, f"webhook-{endpoint_id}", actor.id, "webhook-tested")
    return number


async def send_again(
    connection: AsyncConnection, endpoint_id: int, delivery_id: int, actor: Actor
) -> None:
    """The same message under the same id, whatever came of it. Raises NotFound."""
    require(actor, Right.STEER)
    again = {"endpoint": endpoint_id, "delivery": delivery_id}
    if (await connection.execute(_AGAIN, again)).first() is None:
        raise NotFound("delivery", delivery_id)
    subject = f"webhook-{endpoint_id}"
    await note(connection, subject, actor.id, "webhook-sent-again", delivery=delivery_id)


async def list_deliveries(
    connection: AsyncConnection, endpoint_id: int, before: int | None, limit: int
) -> Sequence[RowMapping]:
    """The newest first, each with its tries."""
    values = {"endpoint": endpoint_id, "before": before, "limit": limit}
    return (await connection.execute(_LIST, values)).mappings().all()


async def forget_deliveries(connection: AsyncConnection, now: datetime) -> None:
    """What was settled long ago, with its tries."""
    await connection.execute(_FORGET, {"before": now - _KEPT})


async def _settle(
    connection: AsyncConnection, delivery_id: int, state: DeliveryState, now: datetime
) -> None:
    values = {"delivery": delivery_id, "state": state.value, "now": now}
    await connection.execute(_SETTLE, values)

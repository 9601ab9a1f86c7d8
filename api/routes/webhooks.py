"""Which systems are told what became of their claims, and what they were told."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.dependencies import Steerer, TheHouse
from api.routes.describing import problems
from api.schemas.common import Number
from api.schemas.webhooks import (
    DeliveryList,
    DeliveryQuery,
    NewSecret,
    NewWebhook,
    TestAsked,
    TurnWebhook,
    WebhookList,
    WebhookView,
    WebhookWithSecret,
)
from api.views.webhooks import delivery_view, webhook_view
from api.webhook_bodies import endpoint_of
from persistence.telling.deliveries import ask_for_test, list_deliveries, send_again
from persistence.telling.webhooks import (
    list_endpoints,
    read_endpoint,
    register_endpoint,
    rotate,
    show_secret,
    turn,
)

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
WebhookId = Annotated[Number, Path(examples=[3])]


@router.get("", operation_id="listWebhooks", responses=problems())
async def get_webhooks(house: TheHouse, _: Steerer) -> WebhookList:
    """List where other systems are told, with what waits for each."""
    async with house.database.transaction() as connection:
        rows = await list_endpoints(connection)
    return WebhookList(items=[webhook_view(row) for row in rows])


@router.post("", operation_id="registerWebhook", status_code=201, responses=problems(422))
async def post_webhook(body: NewWebhook, house: TheHouse, actor: Steerer) -> WebhookWithSecret:
    """Let a system hear of what happens from now on. The secret is told in this answer only."""
    new = endpoint_of(house, body)
    async with house.database.transaction() as connection:
        number = await register_endpoint(connection, new, house.clock(), house.today, actor)
        secret = await show_secret(connection, number, actor)
        view = webhook_view(await read_endpoint(connection, number))
    return WebhookWithSecret(secret=secret or "", **view.model_dump())


@router.post("/{webhook_id}/state", operation_id="turnWebhook", responses=problems(404, 409, 422))
async def post_state(
    webhook_id: WebhookId, body: TurnWebhook, house: TheHouse, actor: Steerer
) -> WebhookList:
    """Pause it, let it go on, or remove it. Those that are left are answered."""
    async with house.database.transaction() as connection:
        await turn(connection, webhook_id, body.state, house.today, actor)
        rows = await list_endpoints(connection)
    return WebhookList(items=[webhook_view(row) for row in rows])


@router.post(
    "/{webhook_id}/secrets", operation_id="renewWebhookSecret", responses=problems(404, 409, 422)
)
async def post_secret(webhook_id: WebhookId, house: TheHouse, actor: Steerer) -> NewSecret:
    """Make a new secret; for a week each message is signed with the old one too."""
    async with house.database.transaction() as connection:
        ends_at = await rotate(connection, webhook_id, house.clock(), actor)
        secret = await show_secret(connection, webhook_id, actor)
    return NewSecret(secret=secret or "", old_ends_at=ends_at)


@router.post(
    "/{webhook_id}/tests",
    operation_id="testWebhook",
    status_code=202,
    responses=problems(404, 409, 422),
)
async def post_test(webhook_id: WebhookId, house: TheHouse, actor: Steerer) -> TestAsked:
    """Send a message about nothing; what came of it stands among the deliveries."""
    async with house.database.transaction() as connection:
        number = await ask_for_test(connection, webhook_id, house.today, actor)
    return TestAsked(delivery_id=number)


@router.get(
    "/{webhook_id}/deliveries", operation_id="listWebhookDeliveries", responses=problems(404, 422)
)
async def get_deliveries(
    webhook_id: WebhookId, house: TheHouse, _: Steerer, wish: Annotated[DeliveryQuery, Query()]
) -> DeliveryList:
    """List what was to be told there, the newest first, with each try."""
    async with house.database.transaction() as connection:
        await read_endpoint(connection, webhook_id)
        rows = await list_deliveries(connection, webhook_id, wish.before, wish.limit + 1)
    page = [delivery_view(row) for row in rows[: wish.limit]]
    more = page[-1].id if len(rows) > wish.limit else None
    return DeliveryList(items=page, next_before=more)


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/again",
    operation_id="sendDeliveryAgain",
    status_code=202,
    responses=problems(404, 422),
)
async def post_again(
    webhook_id: WebhookId,
    delivery_id: Annotated[Number, Path(examples=[17])],
    house: TheHouse,
    actor: Steerer,
) -> WebhookView:
    """Send the same message under the same id again, whatever came of it."""
    async with house.database.transaction() as connection:
        await send_again(connection, webhook_id, delivery_id, actor)
        return webhook_view(await read_endpoint(connection, webhook_id))

"""What the caller is mailed, and what they wish to be."""

from fastapi import APIRouter

from api.dependencies import TaskWorker, TheHouse
from api.routes.describing import problems
from api.schemas.notifications import Notifications, Wish
from api.views.notifications import mail_view, wish_of, wish_view
from persistence.telling.mails import keep_wish, latest_mails, read_address, read_wish

router = APIRouter(prefix="/notifications", tags=["tasks"])


@router.get("", operation_id="readNotifications", responses=problems())
async def get_notifications(house: TheHouse, actor: TaskWorker) -> Notifications:
    """Read what the caller is mailed, when and where, and what was sent lately."""
    async with house.database.transaction() as connection:
        return Notifications(
            address=await read_address(connection, actor.id),
            has_mail=house.outlets.has_mail,
            wish=wish_view(await read_wish(connection, actor)),
            mails=[mail_view(row) for row in await latest_mails(connection, actor.id)],
        )


@router.put("", operation_id="chooseNotifications", responses=problems(422))
async def put_notifications(body: Wish, house: TheHouse, actor: TaskWorker) -> Notifications:
    """Choose whether a digest comes, when, on which days, and whether to be told at once."""
    async with house.database.transaction() as connection:
        await keep_wish(connection, actor.id, wish_of(body))
    return await get_notifications(house, actor)

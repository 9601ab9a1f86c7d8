"""What comes in the coming days, what does not and why; and claims paused together."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import (
    FigureReader,
    Holder,
    IdempotencyKey,
    LetterWriter,
    TheHouse,
    Viewer,
)
from api.forecast_query import Wish, narrowed, read_place, write_place
from api.pages.forms import new_key
from api.pausing import pause_each
from api.routes.describing import problems
from api.schemas.forecast import (
    ForecastDay,
    ForecastView,
    ForeseenList,
    ForeseenQuery,
    ForeseenView,
    PauseBody,
    PausedClaim,
    PauseView,
)
from persistence.foresight.foreseen import (
    ForeseenFilter,
    count_foreseen,
    list_foreseen,
    look,
)
from persistence.foresight.pausing import (
    NewPause,
    read_pause,
    read_paused_claims,
    resume,
)
from persistence.outbox import LOOK_AHEAD, tell

router = APIRouter(prefix="/forecast", tags=["figures"])
PauseId = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("", operation_id="readForecast", responses=problems())
async def get_forecast(house: TheHouse, _: FigureReader) -> ForecastView:
    """Read how much comes on each of the next 30 days, and what holds the post back now."""
    on = house.today
    async with house.database.transaction() as connection:
        looked = await look(connection, house.policy, house.clock())
        whole = ForeseenFilter(on, on)
        whole = whole.whole(looked) if looked.head else whole
        counts = await count_foreseen(connection, looked, whole)
    head = looked.head
    return ForecastView(
        made_at=head and head["made_at"],
        first_on=head and head["first_on"],
        last_on=head and head["last_on"],
        lives=head["lives"] if head else 0,
        changed=head["changed"] if head else 0,
        usual_letters=looked.usual,
        post_stops=[stop.kind for stop in looked.gates.stops],
        is_bank_awaited=looked.gates.is_bank_awaited,
        days=[ForecastDay(**row) for row in counts],
    )


@router.get("/rows", operation_id="listForeseen", responses=problems(422))
async def get_foreseen(
    house: TheHouse, _: Viewer, wish: Annotated[ForeseenQuery, Query()]
) -> ForeseenList:
    """List what comes on a day or some days, or what does not and why."""
    asked = Wish(
        wish.day, wish.days, wish.comes, wish.kind or "", wish.type or "", wish.department or ""
    )
    narrow = narrowed(house.policy, house.today, asked)
    after = read_place(wish.cursor)
    async with house.database.transaction() as connection:
        looked = await look(connection, house.policy, house.clock())
        rows = await list_foreseen(connection, looked, narrow, after, wish.limit + 1)
    page, more = rows[: wish.limit], None
    if len(rows) > wish.limit:
        more = write_place(page[-1]["place"], page[-1]["day"], page[-1]["id"])
    return ForeseenList(items=[_foreseen(row) for row in page], next_cursor=more)


@router.post("/renew", operation_id="renewForecast", status_code=202, responses=problems())
async def post_renewal(house: TheHouse, _: LetterWriter) -> None:
    """Ask for a new look ahead; the forecast stands until it is done."""
    async with house.database.transaction() as connection:
        await tell(connection, "forecast", LOOK_AHEAD)


@router.post("/pauses", operation_id="pauseClaims", status_code=201, responses=problems(409, 422))
async def post_pause(
    house: TheHouse, actor: Holder, body: PauseBody, key: IdempotencyKey = None
) -> PauseView:
    """Put claims on hold together; each has an answer of its own, and all can be undone as one."""
    asked = f"{actor.id} {key}" if key else new_key()
    wish = NewPause(asked, tuple(body.claims), body.reason, body.until, body.note)
    number = await pause_each(house, actor, wish)
    async with house.database.transaction() as connection:
        return await _view(connection, number)


@router.get("/pauses/{pause_id}", operation_id="readPause", responses=problems(404, 422))
async def get_pause(house: TheHouse, _: Viewer, pause_id: PauseId) -> PauseView:
    """Read what came of each claim of a pause."""
    async with house.database.transaction() as connection:
        return await _view(connection, pause_id)


@router.post("/pauses/{pause_id}/undo", operation_id="undoPause", responses=problems(404, 409, 422))
async def post_undo(house: TheHouse, actor: Holder, pause_id: PauseId) -> PauseView:
    """Let all claims go on that the pause holds."""
    async with house.database.transaction() as connection:
        await resume(connection, house.policy, pause_id, house.today, actor)
        return await _view(connection, pause_id)


async def _view(connection: AsyncConnection, number: int) -> PauseView:
    row = await read_pause(connection, number)
    names = ("claim_id", "hold_id", "refusal", "released_on")
    claims = await read_paused_claims(connection, number)
    return PauseView(
        id=number,
        reason=row["reason"],
        until=row["until"],
        undone_on=row["undone_on"],
        claims=[PausedClaim(**{name: one[name] for name in names}) for one in claims],
    )


def _foreseen(row: RowMapping) -> ForeseenView:
    names = ("day", "kind", "what", "claim_id", "debtor_name", "fee_ore", "deadline", "after",
             "until", "instead_on")  # fmt: skip
    return ForeseenView(why_not=row["why_now"], **{name: row[name] for name in names})

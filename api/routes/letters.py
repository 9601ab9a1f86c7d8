"""The letters: what left and what did not, as it looked; and who may stop them."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.dependencies import LetterWriter, Steerer, TheHouse, Viewer
from api.house import House
from api.languages import Language
from api.routes.describing import ClaimId, problems
from api.schemas.common import Number
from api.schemas.letters import (
    LetterBody,
    LettersWritten,
    LetterView,
    PostDayView,
    PostRoomView,
    StopBody,
)
from api.views.addresses import require_address
from api.views.letters import letter_view, post_line_view, room_view
from domain.errors import NotFound
from persistence.claims.reading import require_claim
from persistence.post.correspondence import recall_letter, write_by_hand
from persistence.post.reading import read_day, read_letter, read_sent
from persistence.post.stops import release_post, stop_post, stops_in_force
from persistence.trail.audit import LOOKED, note
from reports.post_days import post_day

router = APIRouter(tags=["letters"])
LetterId = Annotated[Number, Path(examples=[17])]


@router.get("/letters", operation_id="listLetters", responses=problems(422))
async def list_letters(
    house: TheHouse, _: Viewer, language: Language, day: Annotated[date | None, Query()] = None
) -> PostDayView:
    """What left on a day (today, if not said), what was held back or cancelled, and why."""
    async with house.database.transaction() as connection:
        lines = await post_day(connection, day or house.today)
    room = await _room(house, day or house.today)
    return PostDayView(room=room, letters=[post_line_view(line, language) for line in lines])


async def _room(house: House, day: date) -> PostRoomView:
    async with house.database.transaction() as connection:
        stops = await stops_in_force(connection)
        return room_view(day, await read_day(connection, day), stops)


@router.get("/letters/{letter_id}", operation_id="readLetter", responses=problems(404, 422))
async def get_letter(letter_id: LetterId, house: TheHouse, actor: Viewer) -> LetterView:
    """How a letter was sent, as what, and what came of it.

    That you looked is written in the audit trail.
    """
    async with house.database.transaction() as connection:
        letter = await read_letter(connection, letter_id)
        await note(connection, letter["claim_id"], actor.id, LOOKED, letter=letter_id)
    return letter_view(letter)


@router.get(
    "/letters/{letter_id}/sent/{message}",
    operation_id="readSentLetter",
    responses=problems(404, 422),
    response_class=Response,
)
async def get_sent(
    letter_id: LetterId,
    message: Annotated[str, Path(pattern="^letter-[0-9]{1,18}(-p[0-9]*)?$")],
    house: TheHouse,
    actor: Viewer,
) -> Response:
    """The very PDF that left. One to a protected address is for those who need that."""
    async with house.database.transaction() as connection:
        letter = await read_letter(connection, letter_id)
        if message not in {sent["message"] for sent in letter["sent"]}:
            raise NotFound("letter", message)
        require_address(actor, letter)
        sent = await read_sent(connection, message)
    return Response(sent.pdf, media_type="application/pdf")


@router.post("/letters/{letter_id}/recall", operation_id="recallLetter",
             responses=problems(404, 409, 422))  # fmt: skip
async def post_recall(letter_id: LetterId, house: TheHouse, actor: LetterWriter) -> LetterView:
    """Take a letter out of the tray before it leaves; a task asks what is to become of it."""
    async with house.database.transaction() as connection:
        await read_letter(connection, letter_id)
        await recall_letter(connection, house.policy, letter_id, house.today, actor)
        return letter_view(await read_letter(connection, letter_id))


@router.post(
    "/claims/{claim_id}/letters",
    operation_id="writeLetter",
    status_code=201,
    responses=problems(404, 422),
)
async def post_letter(
    claim_id: ClaimId, body: LetterBody, house: TheHouse, actor: LetterWriter
) -> LettersWritten:
    """Lay a letter in your own words in the tray, a copy for each who owes the claim."""
    async with house.database.transaction() as connection:
        await require_claim(connection, claim_id)
        ids = await write_by_hand(
            connection, house.policy, claim_id, body.letter, body.words, house.today, actor
        )
    return LettersWritten(letter_ids=list(ids))


@router.post("/post-room/stop", operation_id="stopPost", responses=problems(409, 422))
async def post_stop(body: StopBody, house: TheHouse, actor: LetterWriter) -> PostRoomView:
    """The red button: nothing leaves until a supervisor lets it."""
    async with house.database.transaction() as connection:
        await stop_post(connection, body.reason, house.clock(), actor)
    return await _room(house, house.today)


@router.post("/post-room/release", operation_id="releasePost", responses=problems(409))
async def post_release(house: TheHouse, actor: Steerer) -> PostRoomView:
    """Let letters leave again, at the pace they always leave at."""
    async with house.database.transaction() as connection:
        await release_post(connection, house.clock(), actor)
    return await _room(house, house.today)

"""The files that came: how far each is, what was wrong in it, and a place to send one."""

from typing import Annotated

from babel.dates import format_date
from fastapi import APIRouter, Path, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from api.dependencies import FileVisitor, TheHouse
from api.languages import DANISH, language_of
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.receiving import receive_upload
from domain.authority import Right, require
from domain.errors import Conflict, Fault, Invalid
from persistence.files.received import RECEIVED, find_file, latest_files
from reports.files import report

router = APIRouter(route_class=PageRoute)


@router.get("/files")
async def show_files(request: Request, house: TheHouse, actor: FileVisitor) -> Response:
    require(actor, Right.SEE_CLAIMS)
    async with house.database.transaction() as connection:
        found = await latest_files(connection)
    facts = {"files": found, "is_reading": any(file.state == RECEIVED for file in found)}
    return show(request, "files", facts | _words(request))


@router.post("/files")
async def take_file(house: TheHouse, actor: FileVisitor, file: UploadFile) -> Response:
    async with house.database.transaction() as connection:
        try:
            number, _, _ = await receive_upload(connection, file, actor, house.today)
        except Conflict:
            raise Invalid(Fault("file", "file-taken-otherwise")) from None
    return RedirectResponse(f"/files/{number}", 303)


@router.get("/files/{file_id}")
async def show_file(
    request: Request, house: TheHouse, actor: FileVisitor, file_id: Annotated[int, Path(ge=1)]
) -> Response:
    require(actor, Right.SEE_CLAIMS)
    async with house.database.transaction() as connection:
        file = await find_file(connection, file_id)
        rows = await report(connection, file_id, language_of(request))
    facts = {"file": file, "rows": rows, "is_reading": file.state == RECEIVED}
    return show(request, "file", facts | _words(request))


def _words(request: Request) -> dict[str, object]:
    locale = "da_DK" if language_of(request) == DANISH else "en_GB"
    return {"day": lambda day: format_date(day, "long", locale=locale)}

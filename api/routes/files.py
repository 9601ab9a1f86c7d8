"""Files of claims and of payments: sent, listed, and how far they are."""

from typing import Annotated

from fastapi import APIRouter, Path, UploadFile

from api.dependencies import Sender, TheHouse, Viewer
from api.languages import Language
from api.receiving import receive_upload
from api.routes.describing import problems
from api.schemas.common import Number
from api.schemas.files import FileDetails, FileFaultView, FileList, FileTaken, FileView
from persistence.files.received import KeptFile, find_file, latest_files
from reports.files import report

router = APIRouter(prefix="/files", tags=["files"])
FileId = Annotated[Number, Path(examples=[17])]


@router.post("", operation_id="sendFile", status_code=202, responses=problems(409, 413, 422))
async def post_file(file: UploadFile, house: TheHouse, actor: Sender) -> FileTaken:
    """Send a bank's file or a file of claims; it is read as soon as it can be, each row once."""
    async with house.database.transaction() as connection:
        number, kind, is_new = await receive_upload(connection, file, actor, house.today)
    return FileTaken(file_id=number, kind=kind, is_new=is_new)


@router.get("", operation_id="listFiles", responses=problems())
async def get_files(house: TheHouse, _: Viewer) -> FileList:
    """The latest files, and how far each is."""
    async with house.database.transaction() as connection:
        found = await latest_files(connection)
    return FileList(items=[FileView(**_facts(file)) for file in found])


@router.get("/{file_id}", operation_id="readFile", responses=problems(404, 422))
async def get_file(file_id: FileId, house: TheHouse, _: Viewer, language: Language) -> FileDetails:
    """How far the file is, and what was refused or odd in it."""
    async with house.database.transaction() as connection:
        file = await find_file(connection, file_id)
        rows = await report(connection, file_id, language)
    faults = [
        FileFaultView(row=r.row, field=r.field, sentence=r.sentence, is_warning=r.is_warning)
        for r in rows
    ]
    return FileDetails(**_facts(file), faults=faults)


def _facts(file: KeptFile) -> dict[str, object]:
    return {
        "file_id": file.id,
        "kind": file.kind,
        "name": file.name,
        "state": file.state,
        "received_on": file.received_on,
        "received_by": file.received_by,
        "rows": file.facts.get("rows"),
        "rows_done": file.rows_done,
        "rows_taken": file.rows_taken,
    }

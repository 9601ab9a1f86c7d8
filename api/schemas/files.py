"""Files that came in, as clients see them."""

from datetime import date
from typing import Literal

from pydantic import Field

from api.schemas.common import View


class FileView(View):
    """How far a file is read. *rows* is null until it has been looked through."""

    file_id: int
    kind: Literal["claims", "payments", "betalingsservice"]
    name: str
    state: Literal["received", "done", "refused"]
    received_on: date
    received_by: str
    rows: int | None
    rows_done: int
    rows_taken: int


class FileList(View):
    items: list[FileView] = Field(description="The latest first, a hundred at most.")


class FileFaultView(View):
    row: int = Field(description="As the sender counts; 0 is the file as a whole.")
    field: str
    sentence: str
    is_warning: bool


class FileDetails(FileView):
    faults: list[FileFaultView]


class FileTaken(View):
    file_id: int
    kind: Literal["claims", "payments", "betalingsservice"]
    is_new: bool = Field(description="The same bytes again are the same file.")

"""Everything about one person, as they get it on request (GDPR article 15)."""

from datetime import date

from pydantic import Field

from api.schemas.common import View


class AccessRow(View):
    """One cell a column, in the reader's words; empty where nothing is known."""

    cells: list[str]


class AccessSection(View):
    code: str = Field(examples=["claims"])
    heading: str
    columns: list[str]
    numbers: list[bool] = Field(description="Which columns hold amounts.")
    rows: list[AccessRow]


class AccessReport(View):
    made_on: date
    municipality: str
    sections: list[AccessSection]

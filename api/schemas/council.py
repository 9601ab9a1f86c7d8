"""Reports to the council and files of key figures, as clients and other municipalities see them."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from api.cursors import Page
from api.schemas.common import Body, Day, Prose, View
from reports.council.figures import CouncilFigure, Dimension

_LONG = 400


class CouncilAmount(View):
    """*amount_ore*: øre, or days for `days-to-pay`; *number*: of claims, entries or debtors."""

    figure: CouncilFigure
    by: Dimension
    part: str
    amount_ore: int
    number: int


class CouncilReportLine(View):
    id: int
    since: date
    until: date
    read_at: datetime = Field(description="When the books stood so.")
    frozen_on: date | None = Field(description="None: a draft.")
    replaces: int | None
    replaced_by: int | None
    withdrawn_on: date | None
    withdrawn_because: str | None


class CouncilReports(View):
    items: list[CouncilReportLine]


class CouncilReportView(CouncilReportLine):
    comments: dict[str, str] = Field(description="By section.")
    sha256: str | None = Field(description="Of what a frozen report says.")
    figures: list[CouncilAmount]


class CouncilReportBody(Body):
    """The period of a draft, both days within it."""

    since: Day
    until: Day


class CouncilCommentsBody(Body):
    comments: dict[str, Prose] = Field(max_length=20, description="By section; the rest have none.")


class WithdrawalBody(Body):
    reasons: Prose


class CouncilLaid(View):
    id: int


class CouncilFrozen(View):
    id: int
    sha256: str = Field(description="Of what the report says.")


class CouncilLinesQuery(Page):
    figure: CouncilFigure
    by: Dimension = Dimension.TOTAL
    part: str = Field(default="", max_length=100)


class CouncilLine(View):
    source: str = Field(description="claim, debtor, agreement, entry or transfer.")
    subject: str
    kind: str
    booked_on: date
    amount_ore: int


class CouncilLines(View):
    """*amount_ore* and *number* are of all lines, as the books are now."""

    items: list[CouncilLine]
    amount_ore: int
    number: int
    next_cursor: str | None


class KeyPeriod(View):
    since: date = Field(alias="from", description="First day.")
    until: date = Field(alias="to", description="Last day, included.")


class KeyFigureView(View):
    """One figure. Figures of another version, and parts of another house, may be unknown here."""

    figure: str = Field(max_length=100)
    by: str = Field(max_length=100, description="total, type, kind, age, stage or reason.")
    part: str = Field(max_length=200, description="Which of them; empty for the whole.")
    amount_ore: int | None = Field(
        ge=-(10**17), le=10**17, description="Øre; days for days-to-pay. None: left out."
    )
    number: int | None = Field(
        ge=0, le=10**12, description="Claims, entries, debtors or agreements. None: left out."
    )
    left_out: bool = Field(description="It is of too few to be shown, or would betray one that is.")


class KeyFigures(View):
    """A municipality's key figures of arrears, which any municipality may write and read."""

    format: Literal["rettidig-key-figures"]
    version: Literal[1]
    municipality: str = Field(min_length=1, max_length=_LONG)
    period: KeyPeriod
    report: int | None = Field(description="The number of the report there.")
    frozen_on: date | None
    sha256: str | None = Field(max_length=64, description="Of the report the figures are of.")
    fewest: int = Field(ge=0, le=1000, description="Smaller numbers than this are left out.")
    definitions: dict[str, str] = Field(
        max_length=200, description="What each figure is, in words."
    )
    names: dict[str, dict[str, str]] = Field(
        max_length=20, description="What the parts are called, by how they are told."
    )
    figures: list[KeyFigureView] = Field(max_length=20_000)

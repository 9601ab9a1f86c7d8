"""What people do with tasks before they answer them, as clients send it; counts and filters."""

from typing import Annotated, Any, Literal

from pydantic import Field, Strict

from api.schemas.common import Body, Day, Name, Named, Prose, View
from api.schemas.tasks import TaskView
from domain.inbox import View as InboxView

UserId = Annotated[Name, Field(min_length=1, examples=["anna"])]
FilterName = Annotated[
    str, Strict(), Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]+$")
]
BulkAct = Literal["claim", "release", "assign", "snooze", "wake"]


class TaskSearchBody(Body):
    """A name, an address, a CPR, CVR or claim number, or a payment reference."""

    text: Named = Field(examples=["Karla"])
    view: InboxView | None = None
    cursor: str | None = Field(default=None, max_length=200)
    limit: Annotated[int, Strict(), Field(ge=1, le=200)] = 50


class AssignBody(Body):
    """To whom."""

    to: UserId


class DelegateBody(Body):
    """Whom you ask, and what."""

    to: UserId
    question: Prose


class ReturnBody(Body):
    """What you answer."""

    answer: Prose = ""


class SnoozeBody(Body):
    """Until when the task is out of sight, and why."""

    until: Day
    reason: Prose


class BulkBody(Body):
    """One act on many tasks: `assign` names to whom, `snooze` until when and why."""

    act: BulkAct
    tasks: list[Annotated[int, Strict(), Field(ge=1, le=2**63 - 1)]] = Field(
        min_length=1, max_length=200
    )
    to: UserId | None = None
    until: Day | None = None
    reason: Prose | None = None


class BulkRow(View):
    """What came of one task; *code* and *sentence* say why not."""

    task_id: int
    is_done: bool
    code: str | None
    sentence: str | None


class BulkView(View):
    """Each task was an act of its own: what was done stays done."""

    done: int
    refused: int
    rows: list[BulkRow]


class NextView(View):
    """The task is yours now; null when none is left for you."""

    task: TaskView | None


class CountsView(View):
    """How many tasks each view has, and each value of each facet within the list asked for."""

    views: dict[str, int]
    facets: dict[str, dict[str, int]]


class FilterBody(Body):
    """A view of the inbox under a name of your own."""

    name: FilterName
    wish: dict[str, Any] = Field(examples=[{"view": "team", "kind": "dialogue"}])
    is_shared: bool = Field(default=False, description="Your colleagues see it too.")
    is_default: bool = Field(default=False, description="Your inbox opens with it.")


class FilterView(View):
    id: int
    name: str
    wish: dict[str, Any]
    is_shared: bool
    is_default: bool
    is_mine: bool


class FilterList(View):
    items: list[FilterView]


class SearchTextBody(Body):
    """A name, an address, a CPR, CVR or claim number, or a payment reference."""

    text: Named = Field(examples=["Karla"])


class DebtorHit(View):
    debtor_id: int
    kind: str
    name: str
    address: list[str] = Field(description="Empty when it is protected.")


class ClaimHit(View):
    claim_id: str
    claim_type: str
    stage: str
    balance_ore: int
    debtor_id: int
    debtor_name: str


class SearchView(View):
    """Fifty of each at most. *is_exact*: the number is that of this one thing."""

    debtors: list[DebtorHit]
    claims: list[ClaimHit]
    is_exact: bool

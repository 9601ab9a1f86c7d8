"""Enquiries and their figures as clients see them."""

from datetime import date
from typing import Literal

from pydantic import Field

from api.cursors import Page
from api.schemas.common import Body, Day, Named, Number, Prose, View
from api.schemas.writings import AttachedView
from domain.decisions import Outcome
from domain.enquiries import EnquiryChannel

ANSWERED = Literal["answered-by-letter", "answered-by-phone", "no-answer-needed"]


class MessageBody(Body):
    """What someone said or wrote. *sender*: as they called themselves, if not the debtor."""

    channel: EnquiryChannel
    sender: Named = Field(examples=["Karla Prøvesen"])
    text: Prose = Field(min_length=1, examples=["Ringer, fordi hun ikke forstår gebyret."])
    received_on: Day
    attachment_ids: list[Number] = Field(
        default=[], max_length=20, description="What came with it, laid with claim or debtor."
    )


class EnquiryBody(MessageBody):
    """An enquiry about a debtor, a claim, or both; a claim alone means its primary debtor."""

    debtor_id: Number | None = None
    claim_id: str | None = Field(default=None, max_length=40, examples=["2026-000123"])
    subject: Named = Field(examples=["Gebyr på rykker"])


class AnswerBody(Body):
    """*text*: the letter's words, the note of the call, or why no answer is needed."""

    outcome: ANSWERED
    text: Prose = Field(examples=["Du spurgte om gebyret."])


class EnquiryQuery(Page):
    """What a list of enquiries is narrowed to."""

    state: Literal["open", "overdue", "answered"] = "open"
    mine: bool = Field(default=False, description="Only those whose task you have taken.")
    debtor_id: Number | None = None
    claim_id: str | None = Field(default=None, max_length=40)


class EnquirySummary(View):
    """One line of a list of enquiries: its newest question."""

    id: int
    subject: str
    debtor_id: int
    debtor_name: str
    claim_id: str | None
    task_id: int
    channel: EnquiryChannel
    sender: str
    received_on: date
    due_on: date
    state: Literal["open", "answered"]
    is_late: bool = Field(description="Answered after its time, or not answered though it is out.")
    claimed_by: str | None
    answered_on: date | None
    outcome: Outcome | None


class EnquiryList(View):
    items: list[EnquirySummary]
    next_cursor: str | None = Field(description="Where the next page begins; null on the last.")


class MessageView(View):
    channel: EnquiryChannel
    sender: str
    text: str
    received_on: date
    attachments: list[AttachedView]
    registered_by: str


class RoundView(View):
    """A question, asked in one message or several, and its answer."""

    messages: list[MessageView]
    due_on: date
    is_late: bool
    outcome: Outcome | None
    answer: str | None
    answered_by: str | None
    answered_on: date | None
    letter_ids: list[int]


class EnquiryView(EnquirySummary):
    rounds: list[RoundView]


class FiguresQuery(Body):
    """The days on which the enquiries came; this year when left out."""

    first: Day | None = None
    last: Day | None = None


class AnswerFigures(View):
    """How soon questions were answered, in working days. *month* is as 2026-03."""

    channel: EnquiryChannel | None = Field(description="Null: all of them.")
    month: str | None = Field(description="Null: the whole period.")
    received: int
    answered: int
    overdue: int = Field(description="Not answered, though the time is out.")
    median_days: int | None
    ninetieth_days: int | None = Field(description="Nine of ten were answered within so many.")
    within_goal: float | None = Field(description="Of those answered or overdue, from 0 to 1.")


class EnquiryFigures(View):
    first: date
    last: date
    total: AnswerFigures
    channels: list[AnswerFigures]
    months: list[AnswerFigures]

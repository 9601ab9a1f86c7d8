"""Letters and the post room, as clients see them."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from api.schemas.common import Body, Prose, Sentence, View
from domain.letters import Letter


class PostLineView(View):
    """One letter on one day."""

    letter_id: int
    letter: Letter
    claim_id: str
    debtor_id: int
    what: str = Field(description="`left`, `held-back`, `cancelled` or `recalled`.")
    reason: Sentence | None = Field(description="Why it did not leave.")
    channel: str
    deadline: date
    goes_with: int | None = Field(description="The letter it left as one with.")
    receipt: Sentence | None = Field(description="What the recipient's side has told.")


class StopView(View):
    kind: str = Field(description="`brake`: more letters than foreseen; `button`: a person.")
    reason: str
    stopped_at: datetime
    stopped_by: str


class PostRoomView(View):
    """The post of a day, in letters."""

    day: date
    foreseen: int | None = Field(description="On the eve; null when nobody looked.")
    waiting: int
    sent: int
    stops: list[StopView] = Field(description="Nothing leaves while there is one.")


class PostDayView(View):
    room: PostRoomView
    letters: list[PostLineView]


class SentView(View):
    """What left under one number in the post; `GET /letters/{id}/sent/{message}` is its PDF."""

    message: str
    on: date
    template: str
    policy: str
    layout: str
    sha256: str


class LetterEventView(View):
    on: date
    event: str
    reason: str
    message: str | None
    at: datetime | None


class LetterView(View):
    letter_id: int
    letter: Letter
    state: str
    channel: str
    claim_ids: list[str]
    deadline: date
    planned_on: date
    dispatched_on: date | None
    delivered_on: date | None
    title: str | None
    sent: list[SentView]
    events: list[LetterEventView]


class StopBody(Body):
    reason: Prose = Field(examples=["Beløbene i nattens breve er forkerte"])


class LetterBody(Body):
    """A letter in a person's own words. Paragraphs have an empty line between."""

    letter: Letter = Field(examples=["enquiry-reply"])
    words: Prose = Field(default="", examples=["Du spurgte om fristen."])


class LettersWritten(View):
    letter_ids: list[int]


class LanguageBody(Body):
    language: Literal["da", "en"]

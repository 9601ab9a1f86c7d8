"""What someone is mailed and when, as clients see it."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict

from api.schemas.common import Body, View
from domain.telling.mail_wishes import MailKind, MailState


def _each_once(days: list[int]) -> list[int]:
    return sorted(set(days))


Weekdays = Annotated[
    list[Annotated[int, Strict(), Field(ge=0, le=6)]],
    Field(max_length=7, description="0 is Monday."),
    AfterValidator(_each_once),
]


class Wish(Body):
    """What the caller wishes to be mailed. Nothing leaves on holidays, whatever is chosen."""

    has_digest: Annotated[bool, Strict()] = Field(
        description="One mail on a working day, when something waits."
    )
    hour: Annotated[int, Strict()] = Field(ge=0, le=23, description="From which it leaves.")
    weekdays: Weekdays
    is_told_at_once: Annotated[bool, Strict()] = Field(
        description="Of what stands still for everybody."
    )
    language: Literal["da", "en"] = "da"


class SentMail(View):
    """*trouble* is a code of ours when it has not arrived."""

    kind: MailKind
    day: date
    state: MailState
    subject: str | None
    settled_at: datetime | None
    trouble: str | None


class Notifications(View):
    """*address* none: the provider of sign-ins tells none. *has_mail*: a server is set up."""

    address: str | None
    has_mail: bool
    wish: Wish
    mails: list[SentMail]

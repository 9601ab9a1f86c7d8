"""A letter on its way out: what it says, to whom, under which number."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import RowMapping as Row

from domain.letters import Letter
from gateways.ports import PostMessage, Recipient
from letters.rendering import RenderedLetter
from persistence import post, tray


@dataclass(frozen=True, slots=True)
class Leaving:
    """A letter in its envelope. *is_late*: the story must hear of its new deadline."""

    id: int
    message: PostMessage
    is_late: bool


def kept_text(row: Row, deadline: date, *, has_left: bool) -> RenderedLetter | None:
    """What was written before a kill and may have left; None when there is to be a new text.

    One that gives the debtor less time than *deadline* stands only if it has left already, for
    then it gave the time when it left.
    """
    if row["body"] is None or (deadline > row["deadline"] and not has_left):
        return None
    return RenderedLetter(row["template"], row["title"], row["body"])


def written_letter(row: Row, rendered: RenderedLetter, deadline: date) -> tray.WrittenLetter:
    return tray.WrittenLetter(
        row["id"], deadline, rendered.template, rendered.title, rendered.body, rendered.sha256
    )


def put_in_envelope(row: Row, rendered: RenderedLetter, on: date) -> Leaving:
    message = PostMessage(
        message_id=post.message_id(row["id"], row["channel"], row["resends"]),
        recipient=Recipient(row["national_id"], row["name"], tuple(row["address"])),
        subject=rendered.title,
        body=rendered.body,
        is_legal_notification=Letter(row["letter"]).has_legal_effect
        or row["letter"] == row["transfer_notice_with"],
    )
    return Leaving(row["id"], message, is_late=on > row["planned_on"] or row["resends"] > 0)

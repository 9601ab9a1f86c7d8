"""A letter on its way out: what it says, to whom, under which number."""

import asyncio
from dataclasses import dataclass, replace

from sqlalchemy import RowMapping as Row

from domain.letters import Letter
from gateways.ports import PaySlip, PostMessage, Recipient
from letters.content import LetterContent
from letters.documents import Document, in_words, to_json
from letters.printing import PrintedLetter, print_letter
from letters.rendering import RenderedLetter
from persistence.post import arriving as post
from persistence.post.documents import Print, WrittenLetter

_PRINTERS = asyncio.Semaphore(2)  # More would only wait for each other.


@dataclass(frozen=True, slots=True)
class Leaving:
    """A letter in its envelope, with all that leave as it; the first of *members* is itself.

    *moved* are those whose story must hear of a new deadline. Without a *message* it has left
    already, and is only to be printed as it was.
    """

    message_id: str
    document: Document
    members: tuple[int, ...]
    moved: tuple[int, ...]
    message: PostMessage | None = None
    print: Print | None = None

    @property
    def id(self) -> int:
        return self.members[0]


def written_letter(
    row: Row, members: tuple[int, ...], content: LetterContent, rendered: RenderedLetter
) -> WrittenLetter:
    return WrittenLetter(
        id=row["id"],
        message_id=message_id(row),
        template=rendered.template,
        title=rendered.title,
        body=rendered.body,
        sha256=rendered.sha256,
        document=to_json(rendered.document),
        members=members,
        deadline=content.deadline,
    )


def message_id(row: Row) -> str:
    return post.message_id(row["id"], row["channel"], row["resends"])


def put_in_envelope(
    row: Row, number: str, document: Document, slip: PaySlip | None = None
) -> PostMessage:
    """All but its PDF. *number*: the recipient's CPR or CVR number."""
    return PostMessage(
        message_id=message_id(row),
        recipient=Recipient(number, row["name"], tuple(row["address"])),
        subject=document.title,
        body=in_words(document),
        is_legal_notification=Letter(row["letter"]).has_legal_effect
        or row["letter"] == row["transfer_notice_with"],
        language=document.language,
        case=row["claim_id"],
        slip=slip,
    )


def slip_of(content: LetterContent) -> PaySlip | None:
    """How to pay, where there is one thing to pay."""
    if not content.letter.asks_for_payment or len(content.claims) != 1:
        return None
    [claim] = content.claims
    return PaySlip(claim.payment_line, claim.total.ore, content.deadline)


async def with_print(leaving: Leaving) -> Leaving:
    """The letter with its PDF. Raises RuntimeError when it cannot be set."""
    async with _PRINTERS:
        printed = await asyncio.to_thread(print_letter, leaving.document)
    message = leaving.message and replace(leaving.message, document=printed.pdf)
    return replace(leaving, message=message, print=_print(leaving, printed))


def _print(leaving: Leaving, printed: PrintedLetter) -> Print:
    return Print(leaving.message_id, printed.layout, printed.pdf, printed.sha256)

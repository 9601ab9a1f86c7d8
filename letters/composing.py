"""Makes a letter's document of its content: the template's words, and tables of what is owed."""

import re
from collections.abc import Callable

from letters.catalogue import sentence
from letters.content import LetterContent, OwedClaim
from letters.documents import (
    Block,
    Bullets,
    Document,
    Heading,
    OwedRow,
    OwedTable,
    Paragraph,
    Plan,
    Slip,
    Slips,
)
from letters.notation import amount_in, day_in, period_in, unguard

_EMPTY_LINES = re.compile(r"\n\s*\n")


def compose(content: LetterContent, text: str) -> Document:
    """*text* is what the template gave: its title, then its parts with an empty line between."""
    title, _, rest = text.strip().partition("\n")
    parts = [part.strip() for part in _EMPTY_LINES.split(rest)]
    say, office = _say(content), content.office
    return Document(
        language=content.language,
        title=unguard(title.strip()),
        day=content.written_on.isoformat(),
        recipient=(content.name, *content.address),
        sender=office.sender,
        facts=tuple(_facts(content)),
        contact=" · ".join((*office.sender, f"{say('letter-phone')} {office.phone}")),
        page=say("letter-page"),
        blocks=_joined([_block(content, part) for part in parts if part]),
    )


def _facts(content: LetterContent) -> list[str]:
    say = _say(content)
    facts = [f"{say('letter-day')}: {day_in(content.language, content.written_on)}"]
    if len(content.claims) == 1:
        facts.append(f"{say('letter-claim')}: {content.claims[0].id}")
    return facts


def _block(content: LetterContent, part: str) -> Block:
    match part:
        case "[[owed]]":
            return _owed(content)
        case "[[plan]]":
            return _plan(content)
        case "[[slip]]":
            return _slips(content)
        case _:
            return _words(part)


def _words(part: str) -> Block:
    if part.startswith("## "):
        return Heading(unguard(part.removeprefix("## ")))
    if part.startswith("- "):
        items = (line.strip().removeprefix("- ") for line in part.splitlines())
        return Bullets(tuple(unguard(item) for item in items))
    return Paragraph(unguard("\n".join(line.strip() for line in part.splitlines())))


def _joined(blocks: list[Block]) -> tuple[Block, ...]:
    """Lists that only a template's loop has parted are one list."""
    joined: list[Block] = []
    for block in blocks:
        before = joined[-1] if joined else None
        if isinstance(block, Bullets) and isinstance(before, Bullets):
            joined[-1] = Bullets(before.items + block.items)
        else:
            joined.append(block)
    return tuple(joined)


def _owed(content: LetterContent) -> OwedTable:
    say = _say(content)
    rows = [row for claim in content.claims for row in _claim_rows(content, claim)]
    rows.append(OwedRow("sum", say("letter-sum"), "", amount_in(content.language, content.total)))
    head = (say("letter-what"), say("letter-law"), say("letter-amount"))
    return OwedTable(head, tuple(rows))


def _claim_rows(content: LetterContent, claim: OwedClaim) -> list[OwedRow]:
    say, language = _say(content), content.language
    period = period_in(language, claim.period_start, claim.period_end)
    detail = f"{say('letter-claim')} {claim.id}, {period}"
    lines = [
        OwedRow("line", line.text, line.legal_basis, amount_in(language, line.amount))
        for line in claim.lines
    ]
    return [OwedRow("claim", f"{claim.claim_type}: {claim.description}", detail), *lines]


def _plan(content: LetterContent) -> Plan:
    say, language = _say(content), content.language
    rows = [
        (day_in(language, one.due_on), amount_in(language, one.amount))
        for one in content.instalments
    ]
    return Plan((say("letter-pay-by"), say("letter-amount")), tuple(rows))


def _slips(content: LetterContent) -> Slips:
    say = _say(content)
    slips = [
        Slip(claim.payment_line, (claim.claim_type, amount_in(content.language, claim.total)))
        for claim in content.claims
    ]
    return Slips(say("letter-slip"), tuple(slips))


def _say(content: LetterContent) -> Callable[[str], str]:
    return lambda code: sentence(code, content.language)

"""What must be true of a letter before it leaves: it says what is so, and leaves nothing out.

A text is held against the same, in every situation it may be written in, before it is released.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from domain.errors import Fault
from domain.money import Money
from letters.content import LetterContent, OwedClaim
from letters.documents import Document, in_words
from letters.notation import amount_in, day_in
from letters.readability import lix

_AMOUNTS = {
    "da": re.compile(r"-?\d{1,3}(?:\.\d{3})*,\d{2} kr\."),
    "en": re.compile(r"-?DKK \d{1,3}(?:,\d{3})*\.\d{2}"),
}
_DAYS = {
    "da": re.compile(r"\b\d{1,2}\. [a-z]+ \d{4}\b"),
    "en": re.compile(r"\b\d{1,2} [A-Z][a-z]+ \d{4}\b"),
}
_LEFTOVER = re.compile(r"\{\{|\}\}|\{%|%\}|\[\[|\]\]|\bNone\b|\bUndefined\b")
_CPR = re.compile(r"(?<![\d+<])\d{6}-?\d{4}(?![\d+<])")


def faults_in(
    content: LetterContent,
    document: Document,
    strangers: Collection[str] = (),
    hidden: Collection[str] = (),
) -> list[Fault]:
    """All that is wrong with the letter. *strangers*: names it has no business to name; *hidden*:
    where others live whose address is protected.
    """
    text = " ".join(f"{document.title}\n{in_words(document)}".split())
    facts = list(_values(content))
    theirs = " ".join(fact for fact in facts if isinstance(fact, str))
    found = [_fault("letter-not-of-the-facts", one) for one in _unknown(content, facts, text)]
    leftovers = [one for one in _LEFTOVER.findall(text) if one not in theirs]
    found += [_fault("letter-leftover", one) for one in leftovers]
    if any(number not in content.note for number in _CPR.findall(text)):
        found.append(_fault("letter-tells-cpr"))
    if any(name in text for name in strangers):
        found.append(_fault("letter-names-other"))
    if any(home in text for home in hidden):
        found.append(_fault("letter-tells-protected"))
    return found + [_fault(code) for code in _missing(content, text)]


def is_hard_to_read(document: Document, limit: int) -> Fault | None:
    """*limit*: the highest LIX that the policy allows."""
    found = lix(document)
    return _fault("letter-hard", f"{found:.0f}", str(limit)) if found > limit else None


def _fault(code: str, found: str = "", limit: str = "") -> Fault:
    return Fault("letter", code, {"found": found, "limit": limit})


def _unknown(content: LetterContent, facts: list[Any], text: str) -> Iterator[str]:
    """Amounts and days in *text* that are no facts, nor in words that others have written."""
    language = content.language
    theirs = " ".join(" ".join(fact.split()) for fact in facts if isinstance(fact, str))
    known = {amount_in(language, fact) for fact in facts if isinstance(fact, Money)}
    known |= {day_in(language, fact) for fact in facts if isinstance(fact, date)}
    for pattern in (_AMOUNTS[language], _DAYS[language]):
        for said in pattern.findall(text):
            if said not in known and said not in theirs:
                yield said


def _values(content: Any) -> Iterator[Any]:
    """Every fact in the content, and the sums that follow from them."""
    if isinstance(content, tuple):
        for part in content:
            yield from _values(part)
    elif is_dataclass(content) and not isinstance(content, Money):
        for field in fields(content):
            yield from _values(getattr(content, field.name))
        if isinstance(content, LetterContent | OwedClaim):
            yield content.total
    else:
        yield content


def _missing(content: LetterContent, text: str) -> Iterator[str]:
    """What no letter may leave out."""
    wanted = {
        "letter-without-sender": content.office.sender,
        "letter-without-contact": (content.office.phone,),
        "letter-without-recipient": (content.name,),
        "letter-without-law": ("§",),
    }
    if content.letter.asks_for_payment:
        wanted |= _what_is_asked(content)
    for code, words in wanted.items():
        if not words or any(" ".join(word.split()) not in text for word in words):
            yield code


def _what_is_asked(content: LetterContent) -> dict[str, tuple[str, ...]]:
    lines = [line for claim in content.claims for line in claim.lines]
    return {
        "letter-without-claim": tuple(claim.id for claim in content.claims),
        "letter-without-slip": tuple(claim.payment_line for claim in content.claims),
        "letter-without-basis": ("§", *(line.legal_basis for line in lines)),
        "letter-without-sum": (amount_in(content.language, content.total),),
    }

"""How hard a text is to read, as LIX: words a sentence, and the share of long words."""

import re
from collections.abc import Iterable

from sentencex import segment

from letters.documents import Bullets, Document, Heading, Paragraph

_WORD = re.compile(r"[^\W\d_]+")
_LONG = 6


def lix(document: Document) -> float:
    """Of what is written in sentences; tables and addresses are looked up, not read.

    24 and less is very easy, 45 and more is hard (Björnsson 1968).
    """
    sentences = [s for text in _prose(document) for s in segment(document.language, text)]
    words = [_WORD.findall(sentence) for sentence in sentences]
    count = sum(len(each) for each in words)
    if not count:
        return 0.0
    long = sum(len(word) > _LONG for each in words for word in each)
    return count / sum(bool(each) for each in words) + 100 * long / count


def _prose(document: Document) -> Iterable[str]:
    yield document.title
    for block in document.blocks:
        match block:
            case Heading(text):
                yield text
            case Paragraph(text):
                yield from text.splitlines()
            case Bullets(items):
                yield from items
            case _:
                pass

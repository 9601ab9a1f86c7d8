"""Pictures of all letters, for those who would rather look than read: `docs/letters`."""

from collections.abc import Iterator
from pathlib import Path

from domain.letters import Letter
from letters.catalogue import LANGUAGES
from letters.content import LetterContent
from letters.printing import picture
from letters.rendering import render
from letters.situations import plain, situations

FOLDER = Path(__file__).parent.parent / "docs" / "letters"


def pictures() -> Iterator[tuple[str, bytes]]:
    """File name and PNG of the first page of each letter, in each language."""
    for letter in Letter:
        for language in LANGUAGES:
            yield f"{letter}.{language}.png", _first_page(plain(letter, language))
    for language in LANGUAGES:
        several = dict(situations(Letter.SECOND_REMINDER, language))["several-claims"]
        yield f"several-claims.{language}.png", _first_page(several)


def _first_page(content: LetterContent) -> bytes:
    return picture(render(content).document)[0]


def draw() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in pictures():
        (FOLDER / name).write_bytes(content)

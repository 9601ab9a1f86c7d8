"""Pictures of all letters, for those who would rather look than read: `docs/letters`."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from domain.letters import Letter
from letters.catalogue import LANGUAGES
from letters.content import LetterContent
from letters.printing import LAYOUT, picture
from letters.rendering import render
from letters.situations import plain, situations
from letters.templates import FOLDER as TEXTS

FOLDER = Path(__file__).parent.parent / "docs" / "letters"
DRAWN = FOLDER / "drawn.toml"
_HEAD = "# What each picture was drawn of, as SHA-256. Written by `rettidig release-letters`.\n"


def shown() -> Iterator[tuple[str, LetterContent]]:
    """By file name: each letter in each language, and one about several claims."""
    for language in LANGUAGES:
        for letter in Letter:
            yield f"{letter}.{language}.png", plain(letter, language)
        several = dict(situations(Letter.SECOND_REMINDER, language))["several-claims"]
        yield f"several-claims.{language}.png", several


def drawn_of(content: LetterContent) -> str:
    """Of all that decides how the picture looks."""
    layout = (TEXTS / LAYOUT).read_bytes()
    return hashlib.sha256(render(content).sha256.encode() + layout).hexdigest()


def draw() -> None:
    """The first page of each, as PNG."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, content in shown():
        (FOLDER / name).write_bytes(picture(render(content).document)[0])
        lines.append(f'"{name}" = "{drawn_of(content)}"\n')
    DRAWN.write_text(_HEAD + "".join(lines), encoding="utf-8")

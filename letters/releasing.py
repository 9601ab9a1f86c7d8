"""Holds every text against every situation, and releases those that pass for use."""

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import TemplateError

from domain.errors import Fault
from domain.letters import Letter
from letters.catalogue import LANGUAGES
from letters.content import LetterContent
from letters.proofreading import faults_in, is_hard_to_read
from letters.rendering import render
from letters.situations import situations
from letters.templates import RELEASED, newest, released, texts

_HEAD = "# The texts in use, each with its SHA-256. Written by `rettidig release-letters`.\n"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with the text *template* in one situation."""

    template: str
    situation: str
    fault: Fault


def findings(most_lix: int) -> list[Finding]:
    """All that is wrong with the newest texts of all letters. Raises TemplateChanged."""
    released()
    return [
        Finding(name, situation, fault)
        for letter in Letter
        for language in LANGUAGES
        for name in [newest(letter, language)]
        for situation, content in situations(letter, language)
        for fault in _faults(content, name, most_lix)
    ]


def _faults(content: LetterContent, template: str, most_lix: int) -> Iterator[Fault]:
    try:
        rendered = render(content, template)
    except TemplateError as wrong:
        yield Fault("letter", "letter-incomplete", {"found": str(wrong), "limit": ""})
        return
    yield from faults_in(content, rendered.document, strangers=("Karlo Prøvesen",))
    if hard := is_hard_to_read(rendered.document, most_lix):
        yield hard


def unreleased() -> list[str]:
    """The texts that are not in use yet."""
    return [name for name in texts() if name not in released()]


def release() -> None:
    """Take all texts there are into use; none of those in use may have changed."""
    released()
    lines = [f'"{name}" = "{digest}"\n' for name, digest in texts().items()]
    RELEASED.write_text(_HEAD + "".join(lines), encoding="utf-8")
    released.cache_clear()

"""Turns a letter's content into its title and plain paragraphs, by a template with a version."""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.dates import format_date
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.letters import Letter
from letters.content import LetterContent

_FOLDER = Path(__file__).parent.parent / "templates" / "letters"
_VERSION = 1
_EMPTY_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class RenderedLetter:
    """*template* names the text it was made from; *sha256* is of title and body together."""

    template: str
    title: str
    body: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(f"{self.title}\n\n{self.body}".encode()).hexdigest()


def template_of(letter: Letter, language: str = "da") -> str:
    return f"{letter}/{_VERSION}.{language}.txt"


def render(content: LetterContent, language: str = "da") -> RenderedLetter:
    """The first line of a template is the title; the same facts give the same letter."""
    name = template_of(content.letter, language)
    text = _environment(language).get_template(name).render(letter=content)
    title, _, body = text.strip().partition("\n")
    return RenderedLetter(name, title.strip(), _tidy(body))


def _tidy(body: str) -> str:
    """One empty line between paragraphs, however the template is laid out."""
    paragraphs = [part.strip() for part in _EMPTY_LINES.split(body)]
    return "\n\n".join(part for part in paragraphs if part) + "\n"


@cache
def _environment(language: str) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # plain text; every layout escapes for itself
    )
    environment.filters["day"] = lambda day: format_date(day, "long", locale=language)
    return environment

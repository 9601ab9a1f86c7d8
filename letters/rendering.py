"""Turns a letter's content into the document that is sent, by a text with a version."""

import hashlib
import json
from dataclasses import dataclass

from letters.composing import compose
from letters.content import LetterContent
from letters.documents import Document, in_words, to_json
from letters.templates import active, environment


@dataclass(frozen=True, slots=True)
class RenderedLetter:
    """*template* names the text it was made from."""

    template: str
    document: Document

    @property
    def title(self) -> str:
        return self.document.title

    @property
    def body(self) -> str:
        return in_words(self.document)

    @property
    def sha256(self) -> str:
        """Of the document, whatever is made of it."""
        text = json.dumps(to_json(self.document), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def render(content: LetterContent, template: str | None = None) -> RenderedLetter:
    """The same facts give the same letter; *template*: another text than the active one.

    Raises jinja2.TemplateError for a text that asks for what the content has not.
    """
    name = template or active(content.letter, content.language)
    text = environment(content.language).get_template(name).render(letter=content)
    return RenderedLetter(name, compose(content, text))

"""What a page shows, read off the page itself, so that it can be shown again in many years."""

from html.parser import HTMLParser

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

from api.languages import language_of
from domain.authority import Actor
from domain.looking import Purpose
from domain.screens import Block, Screen
from persistence.tasks.screens import note_shown

PLACE = 'name="screen" value=""'
"""Where the screen's mark goes: `hidden_screen` of the field component writes it so."""

_KINDS = {
    "h1": "heading", "h2": "heading", "h3": "heading", "p": "text", "li": "item",
    "summary": "text", "button": "button", "label": "field", "legend": "field",
}  # fmt: skip
_BEGINNING = {*_KINDS, "dt", "dd", "td", "th"}
_CHOSEN = "→"
_PAIRED, _CELLS = {"dt", "dd"}, {"td", "th"}
_UNSEEN = {"script", "style", "svg", "template", "nav", "head"}
_WITHOUT_END = {"input", "br", "img", "meta", "link", "hr", "use", "path"}
_ANSWERED = {"text", "number", "date", "search", "email", "tel", "range"}


async def keep_shown(
    request: Request,
    connection: AsyncConnection,
    page: HTMLResponse,
    subject: str,
    actor: Actor,
    purpose: Purpose | None = None,
) -> HTMLResponse:
    """The page; what it says is kept, and that *actor* saw it is noted. Raises PurposeMissing.

    Its form carries the mark, by which the decision names what it was made before.
    """
    text = bytes(page.body).decode()
    policy = request.app.state.house.policy.version
    screen = Screen(subject, policy, language_of(request), blocks_of(text))
    mark = await note_shown(connection, screen, actor.id, purpose)
    marked = text.replace(PLACE, f'name="screen" value="{mark}"')
    headers = {k: v for k, v in page.headers.items() if k != "content-length"}
    return HTMLResponse(marked, page.status_code, headers=headers)


def blocks_of(page: str) -> tuple[Block, ...]:
    """The words of the page's main part, in the order they are read."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return tuple(reader.blocks)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self._open: list[tuple[str, bool]] = []
        self._words: list[str] = []
        self._row: list[str] = []
        self._kind = "text"

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _WITHOUT_END:
            self._take_answer(tag, given)
            return
        self._open.append((tag, tag in _UNSEEN or "sr-only" in given.get("class", "").split()))
        if tag in _BEGINNING:
            if self._words != [_CHOSEN]:
                self._say()
            self._kind = _KINDS.get(tag, "text")
        if tag == "option" and "selected" in given:
            self._words.append(_CHOSEN)

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in _CELLS or tag in _PAIRED:
            self._row.append(self._taken())
        if tag in {"tr", "dd"}:
            self._end_row("fact" if tag == "dd" else "head" if self._is_in("thead") else "row")
        if tag in _KINDS or tag == "main":
            self._say()
        while self._is_in(tag) and self._open.pop()[0] != tag:
            pass

    def _is_in(self, tag: str) -> bool:
        return any(name == tag for name, _ in self._open)

    @override
    def handle_data(self, data: str) -> None:
        is_hidden = any(unseen for _, unseen in self._open)
        if self._is_in("main") and not is_hidden and data.strip():
            self._words.append(" ".join(data.split()))

    def _take_answer(self, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if tag != "input" or not self._is_in("main"):
            return
        if kind in _ANSWERED and given.get("value"):
            self._say()
            self.blocks.append(Block("answer", (given["value"],)))
        elif kind in {"radio", "checkbox"} and "checked" in given:
            self._words.append(_CHOSEN)

    def _taken(self) -> str:
        words, self._words = " ".join(self._words), []
        return words

    def _say(self) -> None:
        if words := self._taken():
            self.blocks.append(Block(self._kind, (words,)))
        self._kind = "text"

    def _end_row(self, kind: str) -> None:
        if any(self._row):
            self.blocks.append(Block(kind, tuple(self._row)))
        self._row = []

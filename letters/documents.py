"""A letter as it stands in the debtor's hand, whatever it is made into: words, in their order.

All amounts and days are words already, so that each layout shows the same.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str  # a line break in it is meant


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwedRow:
    """*kind*: claim (with what it is about), line (a part of it) or sum."""

    kind: str
    text: str
    detail: str = ""
    amount: str = ""


@dataclass(frozen=True, slots=True)
class OwedTable:
    head: tuple[str, str, str]
    rows: tuple[OwedRow, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    head: tuple[str, str]
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Slip:
    """A payment line, and what is paid with it."""

    line: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slips:
    title: str
    slips: tuple[Slip, ...]


Block = Heading | Paragraph | Bullets | OwedTable | Plan | Slips
_KINDS: dict[str, type[Any]] = {
    "heading": Heading,
    "paragraph": Paragraph,
    "bullets": Bullets,
    "owed": OwedTable,
    "plan": Plan,
    "slips": Slips,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class Document:
    """*facts*: what stands beside the sender, as the day and the claims' numbers.

    *day* is the day it was written, as 2026-03-31; *page* how a page is numbered.
    """

    language: str
    title: str
    day: str
    recipient: tuple[str, ...]
    sender: tuple[str, ...]
    facts: tuple[str, ...]
    contact: str
    page: str
    blocks: tuple[Block, ...]


def to_json(document: Document) -> dict[str, Any]:
    """What `from_json` makes the same document of; layouts read it too."""
    blocks = [{"kind": _NAMES[type(block)], **asdict(block)} for block in document.blocks]
    return {**asdict(document), "blocks": blocks}


def from_json(json: Mapping[str, Any]) -> Document:
    whole = {name: _frozen(value) for name, value in json.items() if name != "blocks"}
    return Document(**whole, blocks=tuple(_block(dict(block)) for block in json["blocks"]))


def _block(json: dict[str, Any]) -> Block:
    kind = _KINDS[json.pop("kind")]
    if kind is OwedTable:
        rows = tuple(OwedRow(**row) for row in json["rows"])
        return OwedTable(_frozen(json["head"]), rows)
    if kind is Slips:
        slips = tuple(Slip(one["line"], _frozen(one["facts"])) for one in json["slips"])
        return Slips(json["title"], slips)
    block: Block = kind(**{name: _frozen(value) for name, value in json.items()})
    return block


def _frozen(value: Any) -> Any:
    return tuple(_frozen(part) for part in value) if isinstance(value, list | tuple) else value


def in_words(document: Document) -> str:
    """The letter as plain text, one empty line between its parts."""
    head = ["\n".join(document.recipient), "\n".join(document.facts)]
    parts = [*head, *(_words(block) for block in document.blocks), "\n".join(document.sender)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _words(block: Block) -> str:
    match block:
        case Heading(text) | Paragraph(text):
            return text
        case Bullets(items):
            return "\n".join(f"- {item}" for item in items)
        case OwedTable(_, rows):
            return "\n".join(_row_in_words(row) for row in rows)
        case Plan(_, rows):
            return "\n".join(f"- {day}: {amount}" for day, amount in rows)
        case Slips(title, slips):
            lines = (f"{slip.line} ({', '.join(slip.facts)})" for slip in slips)
            return "\n".join([f"{title}:", *lines])


def _row_in_words(row: OwedRow) -> str:
    match row.kind:
        case "claim":
            return f"{row.text}. {row.detail}."
        case "line":
            return f"- {row.text}: {row.amount}" + (f" ({row.detail})" if row.detail else "")
        case _:
            return f"{row.text}: {row.amount}"

"""What was on a screen, as words that anybody can read in many years, and the mark of them."""

import hashlib
import json
from dataclasses import asdict, dataclass

from domain.errors import Fault, Invalid


@dataclass(frozen=True, slots=True)
class Block:
    """One thing on the screen: *words* in their order, of one *kind*.

    heading · text · item · fact (name, value) · head, row (cells) · field (question, answer) ·
    button
    """

    kind: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """*subject*: whose case it was; *policy*: the version of the figures it showed."""

    subject: str
    policy: str
    language: str
    blocks: tuple[Block, ...]


def write_screen(screen: Screen) -> str:
    """The same screen gives the same text, for ever: its SHA-256 is the screen's name."""
    return json.dumps(asdict(screen), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_screen(content: str) -> Screen:
    """Raises Invalid for a text that no screen was ever written as."""
    try:
        facts = json.loads(content)
        blocks = tuple(Block(one["kind"], tuple(one["words"])) for one in facts["blocks"])
        return Screen(facts["subject"], facts["policy"], facts["language"], blocks)
    except (ValueError, TypeError, KeyError):
        raise Invalid(Fault("screen", "screen-unreadable")) from None


def mark_of(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()

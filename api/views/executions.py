"""What stands in the way of a story, in words, and its life without the days in which nothing was.

The same for the page and for programs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from api.house import House
from domain.executions.stage_steps import StageStep
from domain.executions.troubles import REMEDIES, StoryAct, Trouble
from letters.catalogue import codes, sentence
from persistence.executions.looks import read_look
from persistence.executions.stage_steps import proposals_of, read_place
from persistence.executions.steps import open_look, steps_of
from persistence.executions.story_facts import acts_of, read_story
from persistence.executions.troubles import troubles_of

_SHOWN_STEPS = 10
# Of an execution that is gone nothing more is known.
_UNKNOWN: dict[str, Any] = {
    "run_id": None,
    "waits_for": None,
    "acts": None,
    "pending": (),
    "differences": (),
    "has_answered": False,
    "history_length": None,
    "build": None,
}
_QUIET_DAYS = 7


@dataclass(frozen=True, slots=True)
class ActRow:
    """*idle* are the days since the act before in which nothing was done; 0 when few."""

    key: str
    done_on: date
    deadline: date | None
    idle: int


@dataclass(frozen=True, slots=True)
class Execution:
    """All that is known of one story. *look* is None when nobody has looked yet.

    *asked_at*: since when a look is asked for that has not come.
    """

    story: str
    facts: RowMapping
    acts: Sequence[ActRow]
    look: RowMapping | None
    asked_at: datetime | None
    troubles: Sequence[RowMapping]
    steps: Sequence[RowMapping]
    moves: tuple[StageStep, ...]
    proposals: Sequence[RowMapping]

    @property
    def is_claim(self) -> bool:
        return self.story.startswith("claim-")

    @property
    def seen(self) -> Mapping[str, Any]:
        """What the newest look found."""
        return _UNKNOWN | (self.look["facts"] if self.look else {})

    @property
    def remedies(self) -> tuple[StoryAct, ...]:
        """What helps against what stands in the way, the gentlest first."""
        found = [act for one in self.troubles for act in REMEDIES[Trouble(one["trouble"])]]
        return tuple(dict.fromkeys(found))


async def read_execution(connection: AsyncConnection, house: House, story: str) -> Execution:
    """Raises NotFound."""
    facts = await read_story(connection, story)
    is_claim = story.startswith("claim-")
    subject = facts["subject"]
    place = await read_place(connection, subject) if is_claim else None
    return Execution(
        story=story,
        facts=facts,
        acts=list(_rows(await acts_of(connection, subject))),
        look=await read_look(connection, story),
        asked_at=await open_look(connection, story),
        troubles=await troubles_of(connection, story, house.clock()),
        steps=await steps_of(connection, story, _SHOWN_STEPS),
        moves=place.steps if place else (),
        proposals=await proposals_of(connection, subject) if is_claim else (),
    )


def _rows(acts: Iterable[RowMapping]) -> Iterator[ActRow]:
    before: date | None = None
    for act in acts:
        days = (act["done_on"] - before).days if before else 0
        yield ActRow(act["key"], act["done_on"], act["deadline"], days if days > _QUIET_DAYS else 0)
        before = act["done_on"]


def key_in_words(key: str, language: str) -> str:
    """What the act of that key is; its round and attempt are left out."""
    name = key
    while (shorter := name.rpartition("-"))[0] and shorter[2].removeprefix("news").isdigit():
        name = shorter[0]
    for code in (f"word-letter-{name}", f"word-task-{name}", f"executions-key-{name}"):
        if code in codes(language):
            return sentence(code, language)
    return key


def why(trouble: str, facts: Mapping[str, Any], language: str) -> str:
    """The cause in plain words."""
    match Trouble(trouble):
        case Trouble.RETRYING:
            return _retrying(facts["pending"], language)
        case Trouble.OVERDUE:
            act = key_in_words(facts["waiting_for"], language)
            return sentence("executions-why-overdue", language, act=act)
        case Trouble.MESSAGE:
            code = "executions-why-message-failed" if facts["failure"] else "executions-why-message"
            values = {name: str(facts[name] or 0) for name in ("messages", "attempts")}
            return sentence(code, language, **values)
        case Trouble.GATEWAY:
            gateway = sentence(f"executions-gateway-{facts['gateway']}", language)
            what, tries = _unsent(facts, language), str(facts["tries"])
            return sentence(
                "executions-why-gateway", language, gateway=gateway, what=what, tries=tries
            )
        case Trouble.UNSENT:
            return sentence("executions-why-unsent", language, what=_unsent(facts, language))
        case other:
            return sentence(f"executions-why-{other}", language)


def _unsent(facts: Mapping[str, Any], language: str) -> str:
    if facts.get("letter"):
        return sentence(f"word-letter-{facts['letter']}", language)
    return sentence("executions-action", language)


def _retrying(pending: Sequence[Mapping[str, Any]], language: str) -> str:
    failed = [act for act in pending if act["attempts"] > 1]
    if not failed:
        return sentence("executions-why-retrying-some", language)
    first = failed[0]
    return sentence(
        "executions-why-retrying", language, act=doing(first["name"], language),
        attempts=str(first["attempts"]), failure=str(first["failure"] or "–"),
    )  # fmt: skip


def doing(name: str, language: str) -> str:
    """What an activity does; one that is newer than the catalogue is called by its name."""
    code = f"executions-doing-{name.replace('.', '-')}"
    return sentence(code, language) if code in codes(language) else name


def step_outcome(step: Mapping[str, Any], language: str) -> str:
    """What stood in the way of a step, or of the latest try."""
    code = f"executions-trouble-{step['trouble']}"
    return sentence(code, language) if code in codes(language) else str(step["trouble"])

"""A task as a row of the inbox: what is shown of it, and what its reader may do with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import RowMapping

from api.house import House
from api.languages import DANISH
from api.sentences import in_words_of
from api.views.tasks import reasons_of
from domain.authority import Actor
from domain.errors import NotFound
from domain.recovery.dossier import Standing
from letters.catalogue import sentence

_NEAR_DAYS = 90
TRANSFER_MARKS = {
    Standing.READY: "success",
    Standing.HEARING: "warning",
    Standing.LACKING: "error",
}
"""What a person can do something about, with the badge's colour."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A word on a row; *variant* is the badge's colour."""

    variant: str | None
    text: str


@dataclass(frozen=True, slots=True)
class InboxRow:
    task: RowMapping
    claim_type: str
    kind: str
    reasons: Sequence[str]
    marks: Sequence[Mark]
    is_overdue: bool
    is_mine: bool
    is_free: bool
    may_take: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads, on which day, in which language; *lookers* by task: who else has it open."""

    house: House
    actor: Actor
    language: str
    on: date
    lookers: Mapping[int, Sequence[str]]

    def say(self, code: str, **values: object) -> str:
        return sentence(code, self.language, **values)


def inbox_row(row: RowMapping, reading: Reading) -> InboxRow:
    is_mine = row["claimed_by"] == reading.actor.id
    return InboxRow(
        task=row,
        claim_type=claim_type_name(reading.house, row["claim_type"], reading.language),
        kind=reading.say(f"word-task-{row['kind']}").capitalize(),
        reasons=[one.text for one in reasons_of(row, reading.on, reading.language)],
        marks=list(_marks(row, reading)),
        is_overdue=row["due_on"] < reading.on,
        is_mine=is_mine,
        is_free=row["claimed_by"] is None,
        may_take=row["claimed_by"] is None and row["asked_by"] != reading.actor.id,
    )


def claim_type_name(house: House, code: str, language: str) -> str:
    """A type that the policy has forgotten is shown as it is; no type is shown as nothing."""
    if not code:
        return ""
    try:
        found = house.policy.claim_type(code)
    except NotFound:
        return code
    return found.name if language == DANISH else found.name_en


def _marks(row: RowMapping, reading: Reading) -> Sequence[Mark]:
    say, on, marks = reading.say, reading.on, []
    if row["due_on"] < on:
        marks.append(Mark("error", say("inbox-mark-overdue")))
    elif row["due_on"] == on:
        marks.append(Mark("warning", say("inbox-mark-today")))
    if row["claim_id"] and (row["limitation_date"] - on).days < _NEAR_DAYS:
        day = in_words_of(row["limitation_date"], reading.language)
        marks.append(Mark("warning", say("inbox-mark-limitation", day=day)))
    if row["transfer_standing"] in TRANSFER_MARKS:
        standing = row["transfer_standing"]
        marks.append(Mark(TRANSFER_MARKS[standing], say(f"transfers-mark-{standing}")))
    if row["snoozed_until"] and row["snoozed_until"] > on:
        day = in_words_of(row["snoozed_until"], reading.language)
        marks.append(Mark(None, say("inbox-mark-snoozed", day=day)))
    marks += _people(row, reading)
    return marks


def _people(row: RowMapping, reading: Reading) -> list[Mark]:
    say, me, marks = reading.say, reading.actor.id, []
    if row["delegated_by"] == me:
        marks.append(Mark("info", say("inbox-mark-asked", name=row["claimed_by_name"])))
    elif row["claimed_by"] == me:
        code = "inbox-mark-returns" if row["delegated_by"] else "inbox-mark-mine"
        marks.append(Mark("info", say(code)))
    elif row["claimed_by"]:
        marks.append(Mark("info", say("inbox-mark-holder", name=row["claimed_by_name"])))
    if row["asked_by"] == me:
        marks.append(Mark("info", say("inbox-mark-proposed")))
    if names := reading.lookers.get(row["id"]):
        marks.append(Mark(None, say("inbox-mark-looking", names=", ".join(names))))
    return marks

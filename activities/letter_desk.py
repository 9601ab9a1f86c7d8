"""Looks once more at what lies in the tray, cancels what is needless, and writes what may leave."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from jinja2 import TemplateError
from sqlalchemy import RowMapping as Row
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.envelopes import Leaving, put_in_envelope, slip_of, written_letter
from domain.calendar import today
from domain.errors import Refusal
from domain.letters import Letter
from domain.merging import Waiting, merge
from domain.policy import Policy
from gateways.ports import PersonStatus
from letters.content import LetterContent
from letters.documents import from_json
from letters.proofreading import faults_in
from letters.rendering import RenderedLetter, render
from persistence.claims.telling import is_settled
from persistence.database import Database
from persistence.debtors.numbers import open_number, safe_of
from persistence.money.statements import is_bank_awaited
from persistence.money.unearned_fees import take_back_fee
from persistence.outbox import tell
from persistence.post import documents as letter_documents
from persistence.post import log as letter_log
from persistence.post import tray
from persistence.post.log import CANCELLED, HELD_BACK, Happening
from writing.contents import (
    as_waiting,
    new_deadline,
    unearned_fee,
    why_needless,
    write_content,
)

_ONE_FEE = "one-letter-one-fee"
_GONE = {
    PersonStatus.DEAD.value: "letter-to-the-dead",
    PersonStatus.DISSOLVED.value: "letter-to-the-dissolved",
}


@dataclass(slots=True)
class Prepared:
    """What has left, what may leave, and what may not: *wrong* by the code of what is wrong."""

    left: list[Leaving] = field(default_factory=list)
    leaving: list[Leaving] = field(default_factory=list)
    wrong: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    cancelled: int = 0
    held_back: int = 0


class LetterDesk:
    def __init__(self, database: Database, policy: Policy) -> None:
        self._database, self._policy = database, policy

    async def prepare(
        self,
        connection: AsyncConnection,
        handful: tray.Tray,
        gone: Mapping[int, str],
        now: datetime,
    ) -> Prepared:
        """*gone*: by letter, the number under which the counterpart has taken it already."""
        done, on = Prepared(), today(now)
        left, rest = _parted(handful, gone)
        texts = await letter_documents.unprinted(connection, list(gone.values()))
        done.left = [_as_it_left(id_, rows, texts[id_]) for id_, rows in left.items()]
        written = [row["id"] for row in rest if row["template"]]
        await letter_documents.drop_texts(connection, written)
        free = _without_dead(rest, done)
        free = await self._without_needless(connection, handful, free, on, done)
        free = await self._without_held(connection, free, now, done)
        sendings = merge([as_waiting(row) for row in free], self._policy.post_rule(on).merges)
        if waived := [one for sending in sendings for one in sending.surplus_fees]:
            await self._give_up_fees(connection, free, waived, on)
            handful = await tray.read_tray(connection, [row["id"] for row in free], on)
        rows = {row["id"]: row for row in handful.letters}
        together = [[rows[id_] for id_ in sending.ids] for sending in sendings]
        await self._write(connection, handful, together, on, done)
        return done

    async def _without_needless(
        self,
        connection: AsyncConnection,
        handful: tray.Tray,
        rows: Sequence[Row],
        on: date,
        done: Prepared,
    ) -> list[Row]:
        """Not sent, so not charged for either; which may be all that was still owed."""
        why = {row["id"]: why_needless(self._policy, handful, row, on) for row in rows}
        needless = [row for row in rows if why[row["id"]]]
        ids = [row["id"] for row in needless]
        await tray.cancel_letters(connection, ids)
        told = [Happening(id_, CANCELLED, why[id_] or "") for id_ in ids]
        await letter_log.log(connection, told, on)
        await self._take_back_fees(connection, needless, on)
        done.cancelled += len(needless)
        return [row for row in rows if not why[row["id"]]]

    async def _take_back_fees(
        self, connection: AsyncConnection, needless: Sequence[Row], on: date
    ) -> None:
        charged = {row["claim_id"]: row for row in needless if unearned_fee(row)}
        for claim_id, row in charged.items():
            rest = await take_back_fee(connection, self._policy, claim_id, row["fee"], on)
            if not row["is_withdrawn"] and is_settled(self._policy, row, rest, on):
                await tell(connection, f"claim-{claim_id}", "settled")

    async def _without_held(
        self, connection: AsyncConnection, rows: Sequence[Row], now: datetime, done: Prepared
    ) -> list[Row]:
        """Neither those on hold, nor those that press while the bank has not told all."""
        held = {row["id"]: "on-hold" for row in rows if _is_held(row)}
        pressing = [row for row in rows if row["id"] not in held and Letter(row["letter"]).presses]
        if pressing and await is_bank_awaited(connection, self._policy, now):
            held |= {row["id"]: "bank-awaited" for row in pressing}
        told = [Happening(id_, HELD_BACK, why) for id_, why in held.items()]
        await letter_log.log(connection, told, today(now))
        done.held_back += len(held)
        return [row for row in rows if row["id"] not in held]

    async def _give_up_fees(
        self, connection: AsyncConnection, rows: Sequence[Row], waived: list[Waiting], on: date
    ) -> None:
        """One letter has one fee, whichever of its claims was charged."""
        fees = {row["id"]: row["fee"] for row in rows}
        # By its number: a claim may have other letters in the tray, and copies share a fee.
        given_up = {fees[one.id]["id"]: (one.claim, fees[one.id]) for one in waived}
        for claim_id, fee in sorted(given_up.values(), key=lambda one: one[0]):
            await take_back_fee(connection, self._policy, claim_id, fee, on, _ONE_FEE)

    async def _write(
        self,
        connection: AsyncConnection,
        handful: tray.Tray,
        sendings: Sequence[Sequence[Row]],
        on: date,
        done: Prepared,
    ) -> None:
        written = []
        for rows in sendings:
            members = tuple(row["id"] for row in rows)
            try:
                content = write_content(self._policy, handful, rows, on)
                rendered = render(content)
            except (TemplateError, LookupError, Refusal):
                done.wrong["letter-incomplete"].append(members[0])
                continue
            if code := _what_is_wrong(rows, content, rendered):
                done.wrong[code].append(members[0])
                continue
            written.append(written_letter(rows[0], members, content, rendered))
            number = open_number(safe_of(connection), rows[0], "letters", "debtor_id")
            done.leaving.append(_leaving(rows, members, number, content, rendered, on))
        await letter_documents.keep_texts(connection, written, self._policy.version, on)


def _parted(handful: tray.Tray, gone: Mapping[int, str]) -> tuple[dict[int, list[Row]], list[Row]]:
    """What left before a kill, by the letter whose text it had; and what has not left."""
    left: dict[int, list[Row]] = defaultdict(list)
    rest: list[Row] = []
    for row in handful.letters:
        leader = row["goes_with"] or row["id"]
        (left[leader] if leader in gone else rest).append(row)
    return left, rest


def _as_it_left(id_: int, rows: Sequence[Row], text: tuple[str, dict[str, Any]]) -> Leaving:
    """The leader may have been cancelled since; its number and its text are the letter's."""
    message_id, document = text
    members = (id_, *(row["id"] for row in rows if row["id"] != id_))
    return Leaving(message_id, from_json(document), members, tuple(row["id"] for row in rows))


def _without_dead(rows: Sequence[Row], done: Prepared) -> list[Row]:
    """Nobody is written to who is not there to read it."""
    for row in rows:
        if row["status"] in _GONE:
            done.wrong[_GONE[row["status"]]].append(row["id"])
    return [row for row in rows if row["status"] not in _GONE]


def _is_held(row: Row) -> bool:
    return bool(row["is_held"]) and Letter(row["letter"]).hangs_on_a_debt


def _what_is_wrong(
    rows: Sequence[Row], content: LetterContent, rendered: RenderedLetter
) -> str | None:
    if not content.address and not rows[0]["is_protected"]:
        return "letter-without-address"
    others = {name for row in rows for name in row["co_debtors"] or ()}
    strangers = [name for name in others if name not in content.name]
    hidden = {home for row in rows for home in row["hidden_homes"] or ()}
    faults = faults_in(content, rendered.document, strangers, hidden)
    return faults[0].code if faults else None


def _leaving(
    rows: Sequence[Row],
    members: tuple[int, ...],
    number: str,
    content: LetterContent,
    rendered: RenderedLetter,
    on: date,
) -> Leaving:
    message = put_in_envelope(rows[0], number, rendered.document, slip_of(content))
    moved = _moved(rows, content, on)
    return Leaving(message.message_id, rendered.document, members, moved, message)


def _moved(rows: Sequence[Row], content: LetterContent, on: date) -> tuple[int, ...]:
    """Those that leave late, come again, or were given more time by the letter they go with."""
    return tuple(
        row["id"]
        for row in rows
        if on > row["planned_on"] or row["resends"] or content.deadline > new_deadline(row, on)
    )

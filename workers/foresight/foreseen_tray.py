"""The letters that no story has to ask for any more: those in the tray, and friendly ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import COPENHAGEN, today, working_day_from
from domain.claim import HoldReason
from domain.deadlines import dispatch_day
from domain.foresight.foreseen import Foreseen, ForeseenKind, WhyNot
from domain.letters import Letter
from domain.policy import Policy
from persistence.agreements.nudging import due_nudges
from persistence.claims.standing_holds import Holds, StandingHold, longest, standing_holds
from persistence.post.tray import Tray, read_tray
from writing.contents import new_deadline, unearned_fee, why_needless

_TRAY = 1000  # letters of the tray that are looked at together


@dataclass(frozen=True, slots=True)
class Window:
    """From the first day on which anything can still leave to the last that is foreseen."""

    today: date
    first: date
    last: date

    def post_day(self, planned_on: date) -> date:
        """When a letter leaves that is asked for that day."""
        return max(dispatch_day(planned_on), self.first)


def window_of(policy: Policy, now: datetime, last: date) -> Window:
    """What is asked for after the post room has closed leaves on the next day it is open."""
    on = today(now)
    is_closed = now.astimezone(COPENHAGEN).hour >= policy.post_rule(on).closes_at_hour
    return Window(on, dispatch_day(on + timedelta(days=is_closed)), last)


async def tray_rows(
    connection: AsyncConnection, policy: Policy, window: Window, ids: Sequence[int]
) -> list[Foreseen]:
    """Those of the letters *ids* that lie in the tray: when they leave, or why they do not."""
    rows: list[Foreseen] = []
    for start in range(0, len(ids), _TRAY):
        tray = await read_tray(connection, ids[start : start + _TRAY], window.first)
        claims = {row["claim_id"] for row in tray.letters if row["is_held"]}
        holds = await standing_holds(connection, claims, window.first)
        for row in tray.letters:
            rows += _of_tray(policy, tray, row, window, holds)
    return [row for row in rows if row.day <= window.last]


def _of_tray(
    policy: Policy, tray: Tray, row: RowMapping, window: Window, holds: Holds
) -> Iterator[Foreseen]:
    """As the post room will look at it: is it needless, is it held?"""
    lies, fee = _lying(row, window), unearned_fee(row)
    lies = replace(lies, fee_ore=fee["ore"] if fee else 0)
    if needless := why_needless(policy, tray, row, lies.day):
        yield replace(lies, why=WhyNot(needless))
        return
    hold = _holding(lies, holds) if row["is_held"] else None
    if hold is None:
        yield lies
        return
    later = window.post_day(hold.until + timedelta(days=1)) if hold.until else None
    yield replace(lies, **hold.reason_on(lies.day), instead_on=later)
    if later:
        yield replace(lies, day=later, deadline=new_deadline(row, later))


def _lying(row: RowMapping, window: Window) -> Foreseen:
    day = window.post_day(row["planned_on"])
    return Foreseen(
        day, ForeseenKind.LETTER, row["letter"], row["subject"], row["key"], row["claim_id"],
        row["debtor_id"], row["requested_on"], row["planned_on"], new_deadline(row, day),
        letter_id=row["id"],
    )  # fmt: skip


def _holding(row: Foreseen, holds: Holds) -> StandingHold | None:
    """What keeps the letter in the tray on its day; an agreement holds none of its own letters."""
    if not row.letter.hangs_on_a_debt:
        return None
    is_own = row.subject == row.claim_id
    return longest(
        hold
        for hold in holds.get(row.claim_id, ())
        if hold.lasts_over(row.day) and (is_own or hold.reason is not HoldReason.AGREEMENT)
    )


async def nudge_rows(connection: AsyncConnection, policy: Policy, window: Window) -> list[Foreseen]:
    """The friendly letters about instalments that will fall due, which no story asks for."""
    rows = []
    day = window.first
    while day <= window.last:
        ahead, left = policy.post_rule(day).nudge_days, day if day > window.first else date.min
        due = await due_nudges(connection, day, ahead, left)
        holds = await standing_holds(connection, {one.claim_id for one in due}, day)
        for one in due:
            row = Foreseen(
                day, ForeseenKind.LETTER, Letter.INSTALMENT_NUDGE.value, one.id,
                f"nudge-{one.number}", one.claim_id, one.debtor_id, day, day, one.due_on,
            )  # fmt: skip
            hold = _holding(row, holds)
            rows.append(replace(row, **hold.reason_on(day)) if hold else row)
        day = working_day_from(day + timedelta(days=1))
    return rows

"""What comes of the lives that were rehearsed, and of the letters that lie in the tray."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import COPENHAGEN, today, working_day_from
from domain.claim import HoldReason
from domain.deadlines import dispatch_day
from domain.letters import Letter
from domain.orders import AskPerson, Close, CloseAgreement, Order, Recall, Transfer, WriteLetter
from domain.policy import Policy
from domain.record import AgreementOutcome
from domain.steering.foresight import Foreseen, ForeseenKind, WhyNot
from persistence.agreements.nudging import due_nudges
from persistence.claims.standing_holds import Holds, StandingHold, longest, standing_holds
from persistence.post.arriving import tray_of_day
from persistence.post.tray import Tray, read_tray
from workers.foresight import Rehearsed
from workflows.rehearsal import RehearsedAct
from writing.contents import unearned_fee, why_needless

_TRAY = 1000  # letters of the tray that are looked at together
_BROKEN = "broken"


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


def rows_of(
    rehearsed: Rehearsed, window: Window, owing: Mapping[str, Sequence[int]]
) -> Iterator[Foreseen]:
    """*owing*: by claim, who owes it. Each debtor's copy of a letter is a row."""
    given = rehearsed.given
    for act in rehearsed.acts:
        for row in _rows_of_act(act, rehearsed, window, owing):
            after = act.order.after
            until = given.get((act.subject, after)) if after else None
            yield from _by_day(replace(row, after=after, until=until), window)


def held_back(
    free: Rehearsed,
    coming: Sequence[Foreseen],
    window: Window,
    holds: Holds,
    owing: Mapping[str, Sequence[int]],
) -> Iterator[Foreseen]:
    """What *free*, the same lives without their holds, would do that does not come, or later."""
    when = {_thing(row): row.day for row in coming if row.why is None}
    for row in rows_of(free, window, owing):
        day = when.get(_thing(row))
        hold = _hold_over(row, free, holds)
        if row.why is None and row.day != day and hold:
            yield replace(row, **hold.reason_on(row.day), instead_on=day)


def _hold_over(row: Foreseen, free: Rehearsed, holds: Holds) -> StandingHold | None:
    """The claim's own; or, for what hangs on an agreement, that of any claim of it."""
    covered = free.group.about.claims if free.group.about else ()
    own = longest(holds.get(row.claim_id, ()))
    return own or longest(hold for claim in covered for hold in holds.get(claim, ()))


def _thing(row: Foreseen) -> tuple[str, str, str, int | None]:
    return row.kind, row.subject, row.key, row.debtor_id


def _by_day(row: Foreseen, window: Window) -> Iterator[Foreseen]:
    """The row, if its day is one of those foreseen; a letter asked for on a closed day waits."""
    asked = row.asked_on
    if row.kind is ForeseenKind.LETTER and asked and window.today <= asked < dispatch_day(asked):
        instead = row.day
        if asked <= window.last:
            yield replace(row, day=asked, why=WhyNot.NO_POST_DAY, instead_on=instead)
    if row.day <= window.last:
        yield row


def _rows_of_act(
    act: RehearsedAct, rehearsed: Rehearsed, window: Window, owing: Mapping[str, Sequence[int]]
) -> Iterator[Foreseen]:
    about = rehearsed.group.about
    is_of_agreement = about is not None and act.subject == about.id
    alive = (about.alive or about.claims) if is_of_agreement else [act.subject]
    row = Foreseen(act.on, *_kind(act.order), act.subject, act.key, alive[0])
    if row.kind is not ForeseenKind.LETTER:
        yield row
        if row.what == AgreementOutcome.BROKEN and about.alive and not about.ended_by:
            letter = replace(row, kind=ForeseenKind.LETTER, what=Letter.AGREEMENT_BROKEN.value)
            yield _letter(replace(letter, key=_BROKEN), act, window, about.debtor_id)
        return
    for debtor in [about.debtor_id] if is_of_agreement else owing.get(act.subject, ()):
        yield _letter(row, act, window, debtor)


def _letter(row: Foreseen, act: RehearsedAct, window: Window, debtor: int) -> Foreseen:
    return replace(
        row, day=window.post_day(act.on), debtor_id=debtor, asked_on=act.on,
        planned_on=dispatch_day(act.on), deadline=act.deadline,
    )  # fmt: skip


def _kind(order: Order) -> tuple[ForeseenKind, str]:
    match order:
        case WriteLetter(letter=letter):
            return ForeseenKind.LETTER, letter.value
        case AskPerson(kind=kind):
            return ForeseenKind.TASK, kind.value
        case Close(ending=ending):
            return ForeseenKind.CLOSING, ending.value
        case CloseAgreement(outcome=outcome):
            return ForeseenKind.AGREEMENT_END, outcome.value
        case Recall():
            return ForeseenKind.TRANSFER, "recall"
        case Transfer():
            return ForeseenKind.TRANSFER, "transfer"
    raise AssertionError(f"nobody has foreseen {order}")


async def tray_rows(connection: AsyncConnection, policy: Policy, window: Window) -> list[Foreseen]:
    """The letters that lie in the tray: when they leave, or why they do not."""
    ids, rows = await tray_of_day(connection, window.last), list[Foreseen]()
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
        yield replace(lies, day=later)


def _lying(row: RowMapping, window: Window) -> Foreseen:
    return Foreseen(
        window.post_day(row["planned_on"]), ForeseenKind.LETTER, row["letter"], row["subject"],
        row["key"], row["claim_id"], row["debtor_id"], row["requested_on"], row["planned_on"],
        row["deadline"], letter_id=row["id"],
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

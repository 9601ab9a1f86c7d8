"""What comes of the lives that were rehearsed, and what a hold keeps back."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from domain.deadlines import dispatch_day
from domain.foresight.foreseen import Foreseen, ForeseenKind, WhyNot
from domain.letters import Letter
from domain.orders import AskPerson, Close, CloseAgreement, Order, Recall, Transfer, WriteLetter
from domain.record import AgreementOutcome
from persistence.claims.standing_holds import Holds, StandingHold, longest
from workers.foresight.circles import Given, Rehearsed
from workers.foresight.foreseen_tray import Window
from workflows.rehearsal import RehearsedAct

_BROKEN = "broken"


def rows_of(rehearsed: Rehearsed, window: Window) -> Iterator[Foreseen]:
    """Each debtor's copy of a letter is a row."""
    given = rehearsed.given
    for act in rehearsed.acts:
        for row in _rows_of_act(act, rehearsed, given, window):
            yield from _by_day(row, window)


def held_back(
    free: Rehearsed, coming: Sequence[Foreseen], window: Window, holds: Holds
) -> Iterator[Foreseen]:
    """What *free*, the same lives without their holds, would do that does not come, or later."""
    when = {_thing(row): row.day for row in coming if row.why is None}
    for row in rows_of(free, window):
        day = when.get(_thing(row))
        hold = _hold_over(row, free, holds)
        if row.why is None and row.day != day and hold:
            yield replace(row, **hold.reason_on(row.day), instead_on=day)


def _hold_over(row: Foreseen, free: Rehearsed, holds: Holds) -> StandingHold | None:
    """The claim's own; or, where an agreement covers it, that of any claim of it."""
    agreements = free.group.about.values()
    covered = [one for about in agreements if row.claim_id in about.claims for one in about.claims]
    own = longest(holds.get(row.claim_id, ()))
    return own or longest(hold for claim in covered for hold in holds.get(claim, ()))


def _thing(row: Foreseen) -> tuple[str, str, str, int | None]:
    return row.kind, row.subject, row.key, row.debtor_id


def _by_day(row: Foreseen, window: Window) -> Iterator[Foreseen]:
    """The row, if its day is one of those foreseen; a letter asked for on a closed day waits."""
    asked = row.asked_on
    if asked and window.today <= asked <= window.last and asked < dispatch_day(asked):
        yield replace(row, day=asked, why=WhyNot.NO_POST_DAY, instead_on=row.day)
    if row.day <= window.last:
        yield row


def _rows_of_act(
    act: RehearsedAct, rehearsed: Rehearsed, given: Given, window: Window
) -> Iterator[Foreseen]:
    group, after = rehearsed.group, act.order.after
    about = group.about.get(act.subject)
    alive = (about.alive or about.claims) if about else [act.subject]
    row = Foreseen(
        act.on, *_kind(act.order), act.subject, act.key, alive[0],
        deadline=given.get((act.subject, act.key)) or act.deadline,
        after=after, until=given.get((act.subject, after)) if after else None,
    )  # fmt: skip
    if row.kind is not ForeseenKind.LETTER:
        yield row
        if row.what == AgreementOutcome.BROKEN and about and about.alive and not about.ended_by:
            letter = replace(row, kind=ForeseenKind.LETTER, what=Letter.AGREEMENT_BROKEN.value)
            yield _letter(replace(letter, key=_BROKEN), act, window, about.debtor_id)
        return
    for debtor in [about.debtor_id] if about else group.owing[act.subject]:
        yield _letter(row, act, window, debtor)


def _letter(row: Foreseen, act: RehearsedAct, window: Window, debtor: int) -> Foreseen:
    return replace(
        row, day=window.post_day(act.on), debtor_id=debtor, asked_on=act.on,
        planned_on=dispatch_day(act.on),
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
        case _:
            raise AssertionError(f"nobody has foreseen {order}")

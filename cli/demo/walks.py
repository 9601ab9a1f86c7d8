"""How far each of the town's claims has come before the demo begins, and how it came there."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import select, update

from cli.demo.hearings import OUTCOMES, Hearing
from cli.demo.lives import Life, deliver_letters
from cli.demo.staff import ANNA, BENT
from domain.agreements.ability import Income
from domain.claim import Ending, HoldReason
from domain.decisions import Outcome, TaskKind
from domain.distraints.routing import route
from domain.errors import ClaimHasEnded
from domain.letters import Letter
from domain.money import Money
from domain.orders import Transfer
from domain.policy import Route
from persistence.agreements.terms import NewAgreement
from persistence.claims.holding import place_hold
from persistence.claims.withdrawing import withdraw
from persistence.models import Claim, Instalment

_SCHEDULED = 0.7  # of those whose bailiff has the task


async def was_only_registered(life: Life) -> None:
    """Its story begins with the demand."""


async def was_reminded(life: Life) -> None:
    await life.remind()


async def was_asked_about(life: Life) -> None:
    await life.remind()
    await life.ask(TaskKind.DIALOGUE)


async def was_agreed_on(life: Life) -> None:
    rule = life.claim_type.agreement.on(life.day)
    if not rule or not rule.is_offered:
        await was_asked_about(life)
        return
    owed = await life.balance()
    most = max(1, owed.ore // max(rule.minimum_instalment.ore, 1))
    months = min(rule.max_months, most, life.random.choice((2, 3, 6, 9)))
    await life.remind()
    first_due = life.day + timedelta(days=14)
    wish = NewAgreement((life.id,), first_due, months=months)
    if rule.by_income_table:
        wish = NewAgreement((life.id,), first_due, income=Income(Money.kroner(190_000)))
    await life.ask(TaskKind.DIALOGUE)
    await life.answer(TaskKind.DIALOGUE, Outcome.AGREEMENT, agreement=wish)
    await _pay_instalments(life)


async def _pay_instalments(life: Life) -> None:
    found = (
        select(Instalment.number, Instalment.due_on, Instalment.amount_ore)
        .join(Claim, Claim.agreement_id == Instalment.agreement_id)
        .where(Claim.id == life.id, Instalment.due_on < life.today)
    )
    async with life.database.transaction() as connection:
        await deliver_letters(connection, life)
        instalments = (await connection.execute(found)).all()
    for number, due_on, ore in instalments:
        await life.pay(Money(ore), due_on, number)


async def was_assessed(life: Life) -> None:
    await life.talk(Outcome.GO_ON)
    await life.ask(TaskKind.ASSESSMENT)


async def was_proposed_for_write_off(life: Life) -> None:
    await life.assess(Outcome.WRITE_OFF)
    await life.ask(TaskKind.WRITE_OFF_APPROVAL)


async def was_written_off(life: Life) -> None:
    await was_proposed_for_write_off(life)
    await life.answer(TaskKind.WRITE_OFF_APPROVAL, Outcome.APPROVED, BENT)
    await life.end(Ending.WRITTEN_OFF)


async def was_notified(life: Life) -> None:
    """The letters of the system it came from carried no notice of a transfer."""
    async with life.database.transaction() as connection:
        plain = update(Claim).where(Claim.id == life.id).values(transfer_notice_with=None)
        await connection.execute(plain)
    await life.assess(Outcome.TRANSFER)
    await life.write(Letter.TRANSFER_NOTICE, "transfer-notice-0")


async def was_handed_on(life: Life) -> None:
    """To whoever enforces such claims: the recovery authority, or the town's own bailiff."""
    if route(life.claim_type, life.claim.period_end, life.today) is Route.MUNICIPALITY:
        await life.assess(Outcome.ENFORCE)
        await life.write(Letter.DISTRAINT_NOTICE, "distraint-notice-0")
        await life.ask(TaskKind.DISTRAINT)
        if life.random.random() < _SCHEDULED:
            await life.set_hearing()
        return
    await life.assess(Outcome.TRANSFER)
    if not life.is_up_to_date:
        notice = life.claim_type.steps.on(life.today) or ()
        after = next((s.letter.value for s in notice if s.carries_transfer_notice), None)
        await life.past.transfer(Transfer(life.id, "transfer-0-0", life.day, after=after))


async def was_enforced(life: Life, outcome: Outcome | None = None) -> None:
    """The town's own bailiff has held the hearing; without an *outcome* it is one to come."""
    if route(life.claim_type, life.claim.period_end, life.today) is not Route.MUNICIPALITY:
        await was_handed_on(life)
        return
    await life.assess(Outcome.ENFORCE)
    await life.write(Letter.DISTRAINT_NOTICE, "distraint-notice-0")
    await life.ask(TaskKind.DISTRAINT)
    if outcome is None:
        await life.set_hearing()
    else:
        await Hearing(life).hold(outcome)


async def was_paid(life: Life) -> None:
    await life.write(Letter.DEMAND)
    await life.pay(await life.balance(), min(life.day, life.today))
    await life.end(Ending.PAID)


async def was_withdrawn(life: Life) -> None:
    await life.write(Letter.DEMAND)
    if life.is_up_to_date:
        return
    with suppress(ClaimHasEnded):
        async with life.database.transaction() as connection:
            await withdraw(connection, life.id, "Sendt til den forkerte.", life.day, BENT)
    await life.end(Ending.WITHDRAWN)


async def was_held(life: Life, reason: HoldReason) -> None:
    await life.remind()
    since = life.today - timedelta(days=life.random.randint(1, 5))
    until = life.today + timedelta(days=life.random.randint(10, 40))
    async with life.database.transaction() as connection:
        await place_hold(connection, life.id, reason, "", since, until, ANNA)


@dataclass(frozen=True, slots=True)
class Walk:
    """How many claims came how far; *more_days* at most since their letters ran out.

    *types*: of which they are; of all in turn where none is named.
    """

    count: int
    live: Callable[[Life], Awaitable[None]]
    more_days: int | None
    types: tuple[str, ...] = ()


# About half of them are of 2023, which the town enforces itself.
_OLD_PRIORITY = ("household-waste", "rat-control")
WALKS = (
    Walk(24, was_only_registered, None),
    Walk(190, was_reminded, -1),
    Walk(56, was_asked_about, 9),
    Walk(66, was_agreed_on, 120),
    Walk(32, was_assessed, 12),
    Walk(16, was_proposed_for_write_off, 16),
    Walk(10, was_notified, 14),
    Walk(70, was_handed_on, 16),
    Walk(14, partial(was_held, reason=HoldReason.OBJECTION), -1),
    Walk(6, partial(was_held, reason=HoldReason.DEATH), -1),
    Walk(26, was_paid, 30),
    Walk(6, was_withdrawn, 30),
    Walk(8, was_written_off, 60),
    Walk(20, was_enforced, 200, _OLD_PRIORITY),
    *(
        Walk(count, partial(was_enforced, outcome=outcome), 200, _OLD_PRIORITY)
        for outcome, count in zip(OUTCOMES, (12, 8, 6, 6, 6, 4), strict=True)
    ),
)
"""*more_days* None: registered today; -1: somewhere on the way through the letters."""

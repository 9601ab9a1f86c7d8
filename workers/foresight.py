"""What the living stories would do in the coming days, and which letters will leave on one.

The stories themselves are rehearsed: there is no second copy of the rules.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.forecasts import Foresee
from domain.calendar import COPENHAGEN, TownClock, start_of, today
from domain.deadlines import dispatch_day
from domain.letters import Letter
from domain.orders import CloseAgreement, Order, WriteLetter
from domain.policy import Policy
from domain.record import AgreementOutcome, Life
from persistence.agreements.nudging import due_nudges
from persistence.claims.records import agreement_record, claim_record
from persistence.claims.sleeping import debtors_of, living_agreements, living_claims
from persistence.post.arriving import tray_of_day
from persistence.post.tray import read_tray
from workflows.rehearsal import ClaimTerms, Rehearsal, RehearsedAct
from writing.contents import why_needless


@dataclass(frozen=True, slots=True, order=True)
class ForeseenLetter:
    """One debtor's copy of a letter. *claim_id* is the claim it is asked for about."""

    debtor_id: int
    claim_id: str
    letter: Letter


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """*lives*: the records the stories began from; *covers*: the claims of each agreement."""

    acts: list[RehearsedAct]
    lives: list[Life]
    covers: dict[str, list[str]]


async def rehearse(
    connection: AsyncConnection,
    policy: Policy,
    clock: TownClock,
    now: datetime,
    until: datetime,
    claim_id: str | None = None,
) -> Rehearsed:
    """All that would be done until *until* if nobody pays and nobody decides anything."""
    rehearsal, on = Rehearsal(policy, now), today(now)
    lives: list[Life] = []
    covers: dict[str, list[str]] = {}
    for row in await living_claims(connection, until=today(until)):
        if claim_id in {None, row.id}:
            record = await claim_record(connection, policy, row.id, clock, on)
            terms = ClaimTerms(row.claim_type, row.registered_on, row.last_timely_payment_date)
            rehearsal.add_claim(record, terms)
            lives.append(record)
    for row in await living_agreements(connection):
        if claim_id is None or claim_id in row.claims:
            agreement = await agreement_record(connection, row.id, clock, on)
            rehearsal.add_agreement(agreement, tuple(row.claims), row.catch_up_days)
            covers[row.id] = sorted(row.claims)
            lives.append(agreement)
    return Rehearsed(rehearsal.play(until), lives, covers)


async def foresee_letters(
    connection: AsyncConnection, policy: Policy, clock: TownClock, now: datetime, day: date
) -> list[ForeseenLetter]:
    """The letters that will leave on the day *day*, as all is known at *now*."""
    end = start_of(day + timedelta(days=1)) - timedelta(minutes=1)
    rehearsed = await rehearse(connection, policy, clock, now, end)
    first = _next_round(policy, now)
    letters = list(_written(rehearsed, first, day))
    nudges = await due_nudges(connection, day, policy.post_rule(day).nudge_days)
    letters += [(nudge.claim_id, Letter.INSTALMENT_NUDGE) for nudge in nudges]
    owing = await debtors_of(connection, {claim for claim, _ in letters})
    foreseen = [
        ForeseenLetter(debtor, claim, letter)
        for claim, letter in letters
        for debtor in owing.get(claim, ())
    ]
    return sorted(foreseen + await _in_the_tray(connection, policy, first, day))


def foresight(policy: Policy, clock: TownClock) -> Foresee:
    """How many letters will leave on a day, for the brake."""

    async def foresee(connection: AsyncConnection, now: datetime, day: date) -> int:
        return len(await foresee_letters(connection, policy, clock, now, day))

    return foresee


def _next_round(policy: Policy, now: datetime) -> date:
    """The first day on which anything can still leave: what is asked for earlier leaves then."""
    on = today(now)
    is_closed = now.astimezone(COPENHAGEN).hour >= policy.post_rule(on).closes_at_hour
    return dispatch_day(on + timedelta(days=is_closed))


def _written(rehearsed: Rehearsed, first: date, day: date) -> Iterator[tuple[str, Letter]]:
    for act in rehearsed.acts:
        letter = letter_of(act.order)
        if letter and max(dispatch_day(act.on), first) == day:
            claims = rehearsed.covers.get(act.subject)
            yield (claims[0] if claims else act.subject), letter


def letter_of(order: Order) -> Letter | None:
    """The letter that comes of the order, if one does."""
    match order:
        case WriteLetter(letter=letter):
            return letter
        case CloseAgreement(outcome=AgreementOutcome.BROKEN):
            return Letter.AGREEMENT_BROKEN
        case _:
            return None


async def _in_the_tray(
    connection: AsyncConnection, policy: Policy, first: date, day: date
) -> list[ForeseenLetter]:
    """What was asked for earlier and leaves on *day*, but for what is needless or on hold."""
    tray = await read_tray(connection, await tray_of_day(connection, day), day)
    return [
        ForeseenLetter(row["debtor_id"], row["claim_id"], Letter(row["letter"]))
        for row in tray.letters
        if max(row["planned_on"], first) == day
        and not (row["is_held"] and Letter(row["letter"]).hangs_on_a_debt)
        and why_needless(policy, tray, row, day) is None
    ]

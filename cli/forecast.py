"""What will go out and be asked in the coming days, if nobody pays and nobody decides anything."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from letters.catalogue import sentence

from domain.calendar import TownClock, today
from domain.deadlines import dispatch_day
from domain.orders import AskPerson, Order, WriteLetter
from domain.policy import Policy
from persistence.database import Database
from persistence.records import agreement_record, claim_record
from persistence.sleeping import living_agreements, living_claims
from workflows.rehearsal import ClaimTerms, Rehearsal, RehearsedAct


@dataclass(frozen=True, slots=True)
class Expected:
    """*on* is the day the letter leaves or the task is opened."""

    on: date
    subject: str
    what: str
    deadline: date | None
    because: str


async def forecast(
    database: Database, policy: Policy, clock: TownClock, now: datetime, days: int
) -> list[Expected]:
    """Everything the living stories would do until *days* days from *now*, in order of days."""
    rehearsal = Rehearsal(policy, now)
    on = today(now)
    async with database.transaction() as connection:
        for row in await living_claims(connection):
            record = await claim_record(connection, policy, row.id, clock, on)
            terms = ClaimTerms(row.claim_type, row.registered_on, row.last_timely_payment_date)
            rehearsal.add_claim(record, terms)
        for row in await living_agreements(connection):
            agreement = await agreement_record(connection, row.id, clock, on)
            rehearsal.add_agreement(agreement, tuple(row.claims), row.catch_up_days)
    acts = rehearsal.play(now + timedelta(days=days))
    return sorted(_expected(acts), key=lambda e: (e.on, e.subject))


def _expected(acts: list[RehearsedAct]) -> Iterator[Expected]:
    for act in acts:
        match act.order:
            case WriteLetter(letter=letter):
                day = dispatch_day(act.on)
                yield Expected(day, act.subject, letter.value, act.deadline, _because(act.order))
            case AskPerson(kind=kind):
                yield Expected(act.on, act.subject, kind.value, None, _because(act.order))
            case _:
                pass


def _because(order: Order) -> str:
    code = "forecast-after" if order.after else "forecast-first"
    return sentence(code, "da", after=order.after or order.key)

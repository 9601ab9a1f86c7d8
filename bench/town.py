"""The policy and the people of a bench: letters that give a day, a clock that runs fast."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.dialects.postgresql import insert

from domain.authority import Actor, Role
from domain.calendar import TownClock, time_left, today
from domain.dated import Dated, Entry
from domain.deadlines import deadline_after, dispatch_day
from domain.identity import NationalId, NationalIdKind
from domain.letters import Letter
from domain.money import Money
from domain.policy import AgreementRule, LetterStep, Policy
from domain.registration import NewClaim, NewDebtor
from persistence.clock import set_clock
from persistence.database import Database
from persistence.models import User
from policies.loading import load_policy
from workers.clock import real_now

ANNA = Actor("anna", Role.CASEWORKER)
TYPE = "music-school"
LETTER_DAYS = 1
SECONDS_A_DAY = 1.2  # the post goes many times in that
START = datetime(2026, 8, 17, 8, tzinfo=UTC)  # a Monday with no holiday before Christmas


def new_clock(speed: float = 86400 / SECONDS_A_DAY) -> TownClock:
    """It is `START` now, and each second is *speed* of the town's."""
    return TownClock(real_now(), START, speed)


def letter_wait(clock: TownClock, moment: datetime) -> timedelta:
    """How long a story waits, in real time, that asks for a letter at *moment*."""
    now = clock.town_time(moment)
    deadline = deadline_after(dispatch_day(today(now)), LETTER_DAYS)
    return clock.real_length(time_left(deadline, now))


def _debtor(number: int) -> NewDebtor:
    """Each claim has a debtor of its own: a company of a number that is nobody's."""
    nobody = NationalId(f"99{number % 1_000_000:06d}", NationalIdKind.COMPANY)
    return NewDebtor(nobody, "Prøve ApS", ("Prøvevej 1",))


def bench_policy(*letters: Letter) -> Policy:
    """Skanderborg's, but each of *letters* gives a day, no interest, and agreements of a year."""
    policy = load_policy("skanderborg")
    steps = tuple(LetterStep(letter, LETTER_DAYS) for letter in letters)
    since = date(2020, 1, 1)
    agreement = AgreementRule(True, Money.kroner(10), 12, 12, 5, 10)
    claim_type = replace(
        policy.claim_type(TYPE),
        interest=Dated(()),  # months pass in seconds here
        steps=Dated((Entry(since, steps, "bench"),)),
        agreement=Dated((Entry(since, agreement, "bench"),)),
    )
    return replace(policy, claim_types={**policy.claim_types, TYPE: claim_type})


def new_claim(number: int, on: date) -> NewClaim:
    return NewClaim(
        source="bench",
        reference=f"B-{number:08d}",
        claim_type=TYPE,
        debtors=(_debtor(number),),
        principal=Money.kroner(1200),
        description="Musikskole",
        period_start=on,
        period_end=on,
        origination_date=on,
        due_date=on,
        last_timely_payment_date=on,
    )


async def move_in(database: Database, clock: TownClock) -> None:
    async with database.transaction() as connection:
        await set_clock(connection, clock)
        person = {"id": ANNA.id, "name": "Anna", "role": ANNA.role.value, "token_sha256": "-"}
        await connection.execute(insert(User).values(person).on_conflict_do_nothing())

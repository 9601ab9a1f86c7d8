"""The policy and the people of a bench: letters that give a day, a clock that runs fast."""

from dataclasses import replace
from datetime import date

from sqlalchemy.dialects.postgresql import insert

from domain.authority import Actor, Role
from domain.calendar import TownClock
from domain.identity import NationalId, NationalIdKind
from domain.letters import Letter
from domain.money import Money
from domain.policy import AgreementRule, Dated, Entry, LetterStep, Policy
from domain.registration import NewClaim, NewDebtor
from persistence.clock import set_clock
from persistence.database import Database
from persistence.models import User
from policies.loading import load_policy

ANNA = Actor("anna", Role.CASEWORKER)
TYPE = "music-school"
SECONDS_A_DAY = 1.2  # the post goes many times in that


def _debtor(number: int) -> NewDebtor:
    """Each claim has a debtor of its own: a company of a number that is nobody's."""
    nobody = NationalId(f"99{number % 1_000_000:06d}", NationalIdKind.COMPANY)
    return NewDebtor(nobody, "Prøve ApS", ("Prøvevej 1",))


def bench_policy(*letters: Letter) -> Policy:
    """Skanderborg's, but each of *letters* gives a day, no interest, and agreements of a year."""
    policy = load_policy("skanderborg")
    steps = tuple(LetterStep(letter, 1) for letter in letters)
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

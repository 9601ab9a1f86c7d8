"""A town whose stories are told by night: each from its record, until it falls asleep again.

That is all there is to a story: so a town of a thousand claims needs no server to live for weeks.
"""

from datetime import datetime, timedelta

from activities.agreements import AgreementActivities
from activities.claims import ClaimActivities
from domain.calendar import REAL_TIME, today
from domain.orders import (
    AskPerson,
    Close,
    CloseAgreement,
    Recall,
    Transfer,
    WriteLetter,
)
from domain.record import spread_of
from persistence.claims.records import agreement_record, claim_record
from persistence.claims.sleeping import living_agreements, living_claims
from workflows.agreement import AgreementWorkflow
from workflows.claim import ClaimWorkflow
from workflows.steps import AgreementSteps, ClaimSteps


class Asleep(Exception):
    """The story waits for a day that has not come, or for somebody."""


class NightPace:
    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self, life):
        return self._now

    async def sleep(self, life, until, left, why):
        raise Asleep

    def turn_the_page(self, life):
        """There is no history to grow."""


class RealClaimSteps(ClaimSteps):
    acts: ClaimActivities

    async def perform(self, act, order):
        verbs = {
            WriteLetter: self.acts.write_letter,
            AskPerson: self.acts.ask_person,
            Transfer: self.acts.transfer,
            Recall: self.acts.recall,
            Close: self.acts.close,
        }
        return await verbs[type(order)](order)


class RealAgreementSteps(AgreementSteps):
    acts: AgreementActivities

    async def perform(self, act, order):
        verbs = {WriteLetter: self.acts.remind, CloseAgreement: self.acts.close}
        return await verbs[type(order)](order)


async def tell_all(database, policy, now: datetime, *, wakes_all: bool = False) -> None:
    """Every story goes on as far as it may at the moment *now*, in the order of their minutes.

    *wakes_all*: those too whose day has not come, as a message that they are paid does.
    """
    claims, agreements = ClaimActivities(database, policy), AgreementActivities(database, policy)
    for told in range(2):  # an agreement that ends wakes its claims
        async with database.transaction() as connection:
            rows = await living_agreements(connection)
        for row in rows:
            async with database.transaction() as connection:
                record = await agreement_record(connection, row.id, REAL_TIME, today(now))
            await _tell(AgreementWorkflow, RealAgreementSteps, agreements, record, now)
        async with database.transaction() as connection:
            until = None if wakes_all else today(now) - timedelta(days=told)
            rows = await living_claims(connection, until=until)
        for row in sorted(rows, key=lambda row: spread_of(row.id)):
            async with database.transaction() as connection:
                record = await claim_record(connection, policy, row.id, REAL_TIME, today(now))
            await _tell(ClaimWorkflow, RealClaimSteps, claims, record, now)


async def _tell(kind, steps_of_kind, acts, record, now) -> None:
    story = kind(record)
    story.pace = NightPace(now)
    story.steps = steps_of_kind(record, story.pace)
    story.steps.acts = acts
    try:
        await story.run(record)
    except Asleep:
        return

"""Another policy tried on the past: whole, killed in the middle, stopped, or turned by hand."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.policy_trials import PolicyTrialActivities
from bench.past_lives import make_life
from bench.past_rows import write_lives
from domain.authority import Actor, Role
from domain.errors import Conflict, Invalid, NotAllowed
from domain.letters import Letter
from domain.money import Money
from domain.replaying.trial_figures import Measure, Period
from domain.replaying.trials import OtherPolicy, People, Side, TrialState, total
from domain.replaying.variants import Knobs, varied
from persistence.database import Database
from persistence.models import User
from persistence.replaying.trials import (
    NewTrial,
    ask_for_trial,
    find_trial,
    read_figures,
    read_samples,
    read_trial,
    stop_trial,
)
from policies.loading import load_policy
from workers import time_machine
from workers.time_machine import trying

PERIOD = Period(date(2024, 8, 1), date(2026, 7, 31))
LIVES = 60
NOON = datetime(2026, 8, 3, 11, tzinfo=UTC)
BENT = Actor("bent", Role.SUPERVISOR)
ANNA = Actor("anna", Role.CASEWORKER)
TURNED = OtherPolicy(knobs=Knobs(days=21, without=Letter.SECOND_REMINDER))


class Machine:
    def __init__(self, database, policy):
        self.database, self.policy = database, policy
        self.acts = PolicyTrialActivities(database, trying(policy))

    async def ask(self, other=TURNED, actor=BENT):
        trial = NewTrial("Prøve", self.policy.version, other, PERIOD, People.REACT)
        async with self.database.transaction() as connection:
            return await ask_for_trial(connection, trial, actor, NOON)

    async def try_some(self, number):
        return await ActivityEnvironment().run(self.acts.try_some, number)

    async def finish(self, number):
        while not (await self.try_some(number)).is_over:
            pass
        return await self.read(number)

    async def read(self, number):
        async with self.database.transaction() as connection:
            row = await read_trial(connection, number)
            figures = await read_figures(connection, number)
            samples = {side: await read_samples(connection, number, side) for side in Side}
        return row, figures, samples


@pytest.fixture
async def machine(database_url, monkeypatch):
    monkeypatch.setattr(time_machine, "DEBTORS_AT_ONCE", 9)
    database, policy = Database(database_url, 2), load_policy("skanderborg")
    lives = [make_life(policy, n, PERIOD.since, PERIOD.until) for n in range(LIVES)]
    await write_lives(database, lives, LIVES)
    people = [
        {"id": one.id, "name": one.id, "role": one.role.value, "token_sha256": one.id}
        for one in (BENT, ANNA)
    ]
    async with database.transaction() as connection:
        await connection.execute(insert(User), people)
    yield Machine(database, policy)
    await database.close()


async def test_the_policy_in_force_makes_what_happened_and_another_makes_something_else(machine):
    row, figures, samples = await machine.finish(await machine.ask())
    assert (row.state, row.claims, row.differing) == ("done", LIVES, 0)
    assert figures[Side.HISTORY] == _but_unknown(figures[Side.IN_FORCE])
    assert samples[Side.HISTORY] == []
    assert row.changed > 0
    letters = [total(figures[side], Measure.LETTERS) for side in (Side.IN_FORCE, Side.OTHER)]
    assert letters[1] < letters[0], "a letter less for everybody"


def _but_unknown(figures):
    return {cell: count for cell, count in figures.items() if cell[1] != Measure.UNKNOWN}


async def test_a_trial_killed_anywhere_comes_to_the_same_figures(machine):
    whole, figures, samples = await machine.finish(await machine.ask())
    killed = await machine.ask()
    real = machine.acts._try_next
    for _ in range(3):
        machine.acts = PolicyTrialActivities(machine.database, trying(machine.policy))
        await machine.try_some(killed)
        machine.acts = PolicyTrialActivities(machine.database, _dying(real))
        with pytest.raises(ApplicationError):
            await machine.try_some(killed)
    machine.acts = PolicyTrialActivities(machine.database, trying(machine.policy))
    row, again, same = await machine.finish(killed)
    assert again == figures
    assert (row.claims, row.changed) == (whole.claims, whole.changed)
    assert [one.subject for one in same[Side.OTHER]] == [one.subject for one in samples[Side.OTHER]]


def _dying(real):
    """The worker is killed when the batch is reckoned and nothing of it is kept."""

    async def die(database, trial, reached):
        await real(database, trial, reached)
        raise ConnectionError

    return die


async def test_a_batch_that_two_workers_reckon_counts_once(machine):
    number = await machine.ask()
    real = machine.acts._try_next

    async def late(database, trial, reached):
        found = await real(database, trial, reached)
        await PolicyTrialActivities(database, real).try_some(number)
        return found

    machine.acts = PolicyTrialActivities(machine.database, late)
    await machine.try_some(number)
    machine.acts = PolicyTrialActivities(machine.database, real)
    row, figures, _ = await machine.finish(number)
    assert row.claims == LIVES
    assert figures == (await machine.finish(await machine.ask()))[1]


async def test_a_trial_that_is_stopped_goes_no_further_and_keeps_what_it_has(machine):
    number = await machine.ask()
    await machine.try_some(number)
    async with machine.database.transaction() as connection:
        await stop_trial(connection, number, BENT)
    before = await machine.read(number)
    assert (await machine.try_some(number)).is_over
    row, *found = await machine.read(number)
    assert row.state == "stopped"
    assert 0 < row.claims < LIVES
    assert found == list(before[1:])
    async with machine.database.transaction() as connection:
        with pytest.raises(Conflict):
            await stop_trial(connection, number, BENT)


async def test_a_policy_that_can_no_longer_be_read_ends_its_trial(machine):
    row, *_ = await machine.finish(await machine.ask(OtherPolicy(text="[nonsense")))
    assert row.state == TrialState.FAILED


async def test_only_who_steers_may_try_and_stop(machine):
    with pytest.raises(NotAllowed):
        await machine.ask(actor=ANNA)
    number = await machine.ask()
    async with machine.database.transaction() as connection:
        with pytest.raises(NotAllowed):
            await stop_trial(connection, number, ANNA)
        assert (await find_trial(connection, number)).state is TrialState.WAITING


@pytest.mark.parametrize(
    ("knobs", "code"),
    [
        (Knobs(), "trial-nothing-turned"),
        (Knobs(days=3), "trial-days"),
        (Knobs(days=400), "trial-days"),
        (Knobs(without=Letter.DEMAND), "trial-letter"),
        (Knobs(fee=Money.kroner(9999)), "trial-fee"),
        (Knobs(tolerance=Money(-1)), "trial-tolerance"),
    ],
)
def test_what_no_council_could_decide_is_refused(knobs, code):
    with pytest.raises(Invalid) as refused:
        varied(load_policy("skanderborg"), knobs)
    assert code in [fault.code for fault in refused.value.faults]

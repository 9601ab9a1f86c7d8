"""Two people, whatever substitutes, delegations and roles: who proposes never approves."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from domain.authority import RIGHTS, Actor, Proposal, Right, Role, require_another_person
from domain.claim import HoldReason
from domain.decisions import Outcome, TaskKind
from domain.endings.suspension import Need, Told
from domain.endings.write_off import CommitteeDecision, NewWriteOff
from domain.errors import NotAllowed, Refusal
from domain.money import Money
from persistence.endings.discharging import NewDischarge, propose_discharge
from persistence.endings.suspending import NewSuspension, suspend_claim
from persistence.endings.write_off_batches import propose_small
from persistence.money.booking import NewPayment, book_payment
from persistence.money.refunding import NewRefund, propose_refund
from persistence.tasks.deciding import NewDecision, decide
from persistence.tasks.taking import delegate_task
from tests.api.test_discharges import together
from tests.api.test_substitutions import PEOPLE, acted_for, arrange, end_all, names, pairs, people

__all__ = ["people"]
SLOW = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
roles = st.fixed_dictionaries(
    dict.fromkeys(PEOPLE, st.sampled_from([Role.CASEWORKER, Role.SUPERVISOR, Role.BAILIFF]))
)
kroner = st.sampled_from([1_000, 15_000, 25_000])  # each in a band of its own


# The rule itself, of any number of people.

some = st.sets(names)


@given(by=names, behalf=some, approver=names, stands_in_for=some)
def test_the_rule_lets_nobody_be_on_both_sides(by, behalf, approver, stands_in_for):
    proposal = Proposal(by, frozenset(behalf))
    is_apart = {by, *behalf}.isdisjoint({approver, *stands_in_for})
    try:
        require_another_person(Actor(approver, Role.SUPERVISOR), stands_in_for, proposal)
    except NotAllowed:
        assert not is_apart
    else:
        assert is_apart


# And in the house, by every way to propose that something is given up.


@dataclass(frozen=True)
class Day:
    """*asker*: whose question the proposal answers; *sender*: who sends the approval on."""

    roles: dict[str, Role]
    substitutions: list[tuple[str, str]]
    ore: int
    proposer: str
    asker: str
    approver: str
    sender: str


@dataclass(frozen=True)
class Town:
    """The people of a day, each with a role of their own."""

    api: object
    roles: dict[str, Role]

    def actor(self, name: str) -> Actor:
        return Actor(name, self.roles[name])

    async def value(self, query, **values):
        async with self.api.database.transaction() as connection:
            return await connection.scalar(text(query), values)

    async def take_roles(self):
        async with self.api.database.transaction() as connection:
            for name, role in self.roles.items():
                values = {"name": name, "role": role.value}
                await connection.execute(
                    text("update users set role = :role where id = :name"), values
                )

    async def ask(self, task, holder, colleague):
        async with self.api.database.transaction() as connection:
            await delegate_task(
                connection, task, colleague, "Vil du?", self.actor(holder), self.api.now
            )

    async def answer(self, task, outcome, name, **more):
        told = CommitteeDecision(self.api.today, "Punkt 14", journal="ØU 2026-14")
        decision = NewDecision(outcome, "Set.", committee=told, **more)
        async with self.api.database.transaction() as connection:
            await decide(
                connection, self.api.policy, task, decision, self.actor(name), self.api.now,
                self.api.today,
            )  # fmt: skip


async def by_assessment(town, proposer, asker, ore):
    """Asked by a colleague whose question it is, if there is one."""
    claim = await town.api.register(principal_ore=ore)
    task = await town.api.ask(claim, TaskKind.ASSESSMENT)
    if asker != proposer:
        await town.ask(task, asker, proposer)
    why = NewWriteOff("lapse", town.api.today)
    await town.answer(task, Outcome.WRITE_OFF, proposer, write_off=why)
    return await town.api.ask(claim, TaskKind.WRITE_OFF_APPROVAL)


async def by_small_amounts(town, proposer, asker, ore):
    claim = await town.api.register(principal_ore=15_000, due_date="2025-01-10")
    async with town.api.database.transaction() as connection:
        await propose_small(
            connection, town.api.policy, [claim], "Dyrt.", town.actor(proposer), town.api.today
        )
    return await town.value("select max(id) from tasks where kind = 'write-off-batch'")


async def by_discharge(town, proposer, asker, ore):
    claim, karla, _ = await together(town.api, principal_ore=ore)
    task = await town.api.ask(claim, TaskKind.DIALOGUE)
    if asker != proposer:
        await town.ask(task, asker, proposer)
    why = NewWriteOff("debt-relief", town.api.today, journal="SKS 17")
    async with town.api.database.transaction() as connection:
        await propose_discharge(
            connection, town.api.policy, NewDischarge(claim, karla, why, "Kendelse."),
            town.api.today, town.actor(proposer),
        )  # fmt: skip
    return await town.value("select max(id) from tasks where kind = 'discharge-approval'")


async def by_estate(town, proposer, asker, ore):
    claim = await town.api.register(principal_ore=ore)
    wish = NewSuspension(HoldReason.DEATH, Told({Need.DIED_ON: town.api.today}))
    async with town.api.database.transaction() as connection:
        await suspend_claim(
            connection, town.api.policy, claim, wish, town.api.today, town.actor(proposer)
        )
    task = await town.value("select max(id) from tasks where kind = 'estate-claim'")
    if asker != proposer:
        await town.ask(task, asker, proposer)
    why = NewWriteOff("insolvent-estate", town.api.today, journal="SKS 17")
    await town.answer(task, Outcome.NOTHING_LEFT, proposer, write_off=why)
    return await town.value("select max(id) from tasks where kind = 'write-off-batch'")


WAYS = {
    by_assessment: True,
    by_small_amounts: False,  # nobody's question: nobody can have asked
    by_discharge: True,
    by_estate: True,
}


@st.composite
def days(draw):
    """Who is what on a day, and who proposes for whom, sends on, and answers."""
    return Day(draw(roles), draw(pairs), draw(kroner) * 100, *(draw(names) for _ in range(4)))


@pytest.mark.parametrize("way", WAYS)
@SLOW
@given(day=days())
async def test_no_one_is_on_both_sides_of_what_is_given_up(people, way, day):
    town = Town(people, day.roles)
    await town.take_roles()
    await end_all(people)
    task = await way(town, day.proposer, day.asker, day.ore)
    arranged = await arrange(people, day.substitutions)
    assume(Right.APPROVE_WRITE_OFFS in RIGHTS[day.roles[day.approver]])
    approving = {day.approver} | acted_for(arranged, day.approver)
    if await _is_sent_on(town, task, day.sender, day.approver):
        approving |= {day.sender}
    proposing = {day.proposer, day.asker} if WAYS[way] else {day.proposer}
    try:
        await town.answer(task, Outcome.APPROVED, day.approver)
    except NotAllowed:
        assert await _is_open(town, task)
        return
    assert proposing.isdisjoint(approving), (proposing, approving)
    decided = await town.value("select decided_by from decisions where task_id = :t", t=task)
    assert decided == day.approver != day.proposer


async def _is_sent_on(town, task, holder, colleague):
    """Whether the one who has the approval asks a colleague to answer it, where that can be."""
    try:
        await town.ask(task, holder, colleague)
    except Refusal:
        return False
    return True


async def _is_open(town, task):
    return await town.value("select state from tasks where id = :t", t=task) == "open"


async def test_who_asked_a_colleague_to_propose_does_not_approve_it(people):
    """Delegation is no way around: anna asks bent to answer hers, and approves what he proposes."""
    town = Town(people, dict.fromkeys(PEOPLE, Role.CASEWORKER))
    task = await by_assessment(town, "bent", "anna", 100_000)
    with pytest.raises(NotAllowed):
        await town.answer(task, Outcome.APPROVED, "anna")
    await town.answer(task, Outcome.APPROVED, "carl")


async def test_who_is_asked_to_approve_by_whom_it_was_proposed_for_does_not(people):
    town = Town(people, dict.fromkeys(PEOPLE, Role.CASEWORKER))
    task = await by_assessment(town, "bent", "anna", 100_000)
    await town.ask(task, "anna", "carl")
    with pytest.raises(NotAllowed):
        await town.answer(task, Outcome.APPROVED, "carl")


async def test_who_asked_a_colleague_to_propose_a_refund_does_not_approve_it(people):
    town = Town(people, dict.fromkeys(PEOPLE, Role.SUPERVISOR))
    await town.take_roles()
    await people.register()
    payment = NewPayment("b-1", Money(9_000_000), people.today, people.today, payer="K")
    async with people.database.transaction() as connection:
        booked = await book_payment(connection, people.policy, payment, people.today, "anna")
    question = await town.value("select id from tasks where kind = 'unplaced-payment'")
    await town.ask(question, "anna", "bent")
    debtor = await town.value("select min(id) from debtors")
    async with people.database.transaction() as connection:
        wish = NewRefund(booked.payment_id, Money(9_000_000), "For meget.", debtor)
        await propose_refund(connection, people.policy, wish, town.actor("bent"), people.today)
    task = await town.value("select id from tasks where kind = 'refund-approval'")
    with pytest.raises(NotAllowed):
        await town.answer(task, Outcome.APPROVED, "anna")
    await town.answer(task, Outcome.APPROVED, "carl")

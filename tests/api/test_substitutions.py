"""Someone stands in for someone absent: with own rights, for both names to see, never as two."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from domain.authority import Actor, Role
from domain.decisions import Outcome, TaskKind
from domain.endings.write_off import NewWriteOff
from domain.errors import Conflict, NotAllowed
from domain.money import Money
from persistence.money.booking import NewPayment, book_payment
from persistence.money.refunding import NewRefund, propose_refund
from persistence.people.substituting import (
    NewSubstitution,
    all_behind,
    end_substitution,
    make_substitution,
    people_behind,
)
from persistence.tasks.deciding import NewDecision, decide
from tests.api.test_files import page

PEOPLE = ("anna", "bent", "carl", "dorte")
DAY = timedelta(days=1)


@pytest.fixture
async def people(api):
    await api.hire(*PEOPLE, role=Role.CASEWORKER)
    return api


def body(api, substitute="bent", **changes):
    values = {"absent": "anna", "substitute": substitute, "since": str(api.today)}
    return values | {"until": str(api.today + 7 * DAY)} | changes


async def make(api, absent, substitute, by="supervisor", days=7):
    wish = NewSubstitution(absent, substitute, api.today, api.today + days * DAY)
    actor = actor_of(by)
    async with api.database.transaction() as connection:
        return await make_substitution(connection, wish, actor, api.today)


def actor_of(name):
    roles = {role.value: role for role in Role}
    return Actor(name, roles.get(name, Role.CASEWORKER))


async def audit_of(api, subject, act):
    async with api.database.transaction() as connection:
        found = text("select actor, facts from audit where subject = :s and act = :a order by seq")
        return (await connection.execute(found, {"s": subject, "a": act})).all()


async def test_the_absent_one_or_a_supervisor_makes_it_and_it_ends_by_itself(people):
    api = people
    made = await api.post("/substitutions", body(api), "anna")
    assert made.status_code == 201, made.text
    assert (await api.post("/substitutions", body(api), "carl")).status_code == 403
    later = {"since": str(api.today + 8 * DAY), "until": str(api.today + 9 * DAY)}
    by_another = await api.post("/substitutions", body(api, "carl", **later), "supervisor")
    assert by_another.status_code == 201
    [first, second] = (await api.get("/substitutions", "auditor")).json()["items"]
    assert (first["substitute"], first["is_running"]) == ("bent", True)
    assert (second["substitute"], second["is_running"]) == ("carl", False)
    async with api.database.transaction() as connection:
        assert await people_behind(connection, "bent", api.today + 7 * DAY) == ["anna"]
        assert await people_behind(connection, "bent", api.today + 8 * DAY) == []
        assert await people_behind(connection, "carl", api.today + 8 * DAY) == ["anna"]


async def test_one_person_stands_in_at_a_time(people):
    api = people
    await api.post("/substitutions", body(api), "anna")
    again = await api.post("/substitutions", body(api, "carl"), "anna")
    assert (again.status_code, again.json()["code"]) == (409, "already-substituted")


async def test_it_is_ended_at_once_by_either_and_not_by_others(people):
    api = people
    number = (await api.post("/substitutions", body(api), "anna")).json()["id"]
    assert (await api.post(f"/substitutions/{number}/end", None, "carl")).status_code == 403
    assert (await api.post(f"/substitutions/{number}/end", None, "bent")).status_code == 200
    assert (await api.post(f"/substitutions/{number}/end", None, "anna")).status_code == 409
    assert (await api.get("/substitutions", "anna")).json()["items"] == []
    assert (await api.post("/substitutions/999/end", None, "anna")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"substitute": "anna"}, "substitute", "substitute-is-absent"),
        ({"substitute": "nobody"}, "substitute", "colleague-not-known"),
        ({"substitute": "system"}, "substitute", "colleague-not-known"),
        ({"substitute": "auditor"}, "substitute", "colleague-not-known"),
        ({"until": "2026-03-01"}, "until", "ends-before-it-begins"),
        ({"since": "2026-01-01", "until": "2026-02-01"}, "until", "day-is-past"),
        ({"until": "2028-01-01"}, "until", "substitution-too-long"),
    ],
)
async def test_what_is_no_substitution_is_refused_in_words(people, changes, field, code):
    refused = await people.post("/substitutions", body(people, **changes), "anna")
    assert refused.status_code == 422
    assert (field, code) in [(f["field"], f["code"]) for f in refused.json()["faults"]]


async def test_a_substitute_works_on_the_absent_ones_task_and_the_trail_names_both(people):
    api = people
    claim = await api.register()
    task = await api.ask(claim)
    await api.post(f"/tasks/{task}/claim", None, "anna")
    assert (await api.post(f"/tasks/{task}/claim", None, "bent")).status_code == 409
    await make(api, "anna", "bent")
    taken = await api.post(f"/tasks/{task}/claim", None, "bent")
    assert (taken.status_code, taken.json()["claimed_by"]) == (200, "anna")
    answer = {"outcome": "go-on", "reasons": "Ringede forgæves."}
    assert (await api.post(f"/tasks/{task}/decide", answer, "bent")).status_code == 200
    [decided] = await audit_of(api, claim, "decided")
    assert (decided.actor, decided.facts["for"]) == ("bent", "anna")
    assert (await audit_of(api, claim, "task-claimed"))[-1].facts["for"] == "anna"


@pytest.mark.parametrize("changes", [{"substitute": "\0"}, {"since": "i går"}, {"until": ""}])
async def test_what_the_page_cannot_read_is_refused_in_words(people, changes):
    form = {n: v for n, v in body(people).items() if n != "absent"} | changes
    answer = await page(people, "/substitutions", "anna", method="POST", data=form)
    assert answer.status_code == 422


async def test_two_at_once_cannot_both_stand_in(people):
    api = people
    tried = await asyncio.gather(
        *(api.post("/substitutions", body(api, name), "anna") for name in ("bent", "carl"))
    )
    assert sorted(one.status_code for one in tried) == [201, 409]


# One at the keyboard is one, whoever they stand in for.

names = st.sampled_from(PEOPLE)
pairs = st.lists(st.tuples(names, names).filter(lambda pair: pair[0] != pair[1]), max_size=5)


async def end_all(api):
    async with api.database.transaction() as connection:
        await connection.execute(text("update substitutions set ended_at = now()"))


async def arrange(api, wished):
    """The substitutions that can be made, of those wished for."""
    made = []
    for absent, substitute in wished:
        try:
            await make(api, absent, substitute)
            made.append((absent, substitute))
        except Conflict:
            continue
    return made


async def answer(api, task, outcome, name):
    async with api.database.transaction() as connection:
        wish = NewWriteOff("lapse", api.today) if outcome is Outcome.WRITE_OFF else None
        decision = NewDecision(outcome, "Set.", write_off=wish)
        await decide(connection, api.policy, task, decision, actor_of(name), api.now, api.today)


async def hold(api, task, name):
    async with api.database.transaction() as connection:
        update = text("update tasks set claimed_by = :name where id = :task")
        await connection.execute(update, {"name": name, "task": task})


async def propose_write_off(api, holder, proposer):
    claim = await api.register()
    task = await api.ask(claim, TaskKind.ASSESSMENT)
    if holder:
        await hold(api, task, holder)
    await answer(api, task, Outcome.WRITE_OFF, proposer)
    return await api.ask(claim, TaskKind.WRITE_OFF_APPROVAL)


def acted_for(made, person):
    """All whom *person* stands in for, through others too, found the slow way."""
    behind = set()
    for _ in made:
        behind |= {a for a, s in made if s == person or s in behind}
    return behind - {person}


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=pairs, after=pairs, holder=names, proposer=names, approver=names)
async def test_no_one_is_on_both_sides_of_a_write_off(
    people, before, after, holder, proposer, approver
):
    api = people
    await end_all(api)
    made = await arrange(api, before)
    is_for_another = (holder, proposer) in made
    task = await propose_write_off(api, holder if is_for_another else None, proposer)
    await end_all(api)
    made = await arrange(api, after)
    proposing = {proposer, holder} if is_for_another else {proposer}
    approving = {approver} | acted_for(made, approver)
    try:
        await answer(api, task, Outcome.APPROVED, approver)
        was_approved = True
    except NotAllowed:
        was_approved = False
    assert was_approved is proposing.isdisjoint(approving), (proposing, approving)


async def propose_refund_of(api, holder, proposer):
    payment = NewPayment(f"b-{holder}", Money(9_000_000), api.today, api.today, payer="K")
    async with api.database.transaction() as connection:
        booked = (await book_payment(connection, api.policy, payment, api.today, "anna")).payment_id
        question = text("select id from tasks where subject = :s")
        task = (await connection.execute(question, {"s": f"payment-{booked}"})).scalar_one()
    await hold(api, task, holder)
    async with api.database.transaction() as connection:
        debtor = (await connection.execute(text("select min(id) from debtors"))).scalar_one()
        wish = NewRefund(booked, Money(9_000_000), "For meget.", debtor)
        number, _ = await propose_refund(
            connection, api.policy, wish, actor_of(proposer), api.today
        )
        found = text("select id from tasks where subject = :s")
        return (await connection.execute(found, {"s": f"refund-{number}"})).scalar_one()


@pytest.mark.parametrize(
    ("approver", "may"),
    [("anna", False), ("bent", False), ("carl", False), ("dorte", True)],
)
async def test_nobody_who_stands_for_the_proposer_approves_a_refund(people, approver, may):
    """Bent proposes for anna, and carl stands in for bent when it is to be approved."""
    api = people
    await api.register()
    await make(api, "anna", "bent")
    task = await propose_refund_of(api, "anna", "bent")
    await make(api, "bent", "carl")
    async with api.database.transaction() as connection:
        await connection.execute(text("update users set role = 'finance' where id <> 'supervisor'"))
        assert await all_behind(connection, "carl", api.today) == {"anna", "bent"}
    decided = await api.post(
        f"/tasks/{task}/decide", {"outcome": "approved", "reasons": "Enig."}, approver
    )
    assert decided.status_code == (200 if may else 403), decided.text


async def test_the_page_makes_lists_and_ends_them(people):
    api = people
    form = {name: value for name, value in body(api).items() if name != "absent"}
    made = await page(api, "/substitutions", "anna", method="POST", data=form)
    assert (made.status_code, made.headers["location"]) == (303, "/substitutions")
    shown = (await page(api, "/substitutions", "anna")).text
    assert "Bent" in shown
    wrong = await page(
        api, "/substitutions", "anna", method="POST", data=form | {"until": "2026-03-01"}
    )
    assert wrong.status_code == 422
    assert "Den slutter, før den begynder." in wrong.text
    assert 'value="2026-03-01"' in wrong.text
    async with api.database.transaction() as connection:
        [one] = (await connection.execute(text("select id from substitutions"))).scalars().all()
    ended = await page(api, f"/substitutions/{one}/end", "bent", method="POST")
    assert ended.status_code == 303
    async with api.database.transaction() as connection:
        with pytest.raises(Conflict):
            await end_substitution(connection, one, actor_of("anna"))


async def test_the_tasks_of_who_is_absent_stand_among_ones_own(people):
    api = people
    claim = await api.register()
    task = await api.ask(claim)
    await hold(api, task, "anna")
    before = await api.page("/?view=mine", "bent")
    assert f'data-task="{task}"' not in before.text
    await arrange(api, {("anna", "bent")})
    after = await api.page("/?view=mine", "bent")
    assert f'data-task="{task}"' in after.text
    await end_all(api)
    assert f'data-task="{task}"' not in (await api.page("/?view=mine", "bent")).text

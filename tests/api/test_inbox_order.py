"""The order of the inbox and its reasons, each way to narrow and to sort, page by page."""

import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from domain.authority import HOUSE
from domain.decisions import TaskKind
from domain.inbox import FACETS, SORTS, VIEWS
from domain.money import Money
from persistence.limitation.events import Correction, correct_limitation
from persistence.limitation.histories import read_histories
from persistence.models import Task
from persistence.money.booking import NewPayment, book_payment
from persistence.tasks.weighing import weigh
from tests.api.inbox_town import (
    danish,
    lay_tasks,
    open_tasks,
    rename,
    twin_facets,
    twin_points,
    weights,
)

MANY = 40


async def items(api, query, role="supervisor"):
    answer = await api.get(f"/tasks?limit=200&{query}", role)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def said_points(task):
    words = [re.findall(r"\w+", reason["text"]) for reason in task["priority"]["reasons"]]
    return sum(int(line[line.index("point") - 1]) for line in words)


async def test_every_kind_of_task_has_a_weight(api):
    assert {name for part, name, *_ in await weights(api) if part == "kind"} == set(TaskKind)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(seed=st.integers(0, 10**6), days=st.integers(0, 60))
async def test_the_order_is_the_sum_of_its_reasons(api, seed, days):
    await lay_tasks(api, 12, seed)
    on = api.today + timedelta(days=days)
    api.now += timedelta(days=days)
    found, table = await items(api, ""), await weights(api)
    twins = {task["id"]: twin_points(table, task, on) for task in await open_tasks(api)}
    assert [task["id"] for task in found] == sorted(twins, key=lambda one: (-twins[one], one))
    for task in found:
        assert task["priority"]["points"] == twins[task["id"]] == said_points(task)


async def test_each_facet_holds_what_it_says_and_counts_it(api):
    await lay_tasks(api, MANY)
    tasks = [t for t in await open_tasks(api) if not t["snoozed_until"]]
    counted = (await api.get("/tasks/counts?view=team", "supervisor")).json()["facets"]
    assert set(counted) == set(FACETS)
    for facet in FACETS:
        values = {task["id"]: twin_facets(task, api.today)[facet] for task in tasks}
        tally = {value: list(values.values()).count(value) for value in set(values.values())}
        assert counted[facet] == tally
        for value in tally:
            if value:
                found = {task["id"] for task in await items(api, f"view=team&{facet}={value}")}
                assert found == {one for one, has in values.items() if has == value}, (facet, value)


async def test_a_facet_counts_what_fits_the_others(api):
    await lay_tasks(api, MANY)
    tasks = [twin_facets(t, api.today) for t in await open_tasks(api) if not t["snoozed_until"]]
    wish = "view=team&kind=dialogue&holder=-"
    counted = (await api.get(f"/tasks/counts?{wish}")).json()["facets"]
    free = [task for task in tasks if task["holder"] == "-"]
    assert counted["kind"] == {
        k: sum(t["kind"] == k for t in free) for k in {t["kind"] for t in free}
    }
    both = [task for task in free if task["kind"] == "dialogue"]
    assert sum(counted["amount"].values()) == len(both)


KEYS = {
    "due": lambda t: t["due_on"], "opened": lambda t: t["opened_on"],
    "amount": lambda t: -(t["balance_ore"] or 0),
    "limitation": lambda t: str(t["limitation_date"] or "9999-01-01"),
    "debtor": lambda t: danish(t["name"]), "claim": lambda t: t["claim_id"] or "",
    "type": lambda t: t["claim_type"] or "", "kind": lambda t: t["kind"],
    "holder": lambda t: t["claimed_by"] or "",
}  # fmt: skip


@pytest.mark.parametrize("sort", [sort for sort in SORTS if sort != "points"])
async def test_each_sort_puts_the_tasks_in_that_order_and_turned_the_other_way(api, sort):
    await lay_tasks(api, MANY)
    expected = sorted(await open_tasks(api), key=lambda task: (KEYS[sort](task), task["id"]))
    ids = [task["id"] for task in expected]
    assert [task["id"] for task in await items(api, f"sort={sort}")] == ids
    assert [task["id"] for task in await items(api, f"sort={sort}&turned=true")] == ids[::-1]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("turned", ["false", "true"])
async def test_pages_neither_skip_nor_repeat(api, sort, turned):
    await lay_tasks(api, MANY)
    wish = f"sort={sort}&turned={turned}"
    whole = [task["id"] for task in await items(api, wish)]
    seen, cursor = [], ""
    while cursor is not None:
        page = (await api.get(f"/tasks?limit=7&{wish}{cursor}")).json()
        seen += [task["id"] for task in page["items"]]
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    assert seen == whole
    assert len(whole) == MANY


async def test_each_view_holds_what_it_says(api):
    await lay_tasks(api, MANY)
    soon, tasks = api.today + timedelta(days=7), await open_tasks(api)
    awake = [task for task in tasks if not task["snoozed_until"]]
    takable = (None, "supervisor")
    expected = {
        "mine": [t for t in awake if t["claimed_by"] == "supervisor"],
        "team": awake,
        "upcoming": [t for t in awake if t["claimed_by"] in takable and t["due_on"] > soon],
        "snoozed": [t for t in tasks if t["snoozed_until"] and t["claimed_by"] in takable],
        "waiting": [],
    }
    counted = (await api.get("/tasks/counts")).json()["views"]
    for view in VIEWS:
        found = {task["id"] for task in await items(api, f"view={view}")}
        assert found == {task["id"] for task in expected[view]}, view
        assert counted[view] == len(found)


async def test_what_stands_with_a_task_is_true_whatever_happens_to_its_claim(api):
    dice = await lay_tasks(api, 20)
    async with api.database.transaction() as connection:
        assert await weigh(connection, api.today)
    for round_ in range(15):
        await live(api, dice, round_)
        await compare(api)


async def live(api, dice, number):
    claims = [task["claim_id"] for task in await open_tasks(api) if task["claim_id"]]
    claim = dice.choice(claims)
    match number % 5:
        case 0:
            paid = NewPayment(f"p-{number}", Money(dice.randint(1, 30_000)), api.today, api.today,
                              claim_id=claim)  # fmt: skip
            async with api.database.transaction() as connection:
                await book_payment(connection, api.policy, paid, api.today, "prøve")
        case 1:
            await api.ask(claim, TaskKind.ASSESSMENT, number)
        case 2:
            await rename(api, dice.choice(("Øde Ågård", "Bo Prøvesen")))
        case 3:
            api.now += timedelta(days=dice.randint(1, 20))
            async with api.database.transaction() as connection:
                assert await weigh(connection, api.today)
        case 4:
            async with api.database.transaction() as connection:
                await begin_earlier(api, connection, claim)


async def begin_earlier(api, connection, claim):
    for debtor, history in (await read_histories(connection, claim)).items():
        first = history.limitation_date - timedelta(days=200)
        wrong = Correction("Forkert forfaldsdato", api.today, first=first)
        await correct_limitation(connection, api.policy, claim, debtor, wrong, HOUSE)


async def compare(api):
    truth, table = {task["id"]: task for task in await open_tasks(api)}, await weights(api)
    async with api.database.transaction() as connection:
        rows = (await connection.execute(select(Task).where(Task.state == "open"))).all()
    assert rows
    for row in rows:
        task = truth[row.id]
        if row.claim_id:
            kept = (row.claim_type, row.stage, row.balance_ore, row.limitation_date)
            names = ("claim_type", "stage", "balance_ore", "limitation_date")
            assert kept == tuple(task[name] for name in names)
            assert row.debtor_order == danish(task["name"])
        assert row.points == twin_points(table, task, max(api.today, task["opened_on"]))


async def test_weighing_goes_on_where_it_stopped_and_is_done_once_a_day(api):
    await lay_tasks(api, 12)
    api.now += timedelta(days=30)
    done = []
    while not done or not done[-1]:
        async with api.database.transaction() as connection:
            done.append(await weigh(connection, api.today, at_once=5))
    assert done == [False, False, True]
    await compare(api)


async def test_a_promise_that_was_not_kept_weighs(api):
    claim = await api.register()
    first = await api.ask(claim)
    promise = {"outcome": "promise", "reasons": "Lovet.", "look_again_on": "2026-03-20"}
    assert (await api.post(f"/tasks/{first}/decide", promise)).status_code == 200
    await api.ask(claim, number=1)
    [again] = await items(api, "")
    assert "priority-promise" in {reason["code"] for reason in again["priority"]["reasons"]}
    assert said_points(again) == again["priority"]["points"]

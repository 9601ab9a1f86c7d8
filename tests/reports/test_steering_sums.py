"""Whatever claims and people do: each figure of the flow and the workload is the sum behind it."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from domain.authority import HOUSE, WORKERS, Actor, Role
from domain.claim import HoldReason, Stage
from domain.identity import parse_national_id
from domain.inbox import band
from domain.registration import NewDebtor
from domain.steering.flow import AGE_STEPS_DAYS, flow_of
from persistence.claims.registration import register
from persistence.database import Database
from persistence.steering.flow import (
    FlowFilter,
    list_standing,
    read_moves,
    read_shares,
    read_standings,
)
from persistence.steering.teams import list_teams, team_called
from persistence.steering.workload import list_held, read_workload
from persistence.tasks.inbox import list_tasks
from persistence.tasks.inbox_filters import TaskFilter
from policies.loading import load_policy
from tests.builders import a_claim, a_debtor

FIRST = date(2025, 1, 6)
TODAY = date(2026, 3, 2)
POLICY = load_policy("skanderborg")
TYPES = ("parking-fee", "rent", "day-care", "music-school")
STAGES = [stage.value for stage in Stage]
PEOPLE = {"anna": "Nord", "bo": "Syd", "cia": None}
COMPANY = NewDebtor(parse_national_id("12345674"), "Prøve ApS", ("Prøvevej 2", "8660 Skanderborg"))

LIFE = st.fixed_dictionaries(
    {
        "type": st.sampled_from(TYPES),
        "kroner": st.integers(1, 90_000),
        "kind": st.sampled_from(["person", "company"]),
        "begins": st.integers(0, 50),  # six moves of sixty days end before today
        "moves": st.lists(
            st.tuples(st.sampled_from(STAGES), st.integers(0, 60)), max_size=6
        ),
        "tasks": st.lists(
            st.tuples(
                st.sampled_from(["dialogue", "assessment", "enquiry", "refund-approval"]),
                st.sampled_from([None, *PEOPLE]),
                st.integers(0, 40),  # opened so many days ago
                st.sampled_from([None, -3, 5]),  # put off until
            ),
            max_size=3,
        ),
        "holds": st.lists(
            st.tuples(st.sampled_from(["objection", "complaint", "hardship"]), st.integers(0, 90)),
            max_size=2,
        ),
    }
)  # fmt: skip
TOWN = st.lists(LIFE, min_size=6, max_size=14)


def towns():
    """Always the same ones."""
    gathered = []

    @settings(
        max_examples=8, derandomize=True, database=None, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(TOWN)
    def gather(town):
        gathered.append(town)

    gather()
    return gathered


class Ledger:
    """What was done to each claim, told without the database's help."""

    def __init__(self) -> None:
        self.claims = {}

    def stage_on(self, claim, day):
        """None before it came, and the last of several moves of a day."""
        past = [stage for on, stage in self.claims[claim]["path"] if on <= day]
        return past[-1] if past else None

    def stock(self, day):
        return Counter(self.stage_on(claim, day) for claim in self.claims)

    def team_of(self, claim):
        held = [PEOPLE[who] for who in self.claims[claim]["holders"] if who and PEOPLE[who]]
        return held[0] if held else POLICY.claim_type(self.claims[claim]["type"]).team

    def standing(self, wish):
        for claim, one in self.claims.items():
            stage = one["path"][-1][1]
            if stage != "ended" and all(wish(claim, one)):
                yield claim, stage, one["kroner"] * 100


async def live(connection, life, number, ledger):
    begun = FIRST + timedelta(days=life["begins"])
    debtors = (COMPANY,) if life["kind"] == "company" else (a_debtor(),)
    claim = a_claim(life["type"], life["kroner"], due=begun, debtors=debtors)
    claim_id = (await register(connection, POLICY, claim, begun, HOUSE.id)).claim_id
    told = {"path": [(begun, "demand")], "holders": [], "due": begun} | {
        name: life[name] for name in ("type", "kroner", "kind")
    }
    ledger.claims[claim_id] = told
    await connection.execute(text("delete from tasks where claim_id = :c"), {"c": claim_id})
    await _move(connection, claim_id, life["moves"], told)
    if told["path"][-1][1] != "ended":
        await _ask(connection, claim_id, life["tasks"], number, told)
    for reason, days in life["holds"]:
        await connection.execute(
            text(
                "insert into holds (claim_id, reason, note, since, placed_by) "
                "values (:c, :reason, '', :since, 'x')"
            ),
            {"c": claim_id, "reason": reason, "since": TODAY - timedelta(days=days)},
        )


async def _move(connection, claim_id, moves, told):
    on = told["path"][0][0]
    for stage, days in moves:
        on += timedelta(days=days)
        if stage == told["path"][-1][1]:
            continue
        told["path"].append((on, stage))
        ending = "withdrawn" if stage == "ended" else None
        await connection.execute(
            text(
                "update claims set stage = :stage, stage_since = :on, ending = :ending, "
                "ended_on = cast(:ended_on as date) where id = :c"
            ),
            {"stage": stage, "on": on, "ending": ending, "c": claim_id,
             "ended_on": on if ending else None},
        )  # fmt: skip


async def _ask(connection, claim_id, tasks, number, told):
    for place, (kind, holder, days, put_off) in enumerate(tasks):
        opened = TODAY - timedelta(days=days)
        await connection.execute(
            text(
                "insert into tasks (subject, key, claim_id, kind, state, department, opened_on, "
                "due_on, claimed_by, snoozed_until, facts) values (:c, :key, :c, :kind, 'open', "
                "'collection', :opened, :due, :who, cast(:until as date), '{}')"
            ),
            {"c": claim_id, "key": f"t-{number}-{place}", "kind": kind, "opened": opened,
             "due": opened + timedelta(days=10), "who": holder,
             "until": TODAY + timedelta(days=put_off) if put_off else None},
        )  # fmt: skip
        told["holders"].append(holder)


@pytest.fixture(params=range(8))
async def town(request, database_url):
    database, ledger = Database(database_url, pool_size=2), Ledger()
    async with database.transaction() as connection:
        for name, team in PEOPLE.items():
            await connection.execute(
                text("insert into users (id, name, role, team) values (:n, :n, 'caseworker', :t)"),
                {"n": name, "t": team},
            )
        for number, life in enumerate(towns()[request.param]):
            await live(connection, life, number, ledger)
    yield database, ledger
    await database.close()


def wishes(ledger):
    """Every narrowing there is, and some two at once, each with what it should let through."""
    none = (FlowFilter(), lambda *_: ())
    yield none
    for code in TYPES:
        yield FlowFilter(claim_type=code), lambda _, one, code=code: (one["type"] == code,)
    for name in {POLICY.claim_type(code).department for code in TYPES}:
        yield (
            FlowFilter(department=name),
            lambda _, one, name=name: (POLICY.claim_type(one["type"]).department == name,),
        )
    for age in range(len(AGE_STEPS_DAYS) + 1):
        yield (
            FlowFilter(age=age),
            lambda _, one, age=age: (band(AGE_STEPS_DAYS, (TODAY - one["due"]).days) == age,),
        )
    for kind in ("person", "company"):
        yield FlowFilter(kind=kind), lambda _, one, kind=kind: (one["kind"] == kind,)
        for team in ("Nord", "Syd", "Ejendomme", "Opkrævning", "Ingen"):
            yield (
                FlowFilter(kind=kind, team=team_called(POLICY, team)),
                lambda claim, one, kind=kind, team=team: (
                    one["kind"] == kind,
                    ledger.team_of(claim) == team,
                ),
            )


async def everyone(page, key):
    """All rows of a list that is read three at a time."""
    rows, after = [], None
    while found := await page(after):
        rows += found
        after = key(found[-1])
    return rows


async def test_each_figure_of_the_flow_is_the_claims_behind_it(town):
    database, ledger = town
    async with database.transaction() as connection:
        for narrow, wish in wishes(ledger):
            standings = await read_standings(connection, narrow, TODAY)
            expected = list(ledger.standing(wish))
            for flow in flow_of(standings, ()):
                behind = {c: ore for c, stage, ore in expected if stage == flow.stage}
                assert (narrow, flow.stage, flow.claims, flow.ore) == (
                    narrow, flow.stage, len(behind), sum(behind.values()),
                )  # fmt: skip
                if flow.stage is Stage.ENDED:
                    continue
                listed = await everyone(
                    lambda after, stage=flow.stage, narrow=narrow: list_standing(
                        connection, stage, narrow, TODAY, after, 3
                    ),
                    lambda row: (row["stage_since"], row["serial"]),
                )
                assert {row["id"]: row["balance_ore"] for row in listed} == behind
                assert len(listed) == len(behind)


async def test_parts_by_type_department_and_team_add_up_to_the_whole(town):
    database, ledger = town
    async with database.transaction() as connection:
        shares = await read_shares(connection, FlowFilter(), TODAY)
    found = Counter()
    for row in shares:
        team = row["team"] or POLICY.claim_type(row["claim_type"]).team
        found[row["claim_type"], row["department"], team] += row["ore"]
    expected = Counter()
    for claim, _, ore in ledger.standing(lambda *_: ()):
        kind = POLICY.claim_type(ledger.claims[claim]["type"])
        expected[kind.code, kind.department, ledger.team_of(claim)] += ore
    assert found == expected


async def test_what_came_less_what_left_is_how_the_stock_has_changed_between_any_two_days(town):
    database, ledger = town
    days = sorted({on for one in ledger.claims.values() for on, _ in one["path"]})
    days = [days[0] - timedelta(days=1), *days, TODAY + timedelta(days=1)]
    pairs = [*pairwise(days), (days[0], days[-1]), (days[0], days[len(days) // 2])]
    async with database.transaction() as connection:
        for before, until in pairs:
            period = (before + timedelta(days=1), until)
            moves = await read_moves(connection, FlowFilter(), TODAY, period)
            change = ledger.stock(until)
            change.subtract(ledger.stock(before))
            for flow in flow_of((), moves):
                assert (before, until, flow.stage, flow.came - flow.left) == (
                    before, until, flow.stage, change[flow.stage.value],
                )  # fmt: skip


async def test_each_figure_of_the_workload_is_the_tasks_behind_it(town):
    database, _ = town
    boss = Actor("boss", Role.SUPERVISOR)
    async with database.transaction() as connection:
        work = await read_workload(connection, WORKERS, TODAY)
        view = TaskFilter(view="team", viewer=boss.id)
        tasks = await list_tasks(connection, view, TODAY, None, 1000)
    late = [one for one in tasks if one["due_on"] < TODAY]
    for row in work.kinds:
        behind = [one for one in tasks if one["kind"] == row["kind"]]
        assert row["open"] == len(behind)
        assert row["overdue"] == sum(one["kind"] == row["kind"] for one in late)
        assert row["ore"] == sum(one["balance_ore"] for one in behind)
        assert row["oldest"] == min(one["opened_on"] for one in behind)
        assert row["largest_ore"] == max(one["balance_ore"] for one in behind)
    assert sum(row["open"] for row in work.kinds) == len(tasks)
    for row in work.people:
        behind = [one for one in tasks if (one["claimed_by"] or "") == row["person"]]
        assert (row["person"], row["open"]) == (row["person"], len(behind))
        assert row["overdue"] == sum((one["claimed_by"] or "") == row["person"] for one in late)
    enquiries = [one for one in tasks if one["kind"] == "enquiry"]
    assert work.enquiries["open"] == len(enquiries)


async def test_teams_share_the_tasks_among_them_and_none_is_lost(town):
    database, _ = town
    async with database.transaction() as connection:
        whole = await read_workload(connection, WORKERS, TODAY)
        parts = [
            await read_workload(connection, WORKERS, TODAY, team_called(POLICY, name))
            for name in await list_teams(connection, POLICY)
        ]
    total, shared = Counter(), Counter()
    for row in whole.kinds:
        total[row["kind"]] = row["open"]
    for part in parts:
        for row in part.kinds:
            shared[row["kind"]] += row["open"]
        assert {one["person"] for one in part.people if one["open"]} <= {"", *PEOPLE}
    assert shared == total


async def test_each_figure_of_what_rests_is_the_claims_behind_it(town):
    database, _ = town
    async with database.transaction() as connection:
        work = await read_workload(connection, WORKERS, TODAY)
        figures = {row["reason"]: row for row in work.holds}
        for reason in HoldReason:
            listed = await everyone(
                lambda after, reason=reason: list_held(connection, reason, after, 3),
                lambda row: (row["since"], row["id"]),
            )
            assert (reason in figures) == bool(listed)
            if listed:
                row = figures[reason]
                assert row["claims"] == len(listed)
                assert row["ore"] == sum(one["balance_ore"] for one in listed)
                assert row["oldest"] == min(one["since"] for one in listed)
                ages = [(TODAY - one["since"]).days for one in listed]
                assert row["long"] == sum(age >= AGE_STEPS_DAYS[0] for age in ages)
                assert row["longer"] == sum(age >= AGE_STEPS_DAYS[1] for age in ages)

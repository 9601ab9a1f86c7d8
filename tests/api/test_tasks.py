"""The inbox: the order of effect, taking, laying back and answering."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.authority import Role
from domain.decisions import TaskKind
from persistence.models import Agreement, Decision
from tests.api.conftest import CPR, outbox
from tests.api.questions import WRITE_OFF

GO_ON = {"outcome": "go-on", "reasons": "Ingen løsning."}


async def inbox(api, query=""):
    answer = await api.get(f"/tasks{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ids(api, query=""):
    return [task["id"] for task in (await inbox(api, query))["items"]]


async def test_large_claims_come_before_small_ones_and_the_list_says_why(api):
    small = await api.ask(await api.register(principal_ore=20_000))
    large = await api.ask(await api.register(principal_ore=9_000_000))
    middle = await api.ask(await api.register(principal_ore=300_000))
    assert await ids(api) == [large, middle, small]
    priority = (await inbox(api))["items"][0]["priority"]
    assert [reason["code"] for reason in priority["reasons"]] == [
        "priority-amount",
        "priority-kind",
    ]
    assert "90.000,00 kr." in priority["reasons"][0]["text"]


async def test_points_are_the_sum_of_their_reasons(api):
    await api.ask(await api.register(principal_ore=300_000))
    api.now += timedelta(days=365 * 2 + 300)
    [task] = (await inbox(api))["items"]
    reasons = task["priority"]["reasons"]
    assert {reason["code"] for reason in reasons} == {
        "priority-amount", "priority-kind", "priority-limitation", "priority-age",
    }  # fmt: skip
    given = sum(int(next(w for w in r["text"].split() if w.isdigit())) for r in reasons)
    assert given == task["priority"]["points"]


async def test_a_claim_soon_time_barred_comes_before_a_larger_one(api):
    larger = await api.ask(await api.register(principal_ore=100_000))
    old = await api.register(
        principal_ore=90_000,
        due_date="2023-03-20",
        period_start="2023-03-01",
        period_end="2023-03-02",
    )
    near = await api.ask(old)
    assert await ids(api) == [near, larger]


async def test_a_late_task_rises(api):
    early = await api.ask(await api.register(principal_ore=60_000))
    api.now += timedelta(days=40)
    late_but_larger = await api.ask(await api.register(principal_ore=200_000))
    assert await ids(api) == [early, late_but_larger]


async def test_pages_show_each_task_once_though_new_ones_come_in(api):
    tasks = {await api.ask(await api.register(principal_ore=50_000 * n)) for n in range(1, 6)}
    seen, cursor = [], ""
    while True:
        page = await inbox(api, f"?limit=2{cursor}")
        seen += [task["id"] for task in page["items"]]
        await api.ask(await api.register(principal_ore=10_000_000))
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen))
    assert set(seen) >= tasks


@pytest.mark.parametrize(
    "query",
    [
        "?cursor=WzFd",
        "?cursor=WzEsMSwxXQ",
        "?state=lost",
        "?kind=lost",
        "?mine=perhaps",
        "?limit=0",
    ],
)
async def test_a_list_that_cannot_be_made_is_refused(api, query):
    assert (await api.get(f"/tasks{query}")).status_code == 422


async def test_the_inbox_is_narrowed_by_what_is_asked(api):
    talk = await api.ask(await api.register())
    weigh = await api.ask(await api.register(claim_type="day-care"), TaskKind.ASSESSMENT)
    await api.post(f"/tasks/{talk}/claim", role="supervisor")
    department = api.policy.claim_type("day-care").department
    assert await ids(api, "?kind=assessment") == [weigh]
    assert await ids(api, "?mine=true") == [talk]
    assert weigh in await ids(api, f"?department={department}")
    await api.post(f"/tasks/{talk}/decide", GO_ON)
    assert await ids(api, "?state=decided") == [talk]
    assert await ids(api) == [weigh]


async def test_a_task_taken_by_one_is_not_taken_by_another(api):
    task = await api.ask(await api.register())
    taken = await api.post(f"/tasks/{task}/claim", role="caseworker")
    assert taken.json()["claimed_by"] == "caseworker"
    again = await api.post(f"/tasks/{task}/claim", role="supervisor")
    assert (again.status_code, again.json()["code"]) == (409, "task-taken")
    not_mine = await api.post(f"/tasks/{task}/release", role="supervisor")
    assert (not_mine.status_code, not_mine.json()["code"]) == (409, "task-not-yours")
    back = await api.post(f"/tasks/{task}/release", role="caseworker")
    assert back.json()["claimed_by"] is None


@pytest.mark.parametrize("act", ["claim", "release", "decide"])
async def test_a_task_that_does_not_exist_is_not_found(api, act):
    answer = await api.post(f"/tasks/999/{act}", GO_ON)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_an_answer_is_recorded_and_told_to_the_story(api):
    claim = await api.register()
    task = await api.ask(claim)
    assert (await api.post(f"/tasks/{task}/decide", GO_ON)).status_code == 200
    assert await outbox(api, "task_decided") == [
        (
            f"claim-{claim}",
            {"task": "dialogue-0", "answer": {"outcome": "go-on", "on": None, "agreement": None}},
        )
    ]


async def test_answers_are_accepted_while_temporal_is_away(api):
    task = await api.ask(await api.register())
    api.temporal = False
    ready = await api.http.get("/ready")
    assert (ready.status_code, ready.json()) == (200, {"database": True, "temporal": False})
    assert (await api.post(f"/tasks/{task}/decide", GO_ON)).status_code == 200
    assert len(await outbox(api, "task_decided")) == 1


async def test_the_first_answer_counts(api):
    task = await api.ask(await api.register())
    await api.post(f"/tasks/{task}/decide", GO_ON, "caseworker")
    second = await api.post(f"/tasks/{task}/decide", GO_ON | {"outcome": "promise"})
    assert (second.status_code, second.json()["code"]) == (409, "already-decided")
    async with api.database.transaction() as connection:
        decided = (await connection.execute(select(Decision.outcome))).scalars().all()
    assert decided == ["go-on"]


async def test_the_answer_brings_the_next_task_with_most_effect(api):
    first = await api.ask(await api.register())
    await api.ask(await api.register(principal_ore=50_000))
    large = await api.ask(await api.register(principal_ore=5_000_000))
    other = await api.ask(await api.register(principal_ore=9_000_000))
    await api.post(f"/tasks/{other}/claim", role="caseworker")
    answer = await api.post(f"/tasks/{first}/decide", GO_ON)
    assert answer.json()["next_task"]["id"] == large


async def test_my_own_tasks_come_next_before_larger_ones(api):
    first = await api.ask(await api.register())
    mine = await api.ask(await api.register(principal_ore=50_000))
    await api.ask(await api.register(principal_ore=5_000_000))
    await api.post(f"/tasks/{mine}/claim")
    answer = await api.post(f"/tasks/{first}/decide", GO_ON)
    assert answer.json()["next_task"]["id"] == mine


async def test_the_next_task_is_one_the_caller_may_answer(api):
    claim = await api.register(principal_ore=5_000_000)
    proposal = await api.ask(claim, TaskKind.ASSESSMENT)
    talk = await api.ask(await api.register())
    await api.post(f"/tasks/{proposal}/decide", WRITE_OFF, "caseworker")
    await api.ask(claim, TaskKind.WRITE_OFF_APPROVAL)
    await api.ask(await api.register(principal_ore=9_000_000), TaskKind.DISTRAINT)
    answer = await api.post(f"/tasks/{talk}/decide", GO_ON, "caseworker")
    assert answer.json()["next_task"] is None


@pytest.mark.parametrize(
    ("answer", "field", "code"),
    [
        ({"outcome": "transfer", "reasons": "x"}, "outcome", "outcome-does-not-fit"),
        ({"outcome": "dance", "reasons": "x"}, "outcome", "choice-unknown"),
        ({"outcome": "go-on", "reasons": "  "}, "reasons", "reasons-missing"),
        ({"outcome": "go-on"}, "reasons", "field-missing"),
        ({"outcome": "go-on", "reasons": "a\u0000b"}, "reasons", "text-unreadable"),
        ({"outcome": "go-on", "reasons": "x" * 4001}, "reasons", "text-too-long"),
        ({"outcome": "promise", "reasons": "x"}, "look_again_on", "day-missing"),
        ({"outcome": "promise", "reasons": "x", "look_again_on": "2026-03-01"},
         "look_again_on", "day-is-past"),
        ({"outcome": "promise", "reasons": "x", "look_again_on": "2026-02-30"},
         "look_again_on", "day-impossible"),
        ({"outcome": "promise", "reasons": "x", "look_again_on": "i morgen"},
         "look_again_on", "day-unreadable"),
        ({"outcome": "promise", "reasons": "x", "look_again_on": 20260401},
         "look_again_on", "day-unreadable"),
        ({"outcome": "promise", "reasons": "x", "look_again_on": "9999-12-31"},
         "look_again_on", "day-implausible"),
        ({"outcome": "agreement", "reasons": "x"}, "agreement", "agreement-does-not-fit"),
        ({"outcome": "go-on", "reasons": "x", "colour": 1}, "colour", "field-not-allowed"),
        ({"outcome": "agreement", "reasons": "x", "agreement": {"claim_ids": []}},
         "agreement.claim_ids", "list-too-short"),
        ({"outcome": "agreement", "reasons": "x", "agreement": {"claim_ids": [7]}},
         "agreement.claim_ids[1]", "value-unfit"),
    ],
)  # fmt: skip
async def test_an_answer_that_does_not_fit_is_refused_with_the_field(api, answer, field, code):
    task = await api.ask(await api.register())
    refused = await api.post(f"/tasks/{task}/decide", answer)
    assert refused.status_code == 422, refused.text
    assert (field, code) in {(f["field"], f["code"]) for f in refused.json()["faults"]}
    assert await ids(api) == [task]


async def decide_agreement(api, task, **plan):
    body = {"outcome": "agreement", "reasons": "Aftalt.", "agreement": plan}
    return await api.post(f"/tasks/{task}/decide", body)


async def test_an_agreement_over_two_claims_starts_its_own_story(api):
    claims = [await api.register(claim_type="rent") for _ in range(2)]
    task = await api.ask(claims[0])
    made = await decide_agreement(api, task, claim_ids=claims, months=4, first_due="2026-04-01")
    assert made.status_code == 200, made.text
    async with api.database.transaction() as connection:
        [agreement] = (await connection.execute(select(Agreement.id))).scalars().all()
    assert await outbox(api, "start-agreement") == [(f"agreement-{agreement}", {})]
    view = (await api.get(f"/claims/{claims[1]}")).json()
    assert view["agreement_id"] == agreement
    assert view["standing"]["why"][0]["code"] == "why-agreement"
    assert "act-task" not in {event["name"] for event in view["timeline"]}


@pytest.mark.parametrize(
    ("plan", "field", "code"),
    [
        ({"months": 500}, "agreement.months", "agreement-too-many-months"),
        ({"monthly_ore": 10_000}, "agreement.monthly_ore", "agreement-below-minimum"),
        ({}, "agreement.months", "agreement-months-or-amount"),
        ({"months": 3, "monthly_ore": 50_000}, "agreement.months", "agreement-months-or-amount"),
        ({"claim_ids": ["2026-000099"], "months": 3},
         "agreement.claim_ids", "agreement-without-this-claim"),
    ],
)  # fmt: skip
async def test_a_plan_the_policy_does_not_allow_is_refused_and_nothing_is_left(
    api, plan, field, code
):
    claim = await api.register(claim_type="rent", principal_ore=100_000)
    task = await api.ask(claim)
    refused = await decide_agreement(
        api, task, **({"claim_ids": [claim], "first_due": "2026-04-01"} | plan)
    )
    assert refused.status_code == 422, refused.text
    assert [(f["field"], f["code"]) for f in refused.json()["faults"]] == [(field, code)]
    assert await ids(api) == [task]
    assert await outbox(api, "start-agreement") == []


async def test_an_agreement_covers_claims_of_one_debtor_only(api):
    mine = await api.register(claim_type="rent")
    theirs = await api.register(
        claim_type="rent", debtors=[{"cpr_cvr": CPR[1], "name": "Bo Prøvesen"}]
    )
    refused = await decide_agreement(
        api, await api.ask(mine), claim_ids=[mine, theirs], months=2, first_due="2026-04-01"
    )
    assert refused.json()["faults"][0]["code"] == "agreement-needs-one-debtor"


async def test_a_claim_twice_in_an_agreement_is_refused(api):
    claim = await api.register(claim_type="rent")
    refused = await decide_agreement(
        api, await api.ask(claim), claim_ids=[claim, claim], months=2, first_due="2026-04-01"
    )
    assert refused.json()["faults"][0]["code"] == "claim-twice"


async def test_an_auditor_reads_the_inbox_and_takes_nothing(api):
    task = await api.ask(await api.register())
    assert (await api.get("/tasks", Role.AUDITOR)).status_code == 200
    assert (await api.post(f"/tasks/{task}/claim", role=Role.AUDITOR)).status_code == 403

"""What a supervisor sees of stories that do not go on, and what they may ask to have done."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.authority import Role
from domain.decisions import Outcome, TaskKind
from domain.executions.troubles import StoryAct
from persistence.executions.looks import Seen, keep_look
from persistence.executions.silences import note_answer, note_silence
from tests.api.conftest import NOON

CHIEF = "chief"


@pytest.fixture
async def town(api):
    await api.hire(CHIEF, role=Role.SUPERVISOR)
    return api


async def change(api, statement, **values):
    async with api.database.transaction() as connection:
        return await connection.execute(text(statement), values)


async def delivered(api):
    await change(api, "update outbox set delivered_at = now()")


async def a_claim(api, **facts):
    claim = await api.register(**facts)
    await delivered(api)
    return claim


async def see(api, story, seen):
    async with api.database.transaction() as connection:
        await keep_look(connection, story, seen, api.now)


async def is_silent(api, gateway="digital-post"):
    async with api.database.transaction() as connection:
        await note_silence(connection, gateway, api.now)


async def listed(api, query=""):
    answer = await api.get(f"/executions{query}", Role.CASEWORKER)
    assert answer.status_code == 200, answer.text
    return [(one["claim_id"], one["trouble"]) for one in answer.json()["items"]]


def words(answer):
    return " ".join(re.sub("<[^>]*>", " ", answer.text).split())


async def test_where_nothing_stands_in_the_way_the_page_says_so(town):
    await a_claim(town)
    shown = await town.page("/executions", Role.CASEWORKER)
    assert "Alle sager følger deres forløb." in shown.text
    assert await listed(town) == []


async def test_a_gateway_that_does_not_answer_is_told_with_the_claims_that_wait_for_it(town):
    claim = await a_claim(town)
    await town.write(claim)
    await town.write(other := await a_claim(town))
    await change(town, "update letters set state = 'delivered' where claim_id = :c", c=other)
    await is_silent(town)
    assert await listed(town) == [(claim, "gateway")]
    shown = words(await town.page("/executions"))
    assert "Digital Post har ikke svaret siden 16. mar. 2026 12:00 (1 forsøg)." in shown
    assert "Digital Post svarer ikke. Derfor er det her ikke sendt: opkrævning (1 forsøg)." in shown
    async with town.database.transaction() as connection:
        await note_answer(connection, "digital-post", town.now)
    assert await listed(town) == []


async def test_a_letter_that_waits_for_its_claims_hold_waits_rightly(town):
    claim = await a_claim(town)
    await town.write(claim)
    await is_silent(town)
    await town.post(f"/claims/{claim}/holds", {"reason": "objection", "note": "Uenig"})
    assert await listed(town) == []


async def test_an_action_the_authority_does_not_take_waits_for_it(town):
    claim = await a_claim(town)
    await town.transfer(claim)
    assert await listed(town) == []
    await is_silent(town, "recovery-authority")
    assert await listed(town) == [(claim, "gateway")]
    assert "Gældsstyrelsen svarer ikke" in (await town.page("/executions")).text


async def test_a_letter_that_lies_for_days_is_told_too_and_why_when_the_post_stands_still(town):
    claim = await a_claim(town)
    await town.write(claim)
    town.now += timedelta(days=7)
    assert await listed(town) == [(claim, "unsent")]
    await town.post("/post-room/stop", {"reason": "Fejl i skabelon"}, Role.CASEWORKER)
    assert await listed(town) == [(claim, "stopped")]


async def test_what_was_due_and_did_not_happen_is_told_after_two_working_days(town):
    claim = await a_claim(town)
    await town.write(claim)
    await change(town, "update letters set state = 'delivered'")
    due = await change(town, "select next_on from claims")
    day = due.scalar_one()
    town.now = NOON + (day - NOON.date())
    assert await listed(town) == []
    town.now += timedelta(days=5)
    assert await listed(town) == [(claim, "overdue")]
    assert "Fristen for opkrævning er gået" in (await town.page("/executions")).text


async def test_a_message_that_does_not_arrive_is_told(town):
    claim = await town.register()
    await change(
        town,
        "update outbox set attempts = 7, trouble = 'RPCError',"
        " created_at = now() - interval '1 hour'",
    )
    assert await listed(town) == [(claim, "message")]
    assert (
        "beskeder til sagen er ikke afleveret efter 7 forsøg"
        in (await town.page("/executions")).text
    )


async def test_what_a_look_found_is_told_until_the_next_look_finds_it_well(town):
    claim = await a_claim(town)
    await see(town, f"claim-{claim}", Seen("terminated", "missing", {}))
    town.now += timedelta(days=1)
    await see(town, f"claim-{claim}", Seen("terminated", "missing", {}))
    assert await listed(town) == [(claim, "missing")]
    shown = words(await town.page("/executions?trouble=missing"))
    assert "16. mar. 2026 12:00" in shown, "since it was first seen so"
    await see(town, f"claim-{claim}", Seen("running", None, {}))
    assert await listed(town) == []


async def test_the_list_is_counted_narrowed_and_read_on_in_pages(town):
    claims = [await a_claim(town) for _ in range(5)]
    for number, claim in enumerate(claims):
        town.now = NOON + timedelta(hours=number)
        await see(town, f"claim-{claim}", Seen("terminated", "missing", {}))
    await town.write(claims[0])
    await is_silent(town)
    answer = (await town.get("/executions?limit=2&trouble=missing")).json()
    assert answer["counts"] == {"missing": 5, "gateway": 1}
    seen = [one["claim_id"] for one in answer["items"]]
    while cursor := answer["next_cursor"]:
        path = f"/executions?limit=2&trouble=missing&cursor={cursor}"
        answer = (await town.get(path)).json()
        seen += [one["claim_id"] for one in answer["items"]]
    assert seen == claims
    assert (await town.get("/executions?trouble=rust")).status_code == 422


async def test_a_claims_page_shows_both_sides_and_where_they_differ(town):
    claim = await a_claim(town)
    await town.ask(claim)
    difference = {"field": "acts", "told": [], "known": ["dialogue-0"]}
    facts = {"has_answered": True, "differences": [difference], "acts": {"demand": None}}
    facts |= {"waits_for": "waits: demand, until 2026-03-30", "pending": []}
    facts |= {"run_id": "abc-1", "began_at": NOON.isoformat(), "history_length": 12}
    facts |= {"history_bytes": 4096, "build": None}
    await see(town, f"claim-{claim}", Seen("running", None, facts))
    shown = words(await town.page(f"/claims/{claim}/execution"))
    assert "waits: demand, until 2026-03-30" in shown
    assert "Forskel Handlinger dialogue-0" in shown
    assert "12 hændelser, 4 kB" in shown
    told = (await town.get(f"/claims/{claim}/execution")).json()
    assert told["differences"] == [difference]


async def test_temporals_own_page_is_led_to_only_where_it_has_an_address(town):
    claim = await a_claim(town)
    assert "Se forløbet i Temporal" not in (await town.page(f"/claims/{claim}/execution")).text


async def test_a_look_that_has_not_come_is_said_plainly(town):
    claim = await a_claim(town)
    await see(town, f"claim-{claim}", Seen("running", None, {}))
    town.now += timedelta(hours=1)
    answer = await town.page(f"/claims/{claim}/execution/look", method="POST")
    assert answer.status_code == 303
    await town.page(f"/claims/{claim}/execution/look", method="POST")
    shown = words(await town.page(f"/claims/{claim}/execution"))
    assert (
        "Temporal eller arbejderen har ikke svaret endnu. Sidst set 16. mar. 2026 12:00." in shown
    )
    asked = await change(town, "select count(*) from story_steps")
    assert asked.scalar_one() == 1, "who asks twice is answered once"


async def test_an_act_is_shown_first_wants_a_reason_and_is_written_down(town):
    claim = await a_claim(town)
    await town.write(claim)
    shown = await town.page(f"/claims/{claim}/execution/rebuild")
    assert "Opkrævning, 16. mar. 2026" in words(shown)
    without = await town.page(
        f"/claims/{claim}/execution/rebuild", method="POST", data={"reason": " "}
    )
    assert without.status_code == 422
    assert "Skriv en begrundelse." in without.text
    done = await town.page(
        f"/claims/{claim}/execution/rebuild", method="POST", data={"reason": "Faldt om"}
    )
    assert done.status_code == 303
    again = await town.post(f"/claims/{claim}/execution/steps", {"act": "rebuild", "reason": "x"})
    assert again.status_code == 409
    trail = await change(town, "select actor, act, facts ->> 'reasons' from audit"
                         " where act like 'story-%'")  # fmt: skip
    assert [tuple(row) for row in trail] == [("supervisor", "story-rebuild", "Faldt om")]


async def test_nothing_is_asked_of_a_claim_that_has_ended(town):
    claim = await a_claim(town)
    await change(town, "update claims set ending = 'paid', ended_on = :on", on=town.today)
    for act in StoryAct:
        answer = await town.post(f"/claims/{claim}/execution/steps", {"act": act, "reason": "x"})
        assert answer.status_code in {409, 422}, act


async def propose(api, claim, step="to-assessment", role=Role.SUPERVISOR, reason="Aftalt i teamet"):
    body = {"step": step, "reason": reason}
    return await api.post(f"/claims/{claim}/stage-proposals", body, role)


async def test_a_claim_is_moved_only_when_another_supervisor_agrees(town):
    claim = await a_claim(town)
    task = await town.ask(claim)
    assert "Videre til vurdering" in (await town.page(f"/claims/{claim}/move")).text
    number = (await propose(town, claim)).json()["proposal"]
    assert (await propose(town, claim)).status_code == 409
    own = await town.post(f"/stage-proposals/{number}/decision", {"is_approved": True})
    assert own.status_code == 403
    agreed = await town.post(f"/stage-proposals/{number}/decision", {"is_approved": True}, CHIEF)
    assert agreed.json() == {"claim_id": claim, "state": "approved"}
    told = await change(
        town, "select payload -> 'answer' ->> 'outcome' from outbox where name = 'task_decided'"
    )
    assert list(told.scalars()) == [Outcome.GO_ON]
    closed = await change(town, "select state from tasks where id = :task", task=task)
    assert closed.scalar_one() == "decided"
    assert (await propose(town, claim)).status_code == 422, "it is on its way already"


async def test_a_claim_that_went_on_meanwhile_is_not_moved(town):
    claim = await a_claim(town)
    task = await town.ask(claim)
    number = (await propose(town, claim)).json()["proposal"]
    decided = await town.post(f"/tasks/{task}/decide", {"outcome": "go-on", "reasons": "Ingen vej"})
    assert decided.status_code == 200, decided.text
    answer = await town.post(f"/stage-proposals/{number}/decision", {"is_approved": True}, CHIEF)
    assert answer.json()["state"] == "overtaken"


@pytest.mark.parametrize("kind", [TaskKind.WRITE_OFF_APPROVAL, TaskKind.EXCEPTION])
async def test_from_elsewhere_a_claim_cannot_be_moved_by_hand(town, kind):
    claim = await a_claim(town)
    await town.ask(claim, kind)
    assert "Herfra kan kravet ikke flyttes" in (await town.page(f"/claims/{claim}/move")).text
    assert (await propose(town, claim)).status_code == 422


async def test_no_letter_of_the_debtors_is_skipped(town):
    claim = await a_claim(town)
    await town.write(claim)
    for step in ("to-assessment", "to-dialogue", "stop-waiting", "call-off"):
        assert (await propose(town, claim, step)).status_code == 422


async def test_a_batch_is_asked_for_with_a_reason_followed_held_and_stopped(town):
    claims = [await a_claim(town) for _ in range(3)]
    for claim in claims:
        await see(town, f"claim-{claim}", Seen("terminated", "missing", {}))
    shown = words(await town.page("/executions/batches/new?act=rebuild&trouble=missing"))
    assert "Det sker for 3 sager" in shown
    empty = {"act": "rebuild", "trouble": "missing", "reason": ""}
    assert (await town.page("/executions/batches", method="POST", data=empty)).status_code == 422
    body = {"act": "rebuild", "trouble": "missing", "reason": "Server faldt"}
    answer = await town.page("/executions/batches", method="POST", data=body)
    address = answer.headers["location"]
    await change(
        town, "update story_steps set state = 'failed', trouble = 'story-ended', ended_at = now()"
        " where id = (select min(id) from story_steps)",
    )  # fmt: skip
    shown = words(await town.page(address, Role.CASEWORKER))
    assert "1 af 3" in shown
    assert "Sagen er afsluttet." in shown
    for move, state in (("pause", "Holder pause"), ("go-on", "I gang"), ("stop", "Stoppet")):
        assert (await town.page(f"{address}/{move}", method="POST")).status_code == 303
        assert state in words(await town.page(address))
    assert (await town.page(f"{address}/go-on", method="POST")).status_code == 409
    number = address.rpartition("/")[2]
    told = (await town.get(f"/execution-batches/{number}")).json()
    assert (told["failed"], told["dropped"], told["waiting"]) == (1, 2, 0)


async def test_what_does_not_help_against_a_trouble_is_not_done_to_all(town):
    body = {"act": "rebuild", "trouble": "gateway", "reason": "x"}
    assert (await town.post("/execution-batches", body)).status_code == 422
    none = {"act": "retry", "trouble": "gateway", "reason": "x"}
    refused = await town.post("/execution-batches", none)
    assert "batch-of-none" in refused.text


async def test_who_does_not_steer_sees_and_asks_for_nothing(town):
    claim = await a_claim(town)
    await town.ask(claim)
    shown = await town.page(f"/claims/{claim}/execution", Role.CASEWORKER)
    assert "Byg forløbet op" not in shown.text
    assert (await propose(town, claim, role=Role.CASEWORKER)).status_code == 403
    steps = f"/claims/{claim}/execution/steps"
    body = {"act": "nudge", "reason": "x"}
    assert (await town.post(steps, body, Role.CASEWORKER)).status_code == 403

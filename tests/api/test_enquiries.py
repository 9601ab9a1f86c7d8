"""Enquiries: in the inbox until answered, by when is policy, and what the figures say of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from domain.authority import Role
from domain.claim import Ending
from persistence.models import Debtor, LetterRow, Task
from tests.api.conftest import CPR

FRIDAY = timedelta(days=4)


def body(**changes):
    return {
        "channel": "mail",
        "sender": "Karla Prøvesen",
        "text": "Hvorfor er der et gebyr?",
        "received_on": "2026-03-16",
        "subject": "Gebyr",
    } | changes


async def ask(api, **changes):
    answer = await api.post("/enquiries", body(**changes))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def answer(api, enquiry, outcome="answered-by-phone", text_="Forklaret.", **more):
    return await api.post(
        f"/enquiries/{enquiry}/answer", {"outcome": outcome, "text": text_}, **more
    )


async def debtor_of(api, claim):
    return (await api.get(f"/claims/{claim}")).json()["debtors"][0]["id"]


async def test_an_enquiry_lies_in_the_inbox_until_the_day_the_policy_says(api):
    claim = await api.register()
    asked = await ask(api, claim_id=claim)
    assert (asked["state"], asked["due_on"]) == ("open", "2026-03-23")
    [task] = (await api.get("/tasks?kind=enquiry")).json()["items"]
    assert (task["id"], task["claim_id"], task["due_on"]) == (
        asked["task_id"], claim, "2026-03-23",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("channel", "received", "due"),
    [
        ("call", "2026-03-16", "2026-03-18"),
        ("mail", "2026-03-13", "2026-03-20"),
        ("mail", "2026-03-14", "2026-03-23"),  # a Saturday is as the Monday after it
        ("letter", "2026-03-16", "2026-03-30"),
    ],
)
async def test_the_time_depends_on_how_they_asked_and_is_counted_in_working_days(
    api, channel, received, due
):
    asked = await ask(api, claim_id=await api.register(), channel=channel, received_on=received)
    assert asked["due_on"] == due


async def test_easter_gives_more_days(api):
    api.now += timedelta(days=16)  # Wednesday 1 April; Thursday to Monday are closed
    asked = await ask(api, claim_id=await api.register(), channel="call", received_on="2026-04-01")
    assert asked["due_on"] == "2026-04-08"


async def test_a_letter_answers_the_one_who_asked_alone(api):
    people = [
        {"cpr_cvr": cpr, "name": name, "address": ["Prøvevej 1"]}
        for cpr, name in zip(CPR, ("Karla Prøvesen", "Karlo Prøvesen"), strict=False)
    ]
    claim = await api.register(debtors=people)
    asked = await ask(api, claim_id=claim)
    told = (await answer(api, asked["id"], "answered-by-letter", "Du spurgte om gebyret.")).json()
    assert (told["state"], told["outcome"]) == ("answered", "answered-by-letter")
    async with api.database.transaction() as connection:
        found = select(LetterRow.id, LetterRow.debtor_id, LetterRow.facts)
        [letter] = (await connection.execute(found)).all()
    assert letter.debtor_id == asked["debtor_id"]
    assert letter.facts["note"] == ["Du spurgte om gebyret."]
    assert told["rounds"][0]["letter_ids"] == [letter.id]


async def test_an_enquiry_about_a_person_is_answered_beside_their_newest_open_claim(api):
    old, new = await api.register(), await api.register()
    asked = await ask(api, debtor_id=await debtor_of(api, old))
    assert asked["claim_id"] is None
    await answer(api, asked["id"], "answered-by-letter", "Ja.")
    async with api.database.transaction() as connection:
        assert (await connection.execute(select(LetterRow.claim_id))).scalars().all() == [new]


@pytest.mark.parametrize("outcome", ["answered-by-phone", "no-answer-needed"])
async def test_other_answers_leave_no_letter(api, outcome):
    asked = await ask(api, claim_id=await api.register())
    assert (await answer(api, asked["id"], outcome)).json()["outcome"] == outcome
    async with api.database.transaction() as connection:
        assert (await connection.execute(select(LetterRow.id))).all() == []


async def test_the_inbox_answers_an_enquiry_as_its_page_does(api):
    asked = await ask(api, claim_id=await api.register())
    decision = {"outcome": "answered-by-letter", "reasons": "Ja."}
    assert (await api.post(f"/tasks/{asked['task_id']}/decide", decision)).status_code == 200
    told = (await api.get(f"/enquiries/{asked['id']}")).json()
    assert (told["state"], len(told["rounds"][0]["letter_ids"])) == ("answered", 1)


async def test_the_first_answer_counts(api):
    asked = await ask(api, claim_id=await api.register())
    await answer(api, asked["id"])
    again = await answer(api, asked["id"], text_="Noget andet.")
    assert (again.status_code, again.json()["code"]) == (409, "enquiry-answered")


async def test_what_is_answered_after_its_day_is_late_for_ever(api):
    asked = await ask(api, claim_id=await api.register(), channel="call")
    api.now += FRIDAY
    assert [one["is_late"] for one in await listed(api, "?state=overdue")] == [True]
    assert (await answer(api, asked["id"])).json()["is_late"] is True
    assert await listed(api, "?state=overdue") == []


async def listed(api, query=""):
    answer = await api.get(f"/enquiries{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_a_further_message_before_the_answer_is_the_same_question(api):
    asked = await ask(api, claim_id=await api.register(), channel="letter")
    more = body(channel="call", text="Ringer om det.")
    more.pop("subject")
    told = (await api.post(f"/enquiries/{asked['id']}/messages", more)).json()
    assert [len(one["messages"]) for one in told["rounds"]] == [2]
    assert told["due_on"] == "2026-03-18", "who calls waits no longer than other callers"


async def test_a_further_message_after_the_answer_is_a_new_question_with_a_new_task(api):
    asked = await ask(api, claim_id=await api.register())
    await answer(api, asked["id"])
    api.now += FRIDAY
    more = body(received_on="2026-03-20")
    more.pop("subject")
    told = (await api.post(f"/enquiries/{asked['id']}/messages", more)).json()
    assert told["state"] == "open"
    assert [one["outcome"] for one in told["rounds"]] == ["answered-by-phone", None]
    assert told["task_id"] != asked["task_id"]
    await answer(api, asked["id"])
    assert len(await listed(api, "?state=answered")) == 1


async def test_an_enquiry_outlives_its_claim(api):
    claim = await api.register()
    asked = await ask(api, claim_id=claim)
    await api.close(claim, Ending.WITHDRAWN)
    assert (await answer(api, asked["id"], "answered-by-letter", "Ja.")).status_code == 200


async def test_nobody_writes_to_the_dead(api):
    claim = await api.register()
    asked = await ask(api, claim_id=claim)
    async with api.database.transaction() as connection:
        await connection.execute(update(Debtor).values(status="dead"))
    refused = await answer(api, asked["id"], "answered-by-letter", "Ja.")
    [fault] = refused.json()["faults"]
    assert (refused.status_code, fault["code"]) == (422, "enquiry-nobody-reads")
    assert (await api.get(f"/enquiries/{asked['id']}")).json()["state"] == "open"
    assert (await answer(api, asked["id"])).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "field", "code"),
    [
        ({"received_on": "2026-03-17"}, 422, "received_on", "day-in-the-future"),
        ({"channel": "fax"}, 422, "channel", "choice-unknown"),
        ({"subject": ""}, 422, "subject", "field-missing"),
        ({"text": "a\u0000b"}, 422, "text", "text-unreadable"),
        ({"text": "x" * 4001}, 422, "text", "text-too-long"),
        ({"sender": "x" * 201}, 422, "sender", "text-too-long"),
        ({"claim_id": "2026-999999"}, 404, None, "not-found"),
        ({"claim_id": None}, 404, None, "not-found"),
        ({"claim_id": None, "debtor_id": 99}, 404, None, "not-found"),
    ],
)
async def test_an_enquiry_that_cannot_be_registered_is_refused_and_leaves_nothing(
    api, changes, status, field, code
):
    claim = await api.register()
    refused = await api.post("/enquiries", body(claim_id=claim) | changes)
    assert refused.status_code == status, refused.text
    told = refused.json()
    assert told["code"] == code or (field, code) in {
        (f["field"], f["code"]) for f in told["faults"]
    }
    async with api.database.transaction() as connection:
        assert (await connection.execute(select(Task.id))).all() == []


async def test_a_claim_of_another_debtor_is_refused(api):
    mine = await api.register()
    theirs = await api.register(debtors=[{"cpr_cvr": CPR[1], "name": "Karlo Prøvesen"}])
    refused = await api.post(
        "/enquiries", body(claim_id=mine, debtor_id=await debtor_of(api, theirs))
    )
    assert refused.json()["faults"][0]["code"] == "enquiry-of-another"


async def test_a_request_sent_twice_with_its_key_is_one_enquiry(api):
    claim = await api.register()
    headers = {"Idempotency-Key": "dobbeltklik"}
    first = await api.post("/enquiries", body(claim_id=claim), headers=headers)
    again = await api.post("/enquiries", body(claim_id=claim), headers=headers)
    assert first.json()["id"] == again.json()["id"]
    assert len(await listed(api)) == 1


async def test_the_list_is_narrowed_and_goes_on_page_by_page(api):
    claim, other = await api.register(), await api.register()
    mine = await ask(api, claim_id=claim)
    rest = [await ask(api, claim_id=other, channel=one) for one in ("call", "letter", "mail")]
    await api.post(f"/tasks/{mine['task_id']}/claim")
    assert [one["id"] for one in await listed(api, "?mine=true")] == [mine["id"]]
    assert [one["id"] for one in await listed(api, f"?claim_id={claim}")] == [mine["id"]]
    seen, cursor = [], ""
    while cursor is not None:
        page = (await api.get(f"/enquiries?limit=3{cursor}")).json()
        seen += [one["id"] for one in page["items"]]
        cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else None
    assert seen == [rest[0]["id"], mine["id"], rest[2]["id"], rest[1]["id"]]


async def test_figures_count_working_days_by_channel_and_by_month(api):
    claim = await api.register()
    for days in (0, 1, 4):  # Monday, Tuesday, Friday
        await ask(api, claim_id=claim, channel="call")
        [*_, newest] = await listed(api)
        api.now += timedelta(days=days)
        await answer(api, newest["id"])
        api.now -= timedelta(days=days)
    await ask(api, claim_id=claim, channel="letter")
    await ask(api, claim_id=claim, received_on="2026-02-20")
    figures = (await api.get("/enquiries/figures")).json()
    [call] = [one for one in figures["channels"] if one["channel"] == "call"]
    assert (call["received"], call["answered"], call["overdue"]) == (3, 3, 0)
    assert (call["median_days"], call["ninetieth_days"]) == (1, 4)
    assert call["within_goal"] == pytest.approx(2 / 3)
    total = figures["total"]
    assert (total["received"], total["answered"], total["overdue"]) == (5, 3, 1)
    assert total["within_goal"] == pytest.approx(2 / 4)
    assert [(one["month"], one["received"]) for one in figures["months"]] == [
        ("2026-02", 1), ("2026-03", 4),
    ]  # fmt: skip


async def test_figures_of_nothing_are_nothing(api):
    total = (await api.get("/enquiries/figures?first=2020-01-01&last=2020-12-31")).json()["total"]
    assert total["received"] == 0
    assert total["median_days"] is total["within_goal"] is None


async def test_what_a_citizen_said_is_never_changed(api):
    await ask(api, claim_id=await api.register())
    with pytest.raises(Exception, match="append-only"):
        async with api.database.transaction() as connection:
            await connection.execute(text("update enquiry_messages set text = 'x'"))


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.FINANCE, Role.DEPARTMENT])
async def test_those_who_do_not_work_on_tasks_register_nothing(api, role):
    claim = await api.register()
    assert (await api.post("/enquiries", body(claim_id=claim), role)).status_code == 403

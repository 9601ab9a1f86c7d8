"""What a reader is shown of a claim, and what is written down of their looking."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from domain.claim import Ending
from domain.decisions import STORY_TASKS
from domain.letters import Letter
from persistence.models import AuditRow, Claim, LetterRow, RecoveryNotice
from tests.api.conftest import CPR


async def standing(api, claim, language="da"):
    answer = await api.get(f"/claims/{claim}", headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.json()["standing"]


def codes(standing):
    return [sentence["code"] for sentence in standing["why"]], standing["next"]["code"]


async def audit(api, subject):
    async with api.database.transaction() as connection:
        found = select(AuditRow.actor, AuditRow.act).where(AuditRow.subject == subject)
        return [tuple(row) for row in await connection.execute(found.order_by(AuditRow.seq))]


async def test_a_national_id_is_never_shown_whole(api):
    claim = await api.register()
    for answer in (
        await api.get(f"/claims/{claim}"),
        await api.get("/claims"),
        await api.post("/debtors/search", {"national_id": CPR[0]}),
    ):
        assert CPR[0][6:] not in json.dumps(answer.json().get("debtors", answer.json()))
    [debtor] = (await api.get(f"/claims/{claim}")).json()["debtors"]
    assert debtor["national_id"] == "070379-xxxx"


async def test_each_look_at_a_claim_is_in_the_audit_trail(api):
    claim = await api.register()
    await api.get(f"/claims/{claim}", "auditor")
    assert (await audit(api, claim))[-1] == ("auditor", "viewed")


async def test_each_look_at_a_debtor_is_in_the_audit_trail(api):
    await api.register()
    found = (await api.post("/debtors/search", {"national_id": CPR[0]}, "finance")).json()
    await api.get(f"/claims?debtor={found['debtor_id']}", "bailiff")
    assert await audit(api, f"debtor-{found['debtor_id']}") == [
        ("finance", "viewed"),
        ("bailiff", "viewed"),
    ]


async def test_a_debtor_is_found_by_number_with_their_claims(api):
    claims = [await api.register() for _ in range(2)]
    await api.register(debtors=[{"cpr_cvr": CPR[1], "name": "Bo Prøvesen"}])
    found = await api.post("/debtors/search", {"national_id": f"{CPR[0][:6]}-{CPR[0][6:]}"})
    assert [claim["id"] for claim in found.json()["claims"]] == claims[::-1]


@pytest.mark.parametrize(
    ("number", "status", "code"),
    [(CPR[2], 404, "not-found"), ("12", 422, "invalid"), ("\u0000", 422, "invalid")],
)
async def test_a_number_nobody_has_is_told_from_a_wrong_one(api, number, status, code):
    answer = await api.post("/debtors/search", {"national_id": number})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_co_debtor_finds_the_claim_too(api):
    claim = await api.register(
        debtors=[{"cpr_cvr": CPR[0], "name": "A"}, {"cpr_cvr": CPR[1], "name": "B"}]
    )
    found = (await api.post("/debtors/search", {"national_id": CPR[1]})).json()
    assert [one["id"] for one in found["claims"]] == [claim]
    debtors = (await api.get(f"/claims/{claim}")).json()["debtors"]
    assert [debtor["is_primary"] for debtor in debtors] == [True, False]


async def test_the_account_shows_the_balance_after_each_line(api):
    claim = await api.register(principal_ore=100_000)
    payment = {"source_reference": "k-1", "amount_ore": 30_000, "paid_on": "2026-03-16"}
    await api.post(f"/claims/{claim}/payments", payment)
    view = (await api.get(f"/claims/{claim}")).json()
    assert [(line["amount_ore"], line["balance_ore"]) for line in view["ledger"]] == [
        (100_000, 100_000),
        (-30_000, 70_000),
    ]
    assert view["balance"] == {
        "principal_ore": 70_000, "interest_ore": 0, "fees_ore": 0, "other_ore": 0,
        "total_ore": 70_000,
    }  # fmt: skip


async def test_a_fee_is_split_from_the_principal(api):
    claim = await api.register(claim_type="day-care")
    await api.write(claim, Letter.FIRST_REMINDER)
    balance = (await api.get(f"/claims/{claim}")).json()["balance"]
    assert balance["fees_ore"] > 0
    parts = [ore for name, ore in balance.items() if name != "total_ore"]
    assert sum(parts) == balance["total_ore"]


async def test_a_new_claim_stands_before_its_first_letter(api):
    now = await standing(api, await api.register())
    assert codes(now) == (["why-registered"], "next-letter")
    assert "opkrævning" in now["next"]["text"]


async def test_a_claim_demanded_elsewhere_waits_for_its_last_timely_day(api):
    claim = await api.register(demand_sent_on="2026-03-02", last_timely_payment_date="2026-03-20")
    now = await standing(api, claim)
    assert codes(now) == (["why-demanded-elsewhere"], "next-letter")
    assert now["next_on"] == "2026-03-23", "the 21st is a Saturday"


async def test_a_letter_tells_its_deadline_and_what_follows(api):
    claim = await api.register()
    deadline = (await api.write(claim)).deadline
    now = await standing(api, claim)
    assert codes(now) == (["why-letter-requested"], "next-letter")
    assert now["next_on"] > deadline.isoformat()
    english = await standing(api, claim, "en")
    assert f"{deadline.day} {deadline:%B %Y}" in english["why"][0]["text"]


@pytest.mark.parametrize(
    ("state", "step"),
    [("dispatched", "next-letter"), ("delivered", "next-letter"), ("refused", "next-letter"),
     ("undelivered", "next-address"), ("cancelled", "next-letter")],
)  # fmt: skip
async def test_every_state_of_a_letter_is_explained(api, state, step):
    claim = await api.register()
    await api.write(claim)
    async with api.database.transaction() as connection:
        await connection.execute(
            update(LetterRow).values(state=state, dispatched_on=api.today, delivered_on=api.today)
        )
    assert codes(await standing(api, claim)) == ([f"why-letter-{state}"], step)


@pytest.mark.parametrize("kind", sorted(STORY_TASKS))
async def test_every_question_is_explained_and_moves_nothing_by_itself(api, kind):
    claim = await api.register()
    await api.ask(claim, kind)
    now = await standing(api, claim)
    assert codes(now) == (["why-asked"], f"next-task-{kind}")
    assert now["next_on"] is None


async def test_a_late_answer_is_our_delay(api):
    claim = await api.register()
    task = await api.ask(claim)
    await api.post(f"/tasks/{task}/claim", role="caseworker")
    api.now += timedelta(days=60)
    assert codes(await standing(api, claim))[0] == ["why-asked", "why-taken", "why-overdue"]


async def test_a_promise_names_the_day_of_the_next_dialogue(api):
    claim = await api.register()
    task = await api.ask(claim)
    answer = {"outcome": "promise", "reasons": "Løn d. 31.", "look_again_on": "2026-03-31"}
    await api.post(f"/tasks/{task}/decide", answer)
    now = await standing(api, claim)
    assert codes(now) == (["why-answered-until"], "next-dialogue")
    assert now["next_on"] == "2026-04-01"


async def test_a_hold_says_why_and_until_when(api):
    claim = await api.register()
    hold = {"reason": "objection", "note": "Beløbet er forkert.", "until": "2026-04-15"}
    await api.post(f"/claims/{claim}/holds", hold)
    now = await standing(api, claim)
    assert codes(now) == (["why-held-until"], "next-resumes")
    assert now["next_on"] == "2026-04-16"
    assert "indsigelse" in now["why"][0]["text"]


async def test_an_open_ended_hold_waits_for_a_person(api):
    claim = await api.register()
    for hold in (
        {"reason": "death", "died_on": "2026-03-01"},
        {"reason": "objection", "until": "2026-04-15"},
    ):
        await api.post(f"/claims/{claim}/holds", hold)
    now = await standing(api, claim)
    assert codes(now) == (["why-held", "why-held-until"], "next-release")
    assert now["next_on"] is None


async def test_an_agreement_names_the_next_instalment_that_is_missing(api):
    claim = await api.register(claim_type="rent")
    task = await api.ask(claim)
    plan = {"claim_ids": [claim], "months": 4, "first_due": "2026-04-01"}
    made = await api.post(
        f"/tasks/{task}/decide", {"outcome": "agreement", "reasons": "Aftalt.", "agreement": plan}
    )
    assert made.status_code == 200, made.text
    now = await standing(api, claim)
    assert codes(now) == (["why-agreement"], "next-instalment")
    assert now["next_on"] == "2026-04-01"
    assert now["stage"] == "agreement"


async def test_a_settled_claim_is_about_to_close(api):
    claim = await api.register(principal_ore=50_000)
    payment = {"source_reference": "k-1", "amount_ore": 50_000, "paid_on": "2026-03-16"}
    await api.post(f"/claims/{claim}/payments", payment)
    assert codes(await standing(api, claim)) == (["why-settled"], "next-close")


@pytest.mark.parametrize("ending", Ending)
async def test_every_ending_is_explained(api, ending):
    claim = await api.register()
    if ending is Ending.PAID:
        payment = {"source_reference": "all", "amount_ore": 10_000_000, "paid_on": "2026-03-16"}
        await api.post(f"/claims/{claim}/payments", payment)
    await api.close(claim, ending)
    now = await standing(api, claim)
    assert codes(now) == ([f"why-ended-{ending}"], "next-nothing")
    assert now["where"]["code"] == f"stands-ended-{ending}"


async def test_the_timeline_tells_all_that_happened_with_reason_and_basis(api):
    claim = await api.register()
    await api.write(claim)
    payment = {
        "source_reference": "k-1",
        "amount_ore": 100,
        "paid_on": "2026-03-17",
        "text": "A conto",
    }
    api.now += timedelta(days=1)
    await api.post(f"/claims/{claim}/payments", payment)
    api.now += timedelta(days=30)
    task = await api.ask(claim)
    await api.post(f"/tasks/{task}/decide", {"outcome": "go-on", "reasons": "Vil ikke betale."})
    hold = await api.post(
        f"/claims/{claim}/holds", {"reason": "hardship", "note": "Syg.", "review_on": "2026-04-20"}
    )
    api.now += timedelta(days=1)
    await api.post(f"/holds/{hold.json()['hold_id']}/release")
    await api.close(claim, Ending.WITHDRAWN)
    events = (await api.get(f"/claims/{claim}")).json()["timeline"]
    assert [event["name"] for event in events] == [
        "registered", "letter-cancelled", "payment",
        "letter-requested", "act-task", "decision", "hold",
        "letter-cancelled", "release", "act-close",
    ]  # fmt: skip
    assert [event["on"] for event in events] == sorted(event["on"] for event in events)
    assert all(event["reason"] and event["legal_basis"] for event in events)
    reasons = {event["name"]: event["reason"] for event in events}
    assert reasons["payment"] == "A conto"
    assert reasons["decision"] == "Vil ikke betale."
    assert reasons["hold"] == "Syg."


async def test_what_the_recovery_authority_told_is_in_standing_and_timeline(api):
    claim = await api.register()
    await api.transfer(claim)
    assert codes(await standing(api, claim)) == (["why-action-requested"], "next-from-transfer")
    async with api.database.transaction() as connection:
        rows = [
            {"number": 7, "kind": "executed", "code": None, "text": ""},
            {"number": 8, "kind": "rejected", "code": "412", "text": "Forfaldsdato mangler."},
            {"number": 9, "kind": "newly-invented", "code": None, "text": ""},
        ]
        shared = {"claim_id": claim, "story_number": None, "amount_ore": 0, "noticed_on": api.today}
        await connection.execute(insert(RecoveryNotice), [row | shared for row in rows])
    assert codes(await standing(api, claim)) == (["why-notice"], "next-from-transfer")
    events = (await api.get(f"/claims/{claim}")).json()["timeline"]
    told = {event["sentence"]: event["reason"] for event in events if event["name"] == "notice"}
    assert told["Gældsstyrelsen meldte »afvist«."] == "Forfaldsdato mangler."
    assert "Gældsstyrelsen meldte »newly-invented«." in told


async def test_lists_are_narrowed_by_what_is_asked(api):
    parking = await api.register()
    day_care = await api.register(claim_type="day-care", reference="B-7")
    await api.ask(parking)
    for query, expected in (
        ("stage=dialogue", [parking]),
        ("claim_type=day-care", [day_care]),
        ("reference=B-7", [day_care]),
        ("stage=dialogue&claim_type=day-care", []),
        ("debtor=999", []),
        ("", [day_care, parking]),
    ):
        answer = await api.get(f"/claims?{query}")
        assert [claim["id"] for claim in answer.json()["items"]] == expected, query


async def test_pages_show_each_claim_once_though_new_ones_come_in(api):
    claims = [await api.register() for _ in range(5)]
    seen, cursor = [], ""
    while True:
        page = (await api.get(f"/claims?limit=2{cursor}")).json()
        seen += [claim["id"] for claim in page["items"]]
        await api.register()
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == claims[::-1]


@pytest.mark.parametrize(
    "query",
    ["cursor=x", "cursor=WzEsMl0", "cursor=%00", "cursor=", "cursor=W3RydWVd", "limit=0",
     "limit=201", "stage=lost", "debtor=0", "debtor=99999999999999999999", "colour=red",
     "reference=%00", "cursor=%C3%A6"],
)  # fmt: skip
async def test_a_list_that_cannot_be_made_is_refused_with_the_field(api, query):
    answer = await api.get(f"/claims?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["faults"][0]["field"] == query.partition("=")[0]


async def test_counts_say_where_all_claims_are(api):
    first, second, third = [await api.register(principal_ore=10_000) for _ in range(3)]
    await api.ask(first)
    await api.close(third, Ending.WITHDRAWN)
    counts = (await api.get("/counts")).json()
    assert counts["on"] == "2026-03-16"
    assert counts["stages"] == [
        {"stage": "demand", "claims": 1, "balance_ore": 10_000, "principal_ore": 10_000},
        {"stage": "dialogue", "claims": 1, "balance_ore": 10_000, "principal_ore": 10_000},
    ]
    assert counts["endings"] == [{"ending": "withdrawn", "claims": 1, "principal_ore": 10_000}]
    assert counts["tasks"] == [{"kind": "dialogue", "open": 1, "overdue": 0}]
    assert second


async def test_a_claim_with_a_stage_nobody_foresaw_does_not_hide_the_others(api):
    claim = await api.register()
    async with api.database.transaction() as connection:
        await connection.execute(update(Claim).values(waiting_for="something-new-7"))
    assert (await api.get(f"/claims/{claim}")).status_code == 200

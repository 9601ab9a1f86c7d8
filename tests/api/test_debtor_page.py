"""A debtor on one page: everything, in as many questions however much there is; and one talk."""

import asyncio
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select, text, update

from domain.authority import Role
from domain.claim import Ending
from domain.decisions import TaskKind
from domain.letters import Letter
from domain.money import Money
from persistence.models import AuditRow, Debtor, Decision, FileNote
from persistence.money.booking import NewPayment, book_payment
from tests.api.conftest import CPR
from tests.api.test_files import page

KARLO = {"cpr_cvr": CPR[1], "name": "Karlo Prøvesen", "address": ["Prøvevej 1"]}
KARLA = {"cpr_cvr": CPR[0], "name": "Karla Prøvesen", "address": ["Prøvevej 1"]}
FRIDAY = "2026-03-20"


async def debtor_of(api, claim, name="Karla Prøvesen"):
    debtors = (await api.get(f"/claims/{claim}")).json()["debtors"]
    return next(one["id"] for one in debtors if one["name"] == name)


async def read(api, debtor, role=Role.CASEWORKER):
    answer = await api.get(f"/debtors/{debtor}", role)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def rows(api, *what):
    async with api.database.transaction() as connection:
        return [tuple(row) for row in await connection.execute(select(*what))]


async def talk(api, debtor, role=Role.CASEWORKER, **more):
    body = {"text": "Betaler på fredag."} | more
    return await api.post(f"/debtors/{debtor}/conversations", body, role)


def promise(task, **more):
    return {"task_id": task, "outcome": "promise", "look_again_on": FRIDAY} | more


@contextmanager
def counted(api):
    statements = []

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    engine = api.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


async def test_claims_lie_where_they_are_and_the_sums_say_so(api):
    ours = await api.register(principal_ore=10_000)
    away = await api.register(principal_ore=20_000)
    ended = await api.register(principal_ore=40_000)
    async with api.database.transaction() as connection:
        await connection.execute(
            text("update claims set stage = 'recovery' where id = :id"), {"id": away}
        )
    await api.close(ended, Ending.WITHDRAWN)
    told = await read(api, await debtor_of(api, ours))
    assert {one["id"]: one["group"] for one in told["claims"]} == {
        ours: "ours", away: "collector", ended: "ended",
    }  # fmt: skip
    assert (told["owed_ore"], told["at_collector_ore"]) == (30_000, 20_000)
    assert told["national_id"] == "070379-xxxx"


async def test_co_debtors_know_of_each_other(api):
    shared, own = await api.register(debtors=[KARLA, KARLO]), await api.register()
    told = await read(api, await debtor_of(api, shared))
    karlo = await debtor_of(api, shared, "Karlo Prøvesen")
    assert told["co_debtors"] == [{"id": karlo, "name": "Karlo Prøvesen", "claim_ids": [shared]}]
    assert [one["id"] for one in (await read(api, karlo))["claims"]] == [shared]
    assert {one["id"] for one in told["claims"]} == {shared, own}


async def test_all_that_was_said_is_one_stream_the_latest_first(api):
    claim, other = await api.register(), await api.register()
    debtor = await debtor_of(api, claim)
    task = await api.ask(claim)
    await api.post(f"/tasks/{task}/decide", {"outcome": "go-on", "reasons": "Ingen løsning."})
    api.now += timedelta(days=1)
    await api.post(f"/claims/{other}/notes", {"kind": "call", "text": "Ringede."}, "caseworker")
    api.now += timedelta(days=1)
    enquiry = {
        "channel": "mail", "sender": "Karla", "text": "Hvorfor?", "subject": "Gebyr",
        "received_on": str(api.today), "debtor_id": debtor,
    }  # fmt: skip
    await api.post("/enquiries", enquiry)
    said = (await read(api, debtor))["said"]
    assert [one["kind"] for one in said] == ["enquiry", "call", "dialogue"]
    assert [one["claim_id"] for one in said] == [None, other, claim]


async def test_the_last_handler_is_a_person_who_decided_or_wrote(api):
    claim = await api.register()
    debtor = await debtor_of(api, claim)
    assert (await read(api, debtor))["last_handler"] is None
    task = await api.ask(claim)
    await api.post(f"/tasks/{task}/decide", {"outcome": "go-on", "reasons": "x"}, "supervisor")
    api.now += timedelta(days=1)
    assert (await read(api, debtor))["last_handler"]["id"] == "supervisor"
    await talk(api, debtor)
    assert (await read(api, debtor))["last_handler"] == {
        "id": "caseworker", "name": "Caseworker", "on": str(api.today),
    }  # fmt: skip


async def test_money_without_a_place_may_be_theirs_by_name(api):
    claim = await api.register()
    for source, payer in (("b-1", "KARLA PRØVESEN"), ("b-2", "En Anden")):
        payment = NewPayment(source, Money(5_000), api.today, api.today, payer=payer)
        async with api.database.transaction() as connection:
            await book_payment(connection, api.policy, payment, api.today, "anna")
    told = await read(api, await debtor_of(api, claim))
    assert [one["payer"] for one in told["unplaced"]] == ["KARLA PRØVESEN"]


async def test_months_tell_what_was_owed(api):
    claim = await api.register(principal_ore=30_000)
    api.now += timedelta(days=31)
    paid = {"source_reference": "p", "amount_ore": 10_000, "paid_on": str(api.today)}
    await api.post(f"/claims/{claim}/payments", paid)
    told = await read(api, await debtor_of(api, claim))
    assert told["months"][0] == {"month": "2026-03", "owed_ore": 30_000}
    assert told["months"][-1] == {"month": "2026-04", "owed_ore": told["owed_ore"]}
    assert [one["amount_ore"] for one in told["payments"]] == [10_000]


async def test_the_number_of_questions_is_the_same_for_one_claim_and_for_two_hundred(api):
    claim = await api.register()
    debtor = await debtor_of(api, claim)
    with counted(api) as for_one:
        await read(api, debtor)
        await page(api, f"/debtors/{debtor}")
    one = len(for_one)
    for number in range(199):
        more = await api.register(principal_ore=10_000 + number)
        if number % 20 == 0:
            await api.write(more, Letter.DEMAND)
            await api.ask(more)
    with counted(api) as for_many:
        assert len((await read(api, debtor))["claims"]) == 200
        shown = await page(api, f"/debtors/{debtor}")
    assert (shown.status_code, len(for_many)) == (200, one)


async def test_who_looked_is_written_down(api):
    claim = await api.register()
    debtor = await debtor_of(api, claim)
    await read(api, debtor)
    await page(api, f"/debtors/{debtor}", Role.AUDITOR)
    subject = f"debtor-{debtor}"
    seen = [
        r
        for r in await rows(api, AuditRow.actor, AuditRow.act, AuditRow.subject)
        if r[2] == subject
    ]
    assert seen == [("caseworker", "viewed", subject), ("auditor", "viewed", subject)]


async def test_a_debtor_nobody_knows_is_not_found(api):
    assert (await api.get("/debtors/99")).status_code == 404
    assert (await page(api, "/debtors/99")).status_code == 404
    assert (
        await page(api, "/debtors/99/conversations", method="POST", data={"text": "x"})
    ).status_code == 404


async def test_departments_see_no_debtors(api):
    debtor = await debtor_of(api, await api.register())
    assert (await page(api, f"/debtors/{debtor}", Role.DEPARTMENT)).status_code == 403


@pytest.mark.parametrize("language", ["da", "en"])
async def test_the_page_warns_of_the_dead_and_of_protected_addresses(api, language):
    debtor = await debtor_of(api, await api.register())
    async with api.database.transaction() as connection:
        await connection.execute(update(Debtor).values(status="dead", is_protected=True))
    shown = await page(api, f"/debtors/{debtor}", language=language)
    words = {"da": ("Skyldneren er død.", "Adressen er beskyttet."),
             "en": ("The debtor is dead.", "The address is protected.")}  # fmt: skip
    assert all(word in shown.text for word in words[language])


async def test_letters_change_language_by_one_press(api):
    debtor = await debtor_of(api, await api.register())
    pressed = await page(
        api, f"/debtors/{debtor}/language", Role.CASEWORKER, method="POST", data={"language": "en"}
    )
    assert pressed.status_code == 303
    assert (await read(api, debtor))["language"] == "en"


async def test_hostile_text_is_text(api):
    claim = await api.register(debtors=[KARLA | {"name": "<script>alert(1)</script>"}])
    debtor = await debtor_of(api, claim, "<script>alert(1)</script>")
    await talk(api, debtor, text='"><img src=x onerror=alert(1)>')
    shown = (await page(api, f"/debtors/{debtor}")).text
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert "&lt;script&gt;alert(1)" in shown


async def test_one_talk_is_written_once_and_answers_each_dialogue(api):
    claims = [await api.register() for _ in range(2)]
    tasks = [await api.ask(claim) for claim in claims]
    debtor = await debtor_of(api, claims[0])
    held = (await talk(api, debtor, answers=[promise(task) for task in tasks])).json()
    assert [one["is_answered"] for one in held["results"]] == [True, True]
    assert await rows(api, FileNote.debtor_id, FileNote.text) == [(debtor, "Betaler på fredag.")]
    decided = await rows(api, Decision.task_id, Decision.outcome, Decision.reasons)
    assert decided == [(task, "promise", "Betaler på fredag.") for task in tasks]


async def test_what_cannot_be_answered_stops_none_of_the_others(api):
    claims = [await api.register() for _ in range(3)]
    first, second, third = [await api.ask(claim) for claim in claims]
    stranger = await api.ask(await api.register(debtors=[KARLO]))
    debtor = await debtor_of(api, claims[0])
    await api.post(f"/tasks/{second}/decide", {"outcome": "go-on", "reasons": "x"}, "supervisor")
    answers = [promise(task) for task in (first, second, stranger, third, 99)]
    held = (await talk(api, debtor, answers=answers)).json()
    assert [one["why_not"] and one["why_not"]["code"] for one in held["results"]] == [
        None, "problem-already-decided", "conversation-task-unfit", None, "conversation-task-unfit",
    ]  # fmt: skip
    assert [one["is_answered"] for one in held["results"]] == [True, False, False, True, False]
    assert len(await rows(api, FileNote.id)) == 1


async def test_another_kind_of_task_is_not_answered_by_a_talk(api):
    claim = await api.register()
    task = await api.ask(claim, TaskKind.ASSESSMENT)
    held = (await talk(api, await debtor_of(api, claim), answers=[promise(task)])).json()
    assert held["results"][0]["why_not"]["code"] == "conversation-task-unfit"
    assert await rows(api, Decision.id) == []


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"text": "  "}, "text", "field-missing"),
        ({"text": ""}, "text", "field-missing"),
        ({"text": "x" * 4001}, "text", "text-too-long"),
        (
            {"answers": [{"task_id": 1, "outcome": "promise"}]},
            "answers[1].look_again_on",
            "day-missing",
        ),
        (
            {"answers": [promise(1, look_again_on="2026-03-15")]},
            "answers[1].look_again_on",
            "day-is-past",
        ),
        ({"answers": [promise(1), promise(1)]}, "answers", "conversation-task-twice"),
        (
            {"answers": [{"task_id": 1, "outcome": "agreement"}]},
            "answers[1].outcome",
            "choice-unknown",
        ),
    ],
)
async def test_a_talk_that_is_wrong_leaves_nothing_behind(api, body, field, code):
    claim = await api.register()
    await api.ask(claim)
    refused = await talk(api, await debtor_of(api, claim), **body)
    assert refused.status_code == 422, refused.text
    assert (field, code) in {(f["field"], f["code"]) for f in refused.json()["faults"]}
    assert await rows(api, FileNote.id) == []
    assert await rows(api, Decision.id) == []


async def test_two_who_talk_at_once_write_two_notes_and_give_one_answer(api):
    claim = await api.register()
    task = await api.ask(claim)
    debtor = await debtor_of(api, claim)
    held = await asyncio.gather(
        talk(api, debtor, Role.CASEWORKER, answers=[promise(task)]),
        talk(api, debtor, Role.SUPERVISOR, answers=[promise(task)]),
    )
    assert sorted(one.json()["results"][0]["is_answered"] for one in held) == [False, True]
    assert len(await rows(api, FileNote.id)) == 2
    assert len(await rows(api, Decision.id)) == 1


async def press(api, debtor, **form):
    return await page(
        api, f"/debtors/{debtor}/conversations", Role.CASEWORKER, method="POST",
        data={"kind": "call", "text": "Talt sammen.", "key": "k"} | form,
    )  # fmt: skip


async def test_a_form_pressed_twice_is_one_talk_and_one_answer(api):
    claims = [await api.register() for _ in range(2)]
    tasks = [await api.ask(claim) for claim in claims]
    debtor = await debtor_of(api, claims[0])
    form = {"task": [str(task) for task in tasks], "outcome": "promise", "look_again_on": FRIDAY}
    first, again = await press(api, debtor, **form), await press(api, debtor, **form)
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    assert len(await rows(api, FileNote.id)) == 1
    shown = await page(api, first.headers["location"].partition("#")[0])
    assert "Samtalen er skrevet ned." in shown.text
    assert shown.text.count("besvaret.") == 2


async def test_a_partial_result_is_told_task_by_task(api):
    claim = await api.register()
    task = await api.ask(claim)
    debtor = await debtor_of(api, claim)
    await api.post(f"/tasks/{task}/decide", {"outcome": "go-on", "reasons": "x"}, "supervisor")
    pressed = await press(api, debtor, task=str(task), outcome="go-on")
    shown = await page(api, pressed.headers["location"].partition("#")[0])
    assert "Opgaven er allerede besvaret." in shown.text


async def test_without_an_outcome_the_talk_is_only_written_down(api):
    claim = await api.register()
    task = await api.ask(claim)
    debtor = await debtor_of(api, claim)
    assert (await press(api, debtor, task=str(task), outcome="")).status_code == 303
    assert len(await rows(api, FileNote.id)) == 1
    assert await rows(api, Decision.id) == []


async def test_a_form_that_is_wrong_keeps_the_words(api):
    claim = await api.register()
    task = await api.ask(claim)
    debtor = await debtor_of(api, claim)
    refused = await press(api, debtor, task=str(task), outcome="promise", text="Lover at betale.")
    assert refused.status_code == 422
    assert "Lover at betale.</textarea>" in refused.text
    assert "Vælg den dag" in refused.text
    unticked = await press(api, debtor, outcome="go-on")
    assert "Sæt kryds ved de dialoger" in unticked.text
    assert await rows(api, FileNote.id) == []


@pytest.mark.parametrize("told", ["x", "1.done,<script>", "1.no-such-code", "9" * 500])
async def test_what_an_address_claims_was_answered_cannot_break_the_page(api, told):
    debtor = await debtor_of(api, await api.register())
    shown = await page(api, f"/debtors/{debtor}?said=talked&told={told}")
    assert shown.status_code == 200
    assert "<script>" not in shown.text.partition("<h1>")[2]

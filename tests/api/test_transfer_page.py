"""The dossier of a transfer as a page, in a task, and for programs."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.authority import Role
from domain.decisions import TaskKind
from domain.orders import AskPerson, Transfer
from tests.proofs import make_ready


@pytest.fixture
async def claim(api):
    claim_id = await api.register(description="Faktura 4711", claim_type="day-care")
    async with api.database.transaction() as connection:
        await make_ready(connection, claim_id, api.today)
        right = "update claims set due_date = :on, last_timely_payment_date = :on where id = :id"
        values = {"on": api.today - timedelta(days=14), "id": claim_id}
        await connection.execute(text(right), values)
    return claim_id


async def change(api, statement):
    async with api.database.transaction() as connection:
        await connection.execute(text(statement))


async def test_a_claim_with_all_proofs_is_said_to_be_ready(api, claim):
    await change(api, "update claims set period_end = '2026-03-31'")
    page = await api.page(f"/claims/{claim}/transfer")
    assert page.status_code == 200
    assert "Kravet kan overdrages i dag." in page.text
    assert "Ingen regel er brudt." in page.text
    assert '<a href="/letters/1">Brevet »rykker 2« kom frem' in page.text
    assert "KFDAINS" in page.text
    english = await api.page(f"/claims/{claim}/transfer", language="en")
    assert "The claim can be transferred today." in english.text


async def test_what_is_missing_is_told_with_what_to_do(api, claim):
    await change(api, "update letters set state = 'dispatched', delivered_on = null")
    await change(api, "update claims set description = '', period_start = '2026-03-01'")
    page = (await api.page(f"/claims/{claim}/transfer")).text
    assert "Kravet kan ikke overdrages endnu." in page
    assert "ingen kvittering for, at det er kommet frem" in page
    assert "Underretningen skal være kommet frem" in page
    for rule in ("R_7_11", "R_6_16"):
        assert f"Regel {rule}" in page
    assert "Stiftelsesdatoen 2. marts 2026 ligger for sent" in page
    assert "Ret beskrivelsen" in page


async def test_what_has_been_transferred_is_shown_as_it_went(api, claim):
    await change(api, "update claims set period_end = '2026-03-31'")
    assert (await api.acts.transfer(Transfer(claim, "transfer-0-0", api.today))).is_done
    await change(api, "update claims set description = 'Noget andet'")
    page = (await api.page(f"/claims/{claim}/transfer")).text
    assert "Kravet er allerede overdraget." in page
    assert "Faktura 4711" in page
    assert "Noget andet" not in page


async def test_the_assessment_shows_whether_the_claim_may_go(api, claim):
    await change(api, "update claims set description = ''")
    task = await api.ask(claim, TaskKind.ASSESSMENT)
    page = (await api.page(f"/tasks/{task}", Role.CASEWORKER)).text
    assert "Kan kravet overdrages?" in page
    assert "Beskrivelsen skal være udfyldt" in page
    assert f'href="/claims/{claim}/transfer"' in page


async def test_a_refused_transfer_shows_why_and_when_it_is_mended(api, claim):
    await change(api, "update claims set description = '', period_end = '2026-03-31'")
    assert (await api.acts.transfer(Transfer(claim, "transfer-0-0", api.today))).refused
    key = "exception-0-refusal0"
    await api.acts.ask_person(AskPerson(claim, key, api.today, kind=TaskKind.EXCEPTION))
    async with api.database.transaction() as connection:
        found = text("select id from tasks where key = :key")
        task = (await connection.execute(found, {"key": key})).scalar_one()
    page = (await api.page(f"/tasks/{task}", Role.CASEWORKER)).text
    assert "Overdragelsen blev stoppet" in page
    assert "Beskrivelsen skal være udfyldt" in page
    await change(api, "update claims set description = 'Faktura 4711'")
    page = (await api.page(f"/tasks/{task}", Role.CASEWORKER)).text
    assert "Det, der stod i vejen, er nu på plads." in page


async def test_who_has_no_task_about_the_claim_says_why_they_look(api, claim):
    page = await api.page(f"/claims/{claim}/transfer", Role.CASEWORKER)
    assert page.status_code == 303
    assert page.headers["location"].startswith("/purpose")


async def test_programs_get_the_same_with_codes(api, claim):
    await change(api, "update claims set description = ''")
    answer = await api.get(f"/claims/{claim}/transfer")
    assert answer.status_code == 200
    dossier = answer.json()
    assert (dossier["is_ready"], dossier["missing"]) == (False, 0)
    rules = [(one["rule"], one["consequence"], one["field"]) for one in dossier["findings"]]
    assert ("R_7_11", "rejected", "description") in rules
    assert dossier["claims"][0]["type_code"] == "KFDAINS"
    assert (await api.get("/claims/2026-999999/transfer")).status_code == 404
    assert (await api.page("/claims/2026-999999/transfer")).status_code == 404

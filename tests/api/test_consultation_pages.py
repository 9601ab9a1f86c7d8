"""Questions to departments on pages: theirs and no others', and back to the task that asked."""

import pytest

from domain.authority import Role
from persistence.enquiries.reading_consultations import consultations_of_claim
from tests.api.test_consultations import ask, departments, reply
from tests.api.test_files import page

__all__ = ["departments"]  # a fixture


async def press(api, address, role, **form):
    return await page(api, address, role, method="POST", data=form)


async def asked(api, claim):
    async with api.database.transaction() as connection:
        return await consultations_of_claim(connection, claim)


async def test_a_question_goes_from_the_task_to_the_department_and_back(api, departments):
    claim = await api.register()
    task = await api.ask(claim)
    await api.post(f"/tasks/{task}/claim", role="caseworker")
    form = await page(api, f"/consultations/new?claim={claim}&task={task}", Role.CASEWORKER)
    assert 'value="2026-03-23"' in form.text, "the time a department usually has"
    sent = await press(
        api, "/consultations", Role.CASEWORKER, claim_id=claim, task_id=str(task), key="k",
        question="Var bilen solgt?", due_on="2026-03-20", department="",
    )  # fmt: skip
    address = sent.headers["location"].partition("?")[0]
    inbox = await page(api, "/consultations", "vagt")
    assert f'href="{address}"' in inbox.text
    shown = await page(api, address, "vagt")
    assert "Var bilen solgt?" in shown.text
    assert claim not in shown.text
    answered = await press(api, f"{address}/answer", "vagt", answer="Ja.")
    assert answered.status_code == 303
    back = await page(api, address, Role.CASEWORKER)
    assert ">Ja.</p>" in back.text
    assert f'href="/tasks/{task}"' in back.text


async def test_an_answer_is_news_until_the_asker_has_read_it(api, departments):
    number = await ask(api, await api.register())
    await reply(api, number)
    assert "Nyt svar" in (await page(api, "/consultations", Role.CASEWORKER)).text
    await page(api, f"/consultations/{number}", Role.SUPERVISOR)
    assert "Nyt svar" in (await page(api, "/consultations", Role.CASEWORKER)).text
    await page(api, f"/consultations/{number}", Role.CASEWORKER)
    assert "alle svar er læst" in (await page(api, "/consultations", Role.CASEWORKER)).text


async def test_another_departments_question_is_not_found(api, departments):
    number = await ask(api, await api.register())
    for role in ("leder", Role.DEPARTMENT):
        assert (await page(api, f"/consultations/{number}", role)).status_code == 404
        pressed = await press(api, f"/consultations/{number}/answer", role, answer="Nej.")
        assert pressed.status_code == 404
        assert "Var bilen solgt?" not in (await page(api, "/consultations", role)).text


async def test_a_question_pressed_twice_is_asked_once(api, departments):
    claim = await api.register()
    form = {"claim_id": claim, "key": "k", "question": "Hvem?", "due_on": "2026-03-20"}
    first, again = [await press(api, "/consultations", Role.CASEWORKER, **form) for _ in range(2)]
    assert first.headers["location"] == again.headers["location"]
    assert len(await asked(api, claim)) == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"due_on": "2026-03-13"}, "Dagen er allerede gået."),
        ({"question": " "}, "Feltet skal udfyldes."),
        ({"department": "Atlantis"}, "Værdien skal være en af"),
    ],
)
async def test_what_is_wrong_is_told_and_the_words_are_kept(api, departments, changes, sentence):
    claim = await api.register()
    form = {"claim_id": claim, "key": "k", "question": "Hvem ejer den?", "due_on": "2026-03-20"}
    refused = await press(api, "/consultations", Role.CASEWORKER, **(form | changes))
    assert refused.status_code == 422
    assert sentence in refused.text
    assert (changes.get("question") or "Hvem ejer den?").strip() in refused.text
    assert await asked(api, claim) == []


async def test_who_answers_second_keeps_their_words(api, departments):
    number = await ask(api, await api.register())
    await reply(api, number)
    second = await press(api, f"/consultations/{number}/answer", "vagt", answer="Mine ord.")
    assert second.status_code == 409
    assert "Mine ord.</textarea>" in second.text


async def test_a_question_is_taken_back_with_a_reason(api, departments):
    number = await ask(api, await api.register())
    refused = await press(api, f"/consultations/{number}/recall", Role.CASEWORKER, reason="")
    assert refused.status_code == 422
    pressed = await press(
        api, f"/consultations/{number}/recall", Role.CASEWORKER, reason="Skylder intet mere."
    )
    assert pressed.status_code == 303
    shown = await page(api, f"/consultations/{number}", "vagt")
    assert "Der skal ikke svares." in shown.text
    assert "Skylder intet mere." not in shown.text, "why is not the department's affair"


async def test_an_answer_brings_its_files_to_the_asker_and_no_others_to_the_department(
    api, departments
):
    claim = await api.register()
    ours = {"file": ("vores.txt", b"internt")}
    laid = await api.send("POST", f"/claims/{claim}/attachments", "caseworker", files=ours)
    number = await ask(api, claim)
    sent = await page(
        api, f"/consultations/{number}/answer", "vagt", method="POST", data={"answer": "Se her."},
        files={"file": ("slutseddel.txt", b"solgt")},
    )  # fmt: skip
    assert sent.status_code == 303, sent.text
    [question] = await asked(api, claim)
    [file] = question["attachments"]
    saved = await page(api, f"/consultations/{number}/attachments/{file['id']}", "vagt")
    assert (saved.status_code, saved.content) == (200, b"solgt")
    other = laid.json()["attachment_id"]
    assert (
        await page(api, f"/consultations/{number}/attachments/{other}", "vagt")
    ).status_code == 404
    assert (
        await page(api, f"/consultations/{number}/attachments/{file['id']}", "leder")
    ).status_code == 404
    assert (await page(api, f"/attachments/{file['id']}", Role.CASEWORKER)).content == b"solgt"
    assert (await page(api, f"/attachments/{file['id']}", "vagt")).status_code == 403


async def test_a_file_nobody_may_keep_leaves_the_question_open_and_the_words_kept(api, departments):
    number = await ask(api, await api.register())
    sent = await page(
        api, f"/consultations/{number}/answer", "vagt", method="POST", data={"answer": "Se her."},
        files={"file": ("virus.exe", b"MZ\x90\x00")},
    )  # fmt: skip
    assert sent.status_code == 422
    assert "Se her.</textarea>" in sent.text
    told = (await api.get(f"/consultations/{number}", "vagt")).json()
    assert (told["standing"], told["attachments"]) == ("open", [])


async def test_hostile_text_is_text(api, departments):
    number = await ask(api, await api.register(), question="<script>alert(1)</script>")
    await reply(api, number, text="<img src=x>")
    for path, role in (
        (f"/consultations/{number}", "vagt"),
        (f"/consultations/{number}", Role.CASEWORKER),
        ("/consultations?is_open=false", "vagt"),
        ("/consultations", Role.CASEWORKER),
    ):
        shown = await page(api, path, role)
        assert shown.status_code == 200
        assert "<script>alert" not in shown.text
        assert "<img src=x" not in shown.text


async def test_departments_find_their_page_from_anywhere_and_no_other(api, departments):
    shown = await page(api, "/consultations", "vagt")
    nav = shown.text.partition("<main")[0]
    assert 'href="/consultations"' in nav
    assert 'href="/letters"' not in nav


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR])
async def test_who_reads_only_asks_nothing(api, departments, role):
    claim = await api.register()
    assert (await page(api, "/consultations?all=true", role)).status_code == 200
    assert (await page(api, f"/consultations/new?claim={claim}", role)).status_code == 403


async def test_the_pages_speak_english(api, departments):
    number = await ask(api, await api.register(), question="Who?")
    for path in ("/consultations", f"/consultations/{number}"):
        shown = await page(api, path, "vagt", language="en")
        assert "Spørgsmål" not in shown.text
        assert "Question" in shown.text


async def test_a_task_that_told_of_an_answer_is_done_where_the_answer_is_read(api, departments):
    number = await ask(api, await api.register())
    await reply(api, number)
    [task] = (await api.get("/tasks?kind=consultation", Role.CASEWORKER)).json()["items"]
    assert task["claimed_by"] == "caseworker"
    assert (await press(api, f"/consultations/{number}/done", Role.CASEWORKER)).status_code == 303
    assert (await api.get("/tasks?kind=consultation")).json()["items"] == []

"""A colleague asked from a task's screen, their answer, and a task put off."""

import re
from html import unescape

import pytest

from domain.authority import Role
from domain.decisions import TaskKind
from tests.api.questions import lay
from tests.api.test_files import page
from tests.api.test_notes import HOSTILE

ASK = {"colleague": "caseworker", "question": "Kender du Karla?"}


async def press(api, task, act, role="supervisor", **sent):
    return await page(api, f"/tasks/{task}/{act}", role, method="POST", data=sent)


async def seen(api, task, role="supervisor"):
    """What a reader sees of it."""
    shown = await page(api, f"/tasks/{task}", role)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", shown.text)).split())


async def holder(api, task):
    told = (await api.get(f"/tasks/{task}")).json()
    return told["claimed_by"], told["delegated_by"]


@pytest.fixture
async def task(api):
    return await api.ask(await api.register())


async def test_a_colleague_is_asked_answers_and_the_task_comes_back_with_it(api, task):
    asked = await press(api, task, "delegate", **ASK)
    assert asked.headers["location"] == f"/tasks/{task}?done=asked"
    assert await holder(api, task) == ("caseworker", "supervisor")
    assert "Caseworker har ikke svaret endnu." in await seen(api, task)
    assert f"/tasks/{task}/return" not in (await page(api, f"/tasks/{task}")).text
    theirs = await seen(api, task, "caseworker")
    assert "Supervisor spurgte Caseworker" in theirs
    assert "Kender du Karla?" in theirs
    back = await press(api, task, "return", "caseworker", **{"colleague-answer": "Ja, godt."})
    assert back.headers["location"] == f"/tasks/{task}?done=returned"
    assert await holder(api, task) == ("supervisor", None)
    mine = await seen(api, task)
    assert "Caseworker svarede" in mine
    assert "Ja, godt." in mine
    assert f"/tasks/{task}/return" not in (await page(api, f"/tasks/{task}")).text


async def test_a_task_laid_back_without_an_answer_is_said_to_have_come_so(api, task):
    await press(api, task, "delegate", **ASK)
    await press(api, task, "release", "caseworker")
    assert "Opgaven kom tilbage uden svar." in await seen(api, task)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"colleague": ""}, "Vælg, hvem du vil spørge."),
        ({"colleague": "supervisor"}, "Vælg en anden end dig selv."),
        ({"colleague": "auditor"}, "Auditor har ikke ret til at besvare opgaven."),
        ({"colleague": "nobody"}, "Ingen her har det navn."),
        ({"question": " "}, "Skriv, hvad du vil spørge om."),
        ({"question": "x" * 4001}, "der er plads til 4000"),
    ],
)
async def test_a_question_that_cannot_be_asked_says_why_and_keeps_what_was_typed(
    api, task, sent, sentence
):
    refused = await press(api, task, "delegate", **(ASK | sent))
    assert refused.status_code == 422
    assert sentence in refused.text
    if "question" not in sent:
        assert "Kender du Karla?" in refused.text
    assert await holder(api, task) == (None, None)


async def test_only_who_may_answer_can_be_chosen(api, task):
    shown = (await page(api, f"/tasks/{task}")).text
    offered = re.search(r'<select[^>]* name="colleague".*?</select>', shown, re.DOTALL)[0]
    assert set(re.findall(r'value="(\w+)"', offered)) == {"caseworker", "bailiff"}


async def test_an_empty_answer_and_one_nobody_asked_for_are_refused(api, task):
    unasked = await press(api, task, "return", **{"colleague-answer": "Ja."})
    assert unasked.status_code == 409
    await press(api, task, "delegate", **ASK)
    empty = await press(api, task, "return", "caseworker", **{"colleague-answer": " "})
    assert empty.status_code == 422
    assert "Skriv et svar." in empty.text
    others = await press(api, task, "return", **{"colleague-answer": "Ja."})
    assert others.status_code == 409
    assert await holder(api, task) == ("caseworker", "supervisor")


async def test_hostile_words_between_colleagues_are_words(api, task):
    await press(api, task, "delegate", **(ASK | {"question": HOSTILE}))
    await press(api, task, "return", "caseworker", **{"colleague-answer": HOSTILE})
    shown = (await page(api, f"/tasks/{task}")).text
    assert shown.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 2
    assert "<script>alert" not in shown


@pytest.mark.parametrize("act", ["delegate", "return", "snooze", "wake"])
async def test_what_went_wrong_leads_back_to_the_task_when_it_is_read_again(api, task, act):
    again = await page(api, f"/tasks/{task}/{act}")
    assert again.headers["location"] == f"/tasks/{task}"


async def test_a_task_is_put_off_and_taken_up_again(api, task):
    put = {"snooze-until": "2026-03-20", "snooze-reason": "Venter på lønseddel."}
    done = await press(api, task, "snooze", **put)
    assert done.headers["location"] == f"/tasks/{task}?done=snoozed"
    assert "Udskudt til 20. mar" in await seen(api, task)
    assert "Venter på lønseddel." in await seen(api, task)
    woken = await press(api, task, "wake")
    assert woken.headers["location"] == f"/tasks/{task}?done=woken"
    assert (await press(api, task, "wake")).status_code == 409
    assert (await api.get(f"/tasks/{task}")).json()["snoozed_until"] is None


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"snooze-until": ""}, "Feltet skal udfyldes."),
        ({"snooze-until": "i morgen"}, "kan ikke læses"),
        ({"snooze-until": "2026-03-16"}, "Vælg en dag efter i dag."),
        ({"snooze-until": "2027-03-16"}, "En opgave kan højst udskydes"),
        ({"snooze-reason": ""}, "Skriv en begrundelse."),
    ],
)
async def test_a_task_that_cannot_be_put_off_says_why(api, task, sent, sentence):
    put = {"snooze-until": "2026-03-20", "snooze-reason": "Venter."}
    refused = await press(api, task, "snooze", **(put | sent))
    assert refused.status_code == 422
    assert sentence in refused.text


async def test_a_task_about_no_claim_can_be_asked_about_too(api):
    task, _ = await lay(api, TaskKind.UNPLACED_PAYMENT)
    asked = await press(api, task, "delegate", **(ASK | {"colleague": "finance"}))
    assert asked.status_code == 303, asked.text
    assert "Finance har ikke svaret endnu." in await seen(api, task)


async def test_the_screen_says_where_to_tell_that_it_is_open_to_whom_may_answer(api, task):
    mark = f'id="presence" class="hint" data-task="{task}"'
    assert mark in (await page(api, f"/tasks/{task}", Role.CASEWORKER)).text
    assert mark not in (await page(api, f"/tasks/{task}", Role.AUDITOR)).text


async def test_what_comes_after_the_answer_is_told_of_it(api, task):
    answered = {"outcome": "go-on", "reasons": "Ingen løsning."}
    assert (await api.post(f"/tasks/{task}/decide", answered, "caseworker")).is_success
    late = await press(api, task, "delegate", **ASK)
    assert late.status_code == 409
    assert "Kender du Karla?" not in await seen(api, task)

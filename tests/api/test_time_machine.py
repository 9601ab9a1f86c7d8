"""The time machine as pages and as JSON: chosen, previewed, started, looked at, stopped."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from activities.policy_trials import PolicyTrialActivities
from domain.authority import Role
from workers.time_machine import trying

SKANDERBORG = Path(__file__).parents[2] / "policies" / "skanderborg.toml"
TURNED = {"way": "knobs", "months": "24", "people": "react", "days": "21", "fee_kroner": "100"}


async def finish(api, number):
    acts = PolicyTrialActivities(api.database, trying(api.policy))
    while not (await acts.try_some(number)).is_over:
        pass


async def start(api, **changes):
    answer = await api.page("/time-machine", method="POST", data=TURNED | changes)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].rpartition("/")[2])


async def test_the_page_offers_what_a_council_would_turn_and_lists_nothing_yet(api):
    shown = (await api.page("/time-machine")).text
    assert "Rykkergebyr i kroner" in shown
    assert "Ingen har prøvet en anden politik endnu." in shown


async def test_who_may_only_see_figures_sees_no_form(api):
    shown = (await api.page("/time-machine", Role.AUDITOR)).text
    assert "Tidligere forsøg" in shown
    assert "/time-machine/preview" not in shown


async def test_before_it_starts_the_difference_is_shown_and_can_be_changed(api):
    shown = await api.page("/time-machine/preview", method="POST", data=TURNED)
    assert shown.status_code == 200
    assert "100,00 kr." in shown.text
    assert "21" in shown.text
    assert "Som nu, men 21 dage pr. brev, rykkergebyr 100,00 kr." in shown.text
    back = await api.page("/time-machine", method="POST", data=TURNED | {"back": "yes"})
    assert back.status_code == 200
    assert 'value="21"' in back.text
    async with api.database.transaction() as connection:
        assert await connection.scalar(text("select count(*) from policy_trials")) == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"days": "2"}, "Dagene skal være mellem 7 og 90."),
        ({"days": "to"}, "helt tal"),
        ({"fee_kroner": "99999"}, "mere tillader loven ikke"),
        ({"days": "", "fee_kroner": ""}, "Skriv mindst én ting"),
        ({"months": "5"}, "Vælg mellem 12 og 36 måneder."),
        ({"way": "profile", "profile": "atlantis"}, "Den politik findes ikke."),
        ({"way": "file"}, "Vælg en fil."),
    ],
)
async def test_what_cannot_be_tried_is_said_beside_what_was_typed(api, changes, sentence):
    answer = await api.page("/time-machine/preview", method="POST", data=TURNED | changes)
    assert answer.status_code == 422
    assert sentence in answer.text


async def test_a_file_with_a_broken_policy_is_refused_with_line_and_reason(api):
    file = {"file": ("ny.toml", b'version = "x"\nmunicipality = \n', "text/plain")}
    answer = await api.page(
        "/time-machine/preview", method="POST", data=TURNED | {"way": "file"}, files=file
    )
    assert answer.status_code == 422
    assert "linje 2" in answer.text


async def test_a_file_with_a_sound_policy_is_tried(api):
    other = SKANDERBORG.read_text(encoding="utf-8").replace("amount = 250\n", "amount = 150\n")
    file = {"file": ("ny.toml", other.encode(), "text/plain")}
    data = TURNED | {"way": "file"}
    shown = await api.page("/time-machine/preview", method="POST", data=data, files=file)
    assert shown.status_code == 200, shown.text
    assert "150,00 kr." in shown.text
    number = await start(api, way="file", policy_text=other)
    await finish(api, number)
    assert (await api.get(f"/policy-trials/{number}")).json()["state"] == "done"


async def test_a_trial_is_done_by_a_worker_and_its_figures_are_the_same_as_json(api):
    for _ in range(3):
        await api.register()
    await api.register(due_date="2026-03-20")
    number = await start(api)
    waiting = (await api.page(f"/time-machine/{number}")).text
    assert "Venter" in waiting
    async with api.database.transaction() as connection:
        told = "select target from outbox where name = 'start-trial'"
        assert await connection.scalar(text(told)) == f"policy-trial-{number}"
        await connection.execute(text("update claims set registered_on = '2026-01-05'"))
    await finish(api, number)
    shown = await api.page(f"/time-machine/{number}")
    assert shown.status_code == 200
    found = (await api.get(f"/policy-trials/{number}", Role.AUDITOR)).json()
    assert (found["state"], found["share_done"], found["claims"]) == ("done", 1, 4)
    letters = sum(
        one["number"]
        for one in found["figures"]
        if (one["side"], one["measure"]) == ("other", "letters")
    )
    row = re.search(r'data-title="I perioden">Breve</td>(.*?)</tr>', shown.text, re.DOTALL)[1]
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", row)
    assert cells[2] == str(letters)
    assert (await api.get("/policy-trials")).json()["items"][0]["number"] == number


async def test_a_trial_can_be_stopped_once(api):
    number = await start(api)
    stopped = await api.page(f"/time-machine/{number}/stop", method="POST")
    assert stopped.status_code == 303
    assert "blev stoppet" in (await api.page(f"/time-machine/{number}")).text
    assert (await api.post(f"/policy-trials/{number}/stop")).status_code == 409
    assert (await api.page("/time-machine/999")).status_code == 404


async def test_a_program_asks_for_a_trial_in_the_same_words(api):
    body = {"months": 24, "days": 21}
    assert (await api.post("/policy-trials", body)).status_code == 202
    assert (await api.post("/policy-trials", body, Role.CASEWORKER)).status_code == 403
    refused = await api.post("/policy-trials", body | {"profile": "skanderborg"})
    assert refused.status_code == 422
    assert refused.json()["faults"][0]["code"] == "trial-one-way"

"""One of several debtors freed of a claim: proposed by one person, agreed to by another."""

import asyncio
from datetime import date

import pytest

from domain.authority import Role
from domain.claim import Ending
from domain.decisions import TaskKind
from tests.api.test_files import page
from tests.api.test_suspensions import CO_DEBTORS, rows, value
from tests.api.test_write_offs import PROVED, approve, propose

KENDELSE = {"reason": "debt-relief", "explanation": "Kendelse om gældssanering."} | PROVED


async def together(api, **claim):
    """A claim that Karla and Bo owe, and their numbers."""
    claim_id = await api.register(debtors=CO_DEBTORS, **claim)
    debtors = await rows(
        api, "select debtor_id from liabilities where claim_id = :c order by 1", c=claim_id
    )
    return claim_id, *(row[0] for row in debtors)


async def free(api, claim, debtor, role="caseworker", **body):
    return await api.post(
        f"/claims/{claim}/discharges", KENDELSE | {"debtor_id": debtor} | body, role
    )


async def task_of(api, claim):
    return await value(
        api,
        "select max(id) from tasks where kind = 'discharge-approval' and claim_id = :c",
        c=claim,
    )


async def proposed(api, claim, debtor, **body):
    done = await free(api, claim, debtor, **body)
    assert done.status_code == 201, done.text
    return await task_of(api, claim)


async def free_of(api, claim):
    found = await rows(
        api,
        "select debtor_id from liabilities where claim_id = :c and discharged_on is not null",
        c=claim,
    )
    return [row[0] for row in found]


async def test_nothing_changes_until_a_second_person_agrees(api):
    claim, karla, bo = await together(api)
    await api.write(claim)
    done = await free(api, claim, karla)
    assert (done.status_code, done.json()["approval"]) == (201, "second-person")
    assert await free_of(api, claim) == []
    task = await task_of(api, claim)
    assert (await approve(api, task, "caseworker")).status_code == 403, "their own proposal"
    assert (await approve(api, task)).status_code == 200
    assert await free_of(api, claim) == [karla]
    kept = await value(api, "select discharge from liabilities where debtor_id = :d", d=karla)
    assert (kept["by"], kept["approved_by"]) == ("caseworker", "supervisor")
    letters = await rows(api, "select debtor_id, letter, state from letters order by id")
    assert [tuple(row) for row in letters] == [
        (karla, "demand", "cancelled"), (bo, "demand", "requested"),
        (karla, "discharge-granted", "requested"),
    ]  # fmt: skip
    assert await value(api, "select balance_ore from claims") == 100_000
    told = (await page(api, f"/claims/{claim}")).text
    assert "Karla Prøvesen hæfter ikke længere" in told
    assert (await propose(api, claim, **PROVED, reason="debt-relief")).status_code == 200, "Bo's"


async def test_the_letter_says_by_which_law_and_that_the_others_still_owe_it(api):
    claim, karla, _ = await together(api)
    await approve(api, await proposed(api, claim, karla))
    letter = await value(api, "select id from letters where letter = 'discharge-granted'")
    shown = (await page(api, f"/letters/{letter}")).text
    for part in ("Du skal ikke betale", "konkurslovens § 226", "De andre skylder dem stadig."):
        assert part in shown, part


async def test_a_refused_discharge_leaves_all_liable(api):
    claim, karla, _ = await together(api)
    task = await proposed(api, claim, karla)
    assert (await approve(api, task, outcome="refused")).status_code == 200
    assert await free_of(api, claim) == []
    assert await value(api, "select state from discharges") == "refused"
    assert await value(api, "select count(*) from letters") == 0
    assert (await free(api, claim, karla)).status_code == 201, "it may be proposed anew"


async def test_an_approval_can_be_taken_back(api):
    claim, karla, _ = await together(api)
    await api.write(claim)
    task = await proposed(api, claim, karla)
    agreed = (await approve(api, task, undoable=True)).json()["decision_id"]
    assert await free_of(api, claim) == [karla]
    assert (await api.post(f"/decisions/{agreed}/undo")).status_code == 200
    assert await free_of(api, claim) == []
    assert await value(api, "select state from discharges") == "proposed"
    states = await rows(api, "select letter, state from letters order by id")
    assert [tuple(row) for row in states] == [("demand", "requested")] * 2


# Kroner, the role of the second person, and whether it may agree (kasse- og regnskabsregulativet).
BANDS = [
    (5_000, "caseworker2", 200),
    (5_001, "caseworker2", 403),
    (5_001, "supervisor", 200),
    (20_001, "supervisor", 422),  # Økonomiudvalget has not decided yet
]


@pytest.mark.parametrize(("kroner", "role", "status"), BANDS)
async def test_more_money_asks_for_more(api, kroner, role, status):
    await api.hire("caseworker2", role=Role.CASEWORKER)
    claim, karla, _ = await together(api, principal_ore=kroner * 100)
    task = await proposed(api, claim, karla)
    assert (await approve(api, task, role)).status_code == status
    assert await free_of(api, claim) == ([karla] if status == 200 else [])


async def test_what_the_committee_decided_is_written_down(api):
    claim, karla, _ = await together(api, principal_ore=2_500_000)
    task = await proposed(api, claim, karla)
    shown = (await page(api, f"/tasks/{task}")).text
    assert "Økonomiudvalget" in shown
    told = {"decided_on": "2026-03-10", "item": "Punkt 14", "journal": "ØU 2026-14"}
    assert (await approve(api, task, committee=told)).status_code == 200
    kept = await rows(api, "select committee_on, committee_item, approval from discharges")
    assert tuple(kept[0]) == (date(2026, 3, 10), "Punkt 14", "committee")


async def test_the_last_one_is_not_freed_also_when_the_other_is_only_proposed(api):
    claim, karla, bo = await together(api)
    await proposed(api, claim, karla)
    again = await free(api, claim, karla)
    assert again.status_code == 409
    last = await free(api, claim, bo)
    assert last.json()["faults"][0]["code"] == "discharge-last-one"


async def test_two_who_free_the_last_two_at_once_free_one(api):
    claim, karla, bo = await together(api)
    both = await asyncio.gather(free(api, claim, karla), free(api, claim, bo, "supervisor"))
    assert sorted(one.status_code for one in both) == [201, 422]


async def test_a_claim_that_ends_meanwhile_frees_nobody(api):
    claim, karla, _ = await together(api)
    task = await proposed(api, claim, karla)
    await api.close(claim, Ending.WITHDRAWN)
    assert await value(api, "select state from discharges") == "overtaken"
    assert (await approve(api, task)).status_code == 409


@pytest.mark.parametrize(
    ("told", "field", "code"),
    [
        ({"reason": "lapse"}, "reason", "discharge-not-personal"),
        ({"proved_on": None}, "proved_on", "write-off-date-missing"),
        ({"journal": ""}, "attachment_id", "write-off-document-missing"),
        ({"explanation": " "}, "explanation", "reasons-missing"),
        ({"attachment_id": 99}, "attachment_id", "write-off-document-elsewhere"),
    ],
)
async def test_half_a_proposal_is_refused_in_words(api, told, field, code):
    claim, karla, _ = await together(api)
    refused = await free(api, claim, karla, **told)
    assert refused.status_code == 422, refused.text
    assert (field, code) in [(one["field"], one["code"]) for one in refused.json()["faults"]]
    assert await value(api, "select count(*) from discharges") == 0


async def test_a_debtor_is_proposed_and_freed_by_the_pages(api):
    claim, karla, _ = await together(api)
    address = f"/claims/{claim}/discharge"
    assert "Fritag en skyldner" in (await page(api, f"{address}?debtor={karla}")).text
    form = {"debtor": str(karla), "write-off-reason": "debt-relief", "reasons": "Kendelse."}
    wrong = await page(api, address, method="POST", data=form)
    assert (wrong.status_code, "Skriv datoen" in wrong.text) == (422, True)
    form |= {"write-off-on": "2026-02-20", "write-off-journal": "x"}
    done = await page(api, address, "caseworker", method="POST", data=form)
    assert done.headers["location"] == f"/claims/{claim}?said=discharge-proposed"
    assert "Karla Prøvesen skal fritages for kravet" in (await page(api, f"/claims/{claim}")).text
    waiting = (await page(api, "/write-offs")).text
    assert "Kun Karla Prøvesen fritages" in waiting
    own = (await page(api, f"/tasks/{await task_of(api, claim)}", "caseworker")).text
    assert 'id="answer"' not in own, "the proposer may look, and not answer"
    shown = (await page(api, f"/tasks/{await task_of(api, claim)}")).text
    for part in ("Bo Prøvesen", "journalnummer x", "En anden person skal godkende."):
        assert part in shown, part


async def test_it_is_no_story_task_and_falls_away_by_no_letter(api):
    """The claim's story goes on while it waits: silence of ours stops nobody else's reminders."""
    claim, karla, bo = await together(api)
    await proposed(api, claim, karla)
    await api.write(claim)
    found = await rows(api, "select debtor_id from letters order by debtor_id")
    assert [row[0] for row in found] == [karla, bo]
    kind = await value(api, "select kind from tasks where state = 'open'")
    assert kind == TaskKind.DISCHARGE_APPROVAL

"""Each look says who, why and for whom; what was on the screen is shown again; control is easy."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import Request
from sqlalchemy import text

from api.pages.rendering import show
from api.pages.seen import blocks_of, keep_shown
from domain.authority import RIGHTS, Actor, Right, Role
from domain.decisions import Outcome
from domain.errors import Invalid
from domain.looking import CHOICES, Purpose
from domain.screens import Block, Screen
from persistence.tasks.deciding import NewDecision, decide
from persistence.tasks.screens import note_shown, require_shown
from persistence.trail.audit import note
from tests.api.test_files import page

CASEWORKER = Actor("caseworker", Role.CASEWORKER)


async def rows_of(api, subject, act="viewed"):
    async with api.database.transaction() as connection:
        found = text("select actor, facts from audit where subject = :s and act = :a order by seq")
        return (await connection.execute(found, {"s": subject, "a": act})).all()


async def purposes(api, subject):
    return [(row.actor, row.facts["purpose"]) for row in await rows_of(api, subject)]


async def test_a_look_over_the_api_says_why_as_far_as_it_is_known(api):
    claim = await api.register()
    for role in (Role.CASEWORKER, Role.SUPERVISOR, Role.AUDITOR):
        await api.get(f"/claims/{claim}", role)
    task = await api.ask(claim)
    await api.post(f"/tasks/{task}/claim", None, Role.CASEWORKER)
    await api.get(f"/claims/{claim}", Role.CASEWORKER)
    assert await purposes(api, claim) == [
        ("caseworker", "not-stated"),
        ("supervisor", "supervision"),
        ("auditor", "control"),
        ("caseworker", "own-task"),
    ]


async def test_ones_own_task_covers_the_debtors_other_claims_and_the_debtor(api):
    claim, other = await api.register(), await api.register()
    await api.post(f"/tasks/{await api.ask(claim)}/claim", None, Role.CASEWORKER)
    await api.get(f"/claims/{other}", Role.CASEWORKER)
    await api.post("/debtors/search", {"national_id": "0703790123"}, Role.CASEWORKER)
    assert await purposes(api, other) == [("caseworker", "own-task")]
    assert await purposes(api, "debtor-1") == [("caseworker", "own-task")]


async def test_a_page_asks_why_once_and_leads_on(api):
    claim, other = await api.register(), await api.register()
    await api.write(claim)
    await api.write(other)
    asked = await page(api, "/letters/1", Role.CASEWORKER)
    assert asked.status_code == 303
    assert asked.headers["location"].startswith(f"/purpose?subject={claim}&next=%2Fletters%2F1")
    assert await rows_of(api, claim) == []
    shown = await page(api, asked.headers["location"], Role.CASEWORKER)
    assert all(f'value="{purpose.value}"' in shown.text for purpose in CHOICES)
    form = {"subject": claim, "purpose": "enquiry", "next": "/letters/1"}
    said = await page(api, "/purpose", Role.CASEWORKER, method="POST", data=form)
    assert (said.status_code, said.headers["location"]) == (303, "/letters/1")
    for letter in (1, 2):  # the other claim is the same debtor's
        assert (await page(api, f"/letters/{letter}", Role.CASEWORKER)).status_code == 200
    assert await purposes(api, claim) == [("caseworker", "enquiry")]
    assert await purposes(api, other) == [("caseworker", "enquiry")]
    assert [row.facts["purpose"] for row in await rows_of(api, claim, "purpose-chosen")] == [
        "enquiry"
    ]


async def test_what_was_said_holds_for_the_day_and_the_person(api):
    claim = await api.register()
    await api.write(claim)
    form = {"subject": claim, "purpose": "enquiry"}
    await page(api, "/purpose", Role.CASEWORKER, method="POST", data=form)
    assert (await page(api, "/letters/1", Role.BAILIFF)).status_code == 303
    async with api.database.transaction() as connection:
        await connection.execute(text("update purposes set day = day - 1"))
    assert (await page(api, "/letters/1", Role.CASEWORKER)).status_code == 303


@pytest.mark.parametrize("changes", [{"purpose": "curiosity"}, {"purpose": "not-stated"},
                                     {"subject": "x'; drop"}, {"purpose": ""}])  # fmt: skip
async def test_no_other_purpose_is_taken(api, changes):
    form = {"subject": await api.register(), "purpose": "enquiry"} | changes
    answer = await page(api, "/purpose", Role.CASEWORKER, method="POST", data=form)
    assert answer.status_code == 422


@pytest.mark.parametrize("target", ["https://else.example", "//else.example", "/\\else.example"])
async def test_the_question_leads_nowhere_else(api, target):
    form = {"subject": await api.register(), "purpose": "enquiry", "next": target}
    answer = await page(api, "/purpose", Role.CASEWORKER, method="POST", data=form)
    assert answer.headers["location"] == "/"


PAGE = """
<html><head><title>no</title></head><body><nav>Menu</nav><main>
<h1>Dialog <span class="badge">haster</span></h1><p>Ring til <a href="/x">Karla</a>.</p>
<dl><div><dt>Skylder</dt><dd>1.000,00 kr.<span class="form-hint">i dag</span></dd></div></dl>
<table><caption class="sr-only">usynlig</caption><thead><tr><th>Dag</th><th>Beløb</th></tr></thead>
<tbody><tr><td>2. marts</td><td>500,00</td></tr></tbody></table>
<form><input type="hidden" name="csrf_token" value="secret">
<label for="a">Rate</label><input id="a" type="number" value="250">
<fieldset><legend>Svar</legend><input type="radio" checked><label>Aftale</label></fieldset>
<svg><title>skjult</title></svg><button>Gem</button></form>
<ul><li>Første &lt;b&gt;</li></ul></main><footer>Fod</footer></body></html>"""


def test_a_page_is_read_as_it_is_seen():
    assert blocks_of(PAGE) == (
        Block("heading", ("Dialog haster",)),
        Block("text", ("Ring til Karla .",)),
        Block("fact", ("Skylder", "1.000,00 kr. i dag")),
        Block("head", ("Dag", "Beløb")),
        Block("row", ("2. marts", "500,00")),
        Block("field", ("Rate",)),
        Block("answer", ("250",)),
        Block("field", ("Svar",)),
        Block("field", ("→ Aftale",)),
        Block("button", ("Gem",)),
        Block("item", ("Første <b>",)),
    )


async def decide_before_a_screen(api, claim, words="Dialog med Karla"):
    task = await api.ask(claim)
    screen = Screen(claim, api.policy.version, "da", (Block("heading", (words,)),))
    async with api.database.transaction() as connection:
        mark = await note_shown(connection, screen, CASEWORKER.id, Purpose.OWN_TASK)
        answer = NewDecision(Outcome.GO_ON, "Ingen løsning.", screen=mark)
        await decide(connection, api.policy, task, answer, CASEWORKER, api.now, api.today)
        return (await connection.execute(text("select max(id) from decisions"))).scalar_one(), mark


async def test_the_screen_of_a_decision_is_shown_again(api):
    claim = await api.register()
    decision, mark = await decide_before_a_screen(api, claim)
    shown = (await page(api, f"/decisions/{decision}/screen", Role.AUDITOR)).text
    assert re.search(r"Som det så ud den \d+\. \w+ \d{4} kl\. \d\d\.\d\d", shown)
    for words in ("Dialog med Karla", "Caseworker", "sagsbehandler", "egen opgave", mark):
        assert words in shown
    assert "Revisionssporet for sagen er ubrudt" in shown
    told = (await api.get(f"/decisions/{decision}/screen", Role.AUDITOR)).json()
    assert (told["sha256"], told["is_unbroken"], told["purpose"]) == (mark, True, "own-task")
    assert told["blocks"] == [{"kind": "heading", "words": ["Dialog med Karla"]}]
    assert (await api.get("/decisions/999/screen")).status_code == 404


async def test_a_screen_that_was_changed_afterwards_says_so(api):
    decision, _ = await decide_before_a_screen(api, await api.register())
    async with api.database.transaction() as connection:
        await connection.execute(text("set local session_replication_role = 'replica'"))
        await connection.execute(
            text("update screens set content = replace(content, 'Karla', 'B')")
        )
    shown = (await page(api, f"/decisions/{decision}/screen")).text
    assert "Noget er ændret bagefter" in shown
    assert not (await api.get(f"/decisions/{decision}/screen")).json()["is_unbroken"]


async def test_a_decision_without_a_screen_says_so(api):
    task = await api.ask(await api.register())
    await api.post(f"/tasks/{task}/decide", {"outcome": "go-on", "reasons": "x"})
    assert "uden et skærmbillede" in (await page(api, "/decisions/1/screen")).text


async def test_nobody_names_a_screen_that_was_not_shown_to_them(api):
    claim = await api.register()
    _, mark = await decide_before_a_screen(api, claim)
    task = await api.ask(claim, number=1)
    for named in (mark, "0" * 64):
        answer = {"outcome": "go-on", "reasons": "x", "screen": named}
        refused = await api.post(f"/tasks/{task}/decide", answer, Role.BAILIFF)
        assert refused.status_code == 422
        assert refused.json()["faults"][0]["code"] == "screen-not-shown"
    async with api.database.transaction() as connection:
        with pytest.raises(Invalid):
            await require_shown(connection, mark, "2026-999999", CASEWORKER.id)


async def test_a_page_that_is_kept_carries_its_mark(api):
    """As a task's screen does: `hidden_screen` in its form, `keep_shown` in its route."""
    scope = {"type": "http", "app": api.app, "path": "/x", "headers": [], "method": "GET"}
    scope |= {"query_string": b"", "server": ("town", 80), "scheme": "http", "state": {}}
    facts = {"title": "T", "status": 403, "reasons": ["Se <her>"], "back": None}
    facts |= {"correlation_id": "n"}
    claim = await api.register()
    async with api.database.transaction() as connection:
        shown = show(Request(scope), "refused", facts)
        answer = await keep_shown(
            Request(scope), connection, shown, claim, CASEWORKER, Purpose.OWN_TASK
        )
        [kept] = (await connection.execute(text("select content from screens"))).scalars().all()
    assert "Se <her>" in kept
    assert answer.headers["content-length"] == str(len(answer.body))
    [look] = await rows_of(api, claim)
    assert len(look.facts["screen"]) == 64


# The trail as pages.


@pytest.mark.parametrize("role", Role)
async def test_who_may_control_may_and_nobody_else(api, role):
    expected = 200 if Right.SEE_AUDIT in RIGHTS[role] else 403
    for path in ("/audit", "/audit/export.csv"):
        assert (await page(api, path, role)).status_code == expected
    drawn = await page(api, "/audit/samples", role, method="POST")
    assert drawn.status_code == (303 if expected == 200 else 403)


async def test_the_trail_is_searched_by_person_case_act_and_day(api):
    claim, other = await api.register(), await api.register()
    await api.get(f"/claims/{claim}", Role.CASEWORKER)
    today = datetime.now(UTC).date()
    for query, there, gone in (
        (f"subject={claim}", claim, other),
        ("person=caseworker", claim, other),
        ("act=viewed", claim, other),
        (f"since={today - timedelta(1)}&subject={other}", other, "Her er ingen rækker."),
        (f"until={today - timedelta(2)}", "Her er ingen rækker.", other),
        ("subject=debtor-1", other, "Her er ingen rækker."),
        ("subject=debtor-99", "Her er ingen rækker.", claim),
        ("person=nobody'--", "Her er ingen rækker.", claim),
    ):
        shown = (await page(api, f"/audit?{query}", Role.AUDITOR)).text
        assert there in shown, query
        assert gone not in shown.partition("</form>")[2], query
    for unfit in ("since=i+morges", "person=%00", "cursor=x", "act=" + "x" * 101):
        assert (await page(api, f"/audit?{unfit}", Role.AUDITOR)).status_code == 422


async def test_to_look_in_the_trail_is_itself_in_it(api):
    await page(api, "/audit?person=anna", Role.AUDITOR)
    await api.get("/audit", Role.AUDITOR, params={"act": "viewed"})
    [first, second] = await rows_of(api, "audit")
    assert first.actor == "auditor"
    assert first.facts == {"asked": {"person": "anna"}, "purpose": "control"}
    assert second.facts == {"asked": {"act": "viewed"}, "purpose": "control"}


async def test_the_trail_goes_on_over_pages_while_more_comes(api):
    async with api.database.transaction() as connection:
        for number in range(120):
            await note(connection, f"x-{number}", "anna", "held")
    seen, cursor = [], None
    while True:
        query = {"person": "anna", "limit": 50} | ({"cursor": cursor} if cursor else {})
        told = (await api.get("/audit", Role.AUDITOR, params=query)).json()
        seen += [one["subject"] for one in told["items"]]
        async with api.database.transaction() as connection:
            await note(connection, "new", "anna", "held")
        if not (cursor := told["next_cursor"]):
            break
    assert seen == [f"x-{number}" for number in reversed(range(120))]
    first = (await page(api, "/audit?person=anna", Role.AUDITOR)).text
    assert "Ældre rækker" in first


async def test_the_spreadsheet_opens_in_a_danish_excel_and_runs_nothing(api):
    async with api.database.transaction() as connection:
        await note(connection, "=cmd|x", "anna", "held", reason='a;"b"\n@c')
    answer = await page(api, "/audit/export.csv", Role.AUDITOR)
    assert answer.text.startswith("\ufeff")
    lines = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert lines[0][:2] == ["Tidspunkt", "Person"]
    [row] = [line for line in lines if line[1] == "anna"]
    assert row[4] == "'=cmd|x"
    assert row[8] == 'reason: a;"b"\n@c'
    assert len(await rows_of(api, "audit", "exported")) == 1


async def test_ten_looks_are_drawn_for_control_and_which_is_known_for_ever(api):
    claims = [await api.register() for _ in range(12)]
    for claim in claims:
        await api.get(f"/claims/{claim}", Role.CASEWORKER)
    drawn = await page(api, "/audit/samples", Role.AUDITOR, method="POST")
    shown = (await page(api, drawn.headers["location"], Role.AUDITOR)).text
    [sample] = await rows_of(api, "audit", "sampled")
    assert len(set(sample.facts["rows"])) == 10
    assert sum(f"subject={claim}" in shown for claim in claims) == 10
    assert (await page(api, "/audit/samples/1", Role.AUDITOR)).status_code == 404

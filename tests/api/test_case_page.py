"""A claim's page in every stage and ending, for every role, whatever was written into it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, insert, update

from api.house import TemporalPages
from domain.authority import RIGHTS, Right, Role
from domain.claim import Ending, Stage
from domain.decisions import STORY_TASKS, TaskKind
from domain.letters import Letter
from persistence.models import Claim, LedgerEntry, LetterRow, RecoveryNotice
from tests.api.test_files import page
from tests.api.test_notes import HOSTILE
from tests.api.test_reading import audit

PAID = {"source_reference": "k-1", "amount_ore": 30_000, "paid_on": "2026-03-16"}


async def open_page(api, claim, role=Role.SUPERVISOR, query="", language="da"):
    return await api.page(f"/claims/{claim}{query}", role, language=language)


async def in_both_languages(api, claim):
    for language in ("da", "en"):
        shown = await open_page(api, claim, language=language)
        assert shown.status_code == 200, shown.text
        assert "None" not in shown.text
        assert "{" not in re.sub(r"<meta[^>]*>", "", shown.text)
        yield shown.text


@pytest.mark.parametrize("stage", Stage)
async def test_the_page_of_every_stage_says_where_the_claim_stands(api, stage):
    claim = await api.register()
    async with api.database.transaction() as connection:
        await connection.execute(update(Claim).values(stage=stage))
    async for text in in_both_languages(api, claim):
        assert 'class="lead"' in text


@pytest.mark.parametrize("ending", Ending)
async def test_the_page_of_every_ending_says_so_and_offers_nothing_more(api, ending):
    claim = await api.register()
    await api.write(claim)
    if ending is Ending.PAID:
        paid = {"source_reference": "all", "amount_ore": 10_000_000, "paid_on": "2026-03-16"}
        await api.post(f"/claims/{claim}/payments", paid)
    await api.close(claim, ending)
    async for text in in_both_languages(api, claim):
        assert f"/claims/{claim}/hold" not in text
        assert f"/claims/{claim}/withdraw" not in text
        assert 'class="today"' not in text, "nothing is awaited any more"
    assert "afsluttet" in (await open_page(api, claim)).text


@pytest.mark.parametrize("kind", sorted(STORY_TASKS))
async def test_the_page_of_every_question_leads_to_it(api, kind):
    claim = await api.register()
    task = await api.ask(claim, kind)
    async for text in in_both_languages(api, claim):
        assert f'href="/tasks/{task}"' in text
    api.now += timedelta(days=90)
    assert "Forsinket" in (await open_page(api, claim)).text


@pytest.mark.parametrize(
    "state", ["requested", "dispatched", "delivered", "refused", "undelivered", "cancelled"]
)
async def test_the_page_of_every_state_of_a_letter(api, state):
    claim = await api.register()
    await api.write(claim)
    async with api.database.transaction() as connection:
        await connection.execute(
            update(LetterRow).values(state=state, dispatched_on=api.today, delivered_on=api.today)
        )
    async for text in in_both_languages(api, claim):
        assert 'href="/letters/1"' in text


async def agree(api, claim):
    task = await api.ask(claim)
    first = (api.today + timedelta(days=20)).isoformat()
    plan = {"claim_ids": [claim], "months": 4, "first_due": first}
    answer = {"outcome": "agreement", "reasons": "Aftalt.", "agreement": plan}
    made = await api.post(f"/tasks/{task}/decide", answer)
    assert made.status_code == 200, made.text


async def lively(api):
    """A claim to which a bit of everything has happened."""
    claim = await api.register(claim_type="rent", principal_ore=200_000)
    await api.write(claim)
    await api.post(f"/claims/{claim}/payments", PAID)
    await api.write(claim, Letter.FIRST_REMINDER)
    await api.post(f"/claims/{claim}/notes", {"kind": "call", "text": "Ringede."})
    await api.send("POST", f"/claims/{claim}/attachments", files={"file": ("a.txt", b"a")})
    held = await api.post(
        f"/claims/{claim}/holds", {"reason": "hardship", "note": "Syg.", "review_on": "2026-04-20"}
    )
    api.now += timedelta(days=20)
    await api.post(f"/holds/{held.json()['hold_id']}/release")
    await agree(api, claim)
    return claim


async def test_the_page_of_a_lively_claim_tells_all_of_it(api):
    claim = await lively(api)
    async for text in in_both_languages(api, claim):
        for part in ("/payments/1", "/letters/1", "/tasks/1", "/decisions/1/screen",
                     "A-000001", "/attachments/1", "Ringede.", "Syg."):  # fmt: skip
            assert part in text


async def test_the_page_of_a_claim_at_the_collector(api):
    claim = await api.register()
    await api.transfer(claim)
    row = {"number": 7, "claim_id": claim, "story_number": None, "amount_ore": 0}
    told = {"noticed_on": api.today, "kind": "rejected", "code": "412", "text": "Dato mangler."}
    async with api.database.transaction() as connection:
        await connection.execute(insert(RecoveryNotice), [row | told])
    async for text in in_both_languages(api, claim):
        assert "Dato mangler." in text
    assert "Hos Gældsstyrelsen" in (await open_page(api, claim)).text


async def test_the_account_sums_to_what_is_owed(api):
    claim = await api.register(claim_type="day-care")
    await api.write(claim, Letter.FIRST_REMINDER)
    await api.post(f"/claims/{claim}/payments", PAID)
    view = (await api.get(f"/claims/{claim}")).json()
    owed = view["balance"]["total_ore"]
    assert view["ledger"][-1]["balance_ore"] == owed
    assert sum(line["amount_ore"] for line in view["ledger"]) == owed
    assert sum(line["open_ore"] for line in view["ledger"]) == owed
    shown = (await open_page(api, claim)).text
    cells = re.findall(r'data-title="Saldo"[^>]*>([^<]+)<', shown)
    assert len(cells) == len(view["ledger"])
    kroner = f"{owed // 100:,}".replace(",", ".") + f",{owed % 100:02d} kr."
    assert cells[-1] == kroner
    assert f'<dd class="amount">{kroner}' in shown


async def test_a_payments_line_says_where_it_came_from(api):
    claim = await api.register()
    await api.post(f"/claims/{claim}/payments", PAID | {"payer": "Karla Prøvesen"})
    [line] = (await api.get(f"/claims/{claim}")).json()["ledger"][1:]
    assert (line["payment_id"], line["payer"], line["channel"]) == (1, "Karla Prøvesen", "api")
    assert "Karla Prøvesen, bogført i huset" in (await open_page(api, claim)).text


async def test_the_picture_has_every_event_once_and_the_list_the_same(api):
    claim = await lively(api)
    count = len((await api.get(f"/claims/{claim}")).json()["timeline"])
    shown = (await open_page(api, claim)).text
    marks = [int(n) for n in re.findall(r'data-event="([0-9]+)"', shown)]
    rows = [int(n) for n in re.findall(r'id="event-([0-9]+)"', shown)]
    assert sorted(marks) == sorted(rows) == list(range(count))
    assert "style=" not in shown


@pytest.mark.parametrize("group", ["letters", "money", "decisions", "notes"])
async def test_the_list_is_narrowed_and_the_picture_is_not(api, group):
    claim = await lively(api)
    whole = (await open_page(api, claim)).text
    part = (await open_page(api, claim, query=f"?show={group}")).text
    assert part.count("data-event=") == whole.count("data-event=")
    assert 0 < part.count('id="event-') < whole.count('id="event-')
    assert (await open_page(api, claim, query="?show=secrets")).status_code == 422


async def test_each_opening_is_in_the_audit_trail(api):
    claim = await api.register()
    await open_page(api, claim, Role.AUDITOR)
    assert (await audit(api, claim))[-1] == ("auditor", "viewed")


ACTS = {
    "/hold": Right.HOLD_CLAIMS,
    "/objection": Right.WORK_ON_TASKS,
    "/letter": Right.WORK_ON_TASKS,
    "/payment": Right.BOOK_PAYMENTS,
    "/withdraw": Right.WITHDRAW_CLAIMS,
    "/notes": Right.ANSWER_TASKS,
    "/attachments": Right.ANSWER_TASKS,
}


@pytest.mark.parametrize("role", Role)
async def test_each_role_sees_what_it_may_do_and_nothing_else(api, role):
    claim = await api.register()
    wish = {"subject": claim, "purpose": "enquiry"}
    await api.page("/purpose", role, method="POST", data=wish)
    shown = await open_page(api, claim, role)
    if Right.SEE_CLAIMS not in RIGHTS[role]:
        assert shown.status_code == 403
        assert "Prøvesen" not in shown.text
        return
    for act, right in ACTS.items():
        assert (f'"/claims/{claim}{act}"' in shown.text) is (right in RIGHTS[role]), act
    is_reader = role is Role.AUDITOR
    assert ("<form" in shown.text.partition("<main")[2]) is not is_reader


async def test_a_stranger_is_led_to_the_door(api):
    claim = await api.register()
    answer = await api.http.get(f"http://town/claims/{claim}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("address", ["2026-999999", "nonsense", "2026-000001%00"])
async def test_a_claim_that_is_not_there_is_said_to_be_missing(api, address):
    assert (await open_page(api, address)).status_code in {404, 422}


async def test_hostile_text_is_text_wherever_it_stands(api):
    claim = await api.register(
        reference="<b>&'",
        description=HOSTILE[:90],
        debtors=[{"cpr_cvr": "0703790123", "name": HOSTILE, "address": [HOSTILE]}],
    )
    said = {"reasons": HOSTILE, "outcome": "promise", "look_again_on": "2026-03-31"}
    task = await api.ask(claim, TaskKind.DIALOGUE)
    assert (await api.post(f"/tasks/{task}/decide", said)).status_code == 200
    await api.post(
        f"/claims/{claim}/holds", {"reason": "death", "died_on": "2026-03-01", "note": HOSTILE}
    )
    paid = PAID | {"payer": HOSTILE, "text": HOSTILE}
    assert (await api.post(f"/claims/{claim}/payments", paid)).status_code == 200
    await api.post(f"/claims/{claim}/notes", {"kind": "note", "text": HOSTILE})
    async for text in in_both_languages_of_hostile(api, claim):
        assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 6
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "49" not in text.partition("{{ 7*7 }}")[0][-1:]


async def in_both_languages_of_hostile(api, claim):
    for language in ("da", "en"):
        shown = await open_page(api, claim, language=language)
        assert shown.status_code == 200
        yield shown.text


async def questions(api, claim):
    """How many the page asks of the database."""
    asked = []

    def hear(_connection, _cursor, statement, *_):
        asked.append(statement)

    engine = api.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", hear)
    shown = await open_page(api, claim)
    event.remove(engine, "before_cursor_execute", hear)
    assert shown.status_code == 200
    return len(asked)


async def test_a_long_life_is_read_with_as_many_questions_as_a_short_one(api):
    short, long = await api.register(), await lively(api)
    for number in range(30):
        paid = {"source_reference": f"m-{number}", "amount_ore": 100, "paid_on": "2026-03-16"}
        await api.post(f"/claims/{long}/payments", paid)
        await api.post(f"/claims/{long}/notes", {"kind": "note", "text": f"Nr. {number}"})
    assert await questions(api, long) == await questions(api, short) <= 23


async def test_only_who_steers_is_led_to_the_execution(api):
    claim = await api.register()
    assert "Temporal" not in (await open_page(api, claim)).text
    api.furnish(executions=TemporalPages("http://ui.test/workflows/"))
    assert f'href="http://ui.test/workflows/claim-{claim}"' in (await open_page(api, claim)).text
    assert "ui.test" not in (await open_page(api, claim, Role.CASEWORKER)).text


async def test_what_if_says_what_would_come_of_it(api):
    claim = await api.register(claim_type="rent")
    text = (await open_page(api, claim)).text
    for part in ("Hvis der betales i dag", "Hvis der indgås en betalingsaftale i dag",
                 "Hvis der gøres indsigelse i dag"):  # fmt: skip
        assert part in text
    assert "Kravet afsluttes om lidt." in text


async def test_the_list_of_claims_is_narrowed_and_turned_page_by_page(api):
    claims = [await api.register() for _ in range(51)]
    day_care = await api.register(claim_type="day-care")
    first = await page(api, "/claims")
    assert f'href="/claims/{day_care}"' in first.text
    assert f'href="/claims/{claims[0]}"' not in first.text
    following = re.search(r'href="(/claims\?cursor=[^"]+)"', first.text)[1]
    assert f'href="/claims/{claims[0]}"' in (await page(api, following)).text
    narrowed = await page(api, "/claims?type=day-care&stage=demand")
    assert re.findall(r'href="/claims/([0-9-]+)"', narrowed.text) == [day_care]
    assert "Der er ingen krav" in (await page(api, "/claims?stage=recovery")).text
    for wrong in ("stage=lost", "type=gold", "cursor=x"):
        assert (await page(api, f"/claims?{wrong}")).status_code == 422
    assert (await page(api, "/claims", Role.DEPARTMENT)).status_code == 403


async def test_a_line_of_every_kind_has_words(api):
    claim = await api.register()
    line = {
        "claim_id": claim, "seq": 0, "effective_on": api.today, "booked_on": api.today,
        "actor": "rettidig", "rule": "r", "legal_basis": "l", "facts": {},
    }  # fmt: skip
    kinds = ("interest", "fee", "court-fee")
    rows = [line | {"kind": kind, "amount_ore": 100} for kind in kinds]
    async with api.database.transaction() as connection:
        await connection.execute(insert(LedgerEntry), rows)
    async for text in in_both_languages(api, claim):
        assert text.count("l<br><span") >= len(kinds)

"""A task on one screen, as a browser without JavaScript sees it: read, answered, taken back."""

import asyncio
import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest
from babel.dates import format_date
from sqlalchemy import event, text

from activities.watch import WatchActivities
from domain.authority import Role
from domain.calendar import working_days_before
from domain.dated import Dated, Entry
from domain.decisions import OUTCOMES_WITH_A_DAY, Outcome, TaskKind
from domain.house_rules import StatementRule
from persistence.money.statements import is_bank_awaited
from tests.api.conftest import CPR
from tests.api.questions import ON_SCREENS, lay, who_answers
from tests.api.test_files import page

KINDS = sorted(TaskKind)
HOSTILE = """"><script>alert(1)</script> {{ 7*7 }} '; drop table tasks; -- \\N 🦊 <b>"""


async def screen(api, task, role="supervisor", query=""):
    return await page(api, f"/tasks/{task}{query}", role)


def version_in(shown):
    return re.search(r'name="version" value="([0-9a-f]+)"', shown.text)[1]


def form(api, kind, outcome, **more):
    filled = {"outcome": outcome.value, "reasons": "Sådan er det."}
    if outcome in OUTCOMES_WITH_A_DAY:
        filled[f"{outcome}-on"] = (api.today + timedelta(days=10)).isoformat()
    if outcome is Outcome.AGREEMENT:
        filled |= {"months": "4", "first-due": (api.today + timedelta(days=14)).isoformat()}
    if outcome is Outcome.WRITE_OFF:
        filled |= {"write-off-reason": "lapse", "write-off-on": api.today.isoformat()}
    if outcome is Outcome.NOTHING_LEFT:
        filled |= {"write-off-reason": "insolvent-estate", "write-off-journal": "SKS 17"}
        filled["write-off-on"] = api.today.isoformat()
    if kind is TaskKind.OBJECTION:
        filled["words"] = "Vi har set på det, og svaret er dette."
    return filled | more


async def press(api, task, filled, role="supervisor", act="decide", *, by_htmx=False):
    """As the form was when it was opened a moment ago."""
    headers = {"HX-Request": "true"} if by_htmx else {}
    shown = await screen(api, task, role)
    found = re.search(r'name="version" value="([0-9a-f]+)"', shown.text)
    sent = ({"version": found[1]} if found else {}) | filled
    return await page(api, f"/tasks/{task}/{act}", role, method="POST", data=sent, headers=headers)


async def value(api, query, **values):
    async with api.database.transaction() as connection:
        return (await connection.execute(text(query), values)).scalar()


async def decisions(api, task):
    return await value(api, "select count(*) from decisions where task_id = :task", task=task)


def seen(shown):
    """What a reader sees of it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", shown.text)).split())


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_has_a_screen_that_says_why_and_what_each_answer_leads_to(
    api, kind, language
):
    task, _ = await lay(api, kind)
    role = who_answers(kind)
    shown = await api.page(f"/tasks/{task}", role, language=language)
    assert shown.status_code == 200, shown.text
    for outcome in (o for k, o in ON_SCREENS if k is kind):
        assert f'value="{outcome}"' in shown.text
    assert not re.search(r"<script>|\sstyle=|\son[a-z]+=", shown.text)


@pytest.mark.parametrize(("kind", "outcome"), ON_SCREENS)
async def test_each_answer_is_given_on_the_screen_and_taken_back(api, kind, outcome):
    task, _ = await lay(api, kind)
    role = who_answers(kind)
    pressed = await press(api, task, form(api, kind, outcome), role)
    assert pressed.status_code == 303, seen(pressed)
    shown = await page(api, pressed.headers["location"], role)
    assert "Besvaret:" in seen(shown)
    [undo] = re.findall(r'action="(/decisions/\d+/undo)"', shown.text)
    undone = await page(api, undo, role, method="POST")
    assert undone.headers["location"] == f"/tasks/{task}?done=undone"
    again = await page(api, undone.headers["location"], role)
    assert "Opgaven er din igen." in seen(again)
    assert "Sådan er det." in again.text  # what was written is there again
    assert await decisions(api, task) == 0


async def test_the_next_task_comes_with_the_answer(api):
    first = await api.ask(await api.register())
    second = await api.ask(await api.register())
    pressed = await press(api, first, form(api, TaskKind.DIALOGUE, Outcome.GO_ON))
    decision = await value(api, "select max(id) from decisions")
    assert pressed.headers["location"] == f"/tasks/{second}?decided={decision}"
    shown = await page(api, pressed.headers["location"])
    assert 'id="answer"' in shown.text
    assert f"/decisions/{decision}/undo" in shown.text
    others = await page(api, pressed.headers["location"], "caseworker")
    assert f"/decisions/{decision}/undo" not in others.text


FAULTS = [
    ({"outcome": ""}, "outcome", "Vælg et svar."),
    ({"outcome": "transfer"}, "outcome", "Vælg et svar."),
    ({"reasons": "  "}, "reasons", "Skriv en begrundelse."),
    ({"reasons": "x" * 4001}, "reasons", "4000"),
    ({"outcome": "promise"}, "promise-on", "Vælg den dag"),
    ({"outcome": "promise", "promise-on": "2026-03-01"}, "promise-on", "Dagen er allerede gået."),
    ({"outcome": "promise", "promise-on": "i morgen"}, "promise-on", "i morgen"),
    ({"outcome": "promise", "promise-on": "9999-12-31"}, "promise-on", "tastefejl"),
    ({"outcome": "agreement"}, "months", "enten et antal måneder eller et beløb"),
    ({"outcome": "agreement", "months": "500"}, "months", "må højst løbe i"),
    ({"outcome": "agreement", "months": "0"}, "months", "helt tal fra 1"),
    ({"outcome": "agreement", "months": "4", "monthly": "500"}, "months", "enten"),
    ({"outcome": "agreement", "monthly": "201"}, "monthly", "for lille"),
    ({"outcome": "agreement", "monthly": "1.500"}, "monthly", "1.500"),
    ({"outcome": "agreement", "months": "4", "first-due": ""}, "first-due", "første rate"),
    ({"outcome": "agreement", "months": "4", "first-due": "2026-01-01"}, "first-due", "gået"),
    ({"outcome": "agreement", "months": "4", "income": "mange"}, "income", "mange"),
    ({"outcome": "agreement", "months": "4", "claims": "2026-999999"}, "claims", "findes ikke"),
]


@pytest.mark.parametrize(("filled", "field", "sentence"), FAULTS)
async def test_a_fault_stands_beside_its_field_and_on_top_and_nothing_typed_is_lost(
    api, filled, field, sentence
):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    first_due = {"first-due": "2026-04-01"} if filled.get("outcome") == "agreement" else {}
    sent = {"outcome": "go-on", "reasons": "Vi talte længe."} | first_due | filled
    refused = await press(api, task, sent)
    assert refused.status_code == 422, seen(refused)
    assert refused.text.count(unescape(sentence)) >= 2, seen(refused)
    assert f'href="#{field}"' in refused.text
    assert re.search(rf'id="{field}"', refused.text)
    for name, typed in sent.items():
        if name in {"reasons", "months", "monthly", "income", "promise-on"} and typed.strip():
            assert typed in refused.text, name
    assert await decisions(api, task) == 0
    again = await screen(api, task)
    if sent["reasons"].strip():
        assert sent["reasons"] in again.text


async def test_all_faults_are_told_at_once(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    refused = await press(api, task, {"outcome": "agreement", "months": "x", "income": "y"})
    for field in ("reasons", "months", "income", "first-due"):
        assert f'href="#{field}"' in refused.text


async def test_an_agreement_over_several_claims_is_made_on_the_phone(api):
    claims = [await api.register(claim_type="rent", principal_ore=240_000) for _ in range(2)]
    task = await api.ask(claims[0])
    filled = form(api, TaskKind.DIALOGUE, Outcome.AGREEMENT, claims=claims[1])
    filled |= {"income": "14.000,00", "rent": "6500", "other-costs": "0"}
    reckoned = await press(api, task, filled, act="plan")
    assert reckoned.status_code == 200
    told = seen(reckoned)
    assert "4 à 1.200,00 kr." in told
    assert "Til rådighed om måneden 7.500,00 kr." in told
    assert await value(api, "select count(*) from agreements") == 0
    assert (await press(api, task, filled)).status_code == 303
    covered = "select count(*) from claims where agreement_id is not null"
    assert await value(api, covered) == 2
    kept = "select facts -> 'budget_ore' ->> 'rent' from decisions"
    assert await value(api, kept) == "650000"


async def test_a_slider_is_answered_by_the_plan_alone(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    filled = {"months": "6", "first-due": "2026-04-01"}
    part = await press(api, task, filled, act="plan", by_htmx=True)
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "6 à 400,00 kr." in seen(part)
    too_long = await press(api, task, filled | {"months": "300"}, act="plan", by_htmx=True)
    assert "må højst løbe i" in seen(too_long)


async def test_what_the_debtor_cannot_bear_is_said(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    filled = form(api, TaskKind.DIALOGUE, Outcome.AGREEMENT, income="5000", rent="4800")
    assert "Raten er større end det, der er til rådighed." in seen(
        await press(api, task, filled, act="plan")
    )


async def test_a_debtor_with_little_may_have_more_months(api):
    task, _ = await lay(api, TaskKind.DIALOGUE, principal_ore=900_000)
    rule = api.policy.claim_type("rent").agreement.on(api.today)
    assert rule.max_months_low_income > rule.max_months
    filled = form(api, TaskKind.DIALOGUE, Outcome.AGREEMENT, months=str(rule.max_months + 1))
    assert (await press(api, task, filled)).status_code == 422
    assert (await press(api, task, filled | {"low-income": "on"})).status_code == 303


async def test_a_claim_of_a_type_without_agreements_is_offered_none(api):
    task = await api.ask(await api.register(claim_type="day-care"))
    shown = await screen(api, task)
    assert "Der tilbydes ikke betalingsaftaler" in seen(shown)
    filled = form(api, TaskKind.DIALOGUE, Outcome.AGREEMENT)
    assert (await press(api, task, filled)).status_code == 422


async def test_who_begins_to_write_has_taken_the_task_and_the_draft_is_kept(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    filled = {"outcome": "promise", "promise-on": "2026-04-02", "reasons": HOSTILE}
    kept = await press(api, task, filled, act="draft", by_htmx=True)
    assert re.match(r"Kladde gemt \d\d\.\d\d\n", kept.text.lstrip())
    assert "Din opgave" in kept.text
    again = await screen(api, task)
    assert re.search(r"Kladde gemt \d\d\.\d\d", again.text)
    assert 'value="2026-04-02"' in again.text
    assert 'value="promise" checked' in again.text
    assert HOSTILE in unescape(again.text)
    assert "<script>alert" not in again.text
    taker = await value(api, "select claimed_by from tasks where id = :task", task=task)
    assert taker == "supervisor"
    await page(api, f"/tasks/{task}/release", method="POST")
    others = await screen(api, task, "caseworker")
    assert HOSTILE not in unescape(others.text)
    assert "Kladde gemt" not in others.text
    assert HOSTILE in unescape((await screen(api, task)).text)


async def test_a_draft_of_a_task_that_another_has_answered_is_forgotten_after_a_week(api):
    tasks = [await api.ask(await api.register()) for _ in range(3)]
    for task in tasks:
        await api.send("PUT", f"/tasks/{task}/draft", json={"fields": {"reasons": "Udkast."}})
    answer = {"outcome": "go-on", "reasons": "Sådan."}
    for task in tasks[:2]:
        done = await api.post(f"/tasks/{task}/decide", answer, "caseworker")
        assert done.is_success, done.text
    older = text("update drafts set updated_at = now() - interval '8 days' where task_id <> :new")
    async with api.database.transaction() as connection:
        await connection.execute(older, {"new": tasks[1]})
    await WatchActivities(api.database, api.policy).look(api.now)
    async with api.database.transaction() as connection:
        left = await connection.execute(text("select task_id from drafts order by task_id"))
    assert list(left.scalars()) == tasks[1:], "answered lately, and not answered"


async def test_a_draft_is_discarded_by_hand_or_by_the_answer(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    await press(api, task, {"reasons": "Udkast."}, act="draft")
    dropped = await press(api, task, {}, act="draft/drop")
    assert dropped.status_code == 303
    assert "Udkast." not in (await screen(api, task)).text
    await press(api, task, {"reasons": "Igen."}, act="draft")
    await press(api, task, form(api, TaskKind.DIALOGUE, Outcome.GO_ON))
    assert await value(api, "select count(*) from drafts") == 0


async def test_a_form_that_shows_what_is_not_so_any_more_asks_again(api):
    task, claim = await lay(api, TaskKind.DIALOGUE)
    opened = version_in(await screen(api, task))
    paid = {"source_reference": "x", "amount_ore": 50_000, "paid_on": "2026-03-16"}
    await api.post(f"/claims/{claim}/payments", paid)
    filled = form(api, TaskKind.DIALOGUE, Outcome.AGREEMENT, reasons="Fire rater.")
    stale = await press(api, task, filled | {"version": opened})
    assert stale.status_code == 409
    assert "Sagen har ændret sig" in seen(stale)
    assert "Fire rater." in stale.text
    assert version_in(stale) != opened
    assert (await press(api, task, filled)).status_code == 303


async def test_the_first_answer_counts_and_the_second_person_keeps_what_they_wrote(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    opened = version_in(await screen(api, task, "caseworker"))
    await press(api, task, form(api, TaskKind.DIALOGUE, Outcome.GO_ON), "supervisor")
    mine = form(api, TaskKind.DIALOGUE, Outcome.GO_ON, reasons="Min egen tekst.")
    late = await press(api, task, mine | {"version": opened}, "caseworker")
    assert late.status_code == 409
    told = seen(late)
    assert "Det første svar gælder." in told
    assert "Supervisor svarede 16. marts 2026 kl. 12.00" in told
    assert "Min egen tekst." in told
    assert "Min egen tekst." in seen(await screen(api, task, "caseworker"))
    assert await decisions(api, task) == 1


async def test_a_double_click_answers_once_and_both_see_the_same(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    filled = form(api, TaskKind.DIALOGUE, Outcome.GO_ON)
    filled["version"] = version_in(await screen(api, task))
    clicks = await asyncio.gather(
        *(
            page(api, f"/tasks/{task}/decide", "supervisor", method="POST", data=filled)
            for _ in range(4)
        )
    )
    decision = await value(api, "select id from decisions where task_id = :task", task=task)
    assert {c.status_code for c in clicks} == {303}
    assert {c.headers["location"] for c in clicks} == {f"/decisions/{decision}"}
    assert await value(api, "select count(*) from drafts") == 0


async def test_the_way_back_and_another_answer_changes_nothing(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    opened = version_in(await screen(api, task))
    await press(api, task, form(api, TaskKind.DIALOGUE, Outcome.GO_ON))
    other = form(api, TaskKind.DIALOGUE, Outcome.PROMISE, reasons="Noget andet.")
    back = await press(api, task, other | {"version": opened})
    assert back.status_code == 409
    assert "Noget andet." in back.text
    assert await value(api, "select outcome from decisions") == "go-on"


async def test_two_people_meet_over_one_task_and_one_answers(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    opened = version_in(await screen(api, task))
    filled = form(api, TaskKind.DIALOGUE, Outcome.GO_ON) | {"version": opened}
    address = f"/tasks/{task}/decide"
    answers = await asyncio.gather(
        *(
            page(api, address, role, method="POST", data=filled)
            for role in ("caseworker", "supervisor")
        )
    )
    assert sorted(a.status_code for a in answers) == [303, 409]
    assert await decisions(api, task) == 1


async def test_a_task_that_another_has_can_be_read_and_says_who_has_it(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    opened = version_in(await screen(api, task))
    assert (await press(api, task, {}, "caseworker", "take")).status_code == 303
    shown = await screen(api, task)
    assert "Caseworker er i gang med opgaven." in seen(shown)
    assert 'id="answer"' not in shown.text
    filled = form(api, TaskKind.DIALOGUE, Outcome.GO_ON, reasons="Også mig.")
    refused = await press(api, task, filled | {"version": opened})
    assert refused.status_code == 409
    assert "Også mig." in refused.text
    assert (await press(api, task, {}, act="take")).status_code == 409


async def test_the_proposer_is_told_kindly_why_another_approves(api):
    task, _ = await lay(api, TaskKind.WRITE_OFF_APPROVAL)
    shown = await screen(api, task, "caseworker")
    assert "to par øjne" in seen(shown)
    assert 'id="answer"' not in shown.text
    filled = form(api, TaskKind.WRITE_OFF_APPROVAL, Outcome.APPROVED)
    assert (await press(api, task, filled, "caseworker")).status_code == 403
    refund, _ = await lay(api, TaskKind.REFUND_APPROVAL)
    assert "to par øjne" in seen(await screen(api, refund, "finance"))
    assert await decisions(api, task) == 0


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.FINANCE])
async def test_who_may_not_answer_reads_and_has_said_why(api, role):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    shown = await screen(api, task, role)
    if role is Role.FINANCE:
        assert shown.headers["location"].startswith("/purpose?")
        claim = (await api.get(f"/tasks/{task}")).json()["claim_id"]
        wish = {"subject": claim, "purpose": "enquiry"}
        await api.page("/purpose", role, method="POST", data=wish)
        shown = await screen(api, task, role)
    assert shown.status_code == 200
    assert "En med en anden rolle svarer" in seen(shown)
    filled = form(api, TaskKind.DIALOGUE, Outcome.GO_ON)
    assert (await press(api, task, filled, role)).status_code == 403
    assert await decisions(api, task) == 0


async def test_who_may_see_no_case_sees_no_task(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    assert (await screen(api, task, Role.DEPARTMENT)).status_code == 403
    assert (await page(api, "/tasks/999999")).status_code == 404
    assert (await page(api, "/tasks/999999/decide", method="POST")).status_code == 404


async def test_an_objection_is_registered_from_the_talk_and_answered(api):
    task, claim = await lay(api, TaskKind.DIALOGUE)
    told = await press(api, task, {"objection": f"Det er ikke mit. {HOSTILE}"}, act="objection")
    assert told.headers["location"] == f"/tasks/{task}?done=objection"
    assert await value(api, "select reason from holds where released_on is null") == "objection"
    assert await value(api, "select letter from letters") == "objection-received"
    again = await press(api, task, {"objection": "Igen."}, act="objection")
    assert (again.status_code, "venter på svar" in seen(again)) == (409, True)
    asked = await value(api, "select id from tasks where kind = 'objection'")
    shown = await screen(api, asked)
    assert "Det er ikke mit." in seen(shown)
    assert "<script>alert" not in shown.text
    unsaid = await press(api, asked, {"outcome": "refused", "reasons": "Regningen er rigtig."})
    assert 'href="#words"' in unsaid.text
    filled = form(api, TaskKind.OBJECTION, Outcome.REFUSED)
    assert (await press(api, asked, filled)).status_code == 303
    assert await value(api, "select count(*) from holds where released_on is null") == 0
    letters = "select string_agg(letter, ' ' order by id) from letters"
    assert await value(api, letters) == "objection-received objection-answered"
    assert claim in (await screen(api, asked)).text


async def test_an_objection_upheld_withdraws_the_claim(api):
    task, claim = await lay(api, TaskKind.OBJECTION)
    filled = form(api, TaskKind.OBJECTION, Outcome.UPHELD)
    assert (await press(api, task, filled)).status_code == 303
    assert await value(api, "select is_withdrawn from claims where id = :id", id=claim) is True


@pytest.mark.parametrize(
    ("filled", "field"),
    [
        ({}, "hold-reason"),
        ({"hold-reason": "agreement"}, "hold-reason"),
        ({"hold-reason": "deferral"}, "hold-until"),
        ({"hold-reason": "deferral", "hold-until": "2026-03-01"}, "hold-until"),
        ({"hold-reason": "deferral", "hold-until": "snart"}, "hold-until"),
    ],
)
async def test_a_rest_without_reason_or_end_is_refused(api, filled, field):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    refused = await press(api, task, {"hold-note": "Hun får løn den 1."} | filled, act="hold")
    assert refused.status_code == 422
    assert f'href="#{field}"' in refused.text
    assert "Hun får løn den 1." in refused.text
    assert await value(api, "select count(*) from holds") == 0


async def test_a_claim_is_put_to_rest_and_the_task_says_so(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    until = (api.today + timedelta(days=20)).isoformat()
    rest = {"hold-reason": "deferral", "hold-until": until, "hold-note": "Løn."}
    assert (await press(api, task, rest, act="hold")).headers["location"].endswith("done=held")
    assert "Uret står stille" in seen(await screen(api, task))


async def test_money_is_placed_from_the_task_and_the_next_task_comes(api):
    task, claim = await lay(api, TaskKind.UNPLACED_PAYMENT)
    other = await api.register(principal_ore=60_000)
    shown = await screen(api, task)
    assert "Der er betalt mere, end kravet skyldte." in seen(shown)
    assert f'value="{other}"' in shown.text
    nowhere = await press(api, task, {"place-on": "2026-999999"}, act="place")
    assert (nowhere.status_code, 'href="#place-on"' in nowhere.text) == (422, True)
    full = await press(api, task, {"place-on": claim}, act="place")
    assert (full.status_code, "skylder ikke noget" in seen(full)) == (409, True)
    placed = await press(api, task, {"place-on": other}, act="place")
    assert placed.status_code == 303
    assert await decisions(api, task) == 1
    shown = await page(api, placed.headers["location"])
    assert "Besvaret:" in seen(shown)
    assert "/undo" not in shown.text


async def test_money_is_proposed_to_be_paid_back_from_the_task(api):
    task, _ = await lay(api, TaskKind.UNPLACED_PAYMENT)
    bare = await press(api, task, {}, act="refund")
    assert (bare.status_code, 'href="#refund-reasons"' in bare.text) == (422, True)
    told = await press(api, task, {"refund-reasons": "Betalt to gange."}, act="refund")
    assert told.headers["location"] == f"/tasks/{task}?done=refund"
    assert await value(api, "select reasons from refunds") == "Betalt to gange."


async def test_after_its_time_the_undo_button_says_why_not(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    await api.post(f"/tasks/{task}/decide", {"outcome": "go-on", "reasons": "x"})
    decision = await value(api, "select id from decisions")
    late = await page(api, f"/decisions/{decision}/undo", method="POST")
    assert late.status_code == 409
    assert "kan ikke fortrydes længere" in seen(late)
    assert (await page(api, "/decisions/999")).status_code == 404
    assert (
        await page(api, f"/decisions/{decision}/undo", "caseworker", method="POST")
    ).status_code == 403


async def test_hostile_words_are_only_words_wherever_they_are_shown(api):
    claim = await api.register(
        claim_type="rent",
        principal_ore=240_000,
        description="<img src=x>",
        debtors=[{"cpr_cvr": CPR[1], "name": "<script>alert(2)</script>", "address": ["<b>1"]}],
    )
    task = await api.ask(claim)
    filled = form(api, TaskKind.DIALOGUE, Outcome.GO_ON, reasons=HOSTILE + "\x07")
    assert (await press(api, task, filled)).status_code == 303
    for shown in (await screen(api, task), await screen(api, await api.ask(claim, number=1))):
        assert "<script>alert" not in shown.text
        assert "<img src=x>" not in shown.text
        assert "49" not in re.findall(r"\{\{.*?\}\}", unescape(shown.text))
        assert "alert(2)" in shown.text


async def test_a_form_too_large_to_be_meant_is_cut_and_nothing_breaks(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    many = {f"field{n}": "x" for n in range(500)} | {"reasons": "ø" * 50_000}
    refused = await press(api, task, many)
    assert refused.status_code in {409, 422}
    assert (await screen(api, task)).status_code == 200


async def test_the_address_of_a_form_that_came_back_leads_to_the_task(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    for act in ("decide", "plan", "hold"):
        again = await screen(api, f"{task}/{act}")
        assert (again.status_code, again.headers["location"]) == (303, f"/tasks/{task}")


async def test_a_cancelled_task_says_so(api):
    task, claim = await lay(api, TaskKind.DIALOGUE)
    opened = version_in(await screen(api, task))
    async with api.database.transaction() as connection:
        await connection.execute(text("update tasks set state = 'cancelled'"))
    assert "faldet bort" in seen(await screen(api, task))
    filled = form(api, TaskKind.DIALOGUE, Outcome.GO_ON, reasons="For sent.")
    late = await press(api, task, filled | {"version": opened})
    assert (late.status_code, "For sent." in late.text) == (409, True)
    assert claim


async def test_the_number_of_questions_does_not_grow_with_what_is_owed(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    await screen(api, task)  # whoever comes first asks more, of the session
    few = await questions_for(api, task)
    for _ in range(12):
        await api.register(claim_type="rent")
    assert await questions_for(api, task) == few <= 17


async def questions_for(api, task):
    asked = []
    engine = api.database.engine.sync_engine
    count = lambda *_: asked.append(1)  # noqa: E731
    event.listen(engine, "before_cursor_execute", count)
    await screen(api, task)
    event.remove(engine, "before_cursor_execute", count)
    return len(asked)


async def test_a_statement_that_has_not_come_is_asked_for_by_account_and_day(api):
    """It has no file yet, so there is no page of one to lead to."""
    rule = StatementRule(("DK5000400440116243",), expected_by_hour=0)
    policy = replace(api.policy, statements=Dated((Entry(date(2020, 1, 1), rule, "prøve"),)))
    async with api.database.transaction() as connection:
        assert await is_bank_awaited(connection, policy, api.now)
    task = await value(api, "select id from tasks where kind = 'bank-file'")
    shown = await screen(api, task)
    assert shown.status_code == 200
    day = format_date(working_days_before(api.today, 1), "long", locale="da")
    assert f"Kontoudtoget for konto DK5000400440116243 til og med {day}" in seen(shown)
    assert 'href="/files"' in shown.text

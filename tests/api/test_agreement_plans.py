"""Plans that cannot be are refused with a sentence, on the page and by program alike."""

from datetime import date, timedelta

import pytest

from activities.agreements import AgreementActivities
from domain.authority import Role
from domain.calendar import is_working_day
from domain.decisions import Outcome, TaskKind
from domain.orders import AskPerson, CloseAgreement
from domain.record import AgreementOutcome
from tests.api.test_agreements import AGREEMENT, break_it, send
from tests.api.test_task_screens import form, press, seen, value

# What is asked for in øre or months, the field that is wrong by program and on the page, and the
# sentence. The debt is an invoice of 900 kroner: at least 250 a month, at most 12 months.
REFUSED = {
    "no instalments": ({"months": 0}, "agreement.months", "months", None),
    "no amount": ({"monthly_ore": 0}, "agreement.monthly_ore", "monthly", None),
    "neither": ({}, "agreement.months", "months", "enten et antal måneder eller et beløb"),
    "both": (
        {"months": 3, "monthly_ore": 30_000}, "agreement.months", "months",
        "enten et antal måneder eller et beløb",
    ),
    "more than is owed": (
        {"monthly_ore": 90_001}, "agreement.monthly_ore", "monthly",
        "Der skyldes kun 900,00 kr.; et afdrag på 900,01 kr. er for meget.",
    ),
    "less than the least": (
        {"monthly_ore": 24_999}, "agreement.monthly_ore", "monthly", "mindst 250,00 kr. om måneden",
    ),
    "more months than the policy": (
        {"months": 13}, "agreement.months", "months", "den må højst løbe i 12",
    ),
    "so many that each is too little": (
        {"months": 12}, "agreement.monthly_ore", "monthly", "Raten på 75,00 kr. er for lille",
    ),
    "a first day that has gone": (
        {"months": 3, "first_due": "2020-01-01"}, "agreement.first_due", "first-due", None,
    ),
    "a first day that never comes": (
        {"months": 3, "first_due": "9999-12-01"}, "agreement.first_due", "first-due", None,
    ),
    "a first day after the plan is to be over": (
        {"months": 3, "first_due": "2099-12-01"}, "agreement.first_due", "first-due",
        "Det første afdrag skal betales inden 12 måneder.",
    ),
    "a day that is none": (
        {"months": 3, "first_due": "2027-02-30"}, "agreement.first_due", "first-due", None,
    ),
}  # fmt: skip


def first(api):
    return (api.today + timedelta(days=14)).isoformat()


async def nothing_is_made(api):
    for table in ("agreements", "instalments", "acknowledgements", "decisions", "letters"):
        assert await value(api, f"select count(*) from {table}") == 0, table
    assert await value(api, "select state from tasks order by id desc limit 1") == "open"


async def ask(api, **facts):
    claim = await api.register(**{"claim_type": "invoice", "principal_ore": 90_000} | facts)
    return claim, await api.ask(claim)


async def plan_by_program(api, claim, task, act="decide", **wish):
    agreement = {"claim_ids": [claim], "first_due": first(api)} | wish
    if act == "plan":
        return await api.post(f"/tasks/{task}/plan", agreement, Role.CASEWORKER)
    body = {"outcome": "agreement", "reasons": "Talt.", "agreement": agreement}
    return await api.post(f"/tasks/{task}/decide", body, Role.CASEWORKER)


@pytest.mark.parametrize("case", REFUSED)
async def test_a_program_is_told_which_field_and_why(api, case):
    wish, field, _, told = REFUSED[case]
    claim, task = await ask(api)
    answer = await plan_by_program(api, claim, task, **wish)
    assert answer.status_code == 422, answer.text
    fault = answer.json()["faults"][0]
    assert fault["field"] == field
    assert fault["sentence"]
    if told:
        assert told in fault["sentence"]
    await nothing_is_made(api)


@pytest.mark.parametrize("case", REFUSED)
async def test_a_person_gets_the_form_back_with_what_was_typed_and_why(api, case):
    wish, _, field, told = REFUSED[case]
    _, task = await ask(api)
    filled = form(api, TaskKind.DIALOGUE, Outcome.AGREEMENT) | {"months": "", "monthly": ""}
    filled["first-due"] = wish.get("first_due", first(api))
    filled["months"] = str(wish.get("months", ""))
    if "monthly_ore" in wish:
        filled["monthly"] = f"{wish['monthly_ore'] / 100:.2f}".replace(".", ",")
    answer = await press(api, task, filled)
    assert answer.status_code == 422, seen(answer)
    assert f'href="#{field}"' in answer.text
    if told:
        assert told in seen(answer)
    assert filled["reasons"] in answer.text
    await nothing_is_made(api)


@pytest.mark.parametrize("claim_type", ["day-care", "after-school-care"])
async def test_a_type_without_agreements_is_refused_however_it_is_asked_for(api, claim_type):
    claim, task = await ask(api, claim_type=claim_type)
    by_program = await plan_by_program(api, claim, task, months=3)
    assert by_program.status_code == 422
    assert "tilbydes ikke" in by_program.json()["faults"][0]["sentence"]
    filled = form(api, TaskKind.DIALOGUE, Outcome.AGREEMENT) | {"months": "3"}
    by_hand = await press(api, task, filled)
    assert by_hand.status_code == 422
    assert "tilbydes ikke" in seen(by_hand)
    await nothing_is_made(api)


CLOSED = [
    date(2026, 5, 14), date(2026, 6, 5), date(2026, 12, 24), date(2026, 12, 25), date(2027, 1, 1)
]  # fmt: skip


@pytest.mark.parametrize("closed", CLOSED)
async def test_a_first_day_on_which_banks_are_closed_is_moved_and_that_is_told(api, closed):
    """Ascension Day, Constitution Day, Christmas and New Year: the debtor never pays too late."""
    assert not is_working_day(closed)
    claim, task = await ask(api)
    answer = await plan_by_program(
        api, claim, task, act="plan", months=3, first_due=closed.isoformat()
    )
    plan = answer.json()
    assert plan["moved_from"] == closed.isoformat()
    days = [date.fromisoformat(one["due_on"]) for one in plan["instalments"]]
    assert days[0] > closed
    assert all(map(is_working_day, days))
    filled = {"months": "3", "first-due": closed.isoformat()}
    shown = await press(api, task, filled, act="plan", by_htmx=True)
    assert "er en lukkedag. Første afdrag betales derfor" in seen(shown)
    open_ = {"months": "3", "first-due": days[0].isoformat()}
    again = await press(api, task, open_, act="plan", by_htmx=True)
    assert "lukkedag" not in seen(again)


async def test_a_claim_that_is_not_there_or_in_another_plan_is_told(api):
    claim, task = await ask(api)
    await plan_by_program(api, claim, task, months=3)
    other, second = await ask(api)
    for taken in (claim, "2026-999999"):
        answer = await plan_by_program(api, other, second, months=3, claim_ids=[other, taken])
        assert answer.status_code in {404, 409}, answer.text
        assert answer.json()["title"]
    assert await value(api, "select count(*) from agreements") == 1


TAKEN_UP = {
    "no instalments": ({"months": 0}, None),
    "neither": ({}, "enten et antal måneder"),
    "more than is owed": ({"monthly_ore": 9_000_000}, "er for meget"),
    "less than the least": ({"monthly_ore": 24_999}, "mindst 250,00 kr."),
    "too long": ({"months": 13}, "højst løbe i 12"),
    "a day that has gone": ({"months": 3, "first_due": "2020-01-01"}, "allerede gået"),
    "a day too far": ({"months": 3, "first_due": "2099-12-01"}, "inden 12 måneder"),
}


@pytest.mark.parametrize("case", TAKEN_UP)
async def test_a_plan_taken_up_again_keeps_to_the_same_rules(api, case):
    wish, told = TAKEN_UP[case]
    claim, task = await ask(api)
    await plan_by_program(api, claim, task, months=3)
    await break_it(api, claim)
    body = {"reasons": "Var syg.", "first_due": first(api)} | wish
    answer = await api.post(f"/agreements/{AGREEMENT}/reinstate", body, Role.CASEWORKER)
    assert answer.status_code == 422, answer.text
    if told:
        assert told in answer.json()["faults"][0]["sentence"]
    assert await value(api, "select count(*) from agreements") == 1


async def test_the_new_plan_is_reckoned_before_it_is_made(api):
    claim, task = await ask(api)
    await plan_by_program(api, claim, task, months=3)
    await break_it(api, claim)
    wish = {"months": "3", "monthly": "", "first-due": first(api), "key": "k"}
    shown = await send(api, "reinstate", wish | {"look": "yes"})
    assert shown.status_code == 200, seen(shown)
    assert "3 afdrag" in seen(shown)
    assert 'name="months" value="3"' in shown.text
    assert await value(api, "select count(*) from agreements") == 1


async def test_what_is_repaid_by_income_is_taken_up_again_by_income(api):
    claim, task = await ask(api, claim_type="cash-benefit-repayment", principal_ore=500_000)
    made = await plan_by_program(api, claim, task, yearly_income_ore=12_000_000)
    assert made.status_code == 200, made.text
    await break_it(api, claim)
    page = await api.page(f"/agreements/{AGREEMENT}/reinstate", "caseworker")
    assert 'name="yearly-income"' in page.text
    assert 'name="monthly"' not in page.text
    wish = {"first-due": first(api), "reasons": "Ny indkomst.", "key": "k"}
    refused = await send(api, "reinstate", wish)
    assert refused.status_code == 422
    assert 'href="#yearly-income"' in refused.text
    assert "Skriv årets nettoindkomst" in seen(refused)
    done = await send(api, "reinstate", wish | {"yearly-income": "180000", "has-children": "on"})
    assert done.status_code == 303, seen(done)
    monthly = "select amount_ore from instalments where agreement_id = 'A-000002' order by number"
    assert await value(api, monthly + " limit 1") == 45_000
    kept = "select facts ->> 'income_ore' from decisions order by id desc limit 1"
    assert await value(api, kept) == "18000000"
    await break_again(api, claim)
    body = {"reasons": "Igen.", "first_due": first(api), "yearly_income_ore": 12_000_000}
    taken = await api.post("/agreements/A-000002/reinstate", body, Role.CASEWORKER)
    assert taken.status_code == 201, taken.text


async def break_again(api, claim):
    api.now += timedelta(days=100)
    acts = AgreementActivities(api.database, api.policy)
    order = CloseAgreement("A-000002", "close", api.today, outcome=AgreementOutcome.BROKEN)
    assert (await acts.close(order)).is_done
    await api.acts.ask_person(AskPerson(claim, "dialogue-2", api.today, kind=TaskKind.DIALOGUE))

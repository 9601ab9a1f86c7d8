"""An agreement's page and routes, the proposal in the dialogue, and the assessment's advice."""

import asyncio
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from activities.agreements import AgreementActivities
from domain.authority import Role
from domain.claim import HoldReason
from domain.decisions import Outcome, TaskKind
from domain.orders import AskPerson, CloseAgreement
from domain.record import AgreementOutcome
from tests.api.test_task_screens import form, press, seen, value

READERS = ("caseworker", "supervisor", "auditor")
AGREEMENT = "A-000001"
HOSTILE = """"><script>alert(1)</script> {{ 7*7 }} '; drop table agreements; --"""


async def agreed(api, *amounts, months=3, **claim):
    """Invoices of a debtor in one agreement, made by a program."""
    kind = {"claim_type": "invoice"} | claim
    claims = [await api.register(principal_ore=ore, **kind) for ore in amounts or (90_000,)]
    task = await api.ask(claims[0])
    first = (api.today + timedelta(days=14)).isoformat()
    sent = {"claim_ids": claims, "months": months, "first_due": first}
    answer = await api.post(
        f"/tasks/{task}/decide",
        {"outcome": "agreement", "reasons": "Talt med skyldner.", "agreement": sent},
        Role.CASEWORKER,
    )
    assert answer.status_code == 200, answer.text
    return claims


async def break_it(api, *claims):
    """Nothing came, and the claims wait for a talk again, a hundred days later."""
    api.now += timedelta(days=100)
    acts = AgreementActivities(api.database, api.policy)
    ended = CloseAgreement(AGREEMENT, "close", api.today, outcome=AgreementOutcome.BROKEN)
    assert (await acts.close(ended)).is_done
    for claim in claims:
        order = AskPerson(claim, "dialogue-1", api.today, kind=TaskKind.DIALOGUE)
        await api.acts.ask_person(order)


async def pay(api, claim, ore):
    sent = {"amount_ore": ore, "paid_on": api.today.isoformat(), "source_reference": f"p-{ore}"}
    answer = await api.post(f"/claims/{claim}/payments", sent, Role.FINANCE)
    assert answer.status_code in {200, 201}, answer.text


# --- the page --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("role", READERS)
async def test_the_page_shows_the_plan_as_a_picture_and_a_table(api, role, language):
    claims = await agreed(api, 60_000, 30_000)
    await pay(api, claims[0], 40_000)
    shown = await api.page(f"/agreements/{AGREEMENT}", role, language=language)
    assert shown.status_code == 200, shown.text
    assert '<path class="planned"' in shown.text
    assert '<path class="came"' in shown.text
    assert shown.text.count('role="row"') >= 4
    assert all(claim in shown.text for claim in claims)
    assert not re.search(r"<script>|\sstyle=|\son[a-z]+=", shown.text)


async def test_what_is_left_and_the_next_instalment_are_told(api):
    [claim] = await agreed(api, 90_000)
    await pay(api, claim, 40_000)
    told = seen(await api.page(f"/agreements/{AGREEMENT}"))
    assert "Mangler at blive betalt 500,00 kr." in told
    assert "400,00 kr. er betalt" in told
    assert "200,00 kr. mangler" in told


async def test_what_if_is_reckoned_and_nothing_is_written(api):
    await agreed(api, 90_000)
    before = await value(api, "select balance_ore from claims")
    shown = await api.page(f"/agreements/{AGREEMENT}?pay=500")
    assert shown.status_code == 200
    assert "Betales 500,00 kr. i dag, mangler der 400,00 kr., og 1 afdrag er betalt." in seen(shown)
    all_of_it = seen(await api.page(f"/agreements/{AGREEMENT}?pay=5.000,00"))
    assert "er det hele betalt" in all_of_it
    assert await value(api, "select balance_ore from claims") == before
    assert await value(api, "select count(*) from payments") == 0


@pytest.mark.parametrize("amount", ["0", "-5", "mange", "1.000.00", HOSTILE[:30]])
async def test_an_amount_that_cannot_be_read_is_told_and_kept_in_the_form(api, amount):
    await agreed(api)
    shown = await api.page("/agreements/A-000001", params={"pay": amount})
    assert shown.status_code == 422
    assert 'href="#pay"' in shown.text
    assert "<script>alert" not in shown.text


async def test_one_that_is_not_there_is_not_found(api):
    assert (await api.page("/agreements/A-999999")).status_code == 404
    assert (await api.page("/agreements/A-999999/end")).status_code == 404
    assert (await api.get("/agreements/A-999999")).status_code == 404


async def test_that_somebody_looked_is_noted(api):
    await agreed(api)
    await api.page(f"/agreements/{AGREEMENT}", Role.AUDITOR)
    found = "select actor from audit where subject = 'A-000001' and act = 'viewed'"
    assert await value(api, found) == "auditor"


async def test_the_claim_and_the_debtor_lead_to_it(api):
    [claim] = await agreed(api)
    debtor = await value(api, "select debtor_id from claims")
    for page in (f"/claims/{claim}", f"/debtors/{debtor}"):
        assert f'href="/agreements/{AGREEMENT}"' in (await api.page(page)).text


async def send(api, act, data, role="caseworker"):
    return await api.page(f"/agreements/{AGREEMENT}/{act}", role, method="POST", data=data)


async def test_a_note_lies_with_the_debtor_under_the_agreements_number(api):
    await agreed(api)
    answer = await send(api, "notes", {"text": "Ringede: betaler fredag.", "key": "k1"})
    assert answer.status_code == 303
    again = await send(api, "notes", {"text": "Ringede: betaler fredag.", "key": "k1"})
    assert again.status_code == 303
    notes = "select count(*) from file_notes where text = 'A-000001: Ringede: betaler fredag.'"
    assert await value(api, notes) == 1
    assert (await send(api, "notes", {"text": "  "})).status_code == 422


async def test_a_written_yes_gives_ten_years_and_a_spoken_one_is_refused(api):
    await agreed(api)
    day = api.today.isoformat()
    yes = {"acknowledged": "existence-and-amount", "accepted-on": day}
    refused = await send(api, "acceptances", yes | {"accepted-by": "phone"})
    assert refused.status_code == 422
    assert "kun erkendes skriftligt" in seen(refused)
    kept = await send(api, "acceptances", yes | {"accepted-by": "digital-post"})
    assert kept.status_code == 303
    limitation = await value(api, "select limitation_date from claims")
    assert limitation >= date(api.today.year + 10, api.today.month, api.today.day)
    assert "10 år" in seen(await api.page(f"/agreements/{AGREEMENT}"))


FAULTS = [
    ({"accepted-by": "røgsignal"}, "Vælg, hvordan"),
    ({"accepted-on": "2026-12-31"}, "ikke er kommet endnu"),
    ({"accepted-on": "2019-01-01"}, "før den opstod"),
    ({"accepted-on": "i går"}, "i går"),
    ({"attachment_id": "999"}, "Bilaget ligger ikke"),
    ({"attachment_id": "x"}, "Bilaget ligger ikke"),
]


@pytest.mark.parametrize(("changes", "told"), FAULTS)
async def test_a_yes_that_cannot_be_is_refused_and_nothing_is_kept(api, changes, told):
    await agreed(api)
    yes = {"accepted-by": "signed", "acknowledged": "debt", "accepted-on": api.today.isoformat()}
    refused = await send(api, "acceptances", yes | changes)
    assert refused.status_code == 422
    assert told in seen(refused)
    assert await value(api, "select count(*) from acknowledgements") == 1


async def test_the_end_is_shown_first_and_then_done_once(api):
    claims = await agreed(api, 60_000, 30_000)
    api.now += timedelta(days=90)
    preview = await api.page(f"/agreements/{AGREEMENT}/end", "caseworker")
    told = seen(preview)
    [owed, rested] = [amount_after(told, words) for words in ("Hele resten, ", "Heraf er ")]
    assert owed == 90_000 + rested > 90_000  # the interest that stood still is in it
    assert f"{claims[0]} går tilbage til dialog" in told
    assert await value(api, "select state from agreements") == "active"  # it was only a preview
    assert (await send(api, "end", {"reasons": " "})).status_code == 422
    assert (await send(api, "end", {"reasons": "Ønsker det selv.", "key": "a"})).status_code == 303
    assert (await send(api, "end", {"reasons": "Også jeg.", "key": "b"}, "supervisor")
            ).status_code == 409  # fmt: skip
    assert await value(api, "select count(*) from outbox where name = 'dissolved'") == 1
    assert "har bedt om, at aftalen slutter" in seen(await api.page(f"/agreements/{AGREEMENT}"))


def amount_after(told, words):
    """The øre of the first amount after *words*."""
    kroner, ore = re.search(rf"{words}([\d.]+),(\d\d) kr", told).groups()
    return int(kroner.replace(".", "")) * 100 + int(ore)


async def test_the_letter_is_shown_before_it_ends_and_is_the_one_that_is_laid_to_leave(api):
    claims = await agreed(api, 60_000, 30_000)
    api.now += timedelta(days=90)
    wish = {"reasons": "Du har selv bedt om det.\n\nRing gerne.", "key": "a"}
    shown = await send(api, "end", wish | {"look": "yes"})
    assert shown.status_code == 200
    told = seen(shown)
    assert "Sådan får skyldneren det" in told
    assert "Du har selv bedt om det." in told
    assert all(claim in told for claim in claims)
    total = amount_after(told, "Hele resten, ")
    assert amount_after(told, r"I alt\s+") == total
    assert await value(api, "select count(*) from letters where key = 'ended'") == 0
    assert await value(api, "select ended_by from agreements") is None
    assert (await send(api, "end", wish)).status_code == 303
    number = await value(api, "select id from letters where key = 'ended'")
    written = seen(await api.page(f"/letters/{number}"))
    assert "Du har selv bedt om det." in written
    assert await value(api, "select sum(balance_ore)::bigint from claims") == total
    assert (
        "betalingsaftalen er afsluttet" in seen(await api.page(f"/agreements/{AGREEMENT}")).lower()
    )


async def test_words_that_may_not_stand_in_a_letter_are_told_before_it_is_sent(api):
    await agreed(api)
    shown = await send(api, "end", {"reasons": "Karlas nummer er 111111-1118.", "look": "yes"})
    assert "Brevet ville ikke blive sendt, som det er" in seen(shown)
    nothing = await send(api, "end", {"reasons": " ", "look": "yes"})
    assert nothing.status_code == 422
    long = await send(api, "end", {"reasons": "a" * 4001})
    assert long.status_code == 422
    assert 'href="#reasons"' in long.text


async def test_two_people_end_it_at_once_and_one_of_them_does(api):
    await agreed(api)
    sent = [{"reasons": f"Årsag {n}", "key": f"k{n}"} for n in range(4)]
    answers = await asyncio.gather(*(send(api, "end", one) for one in sent))
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409]
    assert await value(api, "select count(*) from outbox where name = 'dissolved'") == 1


async def test_a_broken_one_is_taken_up_again_from_its_page(api):
    claims = await agreed(api, 60_000, 30_000)
    await break_it(api, *claims)
    page = await api.page(f"/agreements/{AGREEMENT}", "caseworker")
    assert f'href="/agreements/{AGREEMENT}/reinstate"' in page.text
    begun = await api.page(f"/agreements/{AGREEMENT}/reinstate", "caseworker")
    assert 'name="monthly" value="300"' in begun.text
    first = (api.today + timedelta(days=14)).isoformat()
    wish = {"monthly": "300", "first-due": first, "reasons": "Var syg.", "key": "once"}
    done = await send(api, "reinstate", wish)
    assert done.status_code == 303, seen(done)
    assert done.headers["location"] == "/agreements/A-000002?said=reinstated"
    again = await send(api, "reinstate", wish)
    assert again.headers["location"] == done.headers["location"]
    assert await value(api, "select count(*) from agreements") == 2
    old = seen(await api.page(f"/agreements/{AGREEMENT}"))
    assert "Aftalen er genoptaget som A-000002" in old


WRONG = [
    ({"monthly": "", "months": ""}, "enten et antal måneder"),
    ({"months": "0", "monthly": ""}, "helt tal fra 1"),
    ({"monthly": "1"}, "må højst løbe i"),
    ({"first-due": ""}, "Vælg den dag"),
    ({"first-due": "2020-01-01"}, "allerede gået"),
    ({"reasons": ""}, "Skriv en begrundelse"),
]


@pytest.mark.parametrize(("changes", "told"), WRONG)
async def test_a_new_plan_that_cannot_be_comes_back_with_what_was_typed(api, changes, told):
    claims = await agreed(api, 90_000)
    await break_it(api, *claims)
    first = (api.today + timedelta(days=14)).isoformat()
    wish = {"monthly": "300", "first-due": first, "reasons": "Var syg."} | changes
    answer = await send(api, "reinstate", wish)
    assert answer.status_code == 422, answer.text
    assert told in seen(answer)
    assert await value(api, "select count(*) from agreements") == 1


async def test_one_that_runs_cannot_be_taken_up(api):
    await agreed(api)
    assert (await api.page(f"/agreements/{AGREEMENT}/reinstate", "caseworker")).status_code == 409


# --- the routes ------------------------------------------------------------------------------


async def test_programs_read_reckon_end_and_take_up(api):
    claims = await agreed(api, 60_000, 30_000)
    read = (await api.get(f"/agreements/{AGREEMENT}")).json()
    assert [one["amount_ore"] for one in read["instalments"]] == [30_000] * 3
    assert {one["claim_id"]: one["owed_ore"] for one in read["claims"]} == {
        claims[0]: 60_000, claims[1]: 30_000,
    }  # fmt: skip
    assert read["acceptances"][0]["accepted_by"] == "phone"
    reckoned = (await api.get(f"/agreements/{AGREEMENT}/what-if?amount_ore=50000")).json()
    assert (reckoned["left_ore"], reckoned["covered"]) == (40_000, 1)
    await break_it(api, *claims)
    wish = {"reasons": "Ny plan", "months": 3,
            "first_due": (api.today + timedelta(days=20)).isoformat()}  # fmt: skip
    taken = await api.post(f"/agreements/{AGREEMENT}/reinstate", wish, Role.CASEWORKER)
    assert (taken.status_code, taken.json()) == (201, {"agreement_id": "A-000002"})
    twice = await api.post(f"/agreements/{AGREEMENT}/reinstate", wish, Role.CASEWORKER)
    assert twice.status_code == 409
    ended = await api.post("/agreements/A-000002/end", {"reasons": "Nej"}, Role.CASEWORKER)
    assert ended.status_code == 204


async def test_a_proposal_says_what_and_why(api):
    claim = await api.register(claim_type="invoice", principal_ore=900_000)
    sent = {"yearly_income_ore": 12_000_000, "monthly_income_ore": 900_000, "rent_ore": 500_000}
    answer = await api.post(f"/claims/{claim}/proposal", sent)
    proposal = answer.json()
    assert (proposal["kind"], proposal["monthly_ore"]) == ("instalments", 40_000)
    assert proposal["has_low_income"]
    assert "4 procent" in proposal["why"][0]["text"]
    care = await api.register(claim_type="day-care")
    refused = (await api.post(f"/claims/{care}/proposal", {})).json()
    assert refused["kind"] == "not-offered"
    assert "løbende betalinger" in refused["source"]
    negative = await api.post(f"/claims/{claim}/proposal", {"yearly_income_ore": -1})
    assert negative.status_code == 422


async def test_a_proposal_over_several_claims_shares_out_all_of_them(api):
    first = await api.register(claim_type="invoice", principal_ore=400_000)
    second = await api.register(claim_type="invoice", principal_ore=200_000)
    alone = (await api.post(f"/claims/{first}/proposal", {})).json()
    both = (await api.post(f"/claims/{first}/proposal", {"claim_ids": [second]})).json()
    assert (both["monthly_ore"], both["months"]) == (50_000, 12)
    assert both["monthly_ore"] > alone["monthly_ore"]
    table = await api.register(claim_type="cash-benefit-repayment")
    apart = (await api.post(f"/claims/{first}/proposal", {"claim_ids": [table]})).json()
    assert apart["kind"] == "not-offered"
    gone = await api.post(f"/claims/{first}/proposal", {"claim_ids": ["2026-999999"]})
    assert gone.status_code == 404


# --- the dialogue screen ---------------------------------------------------------------------


async def test_the_dialogue_shows_a_proposal_with_why(api):
    task = await api.ask(await api.register(claim_type="invoice", principal_ore=600_000))
    told = seen(await api.page(f"/tasks/{task}"))
    assert "Husets forslag 500,00 kr. om måneden i 12 måneder" in told
    answer = await press(api, task, {"yearly-income": "120000"}, act="plan", by_htmx=True)
    assert "4 procent: 400,00 kr. om måneden" in seen(answer)


async def test_the_proposal_is_filled_in_by_a_button(api):
    task = await api.ask(await api.register(claim_type="invoice", principal_ore=600_000))
    due = (api.today + timedelta(days=14)).isoformat()
    filled = {"yearly-income": "200000", "reckon": "proposal", "first-due": due}
    shown = await press(api, task, filled, act="plan")
    assert re.search(r'name="monthly" value="1500"', shown.text)
    assert "4 à 1.500,00 kr." in seen(shown)


async def test_a_debtors_other_claims_are_ticked_and_each_share_is_shown(api):
    first = await api.register(claim_type="invoice", principal_ore=60_000)
    second = await api.register(claim_type="invoice", principal_ore=30_000)
    task = await api.ask(first)
    due = (api.today + timedelta(days=14)).isoformat()
    filled = {"months": "3", "claims": second, "first-due": due}
    shown = await press(api, task, filled, act="plan", by_htmx=True)
    assert f"{second}: 300,00 kr." in seen(shown)
    assert "3 à 300,00 kr." in seen(shown)


async def test_a_type_without_agreements_says_so_with_its_source(api):
    task = await api.ask(await api.register(claim_type="day-care"))
    told = seen(await api.page(f"/tasks/{task}"))
    assert "Der tilbydes ikke betalingsaftaler for denne type krav." in told
    assert "normalt ikke aftale om løbende betalinger" in told


async def test_cash_benefit_is_agreed_on_by_income_alone(api):
    claim = await api.register(claim_type="cash-benefit-repayment", principal_ore=500_000)
    task = await api.ask(claim)
    filled = form(api, TaskKind.DIALOGUE, Outcome.AGREEMENT) | {"months": ""}
    refused = await press(api, task, filled)
    assert refused.status_code == 422
    assert "Skriv årets nettoindkomst" in seen(refused)
    assert (await press(api, task, filled | {"yearly-income": "120000"})).status_code == 303
    kept = "select facts ->> 'income_ore' from decisions order by id desc limit 1"
    assert await value(api, kept) == "12000000"


BAD_MEANS = [
    ({"yearly-income": "-5"}, "yearly-income"),
    ({"yearly-income": "masser"}, "yearly-income"),
    ({"months": "0"}, "months"),
    ({"monthly": "0"}, "monthly"),
    ({"acknowledged": "existence-and-amount"}, "acknowledged"),
    ({"accepted-on": "2030-01-01"}, "accepted-on"),
]


@pytest.mark.parametrize(("changes", "field"), BAD_MEANS)
async def test_what_cannot_be_agreed_comes_back_with_the_field_named(api, changes, field):
    task = await api.ask(await api.register(claim_type="invoice"))
    filled = form(api, TaskKind.DIALOGUE, Outcome.AGREEMENT) | changes
    refused = await press(api, task, filled)
    assert refused.status_code == 422
    assert f'href="#{field}"' in refused.text
    assert await value(api, "select count(*) from agreements") == 0


async def test_a_written_yes_in_the_talk_is_kept_and_taken_back_with_the_answer(api):
    claim = await api.register(claim_type="invoice")
    task = await api.ask(claim)
    before = await value(api, "select limitation_date from claims")
    filled = form(api, TaskKind.DIALOGUE, Outcome.AGREEMENT)
    filled |= {"accepted-by": "signed", "acknowledged": "existence-and-amount"}
    pressed = await press(api, task, filled)
    assert pressed.status_code == 303, seen(pressed)
    assert (await value(api, "select limitation_date from claims")).year == api.today.year + 10
    decision = await value(api, "select max(id) from decisions")
    undone = await api.page(f"/decisions/{decision}/undo", method="POST")
    assert undone.status_code == 303
    assert await value(api, "select limitation_date from claims") == before
    assert await value(api, "select timely_until from claims") is None
    for table in ("agreements", "agreement_claims", "acknowledgements", "limitation_events"):
        assert await value(api, f"select count(*) from {table}") == 0


# --- the assessment --------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["da", "en"])
async def test_the_assessment_begins_with_the_recommendation_and_its_reasons(api, language):
    task = await api.ask(await api.register(claim_type="invoice"), TaskKind.ASSESSMENT)
    shown = await api.page(f"/tasks/{task}", language=language)
    text_of = seen(shown)
    heading = {"da": "Husets anbefaling", "en": "What the house recommends"}[language]
    reason = {"da": "Gældsstyrelsen inddriver denne slags krav.",
              "en": "Gældsstyrelsen recovers this kind of claim."}[language]  # fmt: skip
    assert text_of.index(heading) < text_of.index(reason)
    assert "+25" in text_of


async def decide(api, outcome, **more):
    task = await api.ask(await api.register(claim_type="invoice"), TaskKind.ASSESSMENT)
    sent = {"outcome": outcome, "reasons": "Min egen vurdering."} | more
    answer = await api.post(f"/tasks/{task}/decide", sent, Role.CASEWORKER)
    assert answer.status_code == 200, answer.text


async def test_what_was_recommended_is_kept_with_what_was_decided_and_counted(api):
    await decide(api, "transfer")
    lapsed = {"reason": "lapse", "proved_on": "2026-03-01"}
    await decide(api, "write-off", write_off=lapsed)
    kept = "select facts ->> 'recommended' from decisions order by id"
    assert await value(api, kept) == "transfer"
    figures = (await api.get("/assessments/figures")).json()
    assert figures["counts"] == [
        {"recommended": "transfer", "decided": {"transfer": 1, "write-off": 1},
         "total": 2, "followed": 1}
    ]  # fmt: skip
    told = seen(await api.page("/assessments/figures"))
    assert "1 af 2 vurderinger fulgte anbefalingen." in told


async def test_a_claim_has_its_recommendation_for_programs_too(api):
    claim = await api.register(claim_type="invoice")
    found = (await api.get(f"/claims/{claim}/recommendation")).json()
    assert found["advice"] == "transfer"
    assert {pull["fact"] for pull in found["pulls"]} == {
        "agreement-offered", "enforced-by-authority",
    }  # fmt: skip
    assert (await api.get("/claims/2026-999999/recommendation")).status_code == 404


RESTING = {
    HoldReason.OBJECTION: "in-dispute", HoldReason.COMPLAINT: "in-dispute",
    HoldReason.DEATH: "unsettled-person", HoldReason.BANKRUPTCY: "unsettled-person",
    HoldReason.DEBT_RELIEF: "unsettled-person", HoldReason.INSOLVENCY: "unsettled-person",
    HoldReason.HARDSHIP: "unsettled-person", HoldReason.MISSING_ADDRESS: "unsettled-person",
    HoldReason.DEFERRAL: None, HoldReason.INVESTIGATION: None, HoldReason.AGREEMENT: None,
}  # fmt: skip


@pytest.mark.parametrize("reason", HoldReason)
async def test_what_lets_a_claim_rest_speaks_in_its_assessment(api, reason):
    claim = await api.register(claim_type="invoice")
    await change(
        api, "insert into holds (claim_id, reason, note, since, placed_by)"
        " values (:claim, :reason, '', :on, 'caseworker')",
        claim=claim, reason=reason.value, on=api.today,
    )  # fmt: skip
    found = (await api.get(f"/claims/{claim}/recommendation")).json()
    facts = {pull["fact"] for pull in found["pulls"]} & {"in-dispute", "unsettled-person"}
    assert facts == ({RESTING[reason]} - {None})
    assert (found["advice"] == "hold") == bool(facts)


async def change(api, statement, **values):
    async with api.database.transaction() as connection:
        await connection.execute(text(statement), values)


async def test_what_the_debtor_has_paid_broken_and_owes_beside_is_in_the_reasons(api):
    """Each fact stands with its own figures, so that it can be checked."""
    claims = await agreed(api, 90_000)
    await pay(api, claims[0], 10_000)
    await break_it(api, *claims)
    await api.register(claim_type="invoice", principal_ore=123_400)
    far = await api.register(claim_type="invoice", principal_ore=55_500)
    await change(api, "update claims set stage = 'recovery' where id = :id", id=far)
    task = await api.ask(claims[0], TaskKind.ASSESSMENT)
    told = seen(await api.page(f"/tasks/{task}"))
    for words in ("har misligholdt 1 aftale", "skylder 1.234,00 kr. på andre krav her",
                  "skylder 555,00 kr., der allerede ligger hos Gældsstyrelsen"):  # fmt: skip
        assert words in told, words
    found = (await api.get(f"/claims/{claims[0]}/recommendation")).json()
    facts = {pull["fact"] for pull in found["pulls"]}
    assert {"agreement-broken", "others-owed", "others-at-authority"} <= facts
    assert found["next_step_cost_ore"] == 17_500
    assert "antagelser" in found["source"]


MEANS = [({"yearly-income": "300000"}, "can-pay"), ({"yearly-income": "1000"}, "cannot-pay")]


@pytest.mark.parametrize(("means", "fact"), MEANS)
async def test_what_was_told_in_the_talk_is_weighed_in_the_assessment(api, means, fact):
    claim = await api.register(claim_type="invoice", principal_ore=90_000)
    task = await api.ask(claim)
    answer = form(api, TaskKind.DIALOGUE, Outcome.AGREEMENT) | {"months": "3"} | means
    assert (await press(api, task, answer)).status_code == 303
    await break_it(api, claim)
    found = (await api.get(f"/claims/{claim}/recommendation")).json()
    assert fact in {pull["fact"] for pull in found["pulls"]}


async def test_figures_of_a_period_without_assessments_say_so(api):
    shown = await api.page("/assessments/figures?from=2020-01-01&to=2020-12-31")
    assert "Der er ingen vurderinger i perioden." in seen(shown)
    assert (await api.page("/assessments/figures?from=x")).status_code == 422
    assert (await api.get("/assessments/figures?from=2026-05-01&to=2026-01-01")).status_code == 422

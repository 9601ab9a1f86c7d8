"""What is done from a claim's page: each act shows what it does, does it once, and says so."""

import asyncio
import re

import pytest
from sqlalchemy import func, select

from domain.authority import RIGHTS, Right, Role
from domain.claim import Ending
from domain.decisions import TaskKind
from domain.letters import Letter
from persistence.models import AuditRow, Claim, Hold, LetterRow, OutboxRow, Payment, RecoveryAction
from tests.api.test_files import page
from tests.api.test_notes import HOSTILE
from tests.api.test_reading import audit


async def press(api, address, role=Role.SUPERVISOR, **form):
    return await page(api, address, role, method="POST", data=form)


async def count(api, table):
    async with api.database.transaction() as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar_one()


async def traces(api):
    """Whatever an act would leave behind."""
    return [await count(api, t) for t in (Hold, LetterRow, OutboxRow, Payment, AuditRow)]


async def confirm(api, address, shown):
    """Press the button below what was foreseen, with all that the page keeps in hidden fields."""
    form = shown.text.rpartition("<form")[2]
    kept = dict(re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', form))
    return await press(api, address, **kept, is_sure="yes")


@pytest.fixture
async def claim(api):
    number = await api.register()
    await api.write(number)
    return f"/claims/{number}"


def number_of(claim):
    return claim.removeprefix("/claims/")


async def test_a_hold_shows_what_will_stand_still_before_it_does(api, claim):
    assert "Hvorfor skal uret stå stille?" in (await page(api, f"{claim}/hold")).text
    before = await traces(api)
    shown = await press(api, f"{claim}/hold", reason="hardship", note="Syg.", until="2026-04-15")
    assert shown.status_code == 200
    for part in ("Uret standses fra i dag til og med 15. april 2026", "Syg.", "Opkrævning:",
                 "Sag i bero:", "Uret går videre 16. april 2026"):  # fmt: skip
        assert part in shown.text, part
    assert await traces(api) == before, "it was only looked at"
    done = await confirm(api, f"{claim}/hold", shown)
    assert done.headers["location"] == f"{claim}?said=held#holds"
    told = await page(api, done.headers["location"])
    assert "Uret står stille." in told.text
    [hold] = (await api.get(claim)).json()["holds"]
    assert (hold["reason"], hold["note"], hold["until"]) == ("hardship", "Syg.", "2026-04-15")


async def test_a_hold_pressed_twice_is_one(api, claim):
    shown = await press(api, f"{claim}/hold", reason="investigation")
    both = await asyncio.gather(*(confirm(api, f"{claim}/hold", shown) for _ in range(2)))
    assert [answer.status_code for answer in both] == [303, 303]
    assert await count(api, Hold) == 1


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"reason": ""}, "Vælg, hvorfor uret skal stå stille."),
        ({"reason": "agreement"}, "Vælg, hvorfor uret skal stå stille."),
        ({"reason": "boredom"}, "Vælg, hvorfor uret skal stå stille."),
        (
            {"reason": "investigation", "until": "2026-03-15"},
            "Den sidste dag ligger før den første.",
        ),
        ({"reason": "investigation", "until": "i morgen"}, "kan ikke læses"),
        ({"reason": "investigation", "until": "2026-02-31"}, "findes ikke i kalenderen"),
        ({"reason": "investigation", "note": "a\x00b"}, "tegn, der ikke kan skrives ud"),
        ({"reason": "investigation", "note": "x" * 4001}, "der er plads til 4000"),
    ],
)
@pytest.mark.parametrize("is_sure", ["", "yes"])
async def test_a_hold_that_cannot_be_says_why_and_keeps_what_was_typed(
    api, claim, form, sentence, is_sure
):
    refused = await press(api, f"{claim}/hold", **({"note": "Vigtigt."} | form), is_sure=is_sure)
    assert refused.status_code == 422
    assert sentence in refused.text
    if "note" not in form:
        assert "Vigtigt." in refused.text
    assert await count(api, Hold) == 0


async def test_every_reason_can_be_given_and_hostile_words_are_words(api, claim):
    told = {"until": "2026-04-15", "complained-on": "2026-03-02", "contact": HOSTILE}
    for rule in api.policy.endings.suspensions.on_or_first(api.today):
        if rule.is_of_debtor:
            continue
        reason, days = rule.reason, told if rule.reason == "complaint" else {"until": "2026-04-15"}
        shown = await press(api, f"{claim}/hold", reason=reason, note=HOSTILE, **days)
        assert shown.status_code == 200, reason
        assert "<script>alert" not in shown.text


async def test_a_release_shows_what_goes_on_before_it_does(api, claim):
    held = await api.post(f"{claim}/holds", {"reason": "hardship", "until": "2026-04-15"})
    address = f"{claim}/holds/{held.json()['hold_id']}/release"
    before = await traces(api)
    shown = await page(api, address)
    assert "Sag fortsætter:" in shown.text
    assert await traces(api) == before
    done = await press(api, address)
    assert done.headers["location"] == f"{claim}?said=released#holds"
    again = await press(api, address)
    assert again.status_code == 409
    assert (await page(api, f"{claim}/holds/999/release")).status_code == 404


async def test_a_withdrawal_shows_the_harm_and_wants_reasons_and_a_tick(api, claim):
    await api.ask(number_of(claim), TaskKind.DIALOGUE)
    before = await traces(api)
    shown = await page(api, f"{claim}/withdraw")
    for part in ("1.000,00 kr. kræves ikke længere.", "dialog med skyldneren", "ikke fortrydes"):
        assert part in shown.text
    assert await traces(api) == before
    for form, sentence in (
        ({"reasons": "Fejl.", "key": "a"}, "Sæt kryds"),
        ({"reasons": " ", "is_sure": "on", "key": "b"}, "Feltet skal udfyldes."),
    ):
        refused = await press(api, f"{claim}/withdraw", **form)
        assert refused.status_code == 422
        assert sentence in refused.text
    assert await traces(api) == before
    done = await press(api, f"{claim}/withdraw", reasons="Fejl.", is_sure="on", key="c")
    assert done.headers["location"] == f"{claim}?said=withdrawn"
    async with api.database.transaction() as connection:
        assert (await connection.execute(select(Claim.is_withdrawn))).scalar_one()
    assert ("supervisor", "withdrawn") in await audit(api, number_of(claim))
    assert f'"{claim}/withdraw"' not in (await page(api, claim)).text


async def test_a_withdrawal_pressed_twice_is_one(api, claim):
    form = {"reasons": "Fejl.", "is_sure": "on", "key": "k"}
    for _ in range(2):
        assert (await press(api, f"{claim}/withdraw", **form)).status_code == 303
    acts = [act for _, act in await audit(api, number_of(claim))]
    assert acts.count("withdrawn") == 1


async def test_a_claim_at_the_collector_is_said_to_be_recalled_first(api, claim):
    await api.transfer(number_of(claim))
    shown = await page(api, f"{claim}/withdraw")
    assert "kaldes tilbage fra Gældsstyrelsen" in shown.text
    assert await count(api, RecoveryAction) == 1, "the transfer alone"


PAID = {"amount": "400,00", "paid_on": "2026-03-16", "reference": "kasse-1", "payer": "Karla"}


async def test_money_at_the_counter_is_booked_once(api, claim):
    assert "Der skyldes 1.000,00 kr." in (await page(api, f"{claim}/payment")).text
    first = await press(api, f"{claim}/payment", **PAID)
    assert first.headers["location"] == f"{claim}?said=paid#account"
    again = await press(api, f"{claim}/payment", **PAID)
    assert again.headers["location"] == f"{claim}?said=paid-known#account"
    other = await press(api, f"{claim}/payment", **PAID | {"amount": "500"})
    assert other.status_code == 422
    assert "allerede brugt til en betaling med andre oplysninger" in other.text
    assert (await api.get(claim)).json()["balance"]["total_ore"] == 60_000
    assert await count(api, Payment) == 1


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"amount": "1.234"}, "kan læses på to måder"),
        ({"amount": "-5"}, "negativt"),
        ({"amount": ""}, "kan ikke læses"),
        ({"paid_on": "2026-03-17"}, "Dagen er ikke kommet endnu."),
        ({"paid_on": ""}, "Feltet skal udfyldes."),
        ({"reference": " "}, "Feltet skal udfyldes."),
        ({"payer": "x" * 201}, "der er plads til 200"),
    ],
)
async def test_money_that_cannot_be_booked_says_why(api, claim, form, sentence):
    refused = await press(api, f"{claim}/payment", **PAID | form)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert await count(api, Payment) == 0


async def test_a_letter_is_seen_as_it_will_be_before_it_is_laid_in_the_tray(api, claim):
    before = await traces(api)
    words = "Du spurgte om fristen.\r\n\r\nDen er den 1. april."
    shown = await press(api, f"{claim}/letter", letter="enquiry-reply", words=words)
    assert shown.status_code == 200, shown.text
    assert "Sådan får skyldneren det" in shown.text
    assert "<p>Den er den 1. april.</p>" in shown.text
    assert await traces(api) == before
    done = await confirm(api, f"{claim}/letter", shown)
    assert done.headers["location"] == f"{claim}?said=letter-written#letters"
    async with api.database.transaction() as connection:
        written = select(LetterRow.facts).where(LetterRow.letter == Letter.ENQUIRY_REPLY)
        facts = (await connection.execute(written)).scalar_one()
    assert facts["note"] == ["Du spurgte om fristen.", "Den er den 1. april."]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"letter": "enquiry-reply", "words": " "}, "Skriv, hvad der skal stå i brevet."),
        ({"letter": "demand", "words": "Betal!"}, ""),
        ({"letter": "enquiry-reply", "words": "a\x00b"}, "tegn, der ikke kan skrives ud"),
        ({"letter": "enquiry-reply", "words": "x" * 4001}, "der er plads til 4000"),
    ],
)
async def test_a_letter_that_cannot_be_written_says_why(api, claim, form, sentence):
    refused = await press(api, f"{claim}/letter", **form)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert await count(api, LetterRow) == 1


async def test_an_objection_stops_the_clock_and_asks_for_an_answer(api, claim):
    assert f'"{claim}/objection"' in (await page(api, claim)).text
    asked = await page(api, f"{claim}/objection")
    assert "Hvad er skyldneren uenig i?" in asked.text
    done = await press(api, f"{claim}/objection", words="Jeg har betalt.\r\n\r\nI marts.", key="k")
    assert done.headers["location"] == f"{claim}?said=objected#holds"
    assert "Indsigelsen er registreret." in (await page(api, f"{claim}?said=objected")).text
    [hold] = (await api.get(claim)).json()["holds"]
    assert (hold["reason"], hold["note"]) == ("objection", "Jeg har betalt.\n\nI marts.")
    [task] = (await api.get("/tasks")).json()["items"]
    assert (task["kind"], task["claim_id"]) == ("objection", number_of(claim))
    assert ("supervisor", "objection-registered") in await audit(api, number_of(claim))


async def test_an_objection_pressed_twice_is_one_and_a_second_is_refused_in_words(api, claim):
    both = await asyncio.gather(
        *(press(api, f"{claim}/objection", words="Nej.", key="k") for _ in range(2))
    )
    assert [answer.status_code for answer in both] == [303, 303]
    before = await traces(api)
    again = await press(api, f"{claim}/objection", words="Stadig nej.", key="l")
    assert again.status_code == 409
    assert "Der er allerede en indsigelse mod kravet, som venter på svar." in again.text
    assert "Stadig nej." in again.text
    assert await traces(api) == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (" \n ", "Skriv, hvad skyldneren er uenig i."),
        ("a\x00b", "tegn, der ikke kan skrives ud"),
        ("x" * 4001, "der er plads til 4000"),
    ],
)
async def test_an_objection_that_cannot_be_read_says_why(api, claim, words, sentence):
    before = await traces(api)
    refused = await press(api, f"{claim}/objection", words=words)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert await traces(api) == before


async def test_hostile_words_of_an_objection_are_words(api, claim):
    assert (await press(api, f"{claim}/objection", words=HOSTILE)).status_code == 303
    for address in (claim, "/tasks/1"):
        shown = await page(api, address)
        assert shown.status_code == 200
        assert "<script>alert" not in shown.text


RIGHT_OF = {
    "objection": Right.WORK_ON_TASKS,
    "hold": Right.HOLD_CLAIMS,
    "withdraw": Right.WITHDRAW_CLAIMS,
    "payment": Right.BOOK_PAYMENTS,
    "letter": Right.WORK_ON_TASKS,
}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
async def test_each_role_may_do_what_the_table_says_and_nothing_else(api, claim, role):
    for act, right in RIGHT_OF.items():
        is_allowed = right in RIGHTS[role]
        asked = await page(api, f"{claim}/{act}", role)
        assert (asked.status_code == 200) is is_allowed, act
        pressed = await press(api, f"{claim}/{act}", role)
        assert (pressed.status_code == 403) is not is_allowed, act


@pytest.mark.parametrize("act", ["hold", "objection", "withdraw"])
async def test_nothing_more_is_done_about_a_claim_that_has_ended(api, claim, act):
    await api.close(number_of(claim), Ending.WITHDRAWN)
    form = {"reason": "deferral", "until": str(api.today), "reasons": "x", "words": "x"}
    form["is_sure"] = "yes"
    refused = await press(api, f"{claim}/{act}", **form)
    assert refused.status_code == 409
    assert "Kravet er afsluttet." in refused.text


@pytest.mark.parametrize("act", RIGHT_OF)
async def test_there_is_nothing_to_do_where_there_is_no_claim(api, act):
    assert (await page(api, f"/claims/2026-999999/{act}")).status_code == 404
    form = {
        "reason": "death", "reasons": "x", "is_sure": "yes", "letter": "enquiry-reply",
        "words": "Hej.",
    } | PAID  # fmt: skip
    assert (await press(api, f"/claims/2026-999999/{act}", **form)).status_code == 404

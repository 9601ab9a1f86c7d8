"""Placing money on a page: one press, one press to undo, and words for what is wrong."""

import pytest

from domain.authority import Role
from domain.claim import Ending
from domain.money import Money
from domain.payment_reference import payment_reference
from persistence.claims.reading import read_balance
from persistence.money.booking import NewPayment, book_payment
from tests.api.test_files import page


@pytest.fixture
def unplaced(api):
    async def pay(ore=100_000):
        payment = NewPayment("b-1", Money(ore), api.today, api.today, payer="Karla Prøvesen")
        async with api.database.transaction() as connection:
            return (
                await book_payment(connection, api.policy, payment, api.today, "anna")
            ).payment_id

    return pay


async def press(api, address, **form):
    return await page(api, address, method="POST", data=form)


async def balance(api, claim):
    async with api.database.transaction() as connection:
        return await read_balance(connection, claim)


async def test_one_press_places_and_one_press_undoes(api, unplaced):
    claim, payment = await api.register(), await unplaced()
    listed = await page(api, "/payments")
    assert f'href="/payments/{payment}"' in listed.text
    shown = await page(api, f"/payments/{payment}")
    assert "1.000,00 kr. har ingen plads." in shown.text
    assert f'value="{claim}"' in shown.text
    pressed = await press(api, f"/payments/{payment}/place", claim_id=claim)
    assert (pressed.status_code, pressed.headers["location"]) == (303, f"/payments/{payment}")
    assert await balance(api, claim) == 0
    shown = await page(api, f"/payments/{payment}")
    assert "Alle pengene har en plads." in shown.text
    assert "Alle penge har en plads." in (await page(api, "/payments")).text
    await press(api, f"/payments/{payment}/undo", claim_id=claim)
    assert await balance(api, claim) == 100_000


async def test_money_may_be_proposed_to_be_paid_back(api, unplaced):
    claim, payment = await api.register(principal_ore=40_000), await unplaced()
    await press(api, f"/payments/{payment}/place", claim_id=claim)
    await press(api, f"/payments/{payment}/refund", reasons="Betalt for meget.")
    shown = await page(api, f"/payments/{payment}")
    assert "600,00 kr. er indstillet til tilbagebetaling" in shown.text
    assert "(skal betales tilbage)" in (await page(api, "/payments")).text


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [("2026-999999", "Det findes ikke her."), ("ENDED", "Kravet skylder ikke noget")],
)
async def test_what_cannot_be_placed_says_why(api, unplaced, claim, sentence):
    ended = await api.register()
    paid = {"source_reference": "x", "amount_ore": 100_000, "paid_on": "2026-03-16"}
    await api.post(f"/claims/{ended}/payments", paid)
    payment = await unplaced()
    named = ended if claim == "ENDED" else claim
    refused = await press(api, f"/payments/{payment}/place", claim_id=named)
    assert refused.status_code == 422
    assert sentence in refused.text


async def test_an_auditor_may_not_place(api, unplaced):
    payment = await unplaced()
    assert (await page(api, f"/payments/{payment}", Role.AUDITOR)).status_code == 403
    assert "Det findes ikke her." in (await page(api, "/payments/999")).text


CASES = {
    "no-reference": "Der er ingen betalingsreference.",
    "reference-unknown": "Betalingsreferencen passer ikke til noget krav.",
    "too-much": "Der er betalt mere, end kravet skyldte.",
    "paid-twice": "Det ser ud til, at der er betalt to gange.",
    "ended-withdrawn": "Kravet var trukket tilbage.",
    "ended-paid": "Kravet var allerede betalt.",
}


async def prepare(api, case):
    """The claim the case is about, and what its payment says."""
    claim = await api.register()
    paid = {"source_reference": case, "amount_ore": 100_000, "paid_on": "2026-03-16", "payer": "K"}
    if case in {"paid-twice", "ended-paid"}:
        await api.post(f"/claims/{claim}/payments", paid)
    if case.startswith("ended-"):
        await api.close(claim, Ending(case.removeprefix("ended-")))
    return claim


@pytest.mark.parametrize("case", CASES)
async def test_each_case_of_money_without_a_place_says_which_it_is(api, case):
    claim = await prepare(api, case)
    payment = NewPayment(
        "b-1",
        Money(150_000 if case != "paid-twice" else 100_000),
        api.today,
        api.today,
        payment_references=(payment_reference(10**9),) if case == "reference-unknown" else (),
        payer="K",
        claim_id=None if "reference" in case else claim,
    )
    async with api.database.transaction() as connection:
        booked = await book_payment(connection, api.policy, payment, api.today, "anna")
    shown = await page(api, f"/payments/{booked.payment_id}")
    assert CASES[case] in shown.text

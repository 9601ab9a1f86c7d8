"""Money without a place: where it may belong, placed by one request, and taken off by another."""

import pytest
from sqlalchemy import select

from domain.authority import Role
from domain.money import Money
from persistence.claims.reading import read_balance
from persistence.models import Debtor
from persistence.money.booking import NewPayment, book_payment
from tests.api.conftest import CPR, claim_body

PAID = 100_000


@pytest.fixture
def unplaced(api):
    """A payment that named no claim."""

    async def pay(ore=PAID, payer="Karla Prøvesen", said="", reference="bank-1"):
        payment = NewPayment(reference, Money(ore), api.today, api.today, payer=payer, text=said)
        async with api.database.transaction() as connection:
            booked = await book_payment(connection, api.policy, payment, api.today, "anna")
        return booked.payment_id

    return pay


async def open_questions(api):
    answer = await api.get("/tasks", params={"kind": "unplaced-payment"})
    return [task["payment_id"] for task in answer.json()["items"]]


async def balance(api, claim):
    async with api.database.transaction() as connection:
        return await read_balance(connection, claim)


async def test_the_question_shows_where_the_money_may_belong_and_why(api, unplaced):
    claim = await api.register()
    await api.register(
        debtors=[{"cpr_cvr": CPR[1], "name": "Bo Eksempel", "address": ["Prøvevej 2"]}],
        principal_ore=5000,
    )
    payment = await unplaced()
    assert await open_questions(api) == [payment]
    seen = (await api.get(f"/payments/{payment}", Role.FINANCE)).json()
    assert (seen["unused_ore"], seen["placed"]) == (PAID, [])
    [candidate] = seen["candidates"]
    assert (candidate["claim_id"], candidate["points"]) == (claim, 50)
    assert [reason["text"] for reason in candidate["reasons"]] == [
        "Karla Prøvesen har samme navn som skyldneren.",
        "Der skyldes 1.000,00 kr., netop det betalte.",
    ]


async def test_one_request_places_it_and_the_question_is_answered(api, unplaced):
    claim = await api.register()
    payment = await unplaced()
    placed = await api.post(f"/payments/{payment}/place", {"claim_id": claim})
    assert placed.status_code == 200, placed.text
    assert placed.json()["placed"] == [{"claim_id": claim, "ore": PAID}]
    assert placed.json()["candidates"] == []
    assert await balance(api, claim) == 0
    assert await open_questions(api) == []


async def test_another_request_takes_it_off_and_asks_anew(api, unplaced):
    claim = await api.register()
    payment = await unplaced()
    await api.post(f"/payments/{payment}/place", {"claim_id": claim})
    undone = await api.post(f"/payments/{payment}/undo", {"claim_id": claim})
    assert (undone.json()["unused_ore"], undone.json()["placed"]) == (PAID, [])
    assert await balance(api, claim) == PAID
    assert await open_questions(api) == [payment]
    again = await api.post(f"/payments/{payment}/undo", {"claim_id": claim})
    assert again.status_code == 409
    assert again.json()["detail"] == "Betalingen ligger ikke på det krav."


async def test_it_may_be_shared_among_claims_and_the_rest_stays_a_question(api, unplaced):
    first, second = await api.register(principal_ore=30_000), await api.register()
    payment = await unplaced()
    await api.post(f"/payments/{payment}/place", {"claim_id": first})
    assert await open_questions(api) == [payment]
    part = await api.post(f"/payments/{payment}/place", {"claim_id": second, "amount_ore": 40_000})
    assert part.json()["unused_ore"] == 30_000
    assert await balance(api, second) == 60_000
    assert await open_questions(api) == [payment]


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({"claim_id": "2026-999999"}, 404, None),
        ({"claim_id": "CLAIM", "amount_ore": PAID + 1}, 422, "Der er kun 1.000,00 kr. tilbage"),
        (
            {"claim_id": "PAID"},
            409,
            "Kravet skylder ikke noget",
        ),
    ],
)
async def test_what_cannot_be_placed_says_why_and_changes_nothing(
    api, unplaced, body, status, detail
):
    claim, paid = await api.register(), await api.register()
    all_of_it = {"source_reference": "x", "amount_ore": PAID, "paid_on": "2026-03-16"}
    await api.post(f"/claims/{paid}/payments", all_of_it)
    payment = await unplaced()
    body = body | {
        "claim_id": {"CLAIM": claim, "PAID": paid}.get(body["claim_id"], body["claim_id"])
    }
    answer = await api.post(f"/payments/{payment}/place", body)
    assert answer.status_code == status, answer.text
    sentences = [answer.json()["detail"], *(f["sentence"] for f in answer.json()["faults"])]
    assert detail is None or any(detail in sentence for sentence in sentences)
    assert (await api.get(f"/payments/{payment}")).json()["unused_ore"] == PAID


async def test_only_who_may_book_payments_may_place_them(api, unplaced):
    claim, payment = await api.register(), await unplaced()
    body = {"claim_id": claim}
    answer = await api.post(f"/payments/{payment}/place", body, role=Role.AUDITOR)
    assert answer.status_code == 403
    assert claim_body()["principal_ore"] == PAID


async def test_the_same_request_with_its_key_again_places_once(api, unplaced):
    claim, payment = await api.register(), await unplaced()
    for _ in range(2):
        placed = await api.post(
            f"/payments/{payment}/place", {"claim_id": claim, "amount_ore": 30_000},
            headers={"Idempotency-Key": "k1"},
        )  # fmt: skip
        assert placed.json()["unused_ore"] == 70_000


async def test_money_taken_off_a_claim_is_not_paid_back_to_its_debtor(api, unplaced):
    wrong, payment = await api.register(), await unplaced(40_000)
    await api.post(f"/payments/{payment}/place", {"claim_id": wrong})
    await api.post(f"/payments/{payment}/undo", {"claim_id": wrong})
    body = {"amount_ore": 40_000, "reasons": "Forkert."}
    answer = await api.post(f"/payments/{payment}/refunds", body)
    assert answer.status_code == 422
    assert "Sig, hvem pengene skal betales til" in answer.json()["faults"][0]["sentence"]


async def test_a_claim_that_is_named_is_not_crowded_out_by_equal_amounts(api, unplaced):
    named = await api.register(principal_ore=123_400)
    bo = [{"cpr_cvr": CPR[1], "name": "Bo Eksempel", "address": ["Prøvevej 2"]}]
    bodies = [claim_body(debtors=bo) for _ in range(205)]
    assert (await api.post("/claims/batch", bodies)).status_code in {200, 201, 207}
    payment = await unplaced(payer="Ukendt Mand", said=f"krav {named}")
    [first, *_] = (await api.get(f"/payments/{payment}")).json()["candidates"]
    assert first["claim_id"] == named


async def test_a_longer_or_shorter_name_is_the_same_person(api, unplaced):
    claim = await api.register()
    payment = await unplaced(ore=1234, payer="Karla Marie Prøvesen")
    [candidate] = (await api.get(f"/payments/{payment}")).json()["candidates"]
    assert candidate["claim_id"] == claim


async def test_an_ended_claim_is_no_candidate(api, unplaced):
    claim = await api.register()
    whole = {"source_reference": "x", "amount_ore": PAID, "paid_on": "2026-03-16"}
    await api.post(f"/claims/{claim}/payments", whole)
    payment = await unplaced(said=f"krav {claim}")
    assert (await api.get(f"/payments/{payment}")).json()["candidates"] == []


async def test_money_is_not_paid_back_to_someone_nobody_knows(api, unplaced):
    payment = await unplaced()
    body = {"amount_ore": 100, "reasons": "x", "debtor_id": 999}
    assert (await api.post(f"/payments/{payment}/refunds", body)).status_code == 404


async def test_a_caseworker_does_not_approve_a_refund(api, unplaced):
    await api.register()
    [debtor] = await debtors(api)
    payment = await unplaced()
    body = {"amount_ore": 90_000, "reasons": "x", "debtor_id": debtor}
    assert (await api.post(f"/payments/{payment}/refunds", body)).json()["state"] == "proposed"
    listed = await api.get("/tasks", params={"kind": "refund-approval"})
    task = listed.json()["items"][0]["id"]
    answer = {"outcome": "approved", "reasons": "Enig."}
    refused = await api.post(f"/tasks/{task}/decide", answer, role=Role.CASEWORKER)
    assert refused.status_code == 403
    approved = await api.post(f"/tasks/{task}/decide", answer, role=Role.FINANCE)
    assert approved.status_code == 200, approved.text


async def test_finance_answers_no_questions_about_claims(api):
    task = await api.ask(await api.register())
    answer = {"outcome": "go-on", "reasons": "x"}
    assert (await api.post(f"/tasks/{task}/decide", answer, Role.FINANCE)).status_code == 403


async def debtors(api):
    async with api.database.transaction() as connection:
        return list((await connection.execute(select(Debtor.id))).scalars())

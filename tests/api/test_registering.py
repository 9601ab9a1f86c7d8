"""Claims sent as JSON: taken in once, and refused with every fault at once."""

import asyncio

import pytest
from sqlalchemy import func, select

from persistence.models import Claim, OutboxRow
from tests.api.conftest import CPR, claim_body


async def count(api, table):
    async with api.database.transaction() as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar_one()


async def test_a_claim_is_registered_and_its_story_is_told_to_begin(api):
    answer = await api.post("/claims", claim_body())
    assert answer.status_code == 201
    registered = answer.json()
    assert registered["is_new"] is True
    assert answer.headers["location"] == f"/api/v1/claims/{registered['claim_id']}"
    async with api.database.transaction() as connection:
        message = (await connection.execute(select(OutboxRow.target, OutboxRow.name))).one()
    assert tuple(message) == (f"claim-{registered['claim_id']}", "start-claim")


async def test_the_same_claim_again_is_the_same_claim(api):
    body = claim_body()
    first = await api.post("/claims", body)
    again = await api.post("/claims", body)
    assert again.status_code == 200
    assert again.json()["claim_id"] == first.json()["claim_id"]
    assert again.json()["is_new"] is False
    assert await count(api, OutboxRow) == 1


async def test_a_reference_used_for_another_claim_is_a_conflict(api):
    body = claim_body()
    await api.post("/claims", body)
    answer = await api.post("/claims", body | {"principal_ore": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "claim-differs")


async def test_the_same_key_and_request_gets_the_same_answer(api):
    body, key = claim_body(), {"Idempotency-Key": "k-1"}
    first = await api.post("/claims", body, headers=key)
    again = await api.post("/claims", dict(reversed(body.items())), headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert await count(api, Claim) == 1


async def test_the_same_key_for_another_request_is_refused_and_does_nothing(api):
    key = {"Idempotency-Key": "k-1"}
    await api.post("/claims", claim_body(), headers=key)
    answer = await api.post("/claims", claim_body(), headers=key)
    assert (answer.status_code, answer.json()["code"]) == (409, "key-used-otherwise")
    assert await count(api, Claim) == 1


async def test_a_key_belongs_to_the_caller_who_used_it(api):
    key = {"Idempotency-Key": "k-1"}
    await api.post("/claims", claim_body(), headers=key)
    assert (await api.post("/claims", claim_body(), "system", headers=key)).status_code == 201


async def test_a_refused_request_does_not_use_up_its_key(api):
    key, body = {"Idempotency-Key": "k-1"}, claim_body()
    refused = await api.post("/claims", body | {"principal_ore": 0}, headers=key)
    assert refused.status_code == 422
    assert (await api.post("/claims", body, headers=key)).status_code == 201


async def test_ten_requests_at_once_with_one_key_are_carried_out_once(api):
    body, key = claim_body(), {"Idempotency-Key": "k-1"}
    answers = await asyncio.gather(*(api.post("/claims", body, headers=key) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert await count(api, Claim) == 1


async def test_ten_requests_at_once_without_a_key_make_one_claim(api):
    body = claim_body()
    answers = await asyncio.gather(*(api.post("/claims", body) for _ in range(10)))
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    assert [answer.status_code for answer in answers].count(201) == 1
    assert await count(api, Claim) == 1


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"principal_ore": 0}, "principal_ore", "amount-zero"),
        ({"principal_ore": -100}, "principal_ore", "amount-negative"),
        ({"principal_ore": 10**12}, "principal_ore", "amount-too-large"),
        ({"principal_ore": 1234.5}, "principal_ore", "ore-not-whole"),
        ({"principal_ore": "1234"}, "principal_ore", "ore-not-whole"),
        ({"principal_ore": True}, "principal_ore", "ore-not-whole"),
        ({"principal_ore": ...}, "principal_ore", "field-missing"),
        ({"principal": "1234,50"}, "principal", "use-principal-ore"),
        ({"beløb": "1234,50"}, "beløb", "use-principal-ore"),
        ({"claim_type": "parking"}, "claim_type", "claim-type-misspelt"),
        ({"claim_type": ["parking-fee"]}, "claim_type", "value-unreadable"),
        ({"due_date": "2026-02-31"}, "due_date", "day-impossible"),
        ({"due_date": 20260316}, "due_date", "day-unreadable"),
        ({"due_date": "1999-01-01\u0000"}, "due_date", "day-unreadable"),
        ({"period_end": "2026-03-01"}, "period_end", "period-reversed"),
        ({"reference": ""}, "reference", "field-missing"),
        ({"reference": "x" * 41}, "reference", "text-too-long"),
        ({"source": "a\u0000b"}, "source", "text-unreadable"),
        ({"debtors": []}, "debtors", "debtors-unreadable"),
        ({"debtors": "0703790123"}, "debtors", "debtors-unreadable"),
        (
            {"debtors": [{"cpr_cvr": "070379-012", "name": "A"}]},
            "debtors[1].cpr_cvr",
            "national-id-shape",
        ),
        ({"debtors": [{"cpr_cvr": CPR[0]}]}, "debtors[1].name", "field-missing"),
        ({"description": f"Vedr. {CPR[0]}"}, "description", "description-has-cpr"),
    ],
)  # fmt: skip
async def test_each_fault_is_told_with_its_field_and_a_sentence(api, changes, field, code):
    answer = await api.post("/claims", claim_body(**changes))
    assert answer.status_code == 422, answer.text
    faults = {(fault["field"], fault["code"]): fault for fault in answer.json()["faults"]}
    assert (field, code) in faults
    assert faults[field, code]["sentence"].endswith((".", "?"))
    assert await count(api, Claim) == 0


async def test_all_faults_of_a_claim_are_told_at_once_in_the_readers_language(api):
    body = claim_body(principal_ore=0, due_date="31.31.2026", reference=...)
    danish = (await api.post("/claims", body)).json()
    english = (await api.post("/claims", body, headers={"Accept-Language": "en"})).json()
    assert [fault["code"] for fault in danish["faults"]] == [
        fault["code"] for fault in english["faults"]
    ]
    assert len(danish["faults"]) == 3
    assert "Beløbet er nul" in danish["faults"][0]["sentence"]
    assert "amount is zero" in english["faults"][0]["sentence"]


async def test_what_looks_odd_is_a_warning_and_stops_nothing(api):
    answer = await api.post("/claims", claim_body(refrence="x"))
    assert answer.status_code == 201
    assert {warning["code"] for warning in answer.json()["warnings"]} == {
        "cpr-mod-11",
        "field-misspelt",
    }


async def test_good_rows_are_not_held_back_by_bad_ones(api):
    known, other = claim_body(), claim_body()
    for body in (known, other):
        await api.post("/claims", body)
    twice = claim_body()
    rows = [
        claim_body(),
        claim_body(principal_ore=0),
        known,
        other | {"principal_ore": 5},
        twice,
        twice,
        "not an object",
    ]
    answer = await api.post("/claims/batch", rows)
    assert answer.status_code == 200
    body = answer.json()
    assert [row["status"] for row in body["rows"]] == [
        "registered", "refused", "known", "refused", "registered", "refused", "refused",
    ]  # fmt: skip
    assert [row["row"] for row in body["rows"]] == [1, 2, 3, 4, 5, 6, 7]
    assert (body["registered"], body["known"], body["refused"]) == (2, 1, 4)
    assert [row["faults"][0]["code"] for row in body["rows"] if row["faults"]] == [
        "amount-zero", "reference-other-claim", "reference-twice", "row-not-object",
    ]  # fmt: skip
    assert await count(api, Claim) == 4


async def test_a_batch_sent_again_with_its_key_is_answered_as_before(api):
    rows, key = [claim_body() for _ in range(3)], {"Idempotency-Key": "b-1"}
    first = await api.post("/claims/batch", rows, headers=key)
    again = await api.post("/claims/batch", rows, headers=key)
    assert again.json() == first.json()
    assert again.json()["registered"] == 3


@pytest.mark.parametrize(
    ("rows", "code"), [([], "list-too-short"), ([{}] * 1001, "list-too-long"), ({}, "value-unfit")]
)
async def test_a_batch_is_a_list_of_one_to_a_thousand_claims(api, rows, code):
    answer = await api.post("/claims/batch", rows)
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["code"] == code


async def test_a_thousand_claims_are_registered_in_one_request(api):
    answer = await api.post("/claims/batch", [claim_body() for _ in range(1000)])
    assert answer.json()["registered"] == 1000
    assert await count(api, OutboxRow) == 1000

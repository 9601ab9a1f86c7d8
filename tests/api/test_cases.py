"""Payments told by hand, holds and withdrawals."""

import pytest
from sqlalchemy import select

from domain.claim import Ending
from persistence.models import Payment, Task
from tests.api.conftest import outbox


def payment(**changes):
    return {"source_reference": "k-1", "amount_ore": 30_000, "paid_on": "2026-03-16"} | changes


async def test_a_payment_lessens_the_claim_once(api):
    claim = await api.register(principal_ore=100_000)
    first = await api.post(f"/claims/{claim}/payments", payment())
    again = await api.post(f"/claims/{claim}/payments", payment())
    assert first.json() | {"is_new": False} == again.json()
    assert again.json()["balance_ore"] == 70_000


async def test_a_payment_that_settles_the_claim_is_told_to_its_story(api):
    claim = await api.register(principal_ore=30_000)
    await api.post(f"/claims/{claim}/payments", payment())
    assert await outbox(api, "settled") == [(f"claim-{claim}", {})]


async def test_what_a_claim_cannot_take_becomes_a_task_for_a_person(api):
    claim = await api.register(principal_ore=20_000)
    answer = await api.post(f"/claims/{claim}/payments", payment())
    assert (answer.json()["unused_ore"], answer.json()["balance_ore"]) == (10_000, 0)
    async with api.database.transaction() as connection:
        kinds = (await connection.execute(select(Task.kind))).scalars().all()
    assert kinds == ["unplaced-payment"]


@pytest.mark.parametrize("changes", [{"amount_ore": 1}, {"paid_on": "2026-03-15"}])
async def test_a_payment_reference_used_for_other_money_is_a_conflict(api, changes):
    claim = await api.register()
    await api.post(f"/claims/{claim}/payments", payment())
    answer = await api.post(f"/claims/{claim}/payments", payment(**changes))
    assert (answer.status_code, answer.json()["code"]) == (409, "payment-differs")


async def test_a_payment_reference_used_for_another_claim_is_a_conflict(api):
    first, second = await api.register(), await api.register()
    await api.post(f"/claims/{first}/payments", payment())
    answer = await api.post(f"/claims/{second}/payments", payment())
    assert (answer.status_code, answer.json()["code"]) == (409, "payment-differs")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"amount_ore": 0}, "amount_ore", "number-out-of-range"),
        ({"amount_ore": -1}, "amount_ore", "number-out-of-range"),
        ({"amount_ore": 1.0}, "amount_ore", "number-unreadable"),
        ({"amount_ore": "1"}, "amount_ore", "number-unreadable"),
        ({"amount_ore": 10**30}, "amount_ore", "number-out-of-range"),
        ({"paid_on": "2026-03-17"}, "paid_on", "day-in-the-future"),
        ({"paid_on": "1926-03-17"}, "paid_on", "day-implausible"),
        ({"source_reference": ""}, "source_reference", "field-missing"),
        ({"source_reference": "a\u0000"}, "source_reference", "text-unreadable"),
        ({"payer": "x" * 201}, "payer", "text-too-long"),
    ],
)
async def test_a_payment_that_cannot_be_is_refused_with_the_field(api, changes, field, code):
    claim = await api.register()
    answer = await api.post(f"/claims/{claim}/payments", payment(**changes))
    assert answer.status_code == 422, answer.text
    assert (field, code) in {(f["field"], f["code"]) for f in answer.json()["faults"]}
    async with api.database.transaction() as connection:
        assert (await connection.execute(select(Payment.id))).all() == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("payments", payment()),
        ("holds", {"reason": "objection"}),
        ("withdraw", {"reasons": "x"}),
    ],
)
async def test_a_claim_that_does_not_exist_is_not_found(api, path, body):
    answer = await api.post(f"/claims/2026-999999/{path}", body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    unshaped = await api.post(f"/claims/0703790123/{path}", body)
    assert unshaped.status_code == 422


async def test_a_hold_is_told_to_the_story_when_placed_and_when_lifted(api):
    claim = await api.register()
    placed = await api.post(
        f"/claims/{claim}/holds", {"reason": "objection", "until": "2026-04-15"}
    )
    assert placed.status_code == 201
    number = placed.json()["hold_id"]
    assert await outbox(api, "held") == [
        (
            f"claim-{claim}",
            {"number": number, "hold": {"since": "2026-03-16", "until": "2026-04-15"}},
        )
    ]
    lifted = await api.post(f"/holds/{number}/release")
    assert lifted.json() == {"hold_id": number, "released_on": "2026-03-16"}
    assert await outbox(api, "released") == [
        (f"claim-{claim}", {"number": number, "on": "2026-03-16"})
    ]


async def test_a_hold_sent_twice_with_a_key_is_one_hold(api):
    claim, key = await api.register(), {"Idempotency-Key": "h-1"}
    body = {"reason": "death", "died_on": "2026-03-01"}
    first = await api.post(f"/claims/{claim}/holds", body, headers=key)
    again = await api.post(f"/claims/{claim}/holds", body, headers=key)
    assert first.json() == again.json()
    assert len(await outbox(api, "held")) == 1


async def test_a_hold_is_lifted_once(api):
    claim = await api.register()
    number = (
        await api.post(f"/claims/{claim}/holds", {"reason": "death", "died_on": "2026-03-01"})
    ).json()["hold_id"]
    await api.post(f"/holds/{number}/release")
    again = await api.post(f"/holds/{number}/release")
    assert (again.status_code, again.json()["code"]) == (409, "hold-not-in-force")
    unknown = await api.post("/holds/999/release")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")


async def test_a_hold_that_ends_before_it_begins_is_refused(api):
    claim = await api.register()
    body = {"reason": "objection", "since": "2026-03-16", "until": "2026-03-15"}
    answer = await api.post(f"/claims/{claim}/holds", body)
    assert answer.json()["faults"][0]["code"] == "hold-ends-before-it-begins"


async def test_a_withdrawal_is_told_to_the_story(api):
    claim = await api.register()
    answer = await api.post(f"/claims/{claim}/withdraw", {"reasons": "Fejl."}, "system")
    assert answer.json() == {"claim_id": claim, "stage": "demand", "is_withdrawn": True}
    assert await outbox(api, "withdrawn") == [(f"claim-{claim}", {})]
    view = (await api.get(f"/claims/{claim}")).json()
    assert view["standing"]["why"][0]["code"] == "why-withdrawn"


@pytest.mark.parametrize(
    ("path", "body"), [("holds", {"reason": "objection"}), ("withdraw", {"reasons": "x"})]
)
async def test_an_ended_claim_is_left_in_peace(api, path, body):
    claim = await api.register()
    await api.close(claim, Ending.WITHDRAWN)
    answer = await api.post(f"/claims/{claim}/{path}", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "claim-has-ended")

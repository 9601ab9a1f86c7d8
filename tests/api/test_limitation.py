"""What moves a limitation date: each act that happens already, what a person writes, an error."""

import asyncio
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.authority import HOUSE
from domain.decisions import Outcome, TaskKind
from domain.errors import NotFound
from domain.limitation.dates import LimitationKind, moved_limitation
from persistence.limitation.events import Correction, correct_limitation, note_limitation
from persistence.limitation.histories import read_histories
from tests.api.conftest import CPR
from tests.api.questions import body, lay

TWO = [
    {"cpr_cvr": number, "name": name, "address": ["Prøvevej 1"]}
    for number, name in zip(CPR, ("Karla Prøvesen", "Bo Attrap"), strict=False)
]
ADD = """insert into limitation_events
  (claim_id, debtor_id, kind, happened_on, limitation_date, source) select claim_id, debtor_id,"""


async def limitation(api, claim):
    answer = await api.get(f"/claims/{claim}/limitation")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def events(api, claim):
    """Of the first debtor: kind and day."""
    told = (await limitation(api, claim))["liabilities"][0]["events"]
    return [(event["kind"], event["on"]) for event in told]


async def dates(api, claim):
    """The claim's date, and each liability's."""
    told = await limitation(api, claim)
    return told["limitation_date"], [one["limitation_date"] for one in told["liabilities"]]


async def debtors(api, claim):
    return [one["debtor_id"] for one in (await limitation(api, claim))["liabilities"]]


async def noted(api, claim, kind, on, *whom, source="Dokument 17", role="caseworker"):
    sent = {"kind": kind, "on": str(on), "source": source, "debtor_ids": list(whom)}
    return await api.post(f"/claims/{claim}/limitation/events", sent, role)


async def answer(api, task, sent, role="supervisor"):
    decided = await api.post(f"/tasks/{task}/decide", sent, role)
    assert decided.status_code == 200, decided.text
    return decided.json()["decision_id"]


async def change(api, statement, **values):
    async with api.database.transaction() as connection:
        await connection.execute(text(statement), values)


async def agree(api, claim, **more):
    task = await api.ask(claim)
    sent = body(TaskKind.DIALOGUE, Outcome.AGREEMENT, api, claim)
    return await answer(api, task, sent | more)


async def test_an_agreement_is_an_acknowledgement_and_begins_the_period_anew(api):
    claim = await api.register(claim_type="rent", principal_ore=240_000)
    api.now += timedelta(days=100)
    await agree(api, claim)
    assert await events(api, claim) == [("acknowledgement", "2026-06-24")]
    assert await dates(api, claim) == ("2029-06-25", ["2029-06-25"])


async def test_only_who_agrees_acknowledges_so_the_claim_lapses_with_the_other_debtor(api):
    claim = await api.register(claim_type="rent", principal_ore=240_000, debtors=TWO)
    api.now += timedelta(days=100)
    await agree(api, claim)
    assert await dates(api, claim) == ("2029-03-16", ["2029-06-25", "2029-03-16"])


async def test_each_claim_of_an_agreement_is_acknowledged(api):
    claims = [await api.register(claim_type="rent", principal_ore=240_000) for _ in range(2)]
    api.now += timedelta(days=100)
    task = await api.ask(claims[0])
    sent = body(TaskKind.DIALOGUE, Outcome.AGREEMENT, api, claims[0])
    sent["agreement"]["claim_ids"] = claims
    await answer(api, task, sent)
    assert [await events(api, claim) for claim in claims] == [
        [("acknowledgement", "2026-06-24")],
        [("acknowledgement", "2026-06-24")],
    ]


async def test_an_answer_taken_back_takes_its_event_and_its_date_back(api):
    claim = await api.register(claim_type="rent", principal_ore=240_000)
    api.now += timedelta(days=100)
    decision = await agree(api, claim, undoable=True)
    assert (await dates(api, claim))[0] == "2029-06-25"
    undone = await api.post(f"/decisions/{decision}/undo", role="supervisor")
    assert undone.status_code == 200, undone.text
    assert await events(api, claim) == []
    assert await dates(api, claim) == ("2029-03-16", ["2029-03-16"])


async def test_respite_the_debtor_asked_for_moves_the_beginning_to_its_last_day(api):
    claim = await api.register()
    (debtor,) = await debtors(api, claim)
    sent = {"reason": "deferral", "until": "2026-09-01", "asked_by": debtor}
    placed = await api.post(f"/claims/{claim}/holds", sent)
    assert placed.status_code == 201, placed.text
    assert await events(api, claim) == [("deferral", "2026-09-01")]
    assert (await dates(api, claim))[0] == "2029-09-03"


async def test_respite_that_ends_before_its_time_is_put_right(api):
    claim = await api.register()
    (debtor,) = await debtors(api, claim)
    sent = {"reason": "deferral", "until": "2026-09-01", "asked_by": debtor}
    hold = (await api.post(f"/claims/{claim}/holds", sent)).json()["hold_id"]
    api.now += timedelta(days=30)
    released = await api.post(f"/holds/{hold}/release")
    assert released.status_code == 200, released.text
    assert await events(api, claim) == [
        ("deferral", "2026-09-01"), ("correction", "2026-04-15"), ("deferral", "2026-04-15"),
    ]  # fmt: skip
    assert (await dates(api, claim))[0] == "2029-04-16"


@pytest.mark.parametrize(
    "sent",
    [
        {"reason": "deferral", "until": "2026-09-01"},
        {"reason": "hardship", "until": "2026-09-01"},
        {"reason": "objection"},
    ],
)
async def test_no_other_hold_moves_a_date(api, sent):
    """An objection to the municipality is before no other authority (§ 21)."""
    claim = await api.register()
    assert (await api.post(f"/claims/{claim}/holds", sent)).status_code == 201
    assert await events(api, claim) == []
    assert (await dates(api, claim))[0] == "2029-03-16"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"reason": "hardship", "review_on": "2026-09-01"}, "deferral-without-end"),
        ({"reason": "deferral"}, "suspension-until-missing"),
        ({"reason": "deferral", "until": "2026-09-01", "asked_by": 999}, "deferral-debtor-unknown"),
    ],
)
async def test_respite_that_cannot_move_a_date_is_refused_whole(api, sent, code):
    claim = await api.register()
    (debtor,) = await debtors(api, claim)
    refused = await api.post(f"/claims/{claim}/holds", {"asked_by": debtor} | sent)
    assert refused.status_code == 422
    assert [fault["code"] for fault in refused.json()["faults"]] == [code]
    async with api.database.transaction() as connection:
        assert (await connection.execute(text("select count(*) from holds"))).scalar_one() == 0


@pytest.mark.parametrize(
    ("kind", "moved"),
    [
        ("acknowledgement", "2029-06-01"),  # §§ 15 og 19
        # § 5, stk. 1, nr. 3; the first two days of June 2036 are Pentecost.
        ("written-acknowledgement", "2036-06-03"),
        ("settlement", "2036-06-03"),
        ("judgment", "2036-06-03"),
    ],
)
async def test_what_a_person_writes_down_moves_the_date_as_the_law_says(api, kind, moved):
    claim = await api.register()
    (debtor,) = await debtors(api, claim)
    api.now += timedelta(days=100)
    told = await noted(api, claim, kind, date(2026, 6, 1), debtor)
    assert told.status_code == 201, told.text
    assert told.json()["limitation_date"] == moved
    again = await noted(api, claim, kind, date(2026, 6, 1), debtor)
    assert len(again.json()["liabilities"][0]["events"]) == 1, "the same again adds nothing"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"kind": "received"}, "kind", "limitation-kind-elsewhere"),
        ({"kind": "correction"}, "kind", "limitation-kind-elsewhere"),
        ({"kind": "deferral"}, "kind", "limitation-kind-elsewhere"),
        ({"on": "2026-03-17"}, "on", "limitation-day-to-come"),
        ({"kind": "estate-closed"}, "kind", "limitation-no-estate-claim"),
        ({"kind": "provisional-ended"}, "kind", "limitation-no-provisional"),
    ],
)
async def test_an_event_that_cannot_be_is_refused_with_a_sentence(api, changes, field, code):
    claim = await api.register()
    (debtor,) = await debtors(api, claim)
    sent = {"kind": "judgment", "on": "2026-03-16", "source": "Dom", "debtor_ids": [debtor]}
    refused = await api.post(f"/claims/{claim}/limitation/events", sent | changes)
    assert refused.status_code == 422, refused.text
    faults = [(fault["field"], fault["code"]) for fault in refused.json()["faults"]]
    assert faults == [(field, code)]
    assert await events(api, claim) == []


async def test_what_is_time_barred_is_not_revived(api):
    claim = await api.register()
    (debtor,) = await debtors(api, claim)
    api.now += timedelta(days=3 * 366)
    refused = await noted(api, claim, "acknowledgement", api.today, debtor)
    assert refused.status_code == 422
    assert [fault["code"] for fault in refused.json()["faults"]] == ["limitation-passed"]


async def test_a_debtor_who_is_not_liable_is_not_found(api):
    claim = await api.register()
    assert (await noted(api, claim, "judgment", api.today, 9_999_999)).status_code == 404


async def test_a_correction_takes_the_date_back_with_a_reason_and_deletes_nothing(api):
    claim = await api.register()
    (debtor,) = await debtors(api, claim)
    api.now += timedelta(days=100)
    await noted(api, claim, "acknowledgement", api.today, debtor)
    (event,) = (await limitation(api, claim))["liabilities"][0]["events"]
    wrong = {"debtor_id": debtor, "reason": "Det var en anden", "strikes": event["number"]}
    path = f"/claims/{claim}/limitation/corrections"
    assert (await api.post(path, wrong, "caseworker")).status_code == 403
    assert (await api.post(path, wrong)).status_code == 201
    told = await limitation(api, claim)
    assert told["limitation_date"] == "2029-03-16"
    first, correction = told["liabilities"][0]["events"]
    assert (first["is_struck_out"], correction["strikes"]) == (True, first["number"])
    assert correction["source"] == "Det var en anden"
    assert (await api.post(path, wrong)).status_code == 422, "it has been struck out already"


async def test_a_wrong_first_date_is_said_anew_and_what_followed_is_worked_out_again(api):
    claim = await api.register()
    (debtor,) = await debtors(api, claim)
    path = f"/claims/{claim}/limitation/corrections"
    first = {"first_limitation_date": "2027-03-16"}
    wrong = {"debtor_id": debtor, "reason": "Forfaldt i 2024"} | first
    assert (await api.post(path, wrong)).status_code == 201
    assert (await dates(api, claim))[0] == "2027-03-16"
    api.now += timedelta(days=100)
    await noted(api, claim, "acknowledgement", api.today, debtor)
    assert (await dates(api, claim))[0] == "2029-06-25"


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " "},
        {"strikes": 99, "first_limitation_date": "2027-01-01"},
        {"strikes": 99},
        {},
    ],
)
async def test_a_correction_that_corrects_nothing_is_refused(api, wrong):
    claim = await api.register()
    (debtor,) = await debtors(api, claim)
    sent = {"debtor_id": debtor, "reason": "Fejl"} | wrong
    assert (await api.post(f"/claims/{claim}/limitation/corrections", sent)).status_code == 422
    assert await events(api, claim) == []


@pytest.mark.parametrize(
    "change_it",
    [
        "update claims set limitation_date = limitation_date - 1",
        "update claims set limitation_date = limitation_date + 1",
        "update liabilities set limitation_date = limitation_date - 1",
        "update liabilities set limitation_date = limitation_date + 1",
        "update liabilities set first_limitation_date = first_limitation_date + 1",
        "update limitation_events set limitation_date = limitation_date + 1",
        "delete from limitation_events",
        f"{ADD} 'judgment', '2026-03-16', '2036-03-17', 'Dom' from liabilities",
        f"{ADD} 'judgment', '2026-03-16', limitation_date, '' from liabilities",
        f"{ADD} 'correction', '2026-03-16', limitation_date, 'Fejl' from liabilities",
    ],
)
async def test_the_database_lets_no_date_move_without_its_event(api, change_it):
    claim = await api.register()
    (debtor,) = await debtors(api, claim)
    await noted(api, claim, "acknowledgement", api.today, debtor)
    before = await limitation(api, claim)
    with pytest.raises(DBAPIError):
        await change(api, change_it)
    assert await limitation(api, claim) == before


async def test_an_answers_event_is_append_only_when_the_time_is_out(api):
    claim = await api.register(claim_type="rent", principal_ore=240_000)
    await agree(api, claim, undoable=True)
    await change(api, "update undo_steps set until = clock_timestamp() - cast('1 s' as interval)")
    with pytest.raises(DBAPIError, match="append-only"):
        await change(api, "delete from limitation_events")


async def test_an_unknown_claim_or_debtor_is_not_found(api):
    claim, kind = await api.register(), LimitationKind.JUDGMENT
    async with api.database.transaction() as connection:
        with pytest.raises(NotFound):
            await note_limitation(connection, api.policy, "2026-999999", kind, api.today, "Dom")
        with pytest.raises(NotFound):
            await note_limitation(connection, api.policy, claim, kind, api.today, "Dom", [77])


async def test_two_who_note_at_once_lose_no_event(api):
    claim = await api.register()
    (debtor,) = await debtors(api, claim)
    kinds = (LimitationKind.ACKNOWLEDGEMENT, LimitationKind.DISTRAINT, LimitationKind.SETTLEMENT)

    async def note(kind):
        async with api.database.transaction() as connection:
            await note_limitation(connection, api.policy, claim, kind, api.today, "x", [debtor])

    await asyncio.gather(*(note(kind) for kind in kinds))
    assert len(await events(api, claim)) == 3
    assert (await dates(api, claim))[0] == "2036-03-17"


async def test_the_alarm_task_is_the_supervisors_to_answer(api):
    task, _ = await lay(api, TaskKind.LIMITATION_UNOFFERED)
    sent = {"outcome": "done", "reasons": "Kravet er nu oversendt."}
    assert (await api.post(f"/tasks/{task}/decide", sent, "caseworker")).status_code == 403
    await answer(api, task, sent)


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_a_date_goes_back_only_by_receipt_or_correction(api, seed):
    """As it happens, to one debtor or both; and the tables say what the law makes of it."""
    dice = Random(seed)
    claim = await api.register(debtors=TWO)
    law, kind_of_claim = api.policy.limitation, api.policy.claim_type("parking-fee")
    for _ in range(25):
        before = await histories(api, claim)
        api.now += timedelta(days=dice.randint(0, 200))
        kind = await something_happens(api, claim, dice, before)
        for debtor, after in (await histories(api, claim)).items():
            is_back = after.limitation_date < before[debtor].limitation_date
            assert not is_back or kind in {LimitationKind.CORRECTION, LimitationKind.RECEIVED}
            years = kind_of_claim.limitation_years
            assert after.limitation_date == moved_limitation(
                after.registered, years, after.events, law, is_civil=kind_of_claim.is_civil
            )


async def histories(api, claim):
    async with api.database.transaction() as connection:
        return await read_histories(connection, claim)


async def something_happens(api, claim, dice, known):
    kind = dice.choice(list(LimitationKind))
    debtor = dice.choice(sorted(known))
    async with api.database.transaction() as connection:
        if kind is not LimitationKind.CORRECTION:
            whom = dice.choice([None, [debtor]])
            await note_limitation(connection, api.policy, claim, kind, api.today, "prøve", whom)
        elif standing := known[debtor].standing:
            strikes = dice.choice(standing).number
            wrong = Correction("Forkert", api.today, strikes=strikes)
            await correct_limitation(connection, api.policy, claim, debtor, wrong, HOUSE)
    return kind

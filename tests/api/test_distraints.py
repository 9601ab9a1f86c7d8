"""Distraint hearings over HTTP: set in time, told to all, charged once, held once."""

import asyncio
from datetime import UTC, datetime

import pytest

from domain.authority import Role
from domain.claim import Ending
from domain.decisions import TaskKind
from tests.api.bailiff import (
    FIRST_DAY,
    TWO,
    WASTE,
    change,
    codes,
    demand,
    hold,
    minutes,
    on_the_day,
    rows,
    scheduled,
    send_post,
    set_hearing,
    slot,
    value,
)

FEES = "select kind, amount_ore from ledger_entries where claim_id = :claim and kind like '%fee'"


async def test_a_hearing_is_set_told_to_all_and_its_notice_charged_once(api):
    task, claim = await demand(api, debtors=TWO)
    answer = await set_hearing(api, task)
    assert answer.status_code == 201, answer.text
    view = answer.json()
    assert (view["state"], view["starts_at"]) == ("scheduled", f"{FIRST_DAY}T10:30:00+02:00")
    letters = await rows(
        api,
        "select debtor_id, facts -> 'hearing' ->> 'time' from letters where key like 'hearing%'",
    )
    assert [time for _, time in letters] == ["10.30", "10.30"]
    assert await rows(api, FEES, claim=claim) == [("fee", 45_000)]
    mine = await rows(api, "select claimed_by, due_on::text from tasks where id = :id", id=task)
    assert mine == [("bailiff", FIRST_DAY)]


async def test_what_setting_it_would_do_is_told_before_and_nothing_is_done(api):
    task, claim = await demand(api)
    body = {"task_id": task, **slot()}
    told = (await api.post("/distraints/foreseen", body, "bailiff")).json()
    owed = await value(api, "select balance_ore from claims where id = :id", id=claim)
    assert told["fee_ore"] == 45_000
    assert told["owed_ore"] >= owed
    above = told["owed_ore"] + 45_000 - 300_000
    assert told["court_fee_ore"] == 70_000 + -(-above // 200_000) * 1_000
    assert told["first_day"] == FIRST_DAY
    assert not await rows(api, "select id from distraints")
    assert not await rows(api, FEES, claim=claim)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"day": "2026-04-01"}, "hearing-too-early"),
        ({"day": "2020-01-02"}, "hearing-too-early"),
        ({"day": "2026-04-11"}, "hearing-on-closing-day"),
        ({"day": "2026-05-14"}, "hearing-on-closing-day"),
        ({"at": "07.30"}, "hearing-outside-hours"),
        ({"at": "15.45"}, "hearing-outside-hours"),
        ({"at": "29.00"}, "time-unreadable"),
        ({"place": "  "}, "hearing-without-place"),
    ],
)
async def test_a_hearing_at_a_wrong_time_is_refused_and_nothing_is_done(api, changes, code):
    task, claim = await demand(api)
    answer = await set_hearing(api, task, **changes)
    assert (answer.status_code, codes(answer)) == (422, [code])
    assert not await rows(api, FEES, claim=claim)


async def test_no_hearing_is_set_before_every_debtor_has_the_demand(api):
    task, _ = await demand(api, debtors=TWO)
    await change(
        api, "update letters set dispatched_on = null, state = 'undelivered' where id = "
        "(select max(id) from letters)",
    )  # fmt: skip
    answer = await set_hearing(api, task)
    assert codes(answer) == ["demand-not-sent"]


async def test_nobody_is_in_two_places_at_once_but_one_visit_is_one_notice(api):
    task, _ = await demand(api)
    assert (await set_hearing(api, task)).status_code == 201
    other = [TWO[1] | {"cpr_cvr": "2302580789", "name": "Ea Prøvesen"}]
    elsewhere, _ = await demand(api, debtors=other)
    assert codes(await set_hearing(api, elsewhere, at="10.45")) == ["hearing-hour-taken"]
    assert (await set_hearing(api, elsewhere, at="11.00")).status_code == 201
    same, claim = await demand(api)
    assert (await set_hearing(api, same)).status_code == 201
    assert not await rows(api, FEES, claim=claim)


async def test_two_bailiffs_who_set_it_at_once_set_it_once(api):
    await api.hire("karen", "lone", role=Role.BAILIFF)
    task, claim = await demand(api)
    answers = await asyncio.gather(*(set_hearing(api, task, who) for who in ("karen", "lone")))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert await rows(api, FEES, claim=claim) == [("fee", 45_000)]


async def test_one_bailiff_who_sets_two_hearings_at_once_gets_one_hour(api):
    first, _ = await demand(api)
    other = [TWO[1] | {"cpr_cvr": "2302580789", "name": "Ea Prøvesen"}]
    second, _ = await demand(api, debtors=other)
    answers = await asyncio.gather(*(set_hearing(api, task) for task in (first, second)))
    assert sorted(answer.status_code for answer in answers) == [201, 422]


async def test_a_claim_paid_meanwhile_gets_no_hearing(api):
    task, claim = await demand(api)
    owed = await value(api, "select balance_ore from claims where id = :id", id=claim)
    body = {"source_reference": "x", "amount_ore": owed + 200_000, "paid_on": "2026-03-30"}
    assert (await api.post(f"/claims/{claim}/payments", body)).status_code == 200
    assert (await set_hearing(api, task)).status_code == 409
    assert not await rows(api, FEES, claim=claim)


async def test_a_claim_on_hold_gets_no_hearing(api):
    task, claim = await demand(api)
    await api.post(f"/claims/{claim}/holds", {"reason": "objection"})
    assert codes(await set_hearing(api, task)) == ["hearing-in-a-hold"]


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        ({"claim_type": "rent"}, "enforce-without-right"),
        ({"claim_type": "day-care"}, "enforce-without-priority"),
        ({"period_start": "2024-01-01", "period_end": "2024-03-31"}, "enforce-by-authority"),
    ],
)
async def test_what_is_not_ours_to_enforce_is_refused_at_the_assessment(api, claim, code):
    """Gældsinddrivelseslovens § 1 a."""
    number = await api.register(**(WASTE | claim))
    task = await api.ask(number, TaskKind.ASSESSMENT)
    answer = await api.post(
        f"/tasks/{task}/decide", {"outcome": "enforce", "reasons": "Bil."}, "caseworker"
    )
    assert (answer.status_code, codes(answer)) == (422, [code])
    assert await value(api, "select state from tasks where id = :id", id=task) == "open"


async def test_moving_it_tells_all_anew_and_charges_nothing_more(api):
    number, claim = await scheduled(api)
    body = slot(day="2026-04-09", reason="Skyldner er syg.")
    answer = await api.post(f"/distraints/{number}/move", body, "bailiff")
    assert answer.status_code == 200, answer.text
    assert [h["number"] for h in answer.json()["hearings"]] == [1, 2]
    assert await rows(api, FEES, claim=claim) == [("fee", 45_000)]
    keys = await rows(api, "select key from letters where key like 'hearing%' order by id")
    assert keys == [(f"hearing-{number}-1",), (f"hearing-{number}-2",)]
    early = slot(day="2026-04-01", reason="Før.")
    assert codes(await api.post(f"/distraints/{number}/move", early, "bailiff")) == [
        "hearing-too-early"
    ]
    assert codes(await api.post(f"/distraints/{number}/move", body | {"reason": " "}, "bailiff"))


async def test_what_moving_and_calling_off_would_do_is_told_and_nothing_is_done(api):
    number, claim = await scheduled(api)
    before = await value(api, "select balance_ore from claims where id = :id", id=claim)
    moved = slot(day="2026-04-09", reason="Syg.")
    told = (await api.post(f"/distraints/{number}/move/foreseen", moved, "bailiff")).json()
    assert [(one["letter"], one["name"]) for one in told["written"]] == [
        ("distraint-notice", "Karla Prøvesen")
    ]
    assert told["starts_after"].startswith("2026-04-09T10:30")
    off = {"reason": "Fejl."}
    told = (await api.post(f"/distraints/{number}/call-off/foreseen", off, "bailiff")).json()
    assert told["is_off"]
    assert told["balance_before_ore"] - told["balance_after_ore"] == 45_000
    assert [one["letter"] for one in told["written"]] == ["hearing-off"]
    assert await value(api, "select balance_ore from claims where id = :id", id=claim) == before
    assert (await api.get(f"/distraints/{number}", "bailiff")).json()["state"] == "scheduled"
    early = slot(day="2026-04-01", reason="Før.")
    refused = await api.post(f"/distraints/{number}/move/foreseen", early, "bailiff")
    assert codes(refused) == ["hearing-too-early"]


async def test_calling_it_off_gives_the_fee_back_and_leads_back(api):
    number, claim = await scheduled(api)
    before = await value(api, "select balance_ore from claims where id = :id", id=claim)
    answer = await api.post(f"/distraints/{number}/call-off", {"reason": "Fejl."}, "bailiff")
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "off"
    after = await value(api, "select balance_ore from claims where id = :id", id=claim)
    assert before - after == 45_000
    told = "select payload -> 'answer' ->> 'outcome' from outbox where name = 'task_decided'"
    assert await rows(api, told) == [("cancelled",)]
    again = await api.post(f"/distraints/{number}/call-off", {"reason": "Fejl."}, "bailiff")
    assert again.status_code == 409
    assert (await hold(api, number, "in-vain")).status_code == 409


@pytest.mark.parametrize(
    ("outcome", "limitation"),
    [
        ("property-taken", "2029-04-09"),
        ("assets-taken", "2029-04-09"),
        ("in-vain", "2029-04-09"),
        ("paid-at-hearing", None),
        ("agreement", None),
    ],
)
async def test_what_came_of_it_is_written_charged_and_told_once(api, outcome, limitation):
    """Forældelseslovens § 18: an act in vain interrupts as well."""
    number, claim = await on_the_day(api)
    events = "select kind from limitation_events where claim_id = :claim and kind = 'distraint'"
    answer = await hold(api, number, outcome)
    assert answer.status_code == 200, answer.text
    view = answer.json()
    assert (view["state"], view["outcome"]) == ("held", outcome)
    kinds = [kind for kind, _ in await rows(api, FEES, claim=claim)]
    assert kinds == ["fee", "court-fee"]
    assert await rows(api, events, claim=claim) == ([("distraint",)] if limitation else [])
    told = "select payload -> 'answer' ->> 'outcome' from outbox where name = 'task_decided'"
    assert await rows(api, told) == [(outcome,)]
    assert (await hold(api, number, outcome)).status_code == 409
    assert len(await rows(api, FEES, claim=claim)) == 2
    if limitation:
        moved = await value(api, "select limitation_date::text from claims where id = :c", c=claim)
        assert moved == limitation


async def test_the_court_fees_base_is_charged_once_in_three_months(api):
    """Gældsinddrivelseslovens § 12 a."""
    number, first = await on_the_day(api, principal_ore=150_000)
    await hold(api, number, "in-vain")
    number, second = await on_the_day(api, principal_ore=150_000)
    await hold(api, number, "in-vain")
    fee = "select amount_ore from ledger_entries where claim_id = :claim and kind = 'court-fee'"
    paid, again = [await value(api, fee, claim=claim) for claim in (first, second)]
    assert (paid, again) == (70_000, 40_000)


@pytest.mark.parametrize(
    ("outcome", "changes", "code"),
    [
        ("property-taken", {"assets": []}, "property-missing"),
        ("assets-taken", {"assets": []}, "assets-missing"),
        ("assets-taken", {"assets": minutes("property-taken")["assets"]}, "assets-hold-property"),
        ("in-vain", {"assets": minutes("assets-taken")["assets"]}, "assets-not-taken"),
        ("in-vain", {"text": "  "}, "minutes-missing"),
        ("property-taken", {"look_again_on": None}, "day-missing"),
        ("property-taken", {"look_again_on": "2026-04-01"}, "day-is-past"),
        ("approved", {}, "outcome-does-not-fit"),
        ("agreement", {"months": None}, "agreement-does-not-fit"),
        ("agreement", {"months": 500}, "agreement-too-many-months"),
    ],
)
async def test_minutes_that_say_too_little_are_refused_and_nothing_is_done(
    api, outcome, changes, code
):
    number, claim = await on_the_day(api)
    answer = await hold(api, number, outcome, **changes)
    assert answer.status_code == 422, answer.text
    assert code in codes(answer), answer.text
    assert [kind for kind, _ in await rows(api, FEES, claim=claim)] == ["fee"]
    assert not await rows(api, "select id from distraint_minutes")


async def test_nothing_is_taken_before_the_hour_nor_from_one_who_was_not_told(api):
    """Retsplejelovens §§ 493-494."""
    number, _ = await scheduled(api)
    for early in (api.now, datetime(2026, 4, 7, 8, 29, tzinfo=UTC)):
        api.now = early
        assert codes(await hold(api, number, "in-vain")) == ["hearing-not-yet"]
    task, _ = await demand(api, debtors=[TWO[1]])
    untold = (await set_hearing(api, task, at="09.00")).json()["id"]
    api.now = datetime(2026, 4, 7, 9, tzinfo=UTC)
    assert codes(await hold(api, untold, "in-vain")) == ["notice-not-sent"]
    await send_post(api)
    assert (await hold(api, untold, "in-vain")).status_code == 200


async def test_two_who_write_the_minutes_at_once_write_them_once(api):
    number, claim = await on_the_day(api)
    answers = await asyncio.gather(*(hold(api, number, "in-vain") for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert [kind for kind, _ in await rows(api, FEES, claim=claim)] == ["fee", "court-fee"]


async def test_a_claim_that_ended_meanwhile_has_no_hearing(api):
    number, claim = await on_the_day(api)
    await api.post(f"/claims/{claim}/withdraw", {"reasons": "Fejl."})
    await api.close(claim, Ending.WITHDRAWN)
    assert (await hold(api, number, "in-vain")).status_code == 409
    listed = (await api.get(f"/distraints?day={FIRST_DAY}", "bailiff")).json()
    assert listed["hearings"] == []
    assert (await api.get(f"/distraints/{number}", "bailiff")).json()["state"] == "over"


@pytest.mark.parametrize("outcome", ["property-taken", "in-vain", "paid-at-hearing"])
async def test_a_task_is_not_answered_as_if_a_hearing_had_been_held(api, outcome):
    task, _ = await demand(api)
    body = {"outcome": outcome, "reasons": "x", "look_again_on": "2026-05-05"}
    answer = await api.post(f"/tasks/{task}/decide", body, "bailiff")
    assert codes(answer) == ["hearing-not-held"]


async def test_a_hearing_that_is_set_is_called_off_where_it_was_set(api):
    number, _ = await scheduled(api)
    task = (await api.get(f"/distraints/{number}", "bailiff")).json()["task_id"]
    body = {"outcome": "cancelled", "reasons": "Betaler snart."}
    answer = await api.post(f"/tasks/{task}/decide", body, "bailiff")
    assert codes(answer) == ["hearing-not-called-off"]


async def test_what_happens_to_a_distraint_is_noted_and_nothing_before_it(api):
    number, _ = await on_the_day(api)
    event = {"event": "petitioned", "happened_on": "2026-04-07", "text": "Sendt."}
    address = f"/distraints/{number}/events"
    assert (await api.post(address, event, "bailiff")).status_code == 404
    await hold(api, number, "property-taken")
    noted = await api.post(address, event, "bailiff")
    assert noted.status_code == 201
    assert [one["event"] for one in noted.json()["events"]] == ["petitioned"]
    for wrong, code in (
        ("2026-04-01", "event-before-the-hearing"),
        ("2026-04-30", "event-to-come"),
    ):
        answer = await api.post(address, event | {"happened_on": wrong}, "bailiff")
        assert codes(answer) == [code]
    sale = {"event": "sale-set", "happened_on": "2026-06-01"}
    assert (await api.post(address, sale, "bailiff")).status_code == 201


async def test_nothing_is_noted_where_nothing_was_taken(api):
    number, _ = await on_the_day(api)
    await hold(api, number, "in-vain")
    event = {"event": "petitioned", "happened_on": "2026-04-07"}
    assert (await api.post(f"/distraints/{number}/events", event, "bailiff")).status_code == 409


async def test_the_week_shows_what_waits_what_is_held_and_what_is_lost_soon(api):
    waiting, _ = await demand(api, due_date="2024-05-01")
    number, _ = await scheduled(api)
    week = (await api.get(f"/distraints?day={FIRST_DAY}", "bailiff")).json()
    assert [one["task_id"] for one in week["waiting"]] == [waiting]
    assert [one["id"] for one in week["hearings"]] == [number]
    assert [(one["kind"], one["until"]) for one in week["ahead"]] == []
    api.now = datetime(2026, 7, 15, 9, tzinfo=UTC)
    week = (await api.get("/distraints", "bailiff")).json()
    assert [(one["kind"], one["until"]) for one in week["ahead"]] == [
        ("lien-ordered", "2026-08-01")
    ]
    assert week["waiting"][0]["lien_until"] == "2026-08-01"


async def test_movables_lapse_after_a_year_and_property_does_not(api):
    """Retsplejelovens § 526, stk. 4; UfR 1980.251."""
    number, _ = await on_the_day(api)
    assert (await hold(api, number, "assets-taken")).json()["lapses_on"] == "2027-04-07"
    other, _ = await on_the_day(api, debtors=[TWO[1]])
    assert (await hold(api, other, "property-taken")).json()["lapses_on"] is None


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.BAILIFF}))
async def test_only_a_bailiff_acts(api, role):
    number, _ = await on_the_day(api)
    for address, body in (
        ("", {"task_id": 1, **slot()}),
        (f"/{number}/minutes", minutes("in-vain")),
        (f"/{number}/call-off", {"reason": "x"}),
    ):
        assert (await api.post(f"/distraints{address}", body, role)).status_code == 403


async def adjourn(api, number, day, **changes):
    body = slot(day=day, reason="Skyldner finder papirer.", is_adjourned=True) | changes
    return await api.post(f"/distraints/{number}/move", body, "bailiff")


async def test_a_hearing_that_has_begun_goes_on_another_day_and_is_one_act(api):
    """SKM2016.310.ØLR: it interrupts from when it began."""
    number, claim = await scheduled(api)
    assert codes(await adjourn(api, number, "2026-04-14")) == ["hearing-not-yet"]
    api.now = datetime(2026, 4, 7, 9, tzinfo=UTC)
    answer = await adjourn(api, number, "2026-04-14")
    assert answer.status_code == 200, answer.text
    assert [one["is_adjourned"] for one in answer.json()["hearings"]] == [False, True]
    await send_post(api)
    api.now = datetime(2026, 4, 14, 9, tzinfo=UTC)
    assert (await hold(api, number, "in-vain")).status_code == 200
    events = (
        "select happened_on::text from limitation_events where claim_id = :claim "
        "and kind = 'distraint' order by id"
    )
    assert await rows(api, events, claim=claim) == [("2026-04-07",), ("2026-04-14",)]
    timeline = (await api.get(f"/claims/{claim}")).json()["timeline"]
    assert "hearing-adjourned" in [one["name"] for one in timeline]


async def test_what_goes_on_too_late_interrupts_only_from_then(api):
    number, claim = await on_the_day(api)
    await adjourn(api, number, "2026-06-09")
    await send_post(api)
    api.now = datetime(2026, 6, 9, 9, tzinfo=UTC)
    assert (await hold(api, number, "in-vain")).status_code == 200
    days = "select happened_on::text from limitation_events where claim_id = :c and kind = :k"
    assert await rows(api, days, c=claim, k="distraint") == [("2026-06-09",)]

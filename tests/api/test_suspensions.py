"""What lets claims rest: what each reason asks for, which deadline follows, and how it ends."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from activities.watch import WatchActivities
from domain.decisions import TaskKind
from domain.endings.suspension import Need
from tests.api.test_files import page

DAY = timedelta(days=1)
CO_DEBTORS = [
    {"cpr_cvr": "0703790123", "name": "Karla Prøvesen", "address": ["Prøvevej 1"]},
    {"cpr_cvr": "1108650456", "name": "Bo Prøvesen", "address": ["Prøvevej 1"]},
]


async def rows(api, query, **values):
    async with api.database.transaction() as connection:
        return (await connection.execute(text(query), values)).all()


async def value(api, query, **values):
    async with api.database.transaction() as connection:
        return await connection.scalar(text(query), values)


async def debtor_of(api, claim):
    return await value(api, "select debtor_id from claims where id = :c", c=claim)


async def hold(api, claim, **body):
    return await api.post(f"/claims/{claim}/holds", body)


async def suspend(api, debtor, **body):
    return await api.post(f"/debtors/{debtor}/suspensions", body)


async def tasks(api, kind):
    return await rows(
        api,
        "select id, due_on, snoozed_until, state, claim_id, debtor_id from tasks"
        " where kind = :kind order by id",
        kind=kind,
    )


async def events(api, claim):
    return [
        tuple(row)
        for row in await rows(
            api,
            "select debtor_id, kind, happened_on from limitation_events where claim_id = :c"
            " order by id",
            c=claim,
        )
    ]


async def watch(api):
    """What the house looks at every day."""
    await WatchActivities(api.database, api.policy).look(api.now)


async def answer(api, task, outcome, **more):
    body = {"outcome": outcome, "reasons": "Sådan er det."} | more
    done = await api.post(f"/tasks/{task}/decide", body)
    assert done.status_code == 200, done.text
    return done.json()


# What a reason asks for, by its own rule; told as programs tell it.
MISSING = [
    ("deferral", {}, "until", "suspension-until-missing"),
    ("hardship", {}, "review_on", "suspension-review-missing"),
    ("complaint", {"contact": "Ankestyrelsen"}, "complained_on", "suspension-complained-missing"),
    ("complaint", {"complained_on": "2026-03-02"}, "contact", "suspension-contact-missing"),
    ("death", {}, "died_on", "suspension-died-missing"),
    ("bankruptcy", {"contact": "Kurator"}, "opened_on", "suspension-opened-missing"),
    ("bankruptcy", {"opened_on": "2026-03-02"}, "contact", "suspension-contact-missing"),
    ("debt-relief", {"contact": "Skifteretten"}, "opened_on", "suspension-opened-missing"),
    ("death", {"died_on": "2026-03-17"}, "died_on", "day-in-the-future"),
    ("hardship", {"review_on": "2026-03-16"}, "review_on", "day-is-past"),
    ("hardship", {"review_on": "2026-04-01", "died_on": "2026-03-01"}, "died_on",
     "suspension-not-asked"),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "told", "field", "code"), MISSING)
async def test_a_reason_asks_for_what_its_rule_needs(api, reason, told, field, code):
    claim = await api.register()
    refused = await hold(api, claim, reason=reason, **told)
    assert refused.status_code == 422, refused.text
    assert (field, code) in [(one["field"], one["code"]) for one in refused.json()["faults"]]
    assert await value(api, "select count(*) from holds") == 0
    assert await value(api, "select count(*) from suspensions") == 0


async def test_a_claim_without_an_end_is_looked_at_again_on_the_day_and_not_before(api):
    claim = await api.register()
    placed = (await hold(api, claim, reason="investigation")).json()
    assert placed["review_on"] == "2026-03-30", "ten working days"
    [review] = await tasks(api, "suspension-review")
    assert str(review.due_on) == str(review.snoozed_until) == "2026-03-30"
    assert review.claim_id == claim
    await answer(api, review.id, "prolong", look_again_on="2026-04-20")
    [_, again] = await tasks(api, "suspension-review")
    assert (again.state, str(again.due_on)) == ("open", "2026-04-20")
    await answer(api, again.id, "resume")
    assert await value(api, "select released_on from holds") == api.today
    assert await value(api, "select ended_on from suspensions") == api.today
    assert [one.state for one in await tasks(api, "suspension-review")] == ["decided", "decided"]


async def test_who_lets_the_clock_run_again_is_not_asked_about_it(api):
    claim = await api.register()
    number = (await hold(api, claim, reason="hardship", review_on="2026-04-01")).json()["hold_id"]
    assert (await api.post(f"/holds/{number}/release")).status_code == 200
    assert [one.state for one in await tasks(api, "suspension-review")] == ["cancelled"]


async def test_an_end_that_is_named_asks_nobody(api):
    claim = await api.register()
    placed = (await hold(api, claim, reason="hardship", until="2026-04-15")).json()
    assert placed["review_on"] is None
    assert await tasks(api, "suspension-review") == []


async def test_a_death_stops_all_the_debtor_owes_and_asks_to_file_within_eight_weeks(api):
    """Dødsboskifteloven § 81: eight weeks from the notice to the creditors (proklama)."""
    claims = [await api.register() for _ in range(3)]
    debtor = await debtor_of(api, claims[0])
    placed = await suspend(
        api, debtor, reason="death", died_on="2026-02-20", notice_on="2026-03-10"
    )
    assert placed.status_code == 201, placed.text
    assert placed.json()["claim_ids"] == claims
    assert placed.json()["file_by"] == "2026-05-05", "56 days"
    [task] = await tasks(api, "estate-claim")
    assert (str(task.due_on), task.claim_id, task.debtor_id) == ("2026-05-05", None, debtor)
    held = await rows(api, "select claim_id, reason from holds order by claim_id")
    assert [tuple(row) for row in held] == [(claim, "death") for claim in claims]
    assert await value(api, "select count(*) from letters") == 0, "nothing is written to the dead"
    again = await suspend(api, debtor, reason="death", died_on="2026-02-20")
    assert again.status_code == 409


async def test_an_estate_claim_filed_in_time_interrupts_until_the_estate_is_closed(api):
    """Forældelsesloven § 17."""
    claim = await api.register(debtors=CO_DEBTORS)
    debtor = await debtor_of(api, claim)
    placed = await suspend(
        api, debtor, reason="death", died_on="2026-02-20", notice_on="2026-03-10"
    )
    number = placed.json()["suspension_id"]
    [task] = await tasks(api, "estate-claim")
    api.now += 5 * DAY
    await answer(api, task.id, "filed")
    filed = api.today
    await watch(api)
    assert await events(api, claim) == [(debtor, "estate-claim", filed)], "the co-debtor's runs"
    api.now += 300 * DAY
    assert (await api.post(f"/suspensions/{number}/end")).status_code == 200
    assert await events(api, claim) == [
        (debtor, "estate-claim", filed), (debtor, "estate-closed", api.today),
    ]  # fmt: skip
    dates = await rows(api, "select debtor_id, limitation_date from liabilities order by 1")
    assert dates[0].limitation_date > dates[1].limitation_date
    assert (await api.post(f"/suspensions/{number}/end")).status_code == 409


async def test_an_estate_claim_filed_too_late_interrupts_nothing(api):
    claim = await api.register()
    debtor = await debtor_of(api, claim)
    await suspend(api, debtor, reason="death", died_on="2026-01-05", notice_on="2026-01-10")
    [task] = await tasks(api, "estate-claim")
    assert task.due_on == api.today, "the last day was 7 March: somebody must look at once"
    await answer(api, task.id, "filed")
    await watch(api)
    assert await events(api, claim) == []
    shown = (await page(api, f"/debtors/{debtor}")).text
    assert "anmeldt for sent" in shown


async def test_the_notice_may_be_told_later_and_moves_the_deadline(api):
    claim = await api.register()
    debtor = await debtor_of(api, claim)
    placed = await suspend(api, debtor, reason="death", died_on="2026-03-10")
    assert placed.json()["file_by"] is None
    number = placed.json()["suspension_id"]
    [task] = await tasks(api, "estate-claim")
    assert str(task.due_on) == "2026-04-09", "15 working days to find it out, over Easter"
    told = await api.post(f"/suspensions/{number}/notice", {"notice_on": "2026-03-14"})
    assert told.json()["file_by"] == "2026-05-09"
    [task] = await tasks(api, "estate-claim")
    assert str(task.due_on) == "2026-05-08", "the ninth is a Saturday"
    early = await api.post(f"/suspensions/{number}/notice", {"notice_on": "2026-03-20"})
    assert early.status_code == 422


@pytest.mark.parametrize(
    ("reason", "file_by"),
    [("bankruptcy", "2026-03-30"), ("debt-relief", "2026-04-27")],
)
async def test_bankruptcy_and_debt_relief_have_deadlines_of_their_own(api, reason, file_by):
    """Konkursloven §§ 82 and 208, as the policy has them: four and eight weeks."""
    claim = await api.register()
    debtor = await debtor_of(api, claim)
    placed = await suspend(api, debtor, reason=reason, opened_on="2026-03-02", contact="Kurator")
    assert placed.json()["file_by"] == file_by
    [task] = await tasks(api, "estate-claim")
    assert str(task.due_on) == file_by


async def test_a_complaint_keeps_the_claim_open_for_a_year_after_its_end(api):
    """Forældelsesloven §§ 20-21: provisional, not before a year after it has ended."""
    claim = await api.register()
    placed = await hold(
        api, claim, reason="complaint", complained_on="2026-03-02", contact="Ankestyrelsen"
    )
    assert [event[1:] for event in await events(api, claim)] == [("provisional", date(2026, 3, 2))]
    api.now += 1000 * DAY
    await api.post(f"/holds/{placed.json()['hold_id']}/release")
    assert [event[1] for event in await events(api, claim)] == [
        "provisional", "provisional-ended",
    ]  # fmt: skip
    barred = await value(api, "select limitation_date from claims where id = :c", c=claim)
    assert barred >= api.today + 365 * DAY


async def test_time_given_to_who_asked_for_it_counts_anew_from_its_end(api):
    """Forældelsesloven § 2, stk. 2; and the last day given is the new last timely payment date."""
    claim = await api.register()
    debtor = await debtor_of(api, claim)
    before = await value(api, "select limitation_date from claims where id = :c", c=claim)
    await hold(api, claim, reason="deferral", until="2026-06-15", asked_by=debtor)
    assert (
        "15. juni 2026, som er den nye sidste rettidige betalingsdato"
        in (await page(api, f"/claims/{claim}")).text
    )
    api.now += 92 * DAY
    await watch(api)
    await watch(api)
    assert [event[1:] for event in await events(api, claim)] == [("deferral", date(2026, 6, 15))]
    after = await value(api, "select limitation_date from claims where id = :c", c=claim)
    assert after > before


async def test_what_may_yet_be_taken_back_has_moved_no_limitation(api):
    claim = await api.register()
    debtor = await debtor_of(api, claim)
    await suspend(api, debtor, reason="death", died_on="2026-02-20", notice_on="2026-03-10")
    [task] = await tasks(api, "estate-claim")
    decided = await answer(api, task.id, "filed", undoable=True)
    await watch(api)
    assert await events(api, claim) == []
    undone = await api.post(f"/decisions/{decided['decision_id']}/undo")
    assert undone.status_code == 200, undone.text
    assert await value(api, "select filed_on from suspensions") is None
    assert [one.state for one in await tasks(api, "estate-claim")] == ["open"]


async def test_a_resumption_can_be_taken_back(api):
    claim = await api.register()
    await hold(api, claim, reason="investigation")
    [review] = await tasks(api, "suspension-review")
    decided = await answer(api, review.id, "resume", undoable=True)
    assert await value(api, "select ended_on from suspensions") == api.today
    await api.post(f"/decisions/{decided['decision_id']}/undo")
    assert await value(api, "select ended_on from suspensions") is None
    assert await value(api, "select released_on from holds") is None
    assert [one.state for one in await tasks(api, "suspension-review")] == ["open"]


async def test_what_lies_at_the_authority_is_left_to_it(api):
    there, here = await api.register(), await api.register()
    await rows(api, "update claims set stage = 'recovery' where id = :c returning id", c=there)
    debtor = await debtor_of(api, here)
    placed = await suspend(api, debtor, reason="death", died_on="2026-03-10")
    assert placed.json()["claim_ids"] == [here]


async def test_a_death_is_known_also_where_all_lies_at_the_authority(api):
    """GIL § 4: the authority is told; and what is registered later rests from its first day."""
    there = await api.register()
    await rows(api, "update claims set stage = 'recovery' where id = :c returning id", c=there)
    debtor = await debtor_of(api, there)
    placed = await suspend(api, debtor, reason="death", died_on="2026-03-10")
    assert (placed.status_code, placed.json()["claim_ids"]) == (201, [])
    assert await tasks(api, "estate-claim") == [], "nothing of ours is to be filed"
    [review] = await tasks(api, "suspension-review")
    assert (review.state, review.debtor_id) == ("open", debtor)
    again = await suspend(api, debtor, reason="death", died_on="2026-03-10")
    assert again.status_code == 409
    later = await api.register()
    assert await value(api, "select claim_id from holds") == later
    assert [row.claim_id for row in await tasks(api, "estate-claim")] == [later]


async def test_a_suspension_without_claims_of_ours_ends_when_it_is_said_so(api):
    there = await api.register()
    await rows(api, "update claims set stage = 'recovery' where id = :c returning id", c=there)
    placed = await suspend(api, await debtor_of(api, there), reason="death", died_on="2026-03-10")
    number = placed.json()["suspension_id"]
    assert (await api.post(f"/suspensions/{number}/end")).status_code == 200
    assert await value(api, "select ended_on from suspensions") == api.today
    assert [row.state for row in await tasks(api, "suspension-review")] == ["cancelled"]
    assert (await api.post(f"/suspensions/{number}/end")).status_code == 409


@pytest.mark.parametrize("reason", ["deferral", "objection", "agreement"])
async def test_a_reason_for_one_claim_stops_no_debtor(api, reason):
    claim = await api.register()
    refused = await suspend(api, await debtor_of(api, claim), reason=reason, until="2026-04-01")
    assert refused.status_code == 422
    assert refused.json()["faults"][0]["code"] == "suspension-not-of-debtor"


async def test_the_debtors_page_shows_first_which_claims_would_stop(api):
    claim = await api.register()
    debtor = await debtor_of(api, claim)
    address = f"/debtors/{debtor}/suspend"
    assert "Hvad er der sket?" in (await page(api, address)).text
    form = {"reason": "death", "died-on": "2026-03-10", "note": "Ringet op af søsteren."}
    shown = await page(api, address, method="POST", data=form)
    assert shown.status_code == 200
    assert "Uret standses for 1 krav: dødsbo." in shown.text
    assert "proklama" in shown.text
    assert await value(api, "select count(*) from holds") == 0
    kept = dict(re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', shown.text))
    done = await page(api, address, method="POST", data=kept | {"is_sure": "yes"})
    assert done.headers["location"] == f"/debtors/{debtor}?said=suspended"
    told = (await page(api, f"/debtors/{debtor}")).text
    assert "Breve til CPR-nummeret stopper" in told
    number = await value(api, "select id from suspensions")
    ended = await page(api, f"/suspensions/{number}/end", method="POST")
    assert ended.headers["location"] == f"/debtors/{debtor}?said=resumed"


async def test_the_page_says_what_is_missing_and_keeps_what_was_typed(api):
    claim = await api.register()
    debtor = await debtor_of(api, claim)
    form = {"reason": "bankruptcy", "note": "Vigtigt.", "opened-on": "i morgen"}
    refused = await page(api, f"/debtors/{debtor}/suspend", method="POST", data=form)
    assert refused.status_code == 422
    assert 'href="#opened-on"' in refused.text
    assert "Vigtigt." in refused.text
    none = await page(api, f"/debtors/{debtor}/suspend", method="POST", data={"reason": "death"})
    assert "Skriv dødsdagen." in none.text


async def test_the_tasks_screen_tells_the_rule_and_takes_the_notice(api):
    claim = await api.register()
    await suspend(api, await debtor_of(api, claim), reason="death", died_on="2026-03-10")
    [task] = await tasks(api, TaskKind.ESTATE_CLAIM)
    shown = await page(api, f"/tasks/{task.id}")
    assert shown.status_code == 200
    assert "Fristen for at anmelde kendes ikke endnu" in shown.text
    number = await value(api, "select id from suspensions")
    form = {Need.NOTICE_ON.value: "2026-03-12", "back": f"/tasks/{task.id}"}
    told = await page(api, f"/suspensions/{number}/notice", method="POST", data=form)
    assert told.headers["location"] == f"/tasks/{task.id}"
    assert "Kravet skal anmeldes senest" in (await page(api, f"/tasks/{task.id}")).text


async def test_a_hold_of_before_rules_goes_on_as_it_was(api):
    claim = await api.register()
    await rows(
        api,
        "insert into holds (claim_id, reason, note, since, placed_by)"
        " values (:c, 'insolvency', '', '2026-03-01', 'anna') returning id",
        c=claim,
    )
    assert "konkurs eller gældssanering" in (await page(api, f"/claims/{claim}")).text
    number = await value(api, "select id from holds")
    assert (await api.post(f"/holds/{number}/release")).status_code == 200

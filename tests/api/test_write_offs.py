"""A claim given up: why, on what evidence, with whose consent; in bulk; and taken back."""

import asyncio
import re
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from domain.authority import Role
from domain.claim import Ending
from domain.decisions import Outcome, TaskKind
from domain.errors import NotAllowed
from domain.money import Money
from persistence.endings.write_off_batches import propose_small
from persistence.money.booking import NewPayment, book_payment
from persistence.money.undoing import charge_back
from persistence.tasks.deciding import NewDecision, decide
from tests.api.test_files import page
from tests.api.test_substitutions import (
    PEOPLE,
    acted_for,
    actor_of,
    arrange,
    end_all,
    names,
    pairs,
    people,
)
from tests.api.test_suspensions import rows, value

__all__ = ["people"]
DAY = timedelta(days=1)
PROVED = {"proved_on": "2026-02-20", "journal": "SKS 2026-17"}


async def propose(api, claim, role="caseworker", **write_off):
    task = await api.ask(claim, TaskKind.ASSESSMENT)
    body = {"outcome": "write-off", "reasons": "Boet er sluttet.", "write_off": write_off}
    return await api.post(f"/tasks/{task}/decide", body, role)


async def approval_of(api, claim, **write_off):
    """The task of a proposal that can be made."""
    done = await propose(api, claim, **({"reason": "insolvent-estate"} | PROVED | write_off))
    assert done.status_code == 200, done.text
    return await api.ask(claim, TaskKind.WRITE_OFF_APPROVAL)


async def approve(api, task, role="supervisor", **more):
    body = {"outcome": "approved", "reasons": "Enig."} | more
    return await api.post(f"/tasks/{task}/decide", body, role)


async def write_off(api, claim, **why):
    task = await approval_of(api, claim, **why)
    done = await approve(api, task)
    assert done.status_code == 200, done.text
    await api.close(claim, Ending.WRITTEN_OFF)


async def pay(api, claim, ore):
    payment = NewPayment(f"b-{claim}-{ore}", Money(ore), api.today, api.today, claim_id=claim)
    async with api.database.transaction() as connection:
        booked = await book_payment(connection, api.policy, payment, api.today, "anna")
    return booked.payment_id


async def ledger(api, claim):
    return [
        tuple(row)
        for row in await rows(
            api,
            "select kind, amount_ore, rule from ledger_entries where claim_id = :c order by seq",
            c=claim,
        )
    ]


# Reason, what is told, the field at fault, and the code. The paragraph stands in the policy.
REFUSED = [
    ("limitation", {}, "write_off.reason", "write-off-not-barred"),  # forældelsesloven § 23
    ("irrecoverable", PROVED, "write_off.reason", "write-off-reason-not-allowed"),  # strategien
    ("small-amount", {}, "write_off.reason", "write-off-not-small"),  # bagatelgrænsen
    ("debt-relief", {"journal": "x"}, "write_off.proved_on", "write-off-date-missing"),
    ("debt-relief", {"proved_on": "2026-02-20"}, "write_off.attachment_id",
     "write-off-document-missing"),
    ("composition", {"proved_on": "2026-03-17", "journal": "x"}, "write_off.proved_on",
     "day-in-the-future"),
    ("other", {}, "write_off.attachment_id", "write-off-document-missing"),
    ("lapse", {"proved_on": "2026-02-20", "attachment_id": 99}, "write_off.attachment_id",
     "write-off-document-elsewhere"),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "told", "field", "code"), REFUSED)
async def test_a_proposal_without_ground_or_proof_is_refused_in_words(
    api, reason, told, field, code
):
    claim = await api.register()
    refused = await propose(api, claim, reason=reason, **told)
    assert refused.status_code == 422, refused.text
    assert (field, code) in [(one["field"], one["code"]) for one in refused.json()["faults"]]
    assert await value(api, "select count(*) from write_offs") == 0
    assert await value(api, "select count(*) from decisions") == 0


async def test_a_proposal_without_a_reason_or_of_one_nobody_knows_is_refused(api):
    claim = await api.register()
    task = await api.ask(claim, TaskKind.ASSESSMENT)
    none = await api.post(f"/tasks/{task}/decide", {"outcome": "write-off", "reasons": "x"})
    assert none.json()["faults"][0]["code"] == "write-off-reason-missing"
    unknown = await propose(api, claim, reason="boredom")
    assert unknown.status_code == 422


async def test_a_time_barred_claim_may_be_given_up_and_only_then(api):
    """Forældelsesloven § 3 and § 23: three years, here after the last day to pay in time."""
    claim = await api.register()
    barred = await value(api, "select limitation_date from claims where id = :c", c=claim)
    api.now += (barred - api.today) + DAY
    assert (await propose(api, claim, reason="limitation")).status_code == 200


async def test_the_ledger_says_why_and_the_claim_is_nothing(api):
    claim = await api.register()
    await write_off(api, claim)
    assert (await ledger(api, claim))[-1] == (
        "write-off", -100_000, "write-off insolvent-estate",
    )  # fmt: skip
    entry = await rows(
        api, "select legal_basis, facts from ledger_entries where kind = 'write-off'"
    )
    assert entry[0].legal_basis == "dødsboskiftelovens § 18"
    kept = await rows(api, "select state, booked_ore, booked_on, decided_by from write_offs")
    assert tuple(kept[0]) == ("approved", 100_000, api.today, "supervisor")
    assert await value(api, "select count(*) from letters") == 0, "no letters go to the dead"


async def test_who_owed_it_is_told_that_it_is_given_up(api):
    claim = await api.register()
    await write_off(api, claim, reason="debt-relief")
    assert await value(api, "select letter from letters") == "write-off-decision"


async def test_a_refused_proposal_leaves_the_claim_as_it_was(api):
    claim = await api.register()
    task = await approval_of(api, claim)
    assert (await approve(api, task, outcome="refused")).status_code == 200
    assert await value(api, "select state from write_offs") == "refused"
    assert await value(api, "select balance_ore from claims") == 100_000


async def test_a_proposal_that_money_overtakes_is_not_booked(api):
    claim = await api.register()
    task = await approval_of(api, claim)
    await approve(api, task)
    await pay(api, claim, 100_000)
    await api.close(claim, Ending.PAID)
    assert await value(api, "select state from write_offs") == "overtaken"
    assert (await page(api, f"/claims/{claim}")).text.count("Overhalet") == 1


# Kroner, the role of the second person, and whether it may agree (kasse- og regnskabsregulativet).
BANDS = [
    (5_000, "caseworker2", 200),
    (5_001, "caseworker2", 403),
    (5_001, "supervisor", 200),
    (20_000, "supervisor", 200),
    (20_001, "supervisor", 422),  # Økonomiudvalget has not decided yet
]


@pytest.mark.parametrize(("kroner", "role", "status"), BANDS)
async def test_more_money_asks_for_more(api, kroner, role, status):
    await api.hire("caseworker2", role=Role.CASEWORKER)
    claim = await api.register(principal_ore=kroner * 100)
    task = await approval_of(api, claim)
    assert (await approve(api, task, role)).status_code == status


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (None, "committee-date-missing"),
        ({"decided_on": "2026-03-17", "item": "Punkt 4", "journal": "x"}, "day-in-the-future"),
        ({"decided_on": "2026-03-10", "item": " ", "journal": "x"}, "committee-item-missing"),
        ({"decided_on": "2026-03-10", "item": "Punkt 4"}, "committee-document-missing"),
        ({"decided_on": "2026-03-10", "item": "Punkt 4", "attachment_id": 9},
         "write-off-document-elsewhere"),
    ],
)  # fmt: skip
async def test_a_committees_decision_needs_its_day_item_and_document(api, told, code):
    claim = await api.register(principal_ore=2_500_000)
    task = await approval_of(api, claim)
    refused = await approve(api, task, committee=told)
    assert refused.status_code == 422
    assert code in [one["code"] for one in refused.json()["faults"]]
    assert await value(api, "select state from write_offs") == "proposed"


async def test_a_committees_decision_is_written_down(api):
    claim = await api.register(principal_ore=2_500_000)
    task = await approval_of(api, claim)
    told = {"decided_on": "2026-03-10", "item": "Punkt 14", "journal": "ØU 2026-14"}
    assert (await approve(api, task, committee=told)).status_code == 200
    kept = await rows(api, "select committee_on, committee_item, approval from write_offs")
    assert tuple(kept[0]) == (date(2026, 3, 10), "Punkt 14", "committee")


async def test_who_may_not_agree_to_so_much_is_told_so_on_the_screen(api):
    await api.hire("caseworker2", role=Role.CASEWORKER)
    claim = await api.register(principal_ore=600_000)
    task = await approval_of(api, claim)
    shown = await page(api, f"/tasks/{task}", "caseworker2")
    assert "teamlederen skal godkende" in shown.text
    assert 'id="answer"' not in shown.text


async def test_the_form_asks_why_and_shows_what_was_wrong(api):
    claim = await api.register()
    task = await api.ask(claim, TaskKind.ASSESSMENT)
    shown = await page(api, f"/tasks/{task}")
    for part in ("Insolvent dødsbo", "Dødsboskiftelovens § 18.", "Kræver en dato og et bilag."):
        assert part in shown.text, part
    assert "Skønnet uerholdelig" not in shown.text, "it is no lost legal basis, and not allowed"
    version = re.search(r'name="version" value="(\w+)"', shown.text)[1]
    typed = {"outcome": "write-off", "reasons": "Boudlæg.", "version": version}
    wrong = await page(api, f"/tasks/{task}/decide", method="POST", data=typed)
    assert wrong.status_code == 422
    assert "Vælg, hvorfor kravet afskrives." in wrong.text
    typed |= {"write-off-reason": "insolvent-estate", "write-off-on": "2026-02-20"}
    wrong = await page(api, f"/tasks/{task}/decide", method="POST", data=typed)
    assert "Vælg et bilag, eller skriv et journalnummer." in wrong.text
    typed |= {"write-off-journal": "SKS 17"}
    done = await page(api, f"/tasks/{task}/decide", method="POST", data=typed)
    assert done.status_code == 303, done.text
    approval = await api.ask(claim, TaskKind.WRITE_OFF_APPROVAL)
    seen = (await page(api, f"/tasks/{approval}", "caseworker")).text
    for part in ("journalnummer SKS 17", "20. februar 2026", "En anden person skal godkende."):
        assert part in seen, part


async def test_the_committees_form_stands_only_where_it_is_asked(api):
    small, large = await api.register(), await api.register(principal_ore=2_500_000)
    task = await approval_of(api, small)
    assert "committee-on" not in (await page(api, f"/tasks/{task}")).text
    task = await approval_of(api, large)
    shown = await page(api, f"/tasks/{task}")
    version = re.search(r'name="version" value="(\w+)"', shown.text)[1]
    typed = {"outcome": "approved", "reasons": "Enig.", "version": version}
    wrong = await page(api, f"/tasks/{task}/decide", method="POST", data=typed)
    assert "Skriv datoen for Økonomiudvalgets møde." in wrong.text
    typed |= {"committee-on": "2026-03-10", "committee-item": "Punkt 14", "committee-journal": "x"}
    done = await page(api, f"/tasks/{task}/decide", method="POST", data=typed)
    assert done.status_code == 303


async def test_a_proposal_and_its_approval_can_be_taken_back(api):
    claim = await api.register()
    task = await api.ask(claim, TaskKind.ASSESSMENT)
    body = {
        "outcome": "write-off", "reasons": "x", "undoable": True,
        "write_off": {"reason": "insolvent-estate"} | PROVED,
    }  # fmt: skip
    decided = (await api.post(f"/tasks/{task}/decide", body, "caseworker")).json()["decision_id"]
    undone = await api.post(f"/decisions/{decided}/undo", None, "caseworker")
    assert undone.status_code == 200, undone.text
    assert await value(api, "select count(*) from write_offs") == 0
    await api.post(f"/tasks/{task}/decide", body | {"undoable": False}, "caseworker")
    approval = await api.ask(claim, TaskKind.WRITE_OFF_APPROVAL)
    agreed = (await approve(api, approval, undoable=True)).json()["decision_id"]
    assert await value(api, "select state from write_offs") == "approved"
    assert (await api.post(f"/decisions/{agreed}/undo")).status_code == 200
    assert await value(api, "select state from write_offs") == "proposed"


# Money that comes all the same.


async def test_money_on_a_claim_given_up_reverses_exactly_what_came(api):
    claim = await api.register()
    await write_off(api, claim)
    await pay(api, claim, 30_000)
    assert (await ledger(api, claim))[-3:] == [
        ("write-off", -100_000, "write-off insolvent-estate"),
        ("correction", 30_000, "write-off-reversed"),
        ("payment", -30_000, "payment"),
    ]
    assert await value(api, "select balance_ore from claims") == 0
    assert await value(api, "select ending from claims") == "written-off"
    await pay(api, claim, 90_000)
    assert await value(api, "select unused_ore from payments order by id desc limit 1") == 20_000
    assert "100.000,00" not in (await page(api, f"/claims/{claim}")).text
    assert "Der er kommet 1.000,00 kr. ind alligevel." in (await page(api, f"/claims/{claim}")).text


async def test_what_bounces_again_is_given_up_again(api):
    claim = await api.register()
    await write_off(api, claim)
    payment = await pay(api, claim, 30_000)
    async with api.database.transaction() as connection:
        await charge_back(
            connection, api.policy, payment, Money(30_000), "bounce", api.today, "anna"
        )
    assert await value(api, "select balance_ore from claims") == 0
    assert (await ledger(api, claim))[-1] == (
        "write-off", -30_000, "write-off insolvent-estate",
    )  # fmt: skip
    figures = (await api.get("/write-offs")).json()["reasons"]
    [estate] = [one for one in figures if one["reason"] == "insolvent-estate"]
    assert (estate["claims"], estate["amount_ore"]) == (1, 100_000)


async def test_money_after_a_debt_relief_is_a_question_to_a_person(api):
    claim = await api.register()
    await write_off(api, claim, reason="debt-relief")
    await pay(api, claim, 30_000)
    assert (await ledger(api, claim))[-1][0] == "write-off"
    assert await value(
        api, "select facts ->> 'case' from tasks where kind = 'unplaced-payment'"
    ) == ("ended-written-off")


# A mistake mended.


async def test_a_write_off_that_was_a_mistake_is_reversed_and_the_claim_lives_on(api):
    claim = await api.register()
    dialogue = await api.ask(claim, TaskKind.DIALOGUE)
    await api.post(f"/tasks/{dialogue}/decide", {"outcome": "go-on", "reasons": "x"})
    await write_off(api, claim)
    number = await value(api, "select id from write_offs")
    body = {"reasons": "Boet var ikke sluttet."}
    done = await api.post(f"/write-offs/{number}/reverse", body)
    assert (done.status_code, done.json()["claim_id"]) == (200, claim)
    assert (await api.post(f"/write-offs/{number}/reverse", body)).status_code == 409
    kept = await rows(
        api, "select ending, balance_ore, stage, waiting_for from claims where id = :c", c=claim
    )
    assert tuple(kept[0]) == (None, 100_000, "dialogue", "dialogue-1")
    assert await value(api, "select name from outbox order by id desc limit 1") == "reopen-claim"
    assert await value(api, "select state from tasks where key = 'dialogue-1'") == "open"
    figures = (await api.get("/write-offs")).json()["reasons"]
    assert sum(one["amount_ore"] for one in figures) == 0
    assert (await propose(api, claim, reason="insolvent-estate", **PROVED)).status_code == 409


async def test_who_read_that_they_need_not_pay_reads_that_they_owe_it_all_the_same(api):
    """Forvaltningsloven § 24: an act to a citizen's disadvantage is told, and why."""
    claim = await api.register()
    await write_off(api, claim, reason="debt-relief")
    await rows(
        api,
        "update letters set state = 'delivered', dispatched_on = :on, body = 'x' returning id",
        on=api.today,
    )
    number = await value(api, "select id from write_offs")
    await api.post(f"/write-offs/{number}/reverse", {"reasons": "Boet er ikke sluttet."})
    [told] = await rows(api, "select id, state from letters where letter = 'write-off-reversed'")
    assert told.state == "requested"
    shown = (await page(api, f"/letters/{told.id}")).text
    assert "Du skylder os stadig pengene" in shown
    assert "1.000,00 kr." in shown


async def test_a_letter_on_a_write_off_that_has_not_left_is_stopped_instead(api):
    claim = await api.register()
    await write_off(api, claim, reason="debt-relief")
    number = await value(api, "select id from write_offs")
    await api.post(f"/write-offs/{number}/reverse", {"reasons": "Fejl."})
    kept = await rows(api, "select letter, state from letters order by id")
    assert [tuple(row) for row in kept] == [("write-off-decision", "cancelled")]


async def test_the_page_of_a_reversal_wants_a_reason(api):
    claim = await api.register()
    await write_off(api, claim)
    number = await value(api, "select id from write_offs")
    address = f"/write-offs/{number}/reverse"
    assert "1.000,00 kr. skyldes igen." in (await page(api, address)).text
    wrong = await page(api, address, method="POST", data={"reasons": " ", "key": "a"})
    assert wrong.status_code == 422
    done = await page(api, address, method="POST", data={"reasons": "Fejl.", "key": "b"})
    assert done.headers["location"] == f"/claims/{claim}?said=write-off-reversed"
    assert "Omgjort" in (await page(api, f"/claims/{claim}")).text
    assert (await page(api, "/write-offs/999/reverse")).status_code == 404


async def test_a_large_mistake_is_mended_by_who_may_agree_to_as_much(api):
    claim = await api.register(principal_ore=600_000)
    await write_off(api, claim)
    number = await value(api, "select id from write_offs")
    refused = await api.post(f"/write-offs/{number}/reverse", {"reasons": "x"}, "caseworker")
    assert refused.status_code == 403


# Small amounts in one go.


async def small(api, ore=15_000, **claim):
    return await api.register(principal_ore=ore, due_date="2025-01-10", **claim)


async def go_together(api, claims, role="caseworker", reasons="Dyrere at kræve end beløbet."):
    return await api.post("/write-offs/small", {"claim_ids": claims, "reasons": reasons}, role)


async def batch_task(api):
    return await value(api, "select max(id) from tasks where kind = 'write-off-batch'")


async def test_the_list_has_what_the_policy_lets_go_and_nothing_else(api):
    fits = await small(api)
    await small(api, 20_100)  # above the limit
    await api.register(principal_ore=15_000)  # fell due today
    held = await small(api)
    await api.post(f"/claims/{held}/holds", {"reason": "investigation"})
    there = await small(api)
    await rows(api, "update claims set stage = 'recovery' where id = :c returning id", c=there)
    listed = (await api.get("/write-offs")).json()["small"]
    assert [one["claim_id"] for one in listed] == [fits]
    assert fits in (await page(api, "/write-offs", "caseworker")).text


async def test_small_amounts_go_in_one_proposal_with_an_answer_for_each(api):
    claims = [await small(api), await small(api), await small(api, 30_000)]
    answer = await go_together(api, [*claims, "2026-999999"])
    assert answer.status_code == 201, answer.text
    told = {row["claim_id"]: row["code"] for row in answer.json()["rows"]}
    assert told == {
        claims[0]: None,
        claims[1]: None,
        claims[2]: "write-off-row-unfit",
        "2026-999999": "write-off-row-unknown",
    }
    again = await go_together(api, claims[:1])
    assert again.json()["faults"][0]["code"] == "write-off-none-fits"
    task = await batch_task(api)
    assert (await approve(api, task, "caseworker")).status_code == 403
    shown = (await page(api, f"/tasks/{task}")).text
    assert "2 bagatelbeløb, i alt 300,00" in shown
    assert (await approve(api, task)).status_code == 200
    states = await rows(api, "select state from write_offs order by id")
    assert [row[0] for row in states] == ["approved", "approved"]
    told = await rows(api, "select target from outbox where name = 'written_off' order by id")
    assert [row[0] for row in told] == [f"claim-{claim}" for claim in claims[:2]]


async def test_a_row_that_was_paid_meanwhile_is_left_out_and_the_rest_is_done(api):
    claims = [await small(api), await small(api)]
    await go_together(api, claims)
    await pay(api, claims[0], 30_000)
    assert (await approve(api, await batch_task(api))).status_code == 200
    kept = await rows(api, "select state, why_not from write_offs order by claim_id")
    assert [tuple(row) for row in kept] == [
        ("refused", "write-off-row-paid"), ("approved", None),
    ]  # fmt: skip


async def test_a_refused_batch_leaves_all_as_it_was(api):
    claim = await small(api)
    await go_together(api, [claim])
    await approve(api, await batch_task(api), outcome="refused")
    assert await value(api, "select state from write_offs") == "refused"
    assert await value(api, "select state from write_off_batches") == "refused"
    assert await value(api, "select count(*) from outbox where name = 'written_off'") == 0
    assert (await go_together(api, [claim])).status_code == 201


async def test_an_approved_batch_can_be_taken_back(api):
    claim = await small(api)
    await go_together(api, [claim])
    agreed = (await approve(api, await batch_task(api), undoable=True)).json()["decision_id"]
    assert (await api.post(f"/decisions/{agreed}/undo")).status_code == 200
    assert await value(api, "select state from write_offs") == "proposed"
    assert await value(api, "select state from write_off_batches") == "proposed"
    assert await value(api, "select count(*) from outbox where name = 'written_off'") == 0


@pytest.mark.parametrize(
    ("claims", "reasons", "code"),
    [
        (["2026-999999"], "x", "write-off-none-fits"),
        (["2026-999999"], " ", "reasons-missing"),
        ([f"2026-{n:06d}" for n in range(201)], "x", "write-off-too-many"),
    ],
)
async def test_half_a_batch_is_refused(api, claims, reasons, code):
    refused = await go_together(api, claims, reasons=reasons)
    assert refused.status_code == 422
    assert code in [one["code"] for one in refused.json()["faults"]]
    assert await value(api, "select count(*) from write_off_batches") == 0


async def test_two_who_propose_the_same_at_once_make_one_proposal(api):
    claims = [await small(api), await small(api)]
    both = await asyncio.gather(go_together(api, claims), go_together(api, claims, "supervisor"))
    assert sorted(one.status_code for one in both) == [201, 422]
    assert await value(api, "select count(*) from write_offs") == 2


async def test_the_page_proposes_what_is_ticked_and_says_so(api):
    claims = [await small(api), await small(api, 12_000)]
    shown = (await page(api, "/write-offs", "caseworker")).text
    assert "2 krav, i alt 270,00" in shown
    none = await page(api, "/write-offs", "caseworker", method="POST", data={"reasons": "Dyrt."})
    assert (none.status_code, "Vælg mindst ét krav." in none.text) == (422, True)
    form = {"claim": claims[:1], "reasons": "Dyrt.", "key": "k"}
    done = await page(api, "/write-offs", "caseworker", method="POST", data=form)
    assert re.fullmatch(r"/write-offs\?proposed=\d+", done.headers["location"])
    told = (await page(api, done.headers["location"], "caseworker")).text
    assert "1 krav på i alt 150,00" in told
    waiting = (await api.get("/write-offs")).json()["waiting"]
    assert [(one["claims"], one["amount_ore"]) for one in waiting] == [(1, 15_000)]


async def test_the_year_is_held_against_its_goal(api):
    for _ in range(2):
        await write_off(api, await api.register())
    claim = await api.register()
    barred = await value(api, "select max(limitation_date) from claims")
    api.now += (barred - api.today) + DAY
    await write_off(api, claim, reason="limitation")
    this_year = {one["reason"]: one for one in (await api.get("/write-offs")).json()["reasons"]}
    assert this_year["limitation"]["is_over"] is True, "the goal is none"
    assert this_year["insolvent-estate"]["claims"] == 0
    then = (await api.get("/write-offs?year=2026")).json()["reasons"]
    [estate] = [one for one in then if one["reason"] == "insolvent-estate"]
    assert (estate["claims"], estate["amount_ore"], estate["is_over"]) == (2, 200_000, False)
    shown = (await page(api, "/write-offs?year=2029")).text
    assert "Over målet" in shown


async def lines_of(api, reason):
    """All pages of them."""
    found, more = [], ""
    while more is not None:
        answer = await api.get(f"/write-offs/lines?reason={reason}&limit=2{more}")
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        more = f"&cursor={cursor}" if cursor else None
    return found


async def test_each_figure_of_the_year_is_the_sum_of_the_lines_behind_it(api):
    """Given up, met by money, taken back as a mistake, and in bulk: to the øre."""
    for _ in range(3):
        await write_off(api, await api.register())
    paid = await api.register()
    await write_off(api, paid)
    await pay(api, paid, 30_000)
    number = await value(api, "select min(id) from write_offs")
    await api.post(f"/write-offs/{number}/reverse", {"reasons": "Fejl."})
    little = await small(api)
    await go_together(api, [little])
    await approve(api, await batch_task(api))
    await api.close(little, Ending.WRITTEN_OFF)
    figures = {one["reason"]: one for one in (await api.get("/write-offs")).json()["reasons"]}
    assert figures["insolvent-estate"]["amount_ore"] == 270_000
    assert figures["small-amount"]["amount_ore"] == 15_000
    for reason, figure in figures.items():
        lines = await lines_of(api, reason)
        assert sum(line["amount_ore"] for line in lines) == figure["amount_ore"], reason
        given_up = {line["claim_id"] for line in lines if line["is_given_up"]}
        assert len(given_up) == figure["claims"], reason
        assert len({line["entry_id"] for line in lines}) == len(lines), reason
    shown = (await page(api, "/write-offs")).text
    assert "/write-offs/lines?year=2026&amp;reason=insolvent-estate" in shown
    told = (await page(api, "/write-offs/lines?year=2026&reason=insolvent-estate")).text
    assert "2.700,00 kr. på 4 krav" in told
    assert told.count("Skyldes igen") == 2


async def test_a_figure_of_nothing_has_no_lines(api):
    shown = await page(api, "/write-offs/lines?reason=lapse")
    assert (shown.status_code, "Intet er afskrevet" in shown.text) == (200, True)
    assert (await page(api, "/write-offs/lines?cursor=x")).status_code == 422


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(made=pairs, proposer=names, approver=names)
async def test_no_one_is_on_both_sides_of_small_amounts(people, made, proposer, approver):
    api = people
    assert approver in PEOPLE
    await end_all(api)
    arranged = await arrange(api, made)
    claim = await small(api)
    async with api.database.transaction() as connection:
        await propose_small(connection, api.policy, [claim], "Dyrt.", actor_of(proposer), api.today)
    try:
        async with api.database.transaction() as connection:
            await decide(
                connection, api.policy, await batch_task(api),
                NewDecision(Outcome.APPROVED, "Set."), actor_of(approver), api.now, api.today,
            )  # fmt: skip
        was_approved = True
    except NotAllowed:
        was_approved = False
    approving = {approver} | acted_for(arranged, approver)
    assert was_approved is (proposer not in approving)

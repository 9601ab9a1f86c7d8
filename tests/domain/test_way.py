"""The way of a claim: what is done, where it is, what is wrong, and what is still to come."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.agreements.agreement import plan
from domain.claim import Ending, HoldReason, Stage
from domain.decisions import Outcome, TaskKind
from domain.explanation import explain
from domain.letters import Letter
from domain.limitation.dates import nearness
from domain.money import NOTHING, Money
from domain.policy import AgreementRule
from domain.record import News
from domain.situation import (
    AgreementFact,
    HoldFact,
    LetterFact,
    RecoveryFact,
    Situation,
    TaskFact,
)
from domain.way import AGREEMENT, ASSESSMENT, COLLECTION, DIALOGUE, END, way
from domain.what_if import what_ifs

MONDAY = date(2026, 3, 16)
SENT = LetterFact(Letter.DEMAND, "dispatched", MONDAY, MONDAY, date(2026, 3, 30))
TASK = TaskFact(TaskKind.DIALOGUE, MONDAY, date(2026, 3, 30))
NEW = Situation(
    stage=Stage.DEMAND,
    balance=Money.kroner(1200),
    tolerance=NOTHING,
    letters=(Letter.DEMAND, Letter.FIRST_REMINDER, Letter.SECOND_REMINDER),
    waiting_for="",
    next_on=MONDAY,
    registered_on=MONDAY,
    on=MONDAY,
)
DEMANDED = replace(NEW, waiting_for="demand", letter=SENT)
ASKED = replace(NEW, stage=Stage.DIALOGUE, waiting_for="dialogue-0", task=TASK)
ALL_SENT = dict.fromkeys(("demand", "first-reminder", "second-reminder"), MONDAY)
PLAN = AgreementFact("A-000001", 1, date(2026, 4, 1), Money.kroner(300), 4)
RULE = AgreementRule(is_offered=True, minimum_instalment=Money.kroner(250), max_months=12)


def told(situation, happened=()):
    """The states by place."""
    steps = way(situation, explain(situation), dict(happened))
    return {step.place: step.state for step in steps}


def test_a_new_claim_has_its_whole_way_before_it():
    assert told(NEW) == {
        "demand": "now", "first-reminder": "next", "second-reminder": "next",
        DIALOGUE: "next", AGREEMENT: "next", ASSESSMENT: "next", END: "next",
    }  # fmt: skip


def test_a_letter_that_was_sent_is_where_the_claim_is_until_the_next():
    assert told(DEMANDED, {"demand": MONDAY})["demand"] == "now"
    later = replace(DEMANDED, waiting_for="first-reminder", stage=Stage.REMINDER, letter=None)
    found = told(later, {"demand": MONDAY, "first-reminder": MONDAY})
    assert (found["demand"], found["first-reminder"], found["second-reminder"]) == (
        "done", "now", "next",
    )  # fmt: skip


def test_what_comes_by_itself_has_its_day_and_what_a_person_decides_has_none():
    _, following, *rest = way(DEMANDED, explain(DEMANDED), {"demand": MONDAY})
    assert following.hint.values == {"day": date(2026, 3, 31)}
    assert all(step.hint is None for step in rest)
    asked = way(ASKED, explain(ASKED), ALL_SENT)
    assert all(step.hint is None for step in asked if step.state == "next")


def test_what_was_passed_over_is_left_out():
    found = told(replace(NEW, stage=Stage.ASSESSMENT), {"demand": MONDAY, DIALOGUE: MONDAY})
    assert found == {"demand": "done", DIALOGUE: "done", ASSESSMENT: "now", END: "next"}


def test_an_agreement_leads_to_the_end():
    found = told(replace(NEW, agreement=PLAN, stage=Stage.AGREEMENT), ALL_SENT)
    assert found == {**dict.fromkeys(ALL_SENT, "done"), AGREEMENT: "now", END: "next"}


@pytest.mark.parametrize("ending", Ending)
def test_of_an_ended_claim_only_what_was_is_told(ending):
    ended = replace(NEW, stage=Stage.ENDED, ending=ending, ended_on=MONDAY)
    assert told(ended, {"demand": MONDAY}) == {"demand": "done", END: "done"}


@pytest.mark.parametrize(
    "situation",
    [
        replace(DEMANDED, letter=replace(SENT, state="undelivered")),
        replace(ASKED, on=date(2026, 3, 31)),
        replace(NEW, stage=Stage.AGREEMENT, agreement=PLAN, on=date(2026, 4, 2)),
        replace(
            NEW,
            stage=Stage.ASSESSMENT,
            recovery=RecoveryFact("create", "rejected", MONDAY, News.REJECTED, MONDAY),
        ),
    ],
    ids=["letter", "task", "instalment", "rejected"],
)
def test_what_nobody_wants_is_wrong(situation):
    assert "wrong" in told(situation).values()


def test_an_answered_task_is_not_late():
    answered = replace(TASK, outcome=Outcome.GO_ON)
    assert "wrong" not in told(replace(ASKED, task=answered, on=date(2026, 5, 1))).values()


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_exactly_one_place(stage):
    ending = Ending.PAID if stage is Stage.ENDED else None
    found = told(replace(NEW, stage=stage, ending=ending, ended_on=ending and MONDAY))
    here = [place for place, state in found.items() if state in {"now", "wrong"}]
    assert len(here) == (0 if ending else 1)
    assert (COLLECTION in here) is (
        stage in {Stage.TRANSFER_NOTICE, Stage.TRANSFER, Stage.RECOVERY, Stage.ENFORCEMENT}
    )


def foreseen(situation, rule=RULE):
    return {name: explanation.next.code for name, explanation in what_ifs(situation, rule)}


def test_what_if_it_is_paid_agreed_upon_or_disputed():
    expected = {
        "paid": "next-close", "agreement": "next-instalment", "objection": "next-release",
    }  # fmt: skip
    assert foreseen(DEMANDED) == foreseen(ASKED) == expected


def test_the_agreement_foreseen_is_one_the_council_offers():
    explanation = dict(what_ifs(DEMANDED, RULE))["agreement"]
    amount, day = explanation.next.values["amount"], explanation.next.values["day"]
    offered = plan(DEMANDED.balance, day, None, amount, RULE)
    assert (offered[0].amount, offered[0].due_on) == (amount, day)
    assert day == date(2026, 4, 1)


def test_an_agreement_that_is_not_offered_is_not_foreseen():
    assert "agreement" not in foreseen(DEMANDED, AgreementRule(is_offered=False))
    assert "agreement" not in foreseen(DEMANDED, None)
    assert "agreement" not in foreseen(replace(DEMANDED, agreement=PLAN))


def test_nothing_is_foreseen_once_it_is_over_or_lies_elsewhere():
    assert foreseen(replace(NEW, ending=Ending.PAID)) == {}
    assert foreseen(replace(NEW, is_withdrawn=True)) == {}
    assert foreseen(replace(NEW, stage=Stage.RECOVERY)) == {}


def test_an_objection_is_foreseen_also_while_the_clock_stands_still():
    held = replace(DEMANDED, holds=(HoldFact(HoldReason.DEFERRAL, MONDAY, date(2026, 4, 1)),))
    assert foreseen(held)["objection"] == "next-release"


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, "barred"), (0, "near"), (27, "near"), (40, "soon"), (360, "soon"), (400, "far")],
)
def test_how_near_a_limitation_date_is_follows_the_alarms(days, expected):
    assert nearness(MONDAY + timedelta(days=days), MONDAY, (12, 6, 3, 1)) == expected

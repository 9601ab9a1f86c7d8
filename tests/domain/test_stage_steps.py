"""Which way a claim may be moved by hand, and what a look at its execution tells."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from domain.claim import Stage
from domain.decisions import ANSWERS, Answer, Outcome, TaskKind
from domain.executions.stage_steps import ANSWER_OF, Place, StageStep, steps_from
from domain.executions.troubles import REMEDIES, PendingAct, Trouble, differences, trouble_seen
from domain.record import ClaimRecord

DIALOGUE = Place(Stage.DIALOGUE, TaskKind.DIALOGUE, None, False, False, False)


def steps(**changes):
    return list(steps_from(replace(DIALOGUE, **changes)))


def test_an_open_dialogue_may_end_in_an_assessment_and_the_other_way_round():
    assert steps() == [StageStep.TO_ASSESSMENT]
    assert steps(question=TaskKind.ASSESSMENT) == [StageStep.TO_DIALOGUE]


def test_a_distraint_hearing_that_is_set_is_called_off_where_it_was_set():
    assert steps(question=TaskKind.DISTRAINT) == [StageStep.CALL_OFF]
    assert steps(question=TaskKind.DISTRAINT, has_hearing=True) == []


@pytest.mark.parametrize("answer", [Outcome.PROMISE, Outcome.NOT_REACHED, Outcome.KEEP])
def test_a_wait_for_a_named_day_may_be_cut_short(answer):
    assert steps(answer=answer) == [StageStep.STOP_WAITING]


@pytest.mark.parametrize(
    "change",
    [{"has_agreement": True}, {"is_over": True}, {"stage": Stage.TRANSFER}, {"question": None}],
)
def test_an_agreement_the_authority_an_end_and_a_letters_time_are_not_moved_by_hand(change):
    assert steps(**change) == []


def test_each_move_is_an_answer_that_its_question_knows():
    for question, answer in product(TaskKind, [None, *Outcome]):
        for step in steps(question=question, answer=answer):
            if step in ANSWER_OF:
                assert answer is None
                assert ANSWER_OF[step] in ANSWERS[question]


def test_what_both_sides_remember_alike_is_no_difference():
    told = ClaimRecord("c", acts={"demand": date(2026, 3, 2), "promise-0": date(2026, 4, 1)})
    told.answers["dialogue-0"] = Answer(Outcome.PROMISE, date(2026, 4, 1))
    known = ClaimRecord("c", acts={"demand": None}, answers=dict(told.answers))
    assert differences(told, known) == [], "when, and until when it waits, the letter's row knows"


def test_what_only_one_side_knows_is_told_by_its_key():
    told = ClaimRecord("c", is_settled=True)
    known = ClaimRecord("c", acts={"demand": None})
    found = {one.field: (one.told, one.known) for one in differences(told, known)}
    assert found == {"acts": ((), ("demand",)), "marks": (("settled",), ())}


def test_the_worst_that_a_look_finds_is_what_it_tells():
    failed = [PendingAct("claim.close", 4, "DBAPIError", None)]
    assert trouble_seen(is_running=False, failed_tellings=9, pending=failed) is Trouble.MISSING
    assert trouble_seen(is_running=True, failed_tellings=9, pending=failed) is Trouble.FAILING
    assert trouble_seen(is_running=True, failed_tellings=1, pending=failed) is Trouble.RETRYING
    assert trouble_seen(is_running=True, failed_tellings=1, pending=[]) is None


def test_each_trouble_says_what_helps_against_it():
    assert REMEDIES.keys() == set(Trouble)

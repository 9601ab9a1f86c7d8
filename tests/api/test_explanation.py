"""Every standing has an explanation, and every explanation a sentence in both languages."""

import tomllib
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from string import Formatter

import pytest

from domain.claim import Ending, HoldReason, Stage
from domain.decisions import ANSWERS, OUTCOMES_WITH_A_DAY, STORY_TASKS, Outcome, TaskKind
from domain.explanation import Term, explain
from domain.letters import Letter
from domain.money import NOTHING, Money
from domain.record import AgreementOutcome, News
from domain.situation import (
    AgreementFact,
    HoldFact,
    LetterFact,
    RecoveryFact,
    Situation,
    TaskFact,
    awaited_letter,
)

LOCALE = Path(__file__).parents[2] / "locale"
MONDAY = date(2026, 3, 16)
SENTENCES = {
    code: text
    for file in (LOCALE / "da").glob("*.toml")
    for code, text in tomllib.loads(file.read_text("utf-8")).items()
}
STEPS = (Letter.DEMAND, Letter.FIRST_REMINDER, Letter.SECOND_REMINDER)

DEMANDED = Situation(
    stage=Stage.DEMAND,
    balance=Money.kroner(1000),
    tolerance=NOTHING,
    letters=STEPS,
    waiting_for="demand",
    next_on=date(2026, 3, 30),
    registered_on=MONDAY,
    on=MONDAY,
)
LETTER = LetterFact(Letter.DEMAND, "dispatched", MONDAY, MONDAY, date(2026, 3, 30))
TASK = TaskFact(TaskKind.DIALOGUE, MONDAY, date(2026, 3, 30))
AT_THE_COLLECTOR = replace(DEMANDED, stage=Stage.RECOVERY, waiting_for="transfer-0-0", next_on=None)

REJECTED = replace(
    AT_THE_COLLECTOR,
    stage=Stage.ASSESSMENT,
    recovery=RecoveryFact("create", "rejected", MONDAY, News.REJECTED, MONDAY),
)


def assert_can_be_said(explanation):
    for phrase in (explanation.stands, *explanation.why, explanation.next):
        assert phrase.code in SENTENCES, phrase.code
        needed = {name for _, name, _, _ in Formatter().parse(SENTENCES[phrase.code]) if name}
        assert needed <= set(phrase.values), phrase
        for value in phrase.values.values():
            if isinstance(value, Term):
                assert value.code in SENTENCES, value.code


def situations():
    yield from written()
    yield from over()
    yield from asked()
    yield from at_rest()
    yield from at_the_collector()


def written():
    yield DEMANDED
    yield replace(DEMANDED, waiting_for="", next_on=MONDAY)
    yield replace(DEMANDED, letters=(), waiting_for="", next_on=None)
    for stage, state in product(
        Stage, ("requested", "dispatched", "delivered", "refused", "undelivered", "cancelled")
    ):
        yield replace(DEMANDED, stage=stage, letter=replace(LETTER, state=state))
    for stage, letter in product(Stage, Letter):
        yield replace(DEMANDED, stage=stage, letter=replace(LETTER, letter=letter))


def over():
    for ending in Ending:
        yield replace(DEMANDED, stage=Stage.ENDED, ending=ending, ended_on=MONDAY)
    for stage in Stage:
        yield replace(DEMANDED, stage=stage, is_withdrawn=True)
        yield replace(DEMANDED, stage=stage, balance=NOTHING)


def asked():
    for kind in STORY_TASKS:
        task = replace(TASK, kind=kind)
        yield replace(DEMANDED, task=task)
        yield replace(DEMANDED, task=replace(task, taken_by="Ada"), on=date(2026, 5, 1))
        for outcome in ANSWERS[kind]:
            day = date(2026, 4, 7) if outcome in OUTCOMES_WITH_A_DAY else None
            yield replace(DEMANDED, task=replace(task, outcome=outcome, look_again_on=day))


def at_rest():
    for reason, until in product(HoldReason, (None, date(2026, 4, 1))):
        yield replace(DEMANDED, holds=(HoldFact(reason, MONDAY, until),))
    for due in (date(2026, 3, 1), date(2026, 4, 1)):
        agreement = AgreementFact("A-000001", 2, due, Money.kroner(250), 4)
        yield replace(DEMANDED, agreement=agreement)


def at_the_collector():
    yield AT_THE_COLLECTOR
    for action, state in product(
        ("create", "recall", "write-down"), ("requested", "submitted", "executed", "rejected")
    ):
        yield replace(AT_THE_COLLECTOR, recovery=RecoveryFact(action, state, MONDAY))
    for news in News:
        yield replace(
            AT_THE_COLLECTOR, recovery=RecoveryFact("create", "executed", MONDAY, news, MONDAY)
        )
    yield REJECTED


def test_whatever_the_situation_there_is_something_to_say():
    for situation in situations():
        assert_can_be_said(explain(situation))


def test_there_is_a_word_for_everything_that_has_a_code():
    codes = {
        "letter": Letter,
        "task": TaskKind,
        "outcome": [*Outcome, *AgreementOutcome],
        "hold": HoldReason,
        "ending": Ending,
        "notice": News,
    }
    for kind, names in codes.items():
        for name in names:
            assert f"word-{kind}-{name}" in SENTENCES


@pytest.mark.parametrize(
    ("key", "letter"),
    [("demand", Letter.DEMAND), ("transfer-notice-0", Letter.TRANSFER_NOTICE),
     ("distraint-notice-12", Letter.DISTRAINT_NOTICE), ("distraint-0", None),
     ("dialogue-0", None), ("transfer-0-1", None), ("exception-0-news1", None),
     ("exception-0-refusal0", None), ("close", None), ("", None)],
)  # fmt: skip
def test_a_key_names_its_letter(key, letter):
    assert awaited_letter(key) is letter


def test_each_step_leads_to_the_one_after_it_and_the_last_to_a_person():
    for letter, following in zip(STEPS, (*STEPS[1:], None), strict=True):
        told = explain(replace(DEMANDED, letter=replace(LETTER, letter=letter)))
        if following:
            assert told.next.values["letter"] == Term(f"word-letter-{following}")
        else:
            assert told.next.code == "next-dialogue"


def test_a_step_that_would_come_on_a_sunday_leaves_on_monday():
    told = explain(replace(DEMANDED, letter=replace(LETTER, deadline=date(2026, 3, 21))))
    assert told.next_on == date(2026, 3, 23)


def test_nothing_happens_by_itself_while_a_person_is_asked():
    for kind in STORY_TASKS:
        assert explain(replace(DEMANDED, task=replace(TASK, kind=kind))).next_on is None


def test_a_hold_outweighs_all_but_the_end():
    held = replace(
        DEMANDED, letter=LETTER, task=TASK, holds=(HoldFact(HoldReason.DEATH, MONDAY, None),)
    )
    assert explain(held).next.code == "next-release"
    assert explain(replace(held, ending=Ending.PAID)).next.code == "next-nothing"
    assert explain(replace(held, is_withdrawn=True)).next.code == "next-close"


def test_a_claim_that_came_along_in_an_agreement_is_explained_by_it():
    agreement = AgreementFact("A-000001", 1, MONDAY, Money.kroner(250), 4)
    joined = HoldFact(HoldReason.AGREEMENT, MONDAY, None)
    objection = HoldFact(HoldReason.OBJECTION, MONDAY, None)
    along = replace(DEMANDED, agreement=agreement, holds=(joined,))
    assert explain(along).why[0].code == "why-agreement"
    assert explain(replace(along, holds=(joined, objection))).why[0].code == "why-held"


def test_two_holds_end_with_the_later_one():
    holds = tuple(HoldFact(HoldReason.OBJECTION, MONDAY, date(2026, 4, day)) for day in (1, 9))
    assert explain(replace(DEMANDED, holds=holds)).next_on == date(2026, 4, 10)


def test_a_withdrawn_claim_at_the_collector_is_recalled_first():
    assert explain(replace(AT_THE_COLLECTOR, is_withdrawn=True)).next.code == "next-recall"


def test_a_paid_claim_at_the_collector_waits_for_the_collectors_word():
    told = explain(replace(AT_THE_COLLECTOR, balance=NOTHING))
    assert told.next.code == "next-from-recovery"


def test_a_rejected_claim_says_so_before_and_while_a_person_is_asked():
    asked = replace(REJECTED, task=replace(TASK, kind=TaskKind.EXCEPTION))
    assert explain(REJECTED).why[0].code == "why-notice"
    assert explain(REJECTED).next.code == "next-at-once"
    assert [phrase.code for phrase in explain(asked).why] == ["why-notice", "why-asked"]

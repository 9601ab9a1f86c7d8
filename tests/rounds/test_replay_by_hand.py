"""Lives that are reckoned by hand, under the policy in force and under another."""

from dataclasses import replace
from datetime import date

import pytest

from domain.dated import Dated, Entry
from domain.decisions import Answer, Outcome
from domain.house_rules import StatementRule
from domain.letters import Letter
from domain.money import Money
from domain.replaying.pasts import (
    BankBook,
    Happening,
    Origin,
    PastAgreement,
    PastClaim,
    PastGroup,
)
from domain.replaying.trial_figures import Period, figures_of
from domain.replaying.trials import Measure, People, total
from domain.replaying.variants import Knobs, varied
from policies.loading import load_policy
from workflows.replaying.replay import Replay

MONDAY = date(2026, 3, 2)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def policy():
    return load_policy("skanderborg")


def settled(on, anchors):
    return Happening(Origin.MONEY, on, anchors, is_settled=True)


def group(*happenings):
    """A parking fee of 1.000 kroner, due on 16 March, demanded on 2 March with 14 days to pay."""
    claim = PastClaim(
        id="2026-000001", begun_on=MONDAY, deeds=(), happenings=happenings,
        claim_type="parking-fee", last_timely_payment_date=date(2026, 3, 16), debtors=(1,),
        principal_ore=100_000, is_demanded=False, fees=(), owed={}, policy_version="",
    )  # fmt: skip
    return PastGroup((claim,), ())


def lived(policy, past, in_force=None, people=People.REACT):
    replay = Replay(policy, past, in_force or policy, people)
    replay.live(YEAR.until)
    return replay


def diary(replay):
    return [(deed.key, deed.on.isoformat()) for deed in replay.deeds]


PAID_SIX_DAYS_AFTER_THE_SECOND = settled(
    date(2026, 4, 7),
    (("", 36), ("demand", 36), ("first-reminder", 21), ("second-reminder", 6)),
)


def test_under_the_policy_in_force_each_letter_comes_when_the_time_of_the_last_is_out(policy):
    """14 days from 2 March are over on the 16th, 14 from the 17th on the 31st."""
    replay = lived(policy, group(PAID_SIX_DAYS_AFTER_THE_SECOND))
    assert diary(replay) == [
        ("demand", "2026-03-02"),
        ("first-reminder", "2026-03-17"),
        ("second-reminder", "2026-04-01"),
        ("close", "2026-04-07"),
    ]
    assert [(fee.letter, fee.ore) for fee in replay.fees] == [("first-reminder", 25_000)]


def test_with_more_days_the_letters_come_later_and_people_answer_as_they_did(policy):
    """21 days from 17 March end on 7 April; the second reminder is of the 8th, and six days later
    the claim is paid.
    """
    other = varied(policy, Knobs(days=21))
    replay = lived(other, group(PAID_SIX_DAYS_AFTER_THE_SECOND), policy)
    assert diary(replay) == [
        ("demand", "2026-03-02"),
        ("first-reminder", "2026-03-17"),
        ("second-reminder", "2026-04-08"),
        ("close", "2026-04-14"),
    ]


def test_people_may_also_keep_their_days(policy):
    other = varied(policy, Knobs(days=21))
    past = group(PAID_SIX_DAYS_AFTER_THE_SECOND)
    replay = lived(other, past, policy, People.KEEP_THEIR_DAYS)
    assert diary(replay)[-1] == ("close", "2026-04-07")


def test_without_a_letter_people_answer_the_one_before_it_and_nobody_answers_what_is_new(policy):
    """21 days after the first reminder of 17 March; the dialogue is asked for when its 14 are out,
    and history has no answer to that.
    """
    other = varied(policy, Knobs(without=Letter.SECOND_REMINDER))
    paid = group(PAID_SIX_DAYS_AFTER_THE_SECOND)
    replay = lived(other, paid, policy)
    assert diary(replay) == [
        ("demand", "2026-03-02"),
        ("first-reminder", "2026-03-17"),
        ("dialogue-0", "2026-04-01"),
        ("close", "2026-04-07"),
    ]
    never_paid = group()
    figures = figures_of(never_paid, lived(other, never_paid, policy).lived_through, YEAR)
    assert total(figures, Measure.UNKNOWN) == 1


def test_another_fee_is_charged_and_who_paid_all_pays_all(policy):
    replay = lived(
        varied(policy, Knobs(fee=Money.kroner(50))), group(PAID_SIX_DAYS_AFTER_THE_SECOND), policy
    )
    assert [fee.ore for fee in replay.fees] == [5_000]
    assert diary(replay)[-1] == ("close", "2026-04-07")


def test_a_larger_tolerance_settles_what_is_nearly_paid(policy):
    """950 of 1.000 kroner came five days after the demand."""
    nearly = Happening(Origin.MONEY, date(2026, 3, 7), (("", 5), ("demand", 5)), ore=5_000)
    assert "close" not in dict(diary(lived(policy, group(nearly))))
    other = varied(policy, Knobs(tolerance=Money.kroner(60)))
    assert diary(lived(other, group(nearly), policy)) == [
        ("demand", "2026-03-02"),
        ("close", "2026-03-07"),
    ]


def agreed(*statements):
    """On 20 April it is agreed to pay by 20 May; nothing comes. What the bank told is known."""
    answer = Answer(Outcome.AGREEMENT, agreement="A-000001")
    said = Happening(
        Origin.DECIDED, date(2026, 4, 20), (("dialogue-0", 4),), key="dialogue-0", answer=answer
    )
    agreement = PastAgreement(
        id="A-000001", begun_on=date(2026, 4, 20), deeds=(), happenings=(),
        claims=("2026-000001",), dues=(date(2026, 5, 20),), grace_days=5, catch_up_days=10,
    )  # fmt: skip
    return replace(group(said), agreements=(agreement,), bank=BankBook({"konto": statements}))


@pytest.mark.parametrize(
    ("statements", "broken_on"),
    [
        (((date(2026, 6, 8), date(2026, 6, 8)),), "2026-06-09"),
        (((date(2026, 6, 10), date(2026, 6, 9)),), "2026-06-11"),
        (((date(2026, 6, 8), date(2026, 6, 4)),), None),
        ((), None),
    ],
)
def test_an_agreement_is_broken_when_the_bank_has_told_of_the_days_that_were_given(
    policy, statements, broken_on
):
    """Reminded on 27 May with 10 days, over on Monday 8 June: the next night, or as soon as a
    statement of that Monday, or later, is there the day before.
    """
    rule = StatementRule(("konto",), 9)
    told = replace(policy, statements=Dated((Entry(date(2020, 1, 1), rule, "test"),)))
    replay = lived(told, agreed(*statements))
    ends = {d.key: d.on.isoformat() for d in replay.deeds if d.subject == "A-000001"}
    assert ends.get("close") == broken_on

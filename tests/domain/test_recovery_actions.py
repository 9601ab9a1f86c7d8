"""What the authority would refuse is refused here first, by its code; the books are sums."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.claim import HoldReason
from domain.money import NOTHING, Money
from domain.recovery.actions import RECALL_REASONS, RULES, ActionKind, ActionReason, RecoveryState
from domain.recovery.books import Moved, Movement, compare
from domain.recovery.claim import Part
from domain.recovery.codes import REJECT_CODES, Remedy, reject_code
from domain.recovery.events import CALLS_FOR, AfterTransfer, SinceTransfer, what_happened
from domain.recovery.refusals import Asked, Lying, Undone, refusal
from domain.recovery.shares import LyingPart, shares
from letters.catalogue import LANGUAGES, codes

TODAY = date(2026, 3, 16)
TABLE = Path(__file__).parent / "situations" / "recovery_actions.toml"
SITUATIONS = tomllib.loads(TABLE.read_text(encoding="utf-8"))["situation"]


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one["name"])
def test_an_action_is_refused_as_the_authority_would(situation):
    told = situation["asked"]
    asked = Asked(
        ActionKind(told["kind"]),
        TODAY,
        reason_of(told),
        Money.kroner(told.get("kroner", 0)),
        told.get("effective_on"),
        undone_of(situation.get("undone")),
        Money.kroner(told.get("principal", 0)),
    )
    assert refusal(asked, lying_of(situation)) == situation.get("code")


def reason_of(told, name="reason"):
    return ActionReason(told[name]) if name in told else None


def undone_of(told):
    if told is None:
        return None
    amount = Money.kroner(told["kroner"])
    return Undone(ActionKind(told["kind"]), reason_of(told), amount, told.get("is_undone", False))


def lying_of(situation):
    state = situation.get("lies", "received")
    if not state:
        return None
    return Lying(
        RecoveryState(state), Part(situation.get("part", "principal")), Money.kroner(1000),
        Money.kroner(600), situation.get("is_busy", False), reason_of(situation, "recalled_for"),
    )  # fmt: skip


def test_every_action_has_a_situation():
    tried = {(one["asked"]["kind"], one["asked"].get("reason")) for one in SITUATIONS}
    assert {(rule.kind.value, rule.reason and rule.reason.value) for rule in RULES} <= tried


def test_every_code_says_what_it_means_what_it_points_at_and_what_to_do():
    for language in LANGUAGES:
        said = codes(language)
        for code in REJECT_CODES.values():
            assert f"recovery-code-{code.code.lower()}" in said, code
            assert f"recovery-field-{code.field}" in said, code
        assert {f"recovery-remedy-{remedy}" for remedy in Remedy} <= said
    refused_by_us = {one["code"] for one in SITUATIONS if "code" in one}
    assert refused_by_us <= REJECT_CODES.keys(), "what we refuse ourselves can be explained"
    assert reject_code("R_4_2") is None
    assert reject_code(None) is None


@pytest.mark.parametrize(
    ("since", "events"),
    [
        (SinceTransfer(False, frozenset(), False, TODAY), ()),
        (SinceTransfer(True, frozenset(), True, TODAY), ("wrong", "agreement")),
        (SinceTransfer(False, frozenset({HoldReason.OBJECTION}), False, TODAY), ("complaint",)),
        (SinceTransfer(False, frozenset({HoldReason.DEFERRAL}), False, TODAY), ("respite",)),
        (SinceTransfer(False, frozenset({HoldReason.HARDSHIP}), False, TODAY), ()),
        (SinceTransfer(False, frozenset({HoldReason.COMPLAINT}), False, TODAY), ("complaint",)),
        (SinceTransfer(False, frozenset({HoldReason.DEATH}), False, TODAY), ("death",)),
        (SinceTransfer(False, frozenset({HoldReason.INSOLVENCY}), False, TODAY), ("bankruptcy",)),
        (SinceTransfer(False, frozenset({HoldReason.DEBT_RELIEF}), False, TODAY), ("debt-relief",)),
        (SinceTransfer(False, frozenset(), False, date(2026, 3, 15)), ("lapsed",)),
    ],
)
def test_what_has_happened_since_the_transfer_calls_for_a_recall(since, events):
    assert what_happened(since, TODAY) == tuple(AfterTransfer(event) for event in events)


def test_each_reason_to_recall_has_something_that_calls_for_it():
    assert set(AfterTransfer) - set(CALLS_FOR) == {"death", "bankruptcy", "debt-relief"}
    assert set(CALLS_FOR.values()) == set(RECALL_REASONS)


ORE = st.integers(0, 500_00).map(Money)
PARTS = st.lists(st.tuples(st.sampled_from(Part), ORE), max_size=4).map(
    lambda found: [
        LyingPart("main", Part.PRINCIPAL, Money(700_00)),
        *(LyingPart(f"r-{n}", part, left) for n, (part, left) in enumerate(found)
          if part is not Part.PRINCIPAL),
    ]
)  # fmt: skip


@given(ORE, st.dictionaries(st.sampled_from(Part), ORE), PARTS)
def test_what_is_reported_sums_to_what_was_paid_and_fits_what_lies_there(amount, covered, parts):
    taken = shares(amount, covered, parts)
    assert sum((part for _, part in taken), NOTHING) == amount
    assert all(part > NOTHING for _, part in taken)
    assert len({reference for reference, _ in taken}) == len(taken)
    left = {one.reference: one.left for one in parts}
    assert all(part <= left[reference] for reference, part in taken), "there was room"


def test_what_no_claim_has_room_for_is_told_on_the_main_claim():
    parts = [LyingPart("main", Part.PRINCIPAL, Money(50))]
    assert shares(Money(80), {}, parts) == (("main", Money(80)),)
    assert shares(Money(80), {}, []) == ()


def test_interest_that_was_paid_is_reported_on_the_interest():
    parts = [
        LyingPart("main", Part.PRINCIPAL, Money(1000)),
        LyingPart("i", Part.INTEREST, Money(30)),
        LyingPart("f", Part.FEE, Money(100)),
    ]
    covered = {Part.INTEREST: Money(30), Part.PRINCIPAL: Money(70)}
    assert dict(shares(Money(100), covered, parts)) == {"i": Money(30), "main": Money(70)}


MOVED = st.builds(Moved, *[st.integers(-(10**6), 10**6).map(Money)] * 5)
BOOK = st.dictionaries(st.sampled_from("abcd"), MOVED)


@given(BOOK, BOOK)
def test_books_agree_only_when_every_claim_does(ours, theirs):
    books = compare(ours, theirs)
    nothing = Moved()
    same = all(ours.get(name, nothing) == theirs.get(name, nothing) for name in "abcd")
    assert books.agree is same
    assert (not books.differences) is same
    assert all(one.columns for one in books.differences)
    difference = sum((one.ours - one.theirs for one in books.differences), nothing)
    assert books.theirs is not None
    assert books.ours - books.theirs == difference, "the lines explain the sums"


def test_the_base_is_our_own_doing_and_what_is_left_is_less_what_was_recovered():
    moved = Moved(Money(1000), Money(200), Money(100), Money(50), Money(300))
    assert (moved.base, moved.left) == (Money(750), Money(450))
    assert compare({}, None).agree is False
    assert [str(movement) for movement in Movement] == list(Moved.__slots__)

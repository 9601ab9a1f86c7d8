"""Which letters leave as one is decided by who gets them and by nothing that chance decides."""

from hypothesis import given
from hypothesis import strategies as st

from domain.letters import Letter
from domain.merging import Waiting, merge

MERGES = {Letter.COURTESY_NOTICE, Letter.FIRST_REMINDER, Letter.SECOND_REMINDER}
waiting = st.builds(
    Waiting,
    id=st.integers(1, 50),
    debtor=st.integers(1, 4),
    letter=st.sampled_from([*MERGES, Letter.DEMAND, Letter.ENQUIRY_REPLY]),
    claim=st.sampled_from(["a", "b"]),
    about=st.just("a"),
    fee_ore=st.sampled_from([0, 25000]),
)
trays = st.lists(waiting, unique_by=lambda one: one.id)


@given(trays)
def test_every_letter_leaves_once_and_to_the_one_it_was_for(tray):
    sendings = merge(tray, MERGES)
    ids = [id_ for sending in sendings for id_ in sending.ids]
    assert sorted(ids) == sorted(one.id for one in tray)
    for sending in sendings:
        assert len({one.debtor for one in sending.letters}) == 1
        if len(sending.letters) > 1:
            assert {one.letter for one in sending.letters} <= MERGES


@given(trays)
def test_a_debtor_gets_one_letter_with_one_fee_of_those_that_may_leave_together(tray):
    for sending in merge(tray, MERGES):
        assert sending.leader.letter.level == max(one.letter.level for one in sending.letters)
        charged = [one for one in sending.letters if one.fee_ore]
        assert len(charged) - len(sending.surplus_fees) == min(len(charged), 1)
    joined = [one.debtor for one in tray if one.letter in MERGES and one.about == one.claim]
    groups = [s for s in merge(tray, MERGES) if s.leader.letter in MERGES
              and s.leader.about == s.leader.claim]  # fmt: skip
    assert len(groups) == len(set(joined))


def test_what_may_have_left_together_is_not_mixed_with_what_came_later():
    first = Waiting(1, 7, Letter.FIRST_REMINDER, "a", "a", bound=1)
    second = Waiting(2, 7, Letter.FIRST_REMINDER, "b", "b", bound=1)
    later = Waiting(3, 7, Letter.SECOND_REMINDER, "c", "c")
    assert [sending.ids for sending in merge([first, second, later], MERGES)] == [[1, 2], [3]]

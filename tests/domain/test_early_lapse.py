"""Interest and fees that lapse before their claim: found where the law says so, and no others."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.limitation.dates import (
    LimitationEvent,
    LimitationKind,
    accessory_limitation,
    first_limitation,
    limitation_date,
)
from domain.limitation.early_lapse import early_lapses
from domain.money import NOTHING
from domain.recovery.split import Share
from tests.domain.test_dossier import CLAIM, POLICY, line

DUE = date(2022, 2, 1)
KIND = POLICY.claim_type("day-care")
AFTERWARDS = st.sampled_from(
    [LimitationKind.ACKNOWLEDGEMENT, LimitationKind.JUDGMENT, LimitationKind.DISTRAINT]
)
EVENTS = st.lists(
    st.builds(LimitationEvent, AFTERWARDS, st.dates(date(2022, 2, 2), date(2025, 1, 31))),
    max_size=3,
)


def shared(number, events):
    events = tuple(sorted(events, key=lambda event: event.on))
    date_ = limitation_date(DUE, KIND.limitation_years, events, POLICY.limitation)
    return Share(number, date_, events)


@given(
    st.lists(EVENTS, min_size=1, max_size=2),
    st.lists(st.tuples(st.integers(0, 1400), st.booleans()), max_size=4),
)
def test_what_lapses_early_is_what_the_law_says_of_each_debtor(events, charged):
    shares = tuple(shared(number, told) for number, told in enumerate(events, start=1))
    lines = tuple(
        line("interest", 30, seq, DUE + timedelta(days=days), left=30 if is_open else 0)
        for seq, (days, is_open) in enumerate(charged, start=2)
    )
    claim = replace(CLAIM, lines=(line("principal", 3000, 1), *lines), shares=shares)
    main = min(share.limitation_date for share in shares)
    expected = {}
    for one in lines:
        day = min(
            accessory_limitation(
                one.effective_on, share.limitation_date, KIND.limitation_years, share.events,
                POLICY.limitation, is_civil=KIND.is_civil,
            )
            for share in shares
        )  # fmt: skip
        if one.open > NOTHING and day < main:
            expected[one.seq] = day
    assert early_lapses(claim, POLICY) == expected


def test_nothing_lapses_early_of_a_claim_that_was_never_fixed():
    months = tuple(line("interest", 30, n, DUE + timedelta(days=31 * n)) for n in range(2, 30))
    share = Share(1, first_limitation(KIND, DUE))
    claim = replace(CLAIM, lines=(line("principal", 3000, 1), *months), shares=(share,))
    assert early_lapses(claim, POLICY) == {}


def test_a_claim_without_anybody_liable_loses_nothing_early():
    claim = replace(CLAIM, lines=(line("principal", 1, 1), line("fee", 250, 2)), shares=())
    assert early_lapses(claim, POLICY) == {}

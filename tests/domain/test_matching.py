"""What speaks for a claim when a payment has no sure reference."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.matching import (
    MOST_CANDIDATES,
    MOST_POINTS,
    POINTS,
    MatchReason,
    OpenClaim,
    PaymentClues,
    rank,
)
from domain.money import Money
from domain.payment_reference import payment_reference

KARLAS_NUMBER = "0703790123"
KARLA = OpenClaim(
    "2026-000017", payment_reference(17), False, "Karla Marie Prøvesen",
    Money.kroner(1250), Money.kroner(1000), "A-000003", Money.kroner(400),
)  # fmt: skip
OTHERS = [
    OpenClaim(
        f"2026-{n:06d}", payment_reference(n), False, "Bo Eksempel", Money.kroner(990 + n),
        Money.kroner(900),
    )
    for n in range(100, 110)
]  # fmt: skip


def clues(kroner=77, payer="", said="", references=()):
    return PaymentClues(Money.kroner(kroner), payer, said, references)


@pytest.mark.parametrize(
    ("payment", "reasons"),
    [
        (clues(references=(payment_reference(17),)), ["reference"]),
        (clues(said="krav 2026-000017, tak"), ["claim-number"]),
        (clues(said="rate a-000003"), ["agreement-number"]),
        (clues(said="000000000000174"), []),
        (clues(said="000000000000274"), ["near-reference"]),
        (clues(said="cpr 070379-0123"), ["national-id"]),
        (clues(payer="PRØVESEN KARLA"), ["same-name"]),
        (clues(payer="Karla"), []),
        (clues(1250), ["amount-owed"]),
        (clues(400), ["instalment"]),
        (clues(1000), ["principal"]),
        (clues(1250, "Karla M. Prøvesen"), ["amount-owed"]),
        (clues(1250, "Karla Marie Prøvesen", "2026-000017"),
         ["claim-number", "same-name", "amount-owed"]),
        (clues(said="2026-0000170 og 12026-000017"), []),
    ],
)  # fmt: skip
def test_each_reason_speaks_for_the_claim(payment, reasons):
    karla = replace(KARLA, is_numbered=KARLAS_NUMBER in payment.national_ids)
    found = rank(payment, [karla])
    assert [str(reason) for one in found for reason in one.reasons] == reasons


def test_what_the_payer_wrote_weighs_more_than_any_name_and_amount():
    written = {MatchReason.REFERENCE, MatchReason.CLAIM_NUMBER, MatchReason.AGREEMENT_NUMBER}
    amounts = {MatchReason.AMOUNT_OWED, MatchReason.INSTALMENT, MatchReason.PRINCIPAL}
    most_by_amount = sum(POINTS[one] for one in amounts) + POINTS[MatchReason.SAME_NAME]
    assert min(POINTS[one] for one in written) >= most_by_amount - POINTS[MatchReason.PRINCIPAL]
    assert set(POINTS) == set(MatchReason)


@given(
    st.integers(1, 2000), st.sampled_from(["", "Bo Eksempel", "Karla Prøvesen"]),
    st.sampled_from(["", "2026-000104", "A-000003", payment_reference(105)]), st.randoms(),
)  # fmt: skip
def test_the_best_come_first_in_whatever_order_the_claims_are_told(kroner, payer, said, random):
    claims = [KARLA, *OTHERS]
    found = rank(clues(kroner, payer, said), claims)
    random.shuffle(claims)
    assert rank(clues(kroner, payer, said), claims) == found
    assert len(found) <= MOST_CANDIDATES
    assert [one.points for one in found] == sorted((one.points for one in found), reverse=True)
    assert all(0 < one.points <= MOST_POINTS and one.reasons for one in found)

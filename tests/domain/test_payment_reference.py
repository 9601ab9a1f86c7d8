"""A payment slip's reference finds its claim, however the bank writes it, and nobody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.payment_reference import (
    find_references,
    is_valid_reference,
    payment_line,
    payment_reference,
)

NUMBERS = st.integers(0, 10**14 - 1)


@pytest.mark.parametrize(
    ("number", "reference"),
    [
        (1, "000000000000018"),
        (2684014996532, "026840149965328"),
        (0, "000000000000000"),
        (5, "000000000000059"),
        (10**14 - 1, "999999999999994"),
    ],
)
def test_the_last_digit_checks_the_others(number, reference):
    assert payment_reference(number) == reference
    assert is_valid_reference(reference)


@pytest.mark.parametrize("number", [-1, 10**14])
def test_a_number_that_does_not_fit_has_no_reference(number):
    with pytest.raises(AssertionError):
        payment_reference(number)


@given(NUMBERS)
def test_every_number_has_a_valid_reference_of_its_own(number):
    reference = payment_reference(number)
    assert is_valid_reference(reference)
    assert int(reference[:-1]) == number
    assert len(reference) == 15


@given(NUMBERS, st.integers(0, 14), st.integers(1, 9))
def test_a_mistyped_digit_is_noticed(number, place, change):
    reference = payment_reference(number)
    wrong = str((int(reference[place]) + change) % 10)
    assert not is_valid_reference(reference[:place] + wrong + reference[place + 1 :])


@pytest.mark.parametrize(
    "text",
    ["", "18", "00000000000001", "00000000000018a", "00000000000001²", " 00000000000018", "-" * 15],
)
def test_what_is_no_reference_is_not_valid(text):
    assert not is_valid_reference(text)


def test_card_75_has_sixteen_digits():
    assert is_valid_reference("1234567890123452")
    assert payment_line("1234567890123452", "12345678") == "+75<1234567890123452+12345678<"


def test_the_line_is_as_it_is_typed_in_a_bank():
    assert payment_line("000000000000018", "12345678") == "+71<000000000000018+12345678<"


@pytest.mark.parametrize(
    "text",
    [
        "71/0000000000000000018",
        "71/000000000000018",
        "71/0000000000000018",
        "71 / 000000000000018",
        "71#000000000000018",
        "000000000000018",
        "0000000000000018",
        "0000000000000000018",
        "betaling 000000000000018, tak",
        "+71<000000000000018+12345678<",
        "000000000000018 og igen 71/000000000000018",
    ],
)
def test_a_reference_is_found_however_it_is_written(text):
    assert find_references(text) == ("000000000000018",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "faktura 12345678",
        "000000000000017",  # does not check
        "12345678901234567890",  # too long for any card
        "71/1234567890123456789",  # no padding, so no reference
        "x71/12345",
    ],
)
def test_other_numbers_are_not_references(text):
    assert find_references(text) == ()


def test_a_bank_that_names_the_card_is_believed():
    assert find_references("71/0000123456789012345") == ("123456789012345",)
    assert find_references("75/0001234567890123456") == ("1234567890123456",)
    assert find_references("75/0000123456789012345") == ("0123456789012345",)


def test_several_references_are_all_found_in_order():
    one, two = payment_reference(7), payment_reference(70)
    assert find_references(f"71/{two:0>19} {one}; {two}") == (two, one)


@given(
    NUMBERS, st.integers(0, 4), st.sampled_from(["", "71/", "71#"]), st.text("abc ,;", max_size=9)
)
def test_padding_and_words_around_change_nothing(number, zeros, card, words):
    reference = payment_reference(number)
    text = f"{words} {card}{'0' * zeros}{reference} {words}"
    assert find_references(text) == (reference,)

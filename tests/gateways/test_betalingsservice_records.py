"""Each layout fills its line, and what is written by it is what is read."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from gateways.betalingsservice.layouts import (
    ADDRESS,
    COLLECTION,
    DELIVERY_END,
    LAYOUTS,
    MANDATE,
    PAYMENT,
    SECTIONS,
    Kind,
)
from gateways.betalingsservice.records import read_record, write_record
from letters.catalogue import sentence
from tests.gateways.betalingsservice_files import (
    address,
    end,
    mandate,
    payment,
    section_end,
    section_start,
    slip,
    start,
)

LATIN = st.characters(codec="latin1", exclude_categories=("Cc",))
BY_KIND = {
    Kind.TEXT: lambda width: st.text(LATIN, max_size=width).map(lambda text: text.rstrip(" ")),
    Kind.DIGITS: lambda width: st.integers(0, 10**width - 1).map(lambda n: f"{n:0{width}}"),
    Kind.NUMBER: lambda width: st.integers(0, 10**width - 1),
    Kind.DAY: lambda _: st.none() | st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    Kind.LONG_DAY: lambda _: st.none() | st.dates(),
}

each_layout = pytest.mark.parametrize("chosen_by", LAYOUTS, ids="-".join)


@each_layout
def test_every_layout_has_128_columns(chosen_by):
    columns = LAYOUTS[chosen_by].columns
    assert sum(column.width for column in columns) == 128
    assert [column.first for column in columns][:2] == [1, 6]
    assert columns[-1].last == 128


@pytest.mark.parametrize(
    "line",
    [start(), section_start(), payment(), slip(), mandate(), address(), section_end(), end()],
)
def test_lines_written_out_by_hand_have_128_columns(line):
    assert len(line) == 128


def test_every_transaction_and_section_has_a_layout():
    for sections in SECTIONS.values():
        for section, transactions in sections.items():
            assert {("012", section), ("092", section)} <= LAYOUTS.keys()
            assert {("042", transaction) for transaction in transactions} <= LAYOUTS.keys()


@each_layout
@given(data=st.data())
def test_what_is_written_is_what_is_read(chosen_by, data):
    record, number = chosen_by
    layout = LAYOUTS[chosen_by]
    values = {
        column.name: data.draw(BY_KIND[column.kind](column.width), column.name)
        for column in layout.columns
        if column.kind in BY_KIND
    }
    if record in {"012", "042", "092"}:
        values["transaction" if record == "042" else "section"] = number
    written = write_record(layout, 1, **values)
    assert len(written) == 128
    read = read_record(written, 1, number if record in {"022", "052"} else "")
    assert {name: read.values[name] for name in values} == values


def test_a_payment_is_written_as_it_stands_when_written_out_by_hand():
    written = write_record(
        PAYMENT,
        1,
        pbs_number="2",
        transaction="0236",
        debtor_group="1",
        customer_number="000000000000042",
        mandate="7",
        due_on=date(2026, 3, 1),
        sign=1,
        amount=125_00,
        reference="RET-1",
        paid_on=date(2026, 3, 2),
        booked_on=date(2026, 3, 3),
        paid_amount=125_00,
    )
    assert written == payment()


def test_what_has_no_value_is_blanks_and_zeros():
    written = write_record(MANDATE, 1, transaction="0231")
    assert written == f"BS042000000000231000{'0' * 5}{'':15}{'0' * 21}{'':67}"


def test_a_name_is_cut_where_there_is_no_room():
    written = write_record(ADDRESS, 1, transaction="0240", words="Karla " * 10)
    assert read_record(written, 1, "0601").said("words") == ("Karla " * 10)[:35].rstrip()


def refusal(layout, **values):
    with pytest.raises(Invalid) as refused:
        write_record(layout, 7, **values)
    [fault] = refused.value.faults
    return fault


@pytest.mark.parametrize(
    ("layout", "values", "danish", "english"),
    [
        (
            COLLECTION,
            {"customer_number": "1" * 16},
            "Linje 7, kolonne 28: Værdien er på 16 tegn; der er plads til 15 (customer_number).",
            (
                "Line 7, column 28: The value has 16 characters; there is room for 15 "
                "(customer_number)."
            ),
        ),
        (
            COLLECTION,
            {"reference": "5 €"},
            (
                "Linje 7, kolonne 74: Tegnet »€« findes ikke i ISO-8859-1 og kan ikke sendes til "
                "Betalingsservice (reference)."
            ),
            (
                "Line 7, column 74: The character “€” is not in ISO-8859-1 and cannot be sent to "
                "Betalingsservice (reference)."
            ),
        ),
        (
            COLLECTION,
            {"reference": "RET\n1"},
            (
                "Linje 7, kolonne 77: Tegnet U+000A kan ikke skrives ud og må ikke stå her. "
                "Er filen gemt som andet end ISO-8859-1?"
            ),
            (
                "Line 7, column 77: The character U+000A cannot be printed and may not stand here. "
                "Was the file saved as something else than ISO-8859-1?"
            ),
        ),
        (
            COLLECTION,
            {"mandate": "12 3"},
            "Linje 7, kolonne 43-51: Her må kun stå cifre (mandate).",
            "Line 7, columns 43-51: Only digits may stand here (mandate).",
        ),
        (
            COLLECTION,
            {"amount": 10**13},
            "Linje 7, kolonne 61: Værdien er på 14 tegn; der er plads til 13 (amount).",
            "Line 7, column 61: The value has 14 characters; there is room for 13 (amount).",
        ),
        (
            MANDATE,
            {"start": date(1999, 12, 31)},
            "Linje 7, kolonne 50: Datoen »1999-12-31« findes ikke eller kan ikke stå her.",
            "Line 7, column 50: The date “1999-12-31” does not exist or cannot stand here.",
        ),
    ],
)
def test_what_there_is_no_room_or_no_letter_for_is_refused_by_its_place(
    layout, values, danish, english
):
    fault = refusal(layout, **values)
    assert fault.field in values
    assert sentence(fault.code, "da", **fault.values) == danish
    assert sentence(fault.code, "en", **fault.values) == english


@pytest.mark.parametrize("amount", [-1, -125_00])
def test_a_number_below_zero_is_never_written(amount):
    assert refusal(DELIVERY_END, net=amount).code == "bs-digits"


@pytest.mark.parametrize("code", [*range(0x20), 0x7F, *range(0x80, 0xA0)])
def test_no_control_character_is_read(code):
    with pytest.raises(Invalid) as refused:
        read_record(payment(reference=f"{chr(code)}A"), 3)
    [fault] = refused.value.faults
    assert fault.code == "bs-control-character"
    assert (fault.values["column"], fault.values["character"]) == ("70", f"U+{code:04X}")


@given(st.text(LATIN, min_size=128, max_size=128))
def test_anything_else_of_the_right_length_is_read_or_refused_with_its_place(text):
    try:
        read_record(text, 1)
    except Invalid as invalid:
        [fault] = invalid.faults
        assert fault.values.keys() >= {"line", "column"}


@given(st.integers(5, 127), LATIN)
def test_a_payment_with_one_character_changed_is_read_or_refused_with_its_place(at, character):
    text = payment()
    try:
        read_record(text[:at] + character + text[at + 1 :], 1)
    except Invalid as invalid:
        [fault] = invalid.faults
        assert fault.values.keys() >= {"line", "column"}

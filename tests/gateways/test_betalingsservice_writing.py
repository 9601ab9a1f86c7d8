"""What we ask to have collected is what Betalingsservice would read, to the øre and the letter."""

from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from gateways.betalingsservice.contents import Collection
from gateways.betalingsservice.reading import read_collections, read_delivery
from gateways.betalingsservice.walking import DeliveryTotals
from gateways.betalingsservice.writing import write_collection

MONDAY = date(2026, 3, 2)
KARLA = Collection(
    "000000000000042", "000000007", date(2026, 4, 1), 125_00, "RET-1", ("Børnehave", "", "April")
)

LATIN = st.characters(codec="latin1", exclude_categories=("Cc",))


def words(width):
    return st.text(LATIN, max_size=width).map(lambda text: text.strip(" "))


COLLECTIONS = st.builds(
    Collection,
    customer_number=st.integers(1, 10**15 - 1).map("{:015}".format),
    mandate=st.integers(1, 10**9 - 1).map("{:09}".format),
    due_on=st.dates(date(2000, 1, 1), date(2999, 12, 31)),
    amount_ore=st.integers(1, 10**13 - 1),
    reference=words(30),
    text_lines=st.lists(words(60), max_size=4).map(tuple),
)


def write(collections, main_text=""):
    return write_collection(
        "00000001", "00000002", "00001", "0000000031", MONDAY, collections, main_text
    )


def refusal(collections, main_text=""):
    with pytest.raises(Invalid) as refused:
        write(collections, main_text)
    [fault] = refused.value.faults
    return fault.code, fault.field, fault.values["line"]


@given(st.lists(COLLECTIONS, max_size=6), words(60))
def test_what_is_written_is_what_is_read(collections, main_text):
    *told, totals = read_collections(BytesIO(write(collections, main_text)))
    assert told == collections
    assert totals == DeliveryTotals(
        "0601",
        "0000000031",
        "00000001",
        MONDAY,
        sections=1,
        count=len(collections),
        net_ore=sum(collection.amount_ore for collection in collections),
    )


@given(st.lists(COLLECTIONS, max_size=3))
def test_the_same_collections_give_the_same_bytes(collections):
    assert write(collections) == write(list(collections))


def test_a_collection_is_written_as_it_stands_when_written_out_by_hand():
    first, section, collection, *texts, section_end, last, after = (
        write([KARLA], "Skanderborg").decode("latin1").split("\r\n")
    )
    assert first == f"BS00200000001BS106010000000031{'':19}020326{'':73}"
    assert section == (
        f"BS012000000020112{'':5}00001{'':15}{'':4}02032026{'':14}{'Skanderborg':60}"
    )
    assert collection == (
        "BS042000000020280000000000100000000000004200000000701042026"
        f"10000000012500{'RET-1':30}00{'':15}00000000"
    )
    assert texts == [
        f"BS0520000000202410000{number}00001000000000000042000000007 {text:60}{'':16}"
        for number, text in enumerate(["Børnehave", "", "April"], start=1)
    ]
    assert section_end == (
        f"BS0920000000201120000000001{'':4}00000000001000000000012500"
        f"00000000003{'':15}00000000000{'':34}"
    )
    assert last == (
        f"BS99200000001BS106010000000000100000000001000000000012500"
        f"00000000003{'0' * 15}00000000000{'0' * 34}"
    )
    assert after == ""


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"customer_number": "0" * 16}, ("bs-too-long", "customer_number", "3")),
        ({"mandate": "AFT-7"}, ("bs-digits", "mandate", "3")),
        ({"amount_ore": 0}, ("bs-amount", "amount", "3")),
        ({"amount_ore": -1}, ("bs-amount", "amount", "3")),
        ({"reference": "R" * 31}, ("bs-too-long", "reference", "3")),
        ({"text_lines": ("Børnehave", "→ april")}, ("bs-letter", "words", "5")),
        ({"text_lines": ("x" * 61,)}, ("bs-too-long", "words", "4")),
    ],
)
def test_what_cannot_be_sent_is_refused_by_its_place(changes, refused):
    parts = {name: getattr(KARLA, name) for name in KARLA.__slots__}
    assert refusal([Collection(**parts | changes)]) == refused


def test_a_main_text_is_not_cut_in_silence():
    assert refusal([], "x" * 61) == ("bs-too-long", "main_text", "2")


def code_of(content):
    with pytest.raises(Invalid) as refused:
        list(read_collections(BytesIO(content)))
    return refused.value.faults[0].code


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"01042026", b"00000000", "bs-day"),
        (b"01042026", b"31022026", "bs-day"),
        (b"0104202610000000012500", b"0104202620000000012500", "bs-amount"),
        (b"0104202610000000012500", b"0104202610000000012501", "bs-net"),
        (b"02410000100001000000000000042", b"02410000100001000000000000043", "bs-out-of-place"),
        (b"BS106010", b"BS106020", "bs-delivery-type"),
    ],
)
def test_a_file_of_collections_that_was_changed_on_the_way_is_refused(old, new, code):
    content = write([KARLA])
    assert code_of(content.replace(old, new, 1)) == code


def test_collections_are_not_payments():
    with pytest.raises(Invalid) as refused:
        list(read_delivery(BytesIO(write([KARLA]))))
    assert refused.value.faults[0].code == "bs-delivery-type"

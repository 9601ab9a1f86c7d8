"""What Betalingsservice tells is read to the øre; what cannot be right is refused by its place."""

from datetime import date
from io import BytesIO

import pytest

from domain.errors import Invalid
from gateways.betalingsservice.contents import (
    CollectedPayment,
    MandateKind,
    MandateNotice,
    PaymentKind,
)
from gateways.betalingsservice.reading import read_delivery
from gateways.betalingsservice.tally import Sign
from gateways.betalingsservice.walking import DeliveryTotals
from letters.catalogue import sentence
from tests.gateways.betalingsservice_files import (
    a_delivery,
    address,
    as_file,
    end,
    mandate,
    payment,
    section_end,
    section_start,
    slip,
    start,
)


def read(lines, line_end="\r\n"):
    return list(read_delivery(BytesIO(as_file(lines, line_end))))


def payments(*lines):
    net = sum(int(line[56:69]) * {"0": 0, "1": 1, "2": -1}[line[55]] for line in lines)
    count, net = len(lines), abs(net)
    ends = [section_end(count=count, net=net), end(count=count, net=net)]
    return read([start(), section_start(), *lines, *ends])[:-1]


def refusal(lines):
    content = lines if isinstance(lines, bytes) else as_file(lines)
    with pytest.raises(Invalid) as refused:
        list(read_delivery(BytesIO(content)))
    [fault] = refused.value.faults
    return fault


def said(lines):
    fault = refusal(lines)
    return sentence(fault.code, "da", **fault.values), sentence(fault.code, "en", **fault.values)


def changed(number, line, lines=None):
    """The good delivery with another line in place *number*, counted from 1."""
    lines = lines or a_delivery()
    return [*lines[: number - 1], line, *lines[number:]]


def test_a_completed_payment_is_read_with_all_it_says():
    [paid, totals] = read(a_delivery())
    assert paid == CollectedPayment(
        source_reference=paid.source_reference,
        bs_key=paid.bs_key,
        kind=PaymentKind.COMPLETED,
        pbs_number="00000002",
        debtor_group="00001",
        customer_number="000000000000042",
        mandate="000000007",
        due_on=date(2026, 3, 1),
        amount_ore=125_00,
        sign=Sign.COLLECT,
        reference="RET-1",
        paid_on=date(2026, 3, 2),
        booked_on=date(2026, 3, 3),
        paid_ore=125_00,
    )
    assert totals == DeliveryTotals(
        "0602", "0000000031", "00000001", date(2026, 3, 2), sections=1, count=1, net_ore=125_00
    )


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_both_ends_of_line_tell_the_same(line_end):
    assert read(a_delivery(), line_end) == read(a_delivery())


def test_the_last_line_may_lack_its_end():
    content = as_file(a_delivery(), "\n").removesuffix(b"\n")
    assert list(read_delivery(BytesIO(content))) == read(a_delivery())


def test_each_transaction_has_its_kind():
    told = payments(*(payment(code) for code in ("0236", "0237", "0238", "0239")))
    assert [t.kind for t in told] == ["completed", "rejected", "cancelled", "charged_back"]


def test_slips_are_read_by_their_own_columns():
    lines = [address(), slip("0297"), slip("0299")]
    ends = {"count": 2, "net": 160_00, "addresses": 1}
    told = read([start(), section_start("0215"), *lines, section_end("0215", **ends), end(**ends)])
    assert [
        (t.kind, t.customer_number, t.mandate, t.amount_ore, t.reference, t.paid_on)
        for t in told[:-1]
    ] == [
        ("slip_paid", "000000000000042", None, 80_00, "RET-2", date(2026, 3, 2)),
        ("slip_reversed", "000000000000042", None, 80_00, "RET-2", date(2026, 3, 2)),
    ]


def test_mandates_that_begin_and_end_are_told():
    sections = {
        "0210": [mandate("0230")],
        "0212": [mandate(code, ends="310326") for code in ("0231", "0232", "0233", "0234")],
    }
    lines = [start("0603")]
    for section, notices in sections.items():
        lines += [section_start(section), *notices, section_end(section, len(notices), 0)]
    *told, totals = read([*lines, end("0603", sections=2, count=5, net=0)])
    assert told[0] == MandateNotice(
        told[0].source_reference,
        MandateKind.ACTIVE,
        "00000002",
        "00001",
        "000000000000042",
        "000000007",
        start=date(2026, 3, 1),
        end=None,
    )
    assert [t.kind for t in told] == [
        "active",
        "registered",
        "cancelled_by_bank",
        "cancelled_by_creditor",
        "cancelled_by_betalingsservice",
    ]
    assert {t.end for t in told[1:]} == {date(2026, 3, 31)}
    assert (totals.sections, totals.count, totals.net_ore) == (2, 5, 0)


def test_what_is_disbursed_is_taken_from_the_net():
    lines = [payment(amount=300_00), payment("0239", amount=100_00, sign="2"), payment(sign="0")]
    content = [start(), section_start(), *lines, section_end(count=3, net=200_00),
               end(count=3, net=200_00)]  # fmt: skip
    *told, totals = read(content)
    assert totals.net_ore == 200_00
    assert [t.amount_ore for t in told] == [300_00, 100_00, 125_00]
    assert [t.sign for t in told] == [Sign.COLLECT, Sign.DISBURSE, Sign.NONE]


def test_the_same_record_has_the_same_source_reference_and_each_one_its_own():
    first, again = payments(payment(), payment()), payments(payment(), payment())
    assert [p.source_reference for p in first] == [p.source_reference for p in again]
    assert len({p.source_reference for p in first}) == 2
    assert first[0].source_reference.startswith("0000000031-00000001-0211-3-")


def test_a_payment_told_again_in_another_delivery_is_known_by_its_key():
    [first] = read(a_delivery())[:-1]
    other = [start(delivery_id="0000000032", made_on="030326"), *a_delivery()[1:]]
    [again] = read(other)[:-1]
    assert first.bs_key == again.bs_key
    assert first.source_reference != again.source_reference
    assert len(first.bs_key) == 24


@pytest.mark.parametrize(
    "other",
    [
        payment("0239"),
        payment(amount=125_01),
        payment(reference="RET-2"),
        payment(due_on="020326"),
        payment(paid_on="030326"),
        payment(customer="000000000000043"),
    ],
)
def test_another_payment_has_another_key(other):
    [one, two] = payments(payment(), other)
    assert one.bs_key != two.bs_key


def test_a_rejected_payment_has_no_day_of_payment():
    [rejected] = payments(payment("0237", paid_on="000000", paid=0))
    assert (rejected.paid_on, rejected.paid_ore) == (None, 0)


def test_a_reference_with_danish_letters_is_read_as_it_was_written():
    [paid] = payments(payment(reference="Børnehave Æblet å"))
    assert paid.reference == "Børnehave Æblet å"


def test_a_great_delivery_is_read_a_record_at_a_time():
    class Stream(BytesIO):
        lines = 0

        def readline(self, *size):
            self.lines += 1
            return super().readline(*size)

    stream = Stream(as_file([start(), section_start(), *[payment()] * 1000]))
    told = read_delivery(stream)
    next(told)
    assert stream.lines == 3


UTF_8 = as_file(a_delivery()).decode("latin1").replace("KOMMUNEN", "KOMMUNEØ").encode()

REFUSED = {
    "nothing": (
        [],
        "Filen fra Betalingsservice er tom.",
        "The file from Betalingsservice is empty.",
    ),
    "cut off between lines": (
        a_delivery()[:-1],
        (
            "Filen er klippet af efter linje 4: den sidste linje (BS992) mangler. "
            "Intet i filen er brugt."
        ),
        (
            "The file is cut off after line 4: its last line (BS992) is missing. "
            "Nothing in the file was used."
        ),
    ),
    "something after the end": (
        [*a_delivery(), payment()],
        "Linje 6 står efter filens sidste linje (BS992 i linje 5). Intet i filen er brugt.",
        (
            "Line 6 stands after the last line of the file (BS992 in line 5). "
            "Nothing in the file was used."
        ),
    ),
    "blanks cut off by an editor": (
        changed(1, start().rstrip()),
        (
            "Linje 1 er på 55 tegn; der skal være 128. Er den rettet i en teksteditor eller gemt "
            "som UTF-8? Intet i filen er brugt."
        ),
        (
            "Line 1 has 55 characters; it must have 128. Was it changed in a text editor or saved "
            "as UTF-8? Nothing in the file was used."
        ),
    ),
    "a letter in an amount": (
        changed(3, payment().replace("0000000012500", "00000000125,0", 1)),
        "Linje 3, kolonne 57-69: Her må kun stå cifre (amount).",
        "Line 3, columns 57-69: Only digits may stand here (amount).",
    ),
    "a day that does not exist": (
        changed(3, payment(due_on="300226")),
        "Linje 3, kolonne 50: Datoen »300226« findes ikke eller kan ikke stå her.",
        "Line 3, column 50: The date “300226” does not exist or cannot stand here.",
    ),
    "an unknown type of record": (
        changed(3, payment().replace("BS042", "BS043")),
        "Linje 3: »BS043« er ikke en af Betalingsservices linjetyper. Intet i filen er brugt.",
        (
            "Line 3: “BS043” is none of Betalingsservice's types of line. "
            "Nothing in the file was used."
        ),
    ),
    "an unknown transaction": (
        changed(3, payment("0240")),
        "Linje 3, kolonne 14: Transaktionskoden »0240« kendes ikke. Intet i filen er brugt.",
        (
            "Line 3, column 14: The transaction code “0240” is not known. "
            "Nothing in the file was used."
        ),
    ),
    "a transaction of another section": (
        changed(3, mandate("0231")),
        (
            "Linje 3, kolonne 14: Transaktionskoden 0231 hører ikke hjemme i sektion 0211. "
            "Intet i filen er brugt."
        ),
        (
            "Line 3, column 14: The transaction code 0231 does not belong in section 0211. "
            "Nothing in the file was used."
        ),
    ),
    "an unknown section": (
        changed(2, section_start("0219")),
        "Linje 2, kolonne 14: Sektionen »0219« kendes ikke. Intet i filen er brugt.",
        "Line 2, column 14: The section “0219” is not known. Nothing in the file was used.",
    ),
    "a section of another delivery": (
        changed(2, section_start("0212")),
        (
            "Linje 2, kolonne 14: Sektionen 0212 hører ikke hjemme i en leverance 0602. "
            "Intet i filen er brugt."
        ),
        (
            "Line 2, column 14: The section 0212 does not belong in a delivery 0602. "
            "Nothing in the file was used."
        ),
    ),
    "a delivery we do not read": (
        changed(1, start("0601")),
        (
            "Linje 1, kolonne 17: Leverancen er af type 0601; her kan vi læse 0602, 0603. "
            "Intet i filen er brugt."
        ),
        (
            "Line 1, column 17: The delivery is of type 0601; here we can read 0602, 0603. "
            "Nothing in the file was used."
        ),
    ),
    "another subsystem": (
        changed(1, start().replace("BS1", "OS1")),
        "Linje 1, kolonne 14: Der står »OS1«; der skal stå »BS1«.",
        "Line 1, column 14: It says “OS1”; it must say “BS1”.",
    ),
    "a payment outside any section": (
        [start(), payment(), *a_delivery()[1:]],
        (
            "Linje 2: En BS042-linje kan ikke stå her. Mangler der en linje før den? "
            "Intet i filen er brugt."
        ),
        (
            "Line 2: A BS042 line cannot stand here. Is a line before it missing? "
            "Nothing in the file was used."
        ),
    ),
    "a section that ends as another": (
        changed(4, section_end("0215")),
        (
            "Linje 4, kolonne 14: Der står 0215, men det begyndte med 0211 i linje 2. "
            "Intet i filen er brugt."
        ),
        (
            "Line 4, column 14: It says 0215, but it began with 0211 in line 2. "
            "Nothing in the file was used."
        ),
    ),
    "too few payments": (
        changed(4, section_end(count=2)),
        (
            "Linje 4, kolonne 32: Der skulle være 2 linjer af typen BS042, men der er 1. "
            "Intet i filen er brugt."
        ),
        (
            "Line 4, column 32: There should be 2 lines of type BS042, but there are 1. "
            "Nothing in the file was used."
        ),
    ),
    "one øre too little": (
        changed(4, section_end(net=125_01)),
        (
            "Linje 4, kolonne 43: Beløbene skulle give 12501 øre i alt, men de giver 12500 øre. "
            "Intet i filen er brugt."
        ),
        (
            "Line 4, column 43: The amounts should come to 12501 øre, but they come to 12500 øre. "
            "Nothing in the file was used."
        ),
    ),
    "an unknown sign": (
        changed(3, payment(sign="3")),
        "Linje 3, kolonne 56: Fortegnskoden 3 kendes ikke; den er 0, 1 eller 2.",
        "Line 3, column 56: The sign code 3 is not known; it is 0, 1 or 2.",
    ),
    "a control character": (
        changed(3, payment(reference="RET\x851")),
        (
            "Linje 3, kolonne 73: Tegnet U+0085 kan ikke skrives ud og må ikke stå her. "
            "Er filen gemt som andet end ISO-8859-1?"
        ),
        (
            "Line 3, column 73: The character U+0085 cannot be printed and may not stand here. "
            "Was the file saved as something else than ISO-8859-1?"
        ),
    ),
    "saved as UTF-8": (
        UTF_8,
        (
            "Linje 2 er på 129 tegn; der skal være 128. Er den rettet i en teksteditor eller gemt "
            "som UTF-8? Intet i filen er brugt."
        ),
        (
            "Line 2 has 129 characters; it must have 128. Was it changed in a text editor or saved "
            "as UTF-8? Nothing in the file was used."
        ),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_said_with_its_place_in_both_languages(name):
    lines, danish, english = REFUSED[name]
    assert said(lines) == (danish, english)


@pytest.mark.parametrize(
    ("number", "line", "code"),
    [
        (5, end(sections=2), "bs-count"),
        (5, end(count=0), "bs-count"),
        (5, end(net=125_01), "bs-net"),
        (5, end(texts=1), "bs-count"),
        (5, end(addresses=1), "bs-count"),
        (4, section_end(texts=1), "bs-count"),
        (4, section_end(addresses=1), "bs-count"),
        (4, section_end(pbs="00000003"), "bs-mismatch"),
        (3, payment(pbs="00000003"), "bs-mismatch"),
        (5, end(supplier="00000009"), "bs-mismatch"),
        (5, end("0603"), "bs-mismatch"),
        (2, start(), "bs-out-of-place"),
        (3, section_start(), "bs-out-of-place"),
        (4, end(), "bs-out-of-place"),
        (2, section_end(), "bs-out-of-place"),
    ],
)
def test_ends_that_do_not_fit_what_they_end_are_refused(number, line, code):
    fault = refusal(changed(number, line))
    assert (fault.code, fault.values["line"]) == (code, str(number))


@pytest.mark.parametrize("cut", range(0, 5 * 130 - 2, 7))
def test_a_delivery_cut_off_anywhere_is_refused(cut):
    fault = refusal(as_file(a_delivery())[:cut])
    assert fault.code in {"bs-empty", "bs-length", "bs-truncated"}


def test_a_file_in_one_long_line_is_refused_by_its_length():
    content = "".join([start(), *[payment()] * 100]).encode("latin1")
    assert refusal(content).values["found"] == str(128 * 101)

"""What a row of fields means, and every way in which it can be wrong."""

from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.claim_fields import COLUMNS, canonical, unknown_field
from domain.errors import Fault, Invalid
from domain.money import Money
from domain.notation import read_amount, read_day
from domain.registration import read_claim

TODAY = date(2026, 3, 2)
TYPES = {
    code: SimpleNamespace(code=code, name=name, name_en=name_en, limitation_years=3)
    for code, name, name_en in (
        ("day-care", "Dagtilbud", "Day care"),
        ("parking-fee", "Parkeringsafgift", "Parking fee"),
        ("music-school", "Musikskole", "Music school"),
    )
}
POLICY = SimpleNamespace(claim_types=TYPES)

ROW = {
    "source": "institution",
    "reference": "2026-17",
    "claim_type": "day-care",
    "cpr_cvr": "070379-0123",
    "name": "Karla Prøvesen",
    "principal": "1.234,50",
    "period_start": "2026-01-01",
    "period_end": "2026-01-31",
    "due_date": "2026-01-05",
}


def read(**changes):
    return read_claim(ROW | changes, POLICY, TODAY)[0]


def faults(**changes):
    with pytest.raises(Invalid) as caught:
        read(**changes)
    return caught.value.faults


def codes(**changes):
    return [(fault.field, fault.code) for fault in faults(**changes)]


def warnings(**changes):
    found = read_claim(ROW | changes, POLICY, TODAY)[1]
    return [fault for fault in found if fault.code != "cpr-mod-11"]


def test_a_row_in_english_is_a_claim():
    claim = read(address="Prøvevej 1, 8660 Skanderborg", description="Plads i januar")
    assert claim.principal == Money(123450)
    assert claim.debtors[0].national_id.digits == "0703790123"
    assert claim.debtors[0].address == ("Prøvevej 1", "8660 Skanderborg")
    assert (claim.source, claim.reference, claim.claim_type) == (
        "institution",
        "2026-17",
        "day-care",
    )
    assert claim.demand_sent_on is None


def test_danish_names_mean_the_same():
    danish = {(COLUMNS[name] or (name,))[0]: value for name, value in ROW.items()}
    assert read_claim(danish, POLICY, TODAY)[0] == read()


@pytest.mark.parametrize("name", ["Beløb", " BELØB ", "beloeb", "\ufeffbeløb", "Hovedstol"])
def test_case_space_and_oe_do_not_matter_in_a_name(name):
    assert canonical(name) == "principal"


def test_days_that_are_left_out_follow_from_the_others():
    claim = read(due_date="2026-01-03")
    assert claim.origination_date == date(2026, 1, 1)
    assert claim.last_timely_payment_date == date(2026, 1, 5), "3 January 2026 is a Saturday"


def test_days_that_are_given_are_kept():
    claim = read(origination_date="2025-12-15", last_timely_payment_date="10-01-2026")
    assert claim.origination_date == date(2025, 12, 15)
    assert claim.last_timely_payment_date == date(2026, 1, 10)


def test_the_demand_another_system_sent_is_remembered():
    assert read(demand_sent_on="2025-12-20").demand_sent_on == date(2025, 12, 20)


def test_a_co_debtor_stands_second():
    claim = read(co_debtor_cpr_cvr="1108650456", co_debtor_name="Aksel Prøvesen")
    assert [debtor.name for debtor in claim.debtors] == ["Karla Prøvesen", "Aksel Prøvesen"]


def test_json_may_list_its_debtors():
    row = {name: value for name, value in ROW.items() if name not in {"cpr_cvr", "name"}}
    debtors = [
        {"cpr_cvr": "0703790123", "name": "Karla", "address": ["Prøvevej 1", "8660 Skanderborg"]},
        {"cpr_cvr": "1108650456", "navn": "Aksel"},
    ]
    claim, _ = read_claim(row | {"debtors": debtors}, POLICY, TODAY)
    assert [debtor.name for debtor in claim.debtors] == ["Karla", "Aksel"]
    assert claim.debtors[0].address == ("Prøvevej 1", "8660 Skanderborg")


def test_a_fault_in_a_listed_debtor_says_which():
    debtors = [{"cpr_cvr": "0703790123", "name": "Karla"}, {"cpr_cvr": "12", "name": ""}]
    row = {name: value for name, value in ROW.items() if name not in {"cpr_cvr", "name"}}
    with pytest.raises(Invalid) as caught:
        read_claim(row | {"debtors": debtors}, POLICY, TODAY)
    found = [(fault.field, fault.code) for fault in caught.value.faults]
    assert found == [
        ("debtors[2].cpr_cvr", "national-id-shape"),
        ("debtors[2].name", "field-missing"),
    ]


@pytest.mark.parametrize("debtors", [[], "Karla", [1], {"name": "Karla"}])
def test_a_list_of_debtors_that_is_none_is_refused(debtors):
    assert ("debtors", "debtors-unreadable") in codes(debtors=debtors)


def test_all_faults_of_a_row_are_told_at_once_by_the_names_the_sender_used():
    with pytest.raises(Invalid) as caught:
        read_claim({"Kravtype": "x", "Beløb": "-5", "forfaldsdato": "31-02-2026"}, POLICY, TODAY)
    found = {fault.field: fault.code for fault in caught.value.faults}
    assert found == {
        "Kravtype": "claim-type-unknown",
        "Beløb": "amount-negative",
        "forfaldsdato": "day-impossible",
        "source": "field-missing",
        "reference": "field-missing",
        "cpr_cvr": "field-missing",
        "name": "field-missing",
        "period_start": "field-missing",
        "period_end": "field-missing",
    }


@pytest.mark.parametrize(
    ("text", "ore"),
    [
        ("1234.50", 123450),
        ("1.234,50", 123450),
        ("1234,50", 123450),
        ("1234", 123400),
        ("1234,5", 123450),
        ("1,234.50", 123450),
        ("1 234,50", 123450),
        ("1\u00a0234,50", 123450),
        ("1.234.567", 123456700),
        ("1.234.567,89", 123456789),
        ("1234,50 kr.", 123450),
        ("DKK 1234.50", 123450),
        ("0,01", 1),
        ("99.999.999,99", 9999999999),
    ],
)
def test_an_amount_is_read_as_people_write_it(text, ore):
    assert read_amount(text) == Money(ore)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.234", "amount-ambiguous"),
        ("1,234", "amount-ambiguous"),
        ("1234.567", "amount-three-decimals"),
        ("0.500", "amount-three-decimals"),
        ("1.234,567", "amount-three-decimals"),
        ("1234.4999999", "amount-noise"),
        ("0.30000000000000004", "amount-noise"),
        ("-5", "amount-negative"),
        ("−5,00", "amount-negative"),
        ("5,00-", "amount-negative"),
        ("(5,00)", "amount-negative"),
        ("0", "amount-zero"),
        ("0,00", "amount-zero"),
        ("100000000", "amount-too-large"),
        ("1.23.456", "amount-unreadable"),
        ("1,2,3", "amount-unreadable"),
        ("1e5", "amount-unreadable"),
        ("NaN", "amount-unreadable"),
        ("١٢٣", "amount-unreadable"),
        ("hundrede", "amount-unreadable"),
        ("9" * 5000, "amount-unreadable"),
    ],
)
def test_an_amount_that_would_have_to_be_guessed_is_refused(text, code):
    with pytest.raises(Invalid) as caught:
        read_amount(text)
    assert caught.value.faults[0].code == code


@given(st.integers(min_value=1, max_value=9_999_999_999))
def test_every_amount_we_write_we_read(ore):
    assert read_amount(str(Money(ore))) == Money(ore)


@given(st.text())
def test_any_text_is_an_amount_or_a_fault(text):
    assert _amount_or_code(text)


def _amount_or_code(text):
    try:
        return read_amount(text) > Money(0)
    except Invalid as invalid:
        return invalid.faults[0].code.startswith("amount-")


@pytest.mark.parametrize("text", ["2026-03-31", "31-03-2026", "31.03.2026", " 31-3-2026 "])
def test_a_day_is_read_as_iso_or_danish(text):
    assert read_day(text) == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31-02-2026", "day-impossible"),
        ("2026-13-01", "day-impossible"),
        ("12-31-2026", "day-impossible"),
        ("0000-01-01", "day-impossible"),
        ("31/03/2026", "day-unreadable"),
        ("31-03-26", "day-unreadable"),
        ("i går", "day-unreadable"),
        ("2026-03-31T00:00", "day-unreadable"),
    ],
)
def test_a_day_that_is_none_is_refused(text, code):
    with pytest.raises(Invalid) as caught:
        read_day(text)
    assert caught.value.faults[0].code == code


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"period_end": "2025-12-31"}, ("period_end", "period-reversed")),
        (
            {"last_timely_payment_date": "2026-01-04"},
            ("last_timely_payment_date", "last-timely-before-due"),
        ),
        ({"origination_date": "2026-02-10"}, ("due_date", "due-before-origination")),
        ({"demand_sent_on": "2026-03-03"}, ("demand_sent_on", "demand-in-the-future")),
        ({"due_date": "2062-01-05"}, ("due_date", "day-implausible")),
        ({"period_start": "1926-01-01"}, ("period_start", "day-implausible")),
    ],
)
def test_days_that_contradict_each_other_are_refused(changes, found):
    assert codes(**changes) == [found]


def test_rent_may_be_due_before_its_month():
    assert read(origination_date="2026-02-01", due_date="2026-01-05")


def test_an_unknown_type_names_the_nearest():
    assert faults(claim_type="daycare")[0].values == {"value": "daycare", "nearest": "day-care"}
    assert faults(claim_type="musikskolen")[0].values["nearest"] == "music-school"


def test_an_unknown_type_that_resembles_nothing_names_them_all():
    known = faults(claim_type="qqq")[0].values["known"]
    assert known == "day-care, music-school, parking-fee"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "", "field-missing"),
        ("name", "   ", "field-missing"),
        ("name", None, "field-missing"),
        ("name", "x" * 201, "text-too-long"),
        ("name", "SÃ¸ren", "text-broken-letters"),
        ("name", "S\ufffdren", "text-broken-letters"),
        ("name", "a\x07b", "text-unreadable"),
        ("name", "\ud800", "text-unreadable"),
        ("name", True, "value-unreadable"),
        ("name", {"first": "Karla"}, "value-unreadable"),
        ("address", "x" * 101, "text-too-long"),
        ("address", ",".join("abcdefgh"), "address-too-long"),
        ("address", ["a", 1], "value-unreadable"),
        ("description", "x" * 101, "text-too-long"),
        ("description", "Vedr. 070379-0123", "description-has-cpr"),
        ("cpr_cvr", "12345", "national-id-shape"),
        ("cpr_cvr", "3202790123", "national-id-date"),
        ("cpr_cvr", "12345678", "national-id-checksum"),
    ],
)
def test_a_field_that_cannot_stand_in_a_letter_is_refused(field, value, code):
    assert codes(**{field: value}) == [(field, code)]


def test_the_same_debtor_twice_is_refused():
    found = codes(co_debtor_cpr_cvr="0703790123", co_debtor_name="Karla")
    assert found == [("co_debtor_cpr_cvr", "debtor-twice")]


def test_a_co_debtor_needs_a_number():
    assert codes(co_debtor_name="Aksel") == [("co_debtor_cpr_cvr", "field-missing")]


def test_one_field_under_two_names_is_refused():
    assert ("beløb", "field-twice") in codes(beløb="99")


def test_an_old_claim_only_warns():
    found = warnings(due_date="2020-01-05", period_start="2020-01-01")
    assert [fault.code for fault in found] == ["maybe-time-barred"]


def test_a_cpr_that_fails_modulus_11_only_warns():
    assert [fault.code for fault in read_claim(ROW, POLICY, TODAY)[1]] == ["cpr-mod-11"]


def test_an_unknown_field_is_left_out_with_a_warning():
    assert warnings(skonummer="42") == [Fault("skonummer", "field-unknown")]
    assert unknown_field("beløbb") == Fault("beløbb", "field-misspelt", {"nearest": "beloeb"})


_values = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text())
_fields = st.dictionaries(
    st.one_of(st.sampled_from([*COLUMNS, "debtors", "beløb"]), st.text(max_size=12)),
    st.one_of(_values, st.lists(_values), st.dictionaries(st.text(), _values)),
)


@given(_fields)
def test_any_fields_are_a_claim_or_faults(fields):
    try:
        assert read_claim(ROW | fields, POLICY, TODAY)[0].principal > Money(0)
    except Invalid as invalid:
        refused = invalid.faults
    else:
        refused = ("none",)
    assert refused

"""A bank's file is read to the øre, whatever version; what cannot be read is refused by line."""

from datetime import date
from io import BytesIO

import pytest

from domain.errors import Invalid
from gateways.bank.camt import TransactionKind, read_file
from tests.gateways.bank_files import (
    ALL_VERSIONS,
    a_detail,
    a_file,
    a_statement,
    an_entry,
    danish_sample,
    is_valid,
    needs_samples,
    read_entries,
    totals_of,
    transactions_of,
)

MONDAY = date(2026, 3, 2)
REFERENCE = "000000000000018"


def fault_of(content):
    with pytest.raises(Invalid) as refused:
        list(read_file(BytesIO(content)))
    [fault] = refused.value.faults
    return fault


@needs_samples
def test_the_danish_sample_is_read_to_the_ore():
    transactions = transactions_of(danish_sample())
    assert [(t.kind, t.amount_ore) for t in transactions] == [
        (TransactionKind.CREDIT, 591_15),
        (TransactionKind.CREDIT, 528_94),
        (TransactionKind.CREDIT, 572_94),
        (TransactionKind.CREDIT, 150_86),
        (TransactionKind.DEBIT, 344_278_01),
        (TransactionKind.CREDIT, 1320_00),
        (TransactionKind.DEBIT, 2060_00),
    ]
    assert {t.currency for t in transactions} == {"DKK"}


@needs_samples
def test_the_two_slips_of_the_danish_sample_have_their_references_and_the_day_they_were_paid():
    slips = [t for t in transactions_of(danish_sample()) if t.payment_references]
    assert [(t.amount_ore, t.payment_references) for t in slips] == [
        (528_94, ("123456789012345",)),
        (572_94, ("543210987654321",)),
    ]
    assert {(t.paid_on, t.booked_on) for t in slips} == {(date(2023, 4, 19), date(2023, 4, 20))}


@pytest.mark.parametrize("version", ALL_VERSIONS)
def test_every_version_tells_the_same(version):
    number = version[-2:]
    said = f"<RmtInf><Ustrd>Krav {REFERENCE}</Ustrd></RmtInf>"
    detail = a_detail(said, version=number)
    content = a_file(an_entry(detail, version=number), version=version)
    assert is_valid(content, version)
    [transaction] = transactions_of(content)
    assert (transaction.kind, transaction.amount_ore) == (TransactionKind.CREDIT, 100_00)
    assert (transaction.paid_on, transaction.booked_on) == (MONDAY, MONDAY)
    assert transaction.payment_references == (REFERENCE,)
    assert (transaction.payer, transaction.text) == ("Karla Prøvesen", f"Krav {REFERENCE}")


def test_an_entry_that_tells_of_no_payments_is_one_itself():
    [transaction] = read_entries(an_entry(amount="12.5", more="<AddtlNtryInf>x</AddtlNtryInf>"))
    assert (transaction.amount_ore, transaction.payer) == (12_50, "")


ACCEPTED = "<RltdDts><AccptncDtTm>{}</AccptncDtTm></RltdDts>"
VALUE_DAY = "<ValDt><Dt>2026-02-28</Dt></ValDt>"


@pytest.mark.parametrize(
    ("inside", "value_day", "paid_on"),
    [
        (ACCEPTED.format("2026-02-27T23:59:59"), VALUE_DAY, date(2026, 2, 27)),
        ("", VALUE_DAY, date(2026, 2, 28)),
        ("", "", MONDAY),
        (ACCEPTED.format("2026-02-27T23:30:00Z"), "", date(2026, 2, 28)),
        (ACCEPTED.format("2026-07-01T22:30:00Z"), "", date(2026, 7, 2)),
        (ACCEPTED.format("2026-02-28T00:30:00+03:00"), "", date(2026, 2, 27)),
        (ACCEPTED.format("2026-02-27T12:00:00.123"), "", date(2026, 2, 27)),
    ],
)
def test_it_was_paid_when_the_payer_paid_by_danish_time(inside, value_day, paid_on):
    entry = an_entry(a_detail(inside)).replace("</BookgDt>", f"</BookgDt>{value_day}")
    [transaction] = read_entries(entry)
    assert (transaction.paid_on, transaction.booked_on) == (paid_on, MONDAY)


@pytest.mark.parametrize("booked", ["<DtTm>2026-03-02T08:00:00</DtTm>", "<Dt>2026-03-02Z</Dt>"])
def test_a_day_may_be_written_in_several_ways(booked):
    [transaction] = read_entries(an_entry(booked=booked))
    assert transaction.booked_on == MONDAY


CREDITOR_REFERENCE = "<RmtInf><Strd><CdtrRefInf><Ref>{}</Ref></CdtrRefInf></Strd></RmtInf>"


@pytest.mark.parametrize(
    "inside",
    [
        CREDITOR_REFERENCE.format("71/0000000000000000018"),
        CREDITOR_REFERENCE.format(REFERENCE),
        f"<RmtInf><Strd><AddtlRmtInf>{REFERENCE}</AddtlRmtInf></Strd></RmtInf>",
        f"<BkTxCd><Prtry><Cd>71/{REFERENCE:0>19}</Cd></Prtry></BkTxCd>",
        f"<RmtInf><Ustrd>Hej</Ustrd><Ustrd>Krav {REFERENCE}</Ustrd></RmtInf>",
        f"<AddtlTxInf>+71&lt;{REFERENCE}+12345678&lt;</AddtlTxInf>",
    ],
)
def test_a_reference_is_found_wherever_a_bank_puts_it(inside):
    detail = a_detail(inside)
    if inside.startswith("<BkTxCd>"):
        detail = a_detail().replace("<RltdPties>", f"{inside}<RltdPties>")
    [transaction] = read_entries(an_entry(detail))
    assert transaction.payment_references == (REFERENCE,)


def test_a_reference_on_the_entry_is_that_of_its_only_payment():
    more = f"<AddtlNtryInf>71/{REFERENCE}</AddtlNtryInf>"
    [alone] = read_entries(an_entry(a_detail(), more=more))
    assert alone.payment_references == (REFERENCE,)
    halves = [a_detail(amount="50.00"), a_detail(amount="50.00")]
    several = read_entries(an_entry(*halves, more=more))
    assert [t.payment_references for t in several] == [(), ()]


@pytest.mark.parametrize("written", ["true", "1", " true "])
def test_a_reversal_is_told_as_one(written):
    [transaction] = read_entries(an_entry(a_detail(), head=f"<RvslInd>{written}</RvslInd>"))
    assert transaction.kind is TransactionKind.REVERSAL


def test_what_is_not_a_reversal_is_not_told_as_one():
    [transaction] = read_entries(an_entry(a_detail(), head="<RvslInd>false</RvslInd>"))
    assert transaction.kind is TransactionKind.CREDIT


def test_a_direction_with_space_around_it_is_refused_as_the_schema_does():
    fault = fault_of(
        a_file(an_entry()).replace(b"CRDT</CdtDbtInd><Sts>", b" CRDT</CdtDbtInd><Sts>")
    )
    assert (fault.field, fault.code) == ("CdtDbtInd", "bank-file-value")


def test_money_out_is_told_as_such_also_within_an_entry():
    into = a_detail(version="08", amount="150.00")
    out = a_detail(version="08", amount="50.00").replace("CRDT", "DBIT")
    kinds = [
        t.kind for t in read_entries(an_entry(into, out, version="08"), version="camt.053.001.08")
    ]
    assert kinds == [TransactionKind.CREDIT, TransactionKind.DEBIT]


def test_foreign_money_keeps_its_currency():
    [transaction] = read_entries(an_entry(a_detail()).replace("DKK", "EUR"), currency="EUR")
    assert transaction.currency == "EUR"


def test_the_booked_amount_counts_not_the_one_in_the_payers_money():
    foreign = '<AmtDtls><TxAmt><Amt Ccy="EUR">13.40</Amt></TxAmt></AmtDtls>'
    [transaction] = read_entries(an_entry(more=foreign))
    assert (transaction.amount_ore, transaction.currency) == (100_00, "DKK")


@pytest.mark.parametrize("status", ["PDNG", "INFO"])
def test_what_is_not_booked_yet_is_no_payment(status):
    content = a_file(an_entry().replace("BOOK", status))
    assert transactions_of(content) == []
    assert totals_of(content)[0].booked == 0


@pytest.mark.parametrize(
    ("written", "ore"), [("0.01", 1), ("1", 1_00), ("1.5", 1_50), ("1.50000", 1_50), ("1.", 1_00)]
)
def test_amounts_are_exact(written, ore):
    [transaction] = read_entries(an_entry(amount=written))
    assert transaction.amount_ore == ore


def test_equal_payments_in_one_file_are_different_payments():
    halves = [a_detail(amount="50.00"), a_detail(amount="50.00")]
    entries = [an_entry(*halves), an_entry(*halves), an_entry()]
    references = [t.source_reference for t in read_entries(*entries)]
    assert len(set(references)) == 5
    assert references == [t.source_reference for t in read_entries(*entries)]


def test_a_bank_that_numbers_anew_each_year_or_for_each_account_repeats_no_payment():
    files = [
        a_file(an_entry(a_detail())),
        a_file(an_entry(a_detail(), booked="<Dt>2027-03-02</Dt>")),
        a_file(an_entry(a_detail()), iban="DK9520000123456789"),
        a_file(an_entry(a_detail()), statement_id="S-2"),
        a_file(an_entry(a_detail(payer="Kurt Prøvesen"))),
    ]
    assert len({t.source_reference for file in files for t in transactions_of(file)}) == 5


def test_each_statement_of_a_file_is_counted_by_itself():
    one = a_file(an_entry(amount="5.00")).decode()
    later = a_statement(an_entry(amount="7.00"), statement_id="S-2", opening="5.00")
    two = one.replace("</Stmt>", "</Stmt>" + later)
    assert [(t.statement_id, t.booked) for t in totals_of(two.encode())] == [
        ("S-1", 5_00),
        ("S-2", 7_00),
    ]
    first, second = transactions_of(two.encode())
    assert first.source_reference.startswith("S-1-1-1-")
    assert second.source_reference.startswith("S-2-1-1-")


BOMB = (
    '<?xml version="1.0"{}?><!DOCTYPE Document [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>'
    "<Id>&b;</Id></Stmt></BkToCstmrStmt></Document>"
)
OUTSIDE = BOMB.format("").replace('<!ENTITY a "ha">', '<!ENTITY a SYSTEM "file:///etc/hostname">')
WHOLE = a_file(an_entry(a_detail()))
EMPTY = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"/>'

REFUSED_FILES = {
    "nothing": (b"", "bank-file-not-xml"),
    "not XML": (b"dato;beloeb\n", "bank-file-not-xml"),
    "truncated": (WHOLE[: len(WHOLE) // 2], "bank-file-not-xml"),
    "without its last bytes": (WHOLE.rstrip()[:-3], "bank-file-not-xml"),
    "in another encoding than it says": (
        WHOLE.decode().encode("latin-1"),
        "bank-file-not-xml",
    ),
    "an entity bomb": (BOMB.format("").encode(), "bank-file-doctype"),
    "an entity bomb in UTF-16": (
        BOMB.format(' encoding="UTF-16"').encode("utf-16"),
        "bank-file-doctype",
    ),
    "an outside entity": (OUTSIDE.encode(), "bank-file-doctype"),
    "a DOCTYPE in small letters": (b"<!doctype html><html/>", "bank-file-doctype"),
    "a version we do not know": (
        WHOLE.replace(b".001.02", b".001.11"),
        "bank-file-version-unknown",
    ),
    "an account report": (WHOLE.replace(b"camt.053", b"camt.052"), "bank-file-version"),
    "no namespace": (b"<Document/>", "bank-file-version"),
    "no statement": (EMPTY, "bank-file-element-missing"),
}


@pytest.mark.parametrize("name", REFUSED_FILES)
def test_a_file_that_is_not_a_banks_is_refused_for_what_it_is(name):
    content, code = REFUSED_FILES[name]
    assert fault_of(content).code == code


def test_a_file_in_utf_16_is_read_as_any_other():
    text = WHOLE.decode().replace("UTF-8", "UTF-16")
    [transaction] = transactions_of(text.encode("utf-16"))
    assert transaction.payer == "Karla Prøvesen"


REFUSED_ENTRIES = {
    "three decimals": (an_entry(amount="1.005"), "Amt", "bank-file-decimals"),
    "five decimals that say something": (
        an_entry(amount="1.00001"),
        "Amt",
        "bank-file-decimals",
    ),
    "six decimals": (an_entry(amount="1.000001"), "Amt", "bank-file-amount"),
    "negative": (an_entry(amount="-1.00"), "Amt", "bank-file-amount"),
    "not a number": (an_entry(amount="NaN"), "Amt", "bank-file-amount"),
    "with an exponent": (an_entry(amount="1e9"), "Amt", "bank-file-amount"),
    "with a comma": (an_entry(amount="1,00"), "Amt", "bank-file-amount"),
    "empty": (an_entry(amount=""), "Amt", "bank-file-amount"),
    "without currency": (an_entry().replace(' Ccy="DKK"', ""), "Amt", "bank-file-amount"),
    "in no currency": (an_entry().replace("DKK", "DKR"), "Ccy", "bank-file-currency"),
    "in other digits": (an_entry(amount="١"), "Amt", "bank-file-amount"),
    "without amount": (
        an_entry().replace('<Amt Ccy="DKK">100.00</Amt>', ""),
        "CdtDbtInd",
        "bank-file-element-unexpected",
    ),
    "without direction": (
        an_entry().replace("<CdtDbtInd>CRDT</CdtDbtInd>", ""),
        "Sts",
        "bank-file-element-unexpected",
    ),
    "in an unknown direction": (an_entry().replace("CRDT", "BOTH"), "CdtDbtInd", "bank-file-value"),
    "an impossible day": (an_entry(booked="<Dt>2026-02-30</Dt>"), "Dt", "bank-file-day"),
    "a day that is none": (an_entry(booked="<Dt>2026-03-02x</Dt>"), "Dt", "bank-file-day"),
    "before there were days": (
        an_entry(a_detail(ACCEPTED.format("0001-01-01T00:00:00+14:00"))),
        "AccptncDtTm",
        "bank-file-day",
    ),
    "without a day": (an_entry(booked=""), "BookgDt", "bank-file-element-missing"),
    "without any day": (
        an_entry().replace("<BookgDt><Dt>2026-03-02</Dt></BookgDt>", ""),
        "BookgDt",
        "bank-file-day",
    ),
    "accepted never": (
        an_entry(a_detail(ACCEPTED.format("i går"))),
        "AccptncDtTm",
        "bank-file-day",
    ),
}


@pytest.mark.parametrize("name", REFUSED_ENTRIES)
def test_an_entry_that_cannot_be_read_is_refused_by_field_and_line(name):
    entry, field, code = REFUSED_ENTRIES[name]
    fault = fault_of(a_file(an_entry(), "\n", entry, closing="0"))
    assert (fault.field, fault.code) == (field, code)
    assert fault.values["line"] == "7"

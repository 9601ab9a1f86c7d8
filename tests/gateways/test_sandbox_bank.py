"""What is paid into the sandbox's bank is what its statement says, to the bank's own schema."""

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.payment_reference import payment_reference
from gateways.bank.camt import TransactionKind, read_file
from gateways.bank.sandbox import IBAN, SandboxBank
from tests.gateways.bank_files import is_valid, needs_samples, totals_of, transactions_of

MONDAY = date(2026, 3, 2)

WORDS = st.text(st.characters(categories=("L", "P", "S")), max_size=140)
PAYMENTS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(0, 10**14 - 1).map(payment_reference)),
        st.integers(1, 10**12),
        WORDS,
        WORDS,
    ),
    min_size=1,
    max_size=8,
)


def statement(payments, folder, on=MONDAY):
    bank = SandboxBank(folder / "bank")
    for number, payment in enumerate(payments):
        reference, ore, payer, text = payment
        bank.pay(f"PAY-{number}", reference, ore, on, payer, text)
    return bank.write_statement(on, folder / "inbox").read_bytes()


@given(PAYMENTS)
@settings(deadline=None, max_examples=60)
def test_what_was_paid_is_what_is_read(payments):
    with TemporaryDirectory() as folder:
        content = statement(payments, Path(folder))
    told = [(t.payment_references, t.amount_ore, t.payer, t.text) for t in transactions_of(content)]
    slips = [((ref,), *rest) for ref, *rest in payments if ref]
    others = [((), *rest) for ref, *rest in payments if not ref]
    assert told == slips + others
    assert {(t.kind, t.currency) for t in transactions_of(content)} == {
        (TransactionKind.CREDIT, "DKK")
    }
    assert {(t.paid_on, t.booked_on) for t in transactions_of(content)} == {(MONDAY, MONDAY)}
    assert len({t.source_reference for t in transactions_of(content)}) == len(payments)
    [totals] = totals_of(content)
    assert totals.booked == sum(ore for _, ore, _, _ in payments)
    assert totals.difference == 0


ANYTHING = st.text(max_size=200)


@needs_samples
@given(st.lists(st.tuples(st.none(), st.integers(1, 10**12), ANYTHING, ANYTHING), min_size=1))
@settings(deadline=None, max_examples=25)
def test_whatever_is_written_the_statement_is_valid_by_the_banks_own_schema(payments):
    with TemporaryDirectory() as folder:
        assert is_valid(statement(payments, Path(folder)))


@needs_samples
def test_a_statement_with_slips_and_others_is_valid_by_the_banks_own_schema(tmp_path):
    payments = [
        ("000000000000018", 100, "Karla", ""),
        ("1234567890123452", 200, "", "Tak"),
        (None, 300, "Kurt & Søn", "<husleje>"),
    ]
    assert is_valid(statement(payments, tmp_path))


def test_slips_come_as_one_entry_and_others_by_themselves(tmp_path):
    payments = [
        ("000000000000018", 100, "", ""),
        (None, 50, "", ""),
        ("000000000000026", 1, "", ""),
    ]
    content = statement(payments, tmp_path).decode()
    assert content.count("<Ntry>") == 2
    assert "<NbOfTxs>2</NbOfTxs>" in content
    assert "71/0000000000000000018" in content


def test_a_payment_told_twice_is_paid_once(tmp_path):
    bank = SandboxBank(tmp_path)
    for _ in range(3):
        bank.pay("PAY-1", None, 100, MONDAY, "Karla")
        SandboxBank(tmp_path).pay("PAY-1", None, 100, MONDAY, "Karla")
    content = bank.write_statement(MONDAY, tmp_path).read_bytes()
    assert [t.amount_ore for t in transactions_of(content)] == [100]


def test_the_same_day_gives_the_same_bytes_and_leaves_no_draft(tmp_path):
    bank = SandboxBank(tmp_path / "bank")
    bank.pay("PAY-1", None, 100, MONDAY, "Karla")
    first = bank.write_statement(MONDAY, tmp_path / "inbox")
    content = first.read_bytes()
    bank.pay("PAY-2", None, 100, MONDAY + timedelta(days=1), "Karla")
    again = SandboxBank(tmp_path / "bank").write_statement(MONDAY, tmp_path / "inbox")
    assert (again, again.read_bytes()) == (first, content)
    assert list((tmp_path / "inbox").iterdir()) == [first]


def test_one_days_closing_balance_is_the_next_ones_opening(tmp_path):
    bank = SandboxBank(tmp_path)
    for day in range(4):
        bank.pay(f"PAY-{day}", None, 100 + day, MONDAY + timedelta(days=day), "Karla")
    totals = [
        totals_of(bank.write_statement(MONDAY + timedelta(days=day), tmp_path).read_bytes())[0]
        for day in range(4)
    ]
    assert [(t.opening, t.closing) for t in totals] == [
        (0, 100),
        (100, 201),
        (201, 303),
        (303, 406),
    ]


def test_a_bank_day_without_payments_has_a_statement_that_says_so(tmp_path):
    bank = SandboxBank(tmp_path)
    bank.pay("PAY-1", None, 100, MONDAY, "Karla")
    content = bank.write_statement(MONDAY + timedelta(days=1), tmp_path / "inbox").read_bytes()
    [totals] = totals_of(content)
    assert (totals.opening, totals.closing, totals.booked) == (100, 100, 0)
    assert (totals.account, totals.last_day) == (IBAN, MONDAY + timedelta(days=1))


def test_banks_send_nothing_on_a_sunday(tmp_path):
    bank = SandboxBank(tmp_path)
    assert bank.write_statement(MONDAY - timedelta(days=1), tmp_path / "inbox") is None
    assert not (tmp_path / "inbox").exists()


def test_a_payment_may_bounce_once_and_the_balances_run_on(tmp_path):
    bank = SandboxBank(tmp_path)
    bank.pay("PAY-1", "000000000000018", 100, MONDAY, "Karla")
    bank.pay("PAY-2", None, 50, MONDAY, "Kurt")
    tuesday, wednesday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
    for _ in range(2):
        bank.bounce("PAY-1", tuesday)
    content = bank.write_statement(tuesday, tmp_path).read_bytes()
    assert is_valid(content)
    [back, totals] = read_file(BytesIO(content))
    assert (back.kind, back.is_incoming) == (TransactionKind.REVERSAL, False)
    assert (back.amount_ore, back.end_to_end_id) == (100, "PAY-1")
    assert back.payment_references == ("000000000000018",)
    assert (totals.opening, totals.closing) == (150, 50)
    [later] = totals_of(bank.write_statement(wednesday, tmp_path).read_bytes())
    assert (later.opening, later.closing) == (50, 50)


@pytest.mark.parametrize("ore", [0, -1])
def test_nobody_pays_nothing(tmp_path, ore):
    with pytest.raises(AssertionError):
        SandboxBank(tmp_path).pay("PAY-1", None, ore, MONDAY, "Karla")


def test_long_words_are_cut_between_letters_not_within_an_escaped_one(tmp_path):
    content = statement([(None, 100, "&" * 200, "<" * 200)], tmp_path)
    [transaction] = transactions_of(content)
    assert (transaction.payer, transaction.text) == ("&" * 140, "<" * 140)

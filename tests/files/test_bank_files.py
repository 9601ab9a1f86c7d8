"""A bank's file is booked whole and once, or not at all, and nothing in it is dropped silently."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from temporalio.testing import ActivityEnvironment
from temporalio.worker import Worker

from activities.bank_files import LINES_AT_ONCE, BankFileActivities
from activities.files import RowsFrom
from domain.errors import Invalid
from gateways.bank.camt import read_file
from persistence.files.received import read_content
from persistence.models import Payment, Task
from tests.files.bank_desk import BankDesk
from tests.files.desk import Desk
from tests.gateways.bank_files import a_file, an_entry
from workflows.bank_files import BankFileWorkflow
from workflows.claim_files import FileReading, file_workflow_id
from workflows.queues import ROUNDS

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def bank(database, policy, tmp_path):
    return BankDesk(database, policy, tmp_path)


async def test_a_payment_finds_its_claim_by_its_reference(bank):
    first, second = await bank.claims_of(100, 200)
    file_id = await bank.read(bank.statement((second, 5000), (first, 10000)))
    assert await bank.balances() == [0, 15000]
    assert await bank.told(file_id) == []
    progress = await bank.progress(file_id)
    assert (progress.state, progress.rows, progress.rows_taken) == ("done", 2, 2)


async def test_a_payment_that_fits_no_claim_becomes_a_task(bank):
    file_id = await bank.read(bank.statement((None, 123450)))
    assert await bank.told(file_id) == [
        (
            1,
            (
                "1.234,50 DKK den 2026-03-02 passer ikke til noget krav. "
                "Der ligger en opgave om at finde det."
            ),
            "1.234,50 DKK on 2026-03-02 fits no claim. A task asks someone to find it.",
        )
    ]
    assert await bank.count(Task.id) == 1
    assert (await bank.progress(file_id)).rows_taken == 1


async def test_the_same_file_twice_books_once(bank):
    (reference,) = await bank.claims_of(100)
    content = bank.statement((reference, 4000))
    file_id = await bank.read(content)
    assert await bank.receive(content) == (file_id, False)
    await bank.go_on(file_id)
    assert await bank.balances() == [6000]


async def test_the_same_statement_in_another_file_books_nothing_and_says_so(bank):
    (reference,) = await bank.claims_of(100)
    content = bank.statement((reference, 4000))
    await bank.read(content)
    file_id = await bank.read(content + b"\n")
    assert await bank.balances() == [6000]
    assert await bank.told(file_id) == [
        (
            1,
            "40,00 DKK den 2026-03-02 er allerede bogført. Intet er ændret.",
            "40,00 DKK on 2026-03-02 is booked already. Nothing was changed.",
        )
    ]
    assert (await bank.progress(file_id)).rows_taken == 0


OWN_FEE = (
    "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>MDOP</Cd><SubFmlyCd>CHRG</SubFmlyCd></Fmly></Domn>"
    "</BkTxCd>"
)


async def test_money_out_reversals_and_charges_are_asked_about_or_told(bank):
    out = an_entry(amount="1.00").replace("CRDT", "DBIT")
    back = an_entry(amount="2.00").replace("CRDT", "DBIT")
    back = back.replace("<Sts>", "<RvslInd>true</RvslInd><Sts>")
    fee = an_entry(amount="3.00").replace("CRDT", "DBIT")
    fee = re.sub("<BkTxCd>.*?</BkTxCd>", OWN_FEE, fee)
    file_id = await bank.read(a_file(out, back, fee, opening="10.00"))
    assert [danish for _, danish, _ in await bank.told(file_id)] == [
        (
            "1,00 DKK den 2026-03-02 er penge ud af kontoen, som vi ikke kender. "
            "Der ligger en opgave om det."
        ),
        (
            "2,00 DKK den 2026-03-02 er en tilbageførsel, og det er ikke klart af hvilken "
            "betaling. Der ligger en opgave om det."
        ),
        "3,00 DKK den 2026-03-02 er bankens gebyr. Det hører ikke til noget krav.",
    ]
    assert await bank.outcomes(file_id) == ["asked", "asked", "charge"]
    assert await bank.count(Payment.id) == 0
    assert await bank.count(Task.id) == 2


async def test_foreign_money_is_asked_about(bank):
    foreign = an_entry(amount="3.00").replace("DKK", "EUR")
    file_id = await bank.read(a_file(foreign, currency="EUR"))
    assert await bank.outcomes(file_id) == ["asked"]
    assert await bank.count(Payment.id) == 0
    assert await bank.count(Task.id) == 1


def _closing(amount):
    return f'<Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="DKK">{amount}'


async def test_a_statement_whose_sums_do_not_agree_waits_whole(bank):
    (reference,) = await bank.claims_of(100)
    content = bank.statement((reference, 4000)).replace(
        _closing("40.00").encode(), _closing("41.50").encode()
    )
    file_id = await bank.read(content)
    assert await bank.told(file_id) == [
        (
            0,
            (
                "Kontoudtog RETTIDIG20260302 stemmer ikke: primo 0,00 plus posteringer 40,00 "
                "er ikke ultimo 41,50. Forskellen er 1,50 kr. Intet i filen er bogført."
            ),
            (
                "Statement RETTIDIG20260302 does not add up: opening 0,00 plus entries 40,00 "
                "is not closing 41,50. The difference is DKK 1,50. Nothing in the file was booked."
            ),
        )
    ]
    assert (await bank.progress(file_id)).state == "refused"
    assert await bank.balances() == [10000]


async def test_an_entry_that_is_not_the_sum_of_its_payments_waits_whole(bank):
    references = await bank.claims_of(100, 100)
    content = bank.statement(*((reference, 4000) for reference in references))
    content = content.replace(b'<TxAmt><Amt Ccy="DKK">40.00', b'<TxAmt><Amt Ccy="DKK">39.00', 1)
    file_id = await bank.read(content)
    assert await bank.told(file_id) == [
        (
            0,
            (
                "Posteringen i linje 10 er på 80,00, men dens enkelte betalinger er 79,00. "
                "Intet i filen er bogført."
            ),
            (
                "The entry in line 10 is of 80,00, but the payments in it come to 79,00. "
                "Nothing in the file was booked."
            ),
        )
    ]
    assert await bank.balances() == [10000, 10000]


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'

UNREADABLE = {
    "truncated": (
        (
            b'<?xml version="1.0"?>\n'
            b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">'
            b"\n<BkToCstmrStmt><Stmt><Id>1</Id>"
        ),
        "Filen er ikke gyldig XML (linje 3). Er den klippet af undervejs? Intet er bogført.",
        "The file is not valid XML (line 3). Was it cut off on the way? Nothing was booked.",
    ),
    "an entity bomb": (
        BOMB,
        "Filen indeholder en DOCTYPE, som en bankfil ikke må have. Intet er bogført.",
        "The file holds a DOCTYPE, which a bank's file may not have. Nothing was booked.",
    ),
    "another kind of XML": (
        b"<x/>",
        "Filen er ikke en camt.053 eller camt.054, som vi kan læse (»-«).",
        "The file is not a camt.053 or camt.054 that we can read (“-”).",
    ),
    "a CSV file": (
        b"fagsystem;beskrivelse",
        "Filen er ikke gyldig XML (linje 1). Er den klippet af undervejs? Intet er bogført.",
        "The file is not valid XML (line 1). Was it cut off on the way? Nothing was booked.",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
async def test_a_file_that_cannot_be_read_is_kept_and_books_nothing(bank, name):
    content, danish, english = UNREADABLE[name]
    file_id = await bank.read(content)
    assert await bank.told(file_id) == [(0, danish, english)]
    assert (await bank.progress(file_id)).state == "refused"
    async with bank.database.transaction() as connection:
        assert await read_content(connection, file_id) == content


async def test_a_statement_cut_off_anywhere_books_nothing(bank):
    references = await bank.claims_of(100, 100)
    content = bank.statement(*((reference, 4000) for reference in references), (None, 100)).strip()
    for length in range(0, len(content), 37):
        with pytest.raises(Invalid):
            list(read_file(BytesIO(content[:length])))
    file_id = await bank.read(content[:-5])
    assert (await bank.progress(file_id)).state == "refused"
    assert await bank.count(Payment.id) == 0


class Killed(Exception):
    pass


async def test_a_worker_killed_anywhere_books_each_payment_once(bank):
    count = 2 * LINES_AT_ONCE + 7
    references = await bank.claims_of(*([1000] * count))
    file_id, _ = await bank.receive(
        bank.statement(*((reference, 100 + n) for n, reference in enumerate(references)))
    )
    for row in (1, 20, LINES_AT_ONCE + 1, LINES_AT_ONCE + 9, count):
        with pytest.raises(Killed):
            await bank.go_on(file_id, environment=_killed_at(row))
    assert (await bank.progress(file_id)).rows_done == 2 * LINES_AT_ONCE
    acts = BankFileActivities(bank.database, bank.policy)  # a new worker knows nothing
    stale = RowsFrom(file_id, LINES_AT_ONCE)
    assert (await ActivityEnvironment().run(acts.take_rows, stale)).rows_done == (2 * LINES_AT_ONCE)
    await bank.go_on(file_id, acts=acts)
    assert await bank.balances() == [100000 - 100 - n for n in range(count)]
    assert await bank.count(Payment.id) == count


def _killed_at(row):
    def die(number):
        if number == row:
            raise Killed

    environment = ActivityEnvironment()
    environment.on_heartbeat = die
    return environment


async def test_the_workflow_books_the_example(bank, time_skipping):
    claims = Desk(bank.database, bank.policy)
    await claims.read((EXAMPLES / "claims.csv").read_bytes())
    content = (EXAMPLES / "bank" / "camt053-2026-03-16.xml").read_bytes()
    file_id, _ = await bank.receive(content)
    async with Worker(
        time_skipping.client,
        task_queue=ROUNDS,
        workflows=[BankFileWorkflow],
        activities=[bank.acts.look_through, bank.acts.take_rows],
    ):
        handle = await time_skipping.client.start_workflow(
            BankFileWorkflow.run,
            FileReading(file_id),
            id=file_workflow_id(file_id),
            task_queue=ROUNDS,
        )
        assert await handle.result() == FileReading(file_id, 10, 10, is_done=True)
        assert (await handle.query(BankFileWorkflow.progress)).rows_done == 10
    async with bank.database.transaction() as connection:
        paid = await connection.execute(
            text("select serial from claims where balance_ore < principal_ore order by serial")
        )
        assert list(paid.scalars()) == [1, 2, 7, 13, 22, 29, 34, 40, 42]
    assert [row for row, _, _ in await bank.told(file_id)] == [10]


def outcome(content):
    try:
        return bool(list(read_file(BytesIO(content))))
    except Invalid as invalid:
        return bool(invalid.faults)


START = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>'
_names = st.sampled_from(["Ntry", "Amt", "Bal", "Id", "TxDtls", "NtryDtls", "Sts", "BookgDt", "x"])


@given(st.one_of(st.binary(), st.lists(st.one_of(_names.map("<{}>".format), st.text()))))
@settings(deadline=None)
def test_any_bytes_are_a_statement_or_a_refusal(parts):
    content = parts if isinstance(parts, bytes) else (START + "".join(parts)).encode()
    assert outcome(content)

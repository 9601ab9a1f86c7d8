"""Every line of a bank's file ends somewhere: on a claim, known, taken back, or as a question."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gateways.bank.sandbox import SandboxBank
from reports.reconciling.report import read_one_moment, reconcile
from tests.files.bank_desk import PAID_ON, BankDesk
from tests.gateways.bank_files import a_detail, a_file, an_entry, danish_sample, needs_samples

BOOKS = """
select c.serial, c.balance_ore from claims c order by c.serial"""
MONEY = """
select coalesce(sum(amount_ore), 0)::bigint, coalesce(sum(unused_ore), 0)::bigint from payments
where not exists (select from payouts o where o.payment_id = payments.id)"""


@pytest.fixture
def bank(database, policy, tmp_path):
    return BankDesk(database, policy, tmp_path)


def slip(reference, amount="100.00"):
    return a_detail(
        "<RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>"
        f"<Ref>71/{reference:0>19}</Ref></CdtrRefInf></Strd></RmtInf>",
        amount,
    )


def collected(*details, amount, reference="FISAM-1", is_itemised=True):
    """A batch of slips: its payments one by one, or only their number and sum."""
    batch = f"<Btch><NbOfTxs>{len(details)}</NbOfTxs></Btch>"
    inside = batch + ("".join(details) if is_itemised else "")
    return an_entry(inside, amount=amount, booked="<Dt>2026-03-02</Dt>").replace(
        "<BkTxCd>", f"<AcctSvcrRef>{reference}</AcctSvcrRef><BkTxCd>", 1
    )


async def test_the_same_payments_in_a_statement_and_an_advice_are_booked_once(bank):
    references = await bank.claims_of(500, 500)
    details = [slip(reference) for reference in references]
    told = collected(*details, amount="200.00")
    for content in (a_file(told), a_file(told, version="camt.054.001.02")):
        await bank.read(content)
    assert await bank.balances() == [40000, 40000]
    assert await bank.rows("select count(*) from payments where confirmed_by is not null") == [(2,)]


@pytest.mark.parametrize("order", list(permutations(["statement", "advice", "again"])))
async def test_a_sum_in_the_statement_and_its_payments_in_the_advice_are_one_money(bank, order):
    """Whichever comes first, and however often."""
    references = await bank.claims_of(500, 500)
    details = [slip(reference) for reference in references]
    advice = a_file(collected(*details, amount="200.00"), version="camt.054.001.02")
    contents = {
        "statement": a_file(collected(*details, amount="200.00", is_itemised=False)),
        "advice": advice,
        "again": advice + b"\n",
    }
    for name in order:
        await bank.read(contents[name])
    assert await bank.balances() == [40000, 40000]
    assert await bank.rows(MONEY) == [(20000, 0)]
    assert await bank.rows("select count(*) from bank_lines where outcome = 'waiting'") == [(0,)]


async def test_a_payment_that_bounces_is_owed_again(bank):
    (reference,) = await bank.claims_of(500)
    bank_itself = SandboxBank(bank.folder / "bank")
    bank_itself.pay("PAY-1", reference, 20000, PAID_ON, "Karla Prøvesen")
    await bank.read(bank_itself.write_statement(PAID_ON, bank.folder).read_bytes())
    assert await bank.balances() == [30000]
    later = PAID_ON + timedelta(days=1)
    bank_itself.bounce("PAY-1", later)
    content = bank_itself.write_statement(later, bank.folder).read_bytes()
    file_id = await bank.read(content)
    assert await bank.balances() == [50000]
    assert await bank.outcomes(file_id) == ["charge-back"]
    assert [danish for _, danish, _ in await bank.told(file_id)] == [
        "200,00 DKK den 2026-03-03 er ført tilbage. Kravet skyldes igen."
    ]
    await bank.read(content + b"\n")
    assert await bank.balances() == [50000]
    assert await bank.rows("select count(*) from payouts") == [(1,)]


async def test_a_reversal_that_may_mean_two_payments_is_a_question(bank):
    (reference,) = await bank.claims_of(500)
    twice = [an_entry(slip(reference), amount="100.00")] * 2
    await bank.read(a_file(*twice))
    back = an_entry(slip(reference), amount="100.00").replace("CRDT", "DBIT")
    file_id = await bank.read(a_file(back.replace("<Sts>", "<RvslInd>true</RvslInd><Sts>", 1)))
    assert await bank.outcomes(file_id) == ["asked"]
    assert await bank.balances() == [30000]


async def test_a_file_whose_sums_do_not_agree_is_a_question_with_the_difference(bank):
    content = a_file(an_entry(), closing="101.50")
    file_id = await bank.read(content)
    [(kind, facts)] = await bank.rows("select kind, facts from tasks")
    assert kind == "bank-file"
    assert facts["file"] == file_id
    assert facts["difference"] == "1,50"
    assert await bank.rows("select count(*) from bank_lines") == [(0,)]


@needs_samples
async def test_the_real_danish_statement_books_its_two_slips(bank):
    """As it lies its balances are 332.063,01 apart, and it waits; with the right one it goes in."""
    references = await bank.claims_of(1000, 1000)
    for reference, written in zip(references, ("123456789012345", "543210987654321"), strict=True):
        await bank.change(
            "update claims set payment_reference = :new where payment_reference = :old",
            new=written, old=reference,
        )  # fmt: skip
    waits = await bank.read(danish_sample().replace(b">355519.79<", b">23456.78<"))
    assert (await bank.progress(waits)).state == "refused"
    [(facts,)] = await bank.rows("select facts from tasks where kind = 'bank-file'")
    assert facts["difference"] == "332.063,01"
    file_id = await bank.read(danish_sample())
    assert await bank.balances() == [100000 - 52894, 100000 - 57294]
    assert await bank.outcomes(file_id) == [
        "payment", "payment", "payment", "payment", "asked", "payment", "asked",
    ]  # fmt: skip
    [(placed, unplaced)] = await bank.rows(
        "select sum(amount_ore - unused_ore)::bigint, sum(unused_ore)::bigint from payments"
    )
    assert placed == 52894 + 57294
    assert placed + unplaced == 59115 + 52894 + 57294 + 15086 + 132000


KINDS = st.lists(
    st.tuples(
        st.sampled_from(["slip", "slip", "unknown", "out", "back", "fee", "euro"]),
        st.integers(1, 90_000),
    ),
    min_size=1,
    max_size=8,
)


def drawn():
    gathered = []

    @settings(
        max_examples=25, derandomize=True, database=None, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(KINDS)
    def gather(kinds):
        gathered.append(kinds)

    gather()
    return gathered


def entry_of(kind, ore, reference):
    amount = f"{ore / 100:.2f}"
    if kind == "slip":
        return an_entry(slip(reference, amount), amount=amount)
    entry = an_entry(amount=amount)
    out = entry.replace("CRDT", "DBIT")
    return {
        "unknown": entry,
        "out": out,
        "back": out.replace("<Sts>", "<RvslInd>true</RvslInd><Sts>", 1),
        "fee": out.replace("INDBETALING", "GEBYR"),
        "euro": entry,
    }[kind]


async def test_whatever_a_file_holds_each_line_ends_somewhere(bank):
    (reference,) = await bank.claims_of(5000)
    for number, kinds in enumerate(drawn()):
        entries = [entry_of(kind, ore, reference) for kind, ore in kinds]
        opening = "100000.00"
        content = a_file(*entries, opening=opening, statement_id=f"S-{number}")
        file_id = await bank.read(content)
        progress = await bank.progress(file_id)
        assert (progress.state, progress.rows_done) == ("done", len(kinds))
        assert "waiting" not in await bank.outcomes(file_id)
    lost = await bank.rows("""
      select l.file_id, l.row from bank_lines l where l.outcome = 'payment'
        and not exists (select from payments p where p.file_id = l.file_id and p.file_row = l.row
          and p.amount_ore = l.amount_ore)
      union all select l.file_id, l.row from bank_lines l where l.outcome = 'asked'
        and not exists (select from tasks t
          where t.subject = 'bank-line-' || l.file_id || '-' || l.row)""")
    assert lost == []
    async with bank.database.transaction() as connection:
        await read_one_moment(connection)
        found = await reconcile(connection, PAID_ON, PAID_ON)
    # Each file here begins from the same balance, so only their bridges do not meet.
    assert {one.check for one in found.differences} <= {"statement-gap"}

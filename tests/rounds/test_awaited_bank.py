"""Nobody is pressed while a payment may lie in a statement that has not come."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import pytest_asyncio
from temporalio.testing import ActivityEnvironment

from activities.bank_files import BankFileActivities
from activities.files import RowsFrom, receive_file
from domain.calendar import working_days_before
from domain.dated import Dated, Entry
from domain.house_rules import StatementRule
from domain.letters import Letter
from domain.record import AgreementOutcome
from gateways.bank.sandbox import IBAN, SandboxBank
from gateways.choose import choose
from persistence.database import Database
from policies.loading import load_policy
from tests.rounds.house import RoundsHouse
from tests.rounds.test_agreements_kept import agree, remind, try_to_close

FRIDAY, MONDAY = date(2026, 2, 27), date(2026, 3, 2)


class WatchfulHouse(RoundsHouse):
    def __init__(self, database, policy, tmp_path):
        super().__init__(database, policy, choose(tmp_path / "world"), MONDAY)
        self.bank, self.folder = SandboxBank(tmp_path / "bank"), tmp_path

    async def reminded(self, kroner=1000):
        """A claim whose reminder lies in the tray; its payment reference too."""
        claim = await self.register(kroner=kroner, due=date(2026, 2, 2))
        await self.write(claim, Letter.FIRST_REMINDER)
        found = "select payment_reference from claims where id = :id"
        return claim, await self.value(found, id=claim)

    async def read_statement(self, day):
        content = self.bank.write_statement(day, self.folder).read_bytes()
        file_id, _ = await receive_file(
            self.database, "payments", f"{day}.xml", content, "anna", self.day
        )
        acts, environment = BankFileActivities(self.database, self.policy), ActivityEnvironment()
        await environment.run(acts.look_through, file_id)
        taken = await environment.run(acts.take_rows, RowsFrom(file_id, 0))
        assert taken.is_last

    async def letters(self, claim):
        return [
            s for (s,) in await self.rows("select state from letters where claim_id = :c", c=claim)
        ]

    async def questions(self):
        return await self.rows("select state, facts ->> 'day' from tasks where kind = 'bank-file'")


@pytest_asyncio.fixture
async def house(database_url, tmp_path):
    database = Database(database_url)
    rule = StatementRule((IBAN,), expected_by_hour=9)
    policy = replace(
        load_policy("skanderborg"), statements=Dated((Entry(date(2026, 1, 1), rule, "prøve"),))
    )
    yield WatchfulHouse(database, policy, tmp_path)
    await database.close()


async def test_when_the_statement_comes_only_who_has_not_paid_is_reminded(house, monday):
    paid, reference = await house.reminded()
    unpaid, _ = await house.reminded()
    house.bank.pay("PAY-1", reference, 100_000, FRIDAY, "Karla Prøvesen")
    emptied = await house.empty(monday)
    assert (emptied.sent, emptied.held_back) == (0, 2)
    assert await house.letters(paid) == await house.letters(unpaid) == ["requested"]
    assert await house.questions() == [("open", "2026-02-27")]
    await house.read_statement(FRIDAY)
    await house.empty(monday + timedelta(hours=1))
    assert await house.letters(paid) == ["cancelled"]
    assert await house.letters(unpaid) == ["dispatched"]
    assert await house.questions() == [("cancelled", "2026-02-27")]
    fees = """
      select sum(e.amount_ore + coalesce(k.amount_ore, 0))::bigint from ledger_entries e
      left join ledger_entries k on k.facts ->> 'fee' = e.id::text
      where e.claim_id = :claim and e.kind = 'fee'"""
    assert await house.value(fees, claim=paid) == 0
    assert await house.value(fees, claim=unpaid) is None  # the letter's one fee was the other's


async def test_the_day_before_the_last_bank_day_is_not_enough(house, monday):
    claim, _ = await house.reminded()
    await house.read_statement(FRIDAY - timedelta(days=1))
    assert (await house.empty(monday)).held_back == 1
    assert await house.letters(claim) == ["requested"]


async def test_what_is_no_pressure_leaves_all_the_same(house, monday):
    claim = await house.open(Letter.DEMAND)
    assert (await house.empty(monday)).sent == 1
    assert await house.letters(claim) == ["dispatched"]
    assert await house.questions() == []


async def test_nobody_is_asked_before_the_hour_on_which_the_bank_usually_has_sent(house, monday):
    await house.reminded()
    assert (await house.empty(monday - timedelta(hours=1))).held_back == 1
    assert await house.questions() == []
    await house.empty(monday)
    await house.empty(monday + timedelta(hours=1))
    assert len(await house.questions()) == 1


@pytest.mark.parametrize("letter", Letter)
def test_what_asks_for_money_presses_but_for_a_demand_and_a_confirmation(letter):
    presses = letter.asks_for_payment and letter not in {
        Letter.DEMAND,
        Letter.AGREEMENT_CONFIRMATION,
        Letter.WRITE_OFF_REVERSED,
    }
    assert letter.presses is presses


async def agreement_missed(house, monday):
    """One whose first instalment did not come, nor within the days of the reminder after it."""
    [claim] = await agree(house, monday, 900, first_due=date(2026, 3, 9))
    reminded = await remind(house, date(2026, 3, 17))
    assert reminded.is_done
    return claim, reminded.deadline


async def test_an_agreement_is_not_broken_while_the_money_may_lie_in_a_statement(house, monday):
    _, until = await agreement_missed(house, monday)
    await house.read_statement(working_days_before(until, 1))
    verdict = await try_to_close(house, AgreementOutcome.BROKEN, until + timedelta(days=1))
    assert not verdict.is_done
    assert list(verdict.postponed) == ["reminder-1"]
    assert await house.value("select state from agreements") == "active"


async def test_it_is_broken_as_soon_as_the_bank_has_told_all_of_those_days(house, monday):
    """A story looks at midnight, when the statement of the day before has never come."""
    _, until = await agreement_missed(house, monday)
    await house.read_statement(until)
    two_nights_later = until + timedelta(days=2)
    assert (await try_to_close(house, AgreementOutcome.BROKEN, two_nights_later)).is_done
    assert await house.value("select state from agreements") == "broken"


async def test_money_of_the_last_day_keeps_it_though_it_is_told_the_morning_after(house, monday):
    claim, until = await agreement_missed(house, monday)
    early = await try_to_close(house, AgreementOutcome.BROKEN, until + timedelta(days=1))
    assert not early.is_done
    found = "select payment_reference from claims where id = :id"
    reference = await house.value(found, id=claim)
    house.bank.pay("PAY-LAST", reference, 30_000, until, "Karla Prøvesen")
    await house.read_statement(until)
    late = await try_to_close(house, AgreementOutcome.BROKEN, until + timedelta(days=2))
    assert (late.is_done, late.covered) == (False, 1)
    assert await house.value("select state from agreements") == "active"

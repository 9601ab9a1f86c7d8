"""What an account comes to, whichever day we learn of the money: tables a lawyer can read."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from activities.claims import ClaimActivities
from domain.authority import HOUSE
from domain.claim import Stage
from domain.letters import Letter
from domain.money import Money
from domain.orders import Transfer, WriteLetter
from persistence.money.booking import NewPayment, book_payment
from persistence.money.undoing import charge_back
from persistence.recovery.actions import move_to_stage
from tests.proofs import notify

ACCOUNTS = tomllib.loads(
    Path(__file__).with_suffix("").with_name("accounts.toml").read_text(encoding="utf-8")
)["account"]
_NET = """
select coalesce(sum(e.amount_ore), 0)::bigint from ledger_entries e
left join ledger_entries k on k.id = e.corrects_id
where e.claim_id = :id and (e.kind = :kind or e.kind = 'correction' and k.kind = :kind)"""


class Account:
    def __init__(self, books, claim):
        self.books, self.claim = books, claim
        self.acts = ClaimActivities(books.database, books.policy)

    async def live(self, row):
        """Everything on the day on which we did it or heard of it."""
        events = [(day, self.remind, None) for day in row["letters"]]
        for day, move in zip(row.get("away", []), (self.hand_over, self.take_back), strict=False):
            events.append((day, move, None))
        for payment in row["payments"]:
            events.append((payment["told"], self.hear, payment))
            if "bounced" in payment:
                events.append((payment["bounced"], self.bounce, payment))
        for day, happen, payment in sorted(events, key=lambda event: event[0]):
            await happen(day, payment)

    async def remind(self, day: date, _):
        order = WriteLetter(self.claim, f"letter-{day}", day, letter=Letter.FIRST_REMINDER)
        assert (await self.acts.write_letter(order)).is_done

    async def hand_over(self, day: date, _):
        async with self.books.database.transaction() as connection:
            await notify(connection, self.claim, day)
        assert (await self.acts.transfer(Transfer(self.claim, "transfer", day))).is_done

    async def take_back(self, day: date, _):
        async with self.books.database.transaction() as connection:
            await move_to_stage(connection, self.claim, Stage.DIALOGUE, day)

    async def hear(self, day: date, payment):
        new = NewPayment(
            f"bank-{day}", Money.kroner(payment["amount"]), payment["value"], day,
            claim_id=self.claim,
        )  # fmt: skip
        async with self.books.database.transaction() as connection:
            booked = await book_payment(connection, self.books.policy, new, day, HOUSE.id)
        payment["id"] = booked.payment_id

    async def bounce(self, day: date, payment):
        async with self.books.database.transaction() as connection:
            await charge_back(
                connection, self.books.policy, payment["id"], Money.kroner(payment["amount"]),
                f"bounce-{day}", day, HOUSE.id,
            )  # fmt: skip

    async def stands(self):
        owed = "select balance_ore from claims where id = :id"
        unplaced = "select coalesce(sum(unused_ore), 0)::bigint from payments"
        return {
            "interest": await self.books.value(_NET, id=self.claim, kind="interest") / 100,
            "fees": await self.books.value(_NET, id=self.claim, kind="fee") / 100,
            "owed": await self.books.value(owed, id=self.claim) / 100,
            "unplaced": await self.books.value(unplaced) / 100,
        }


@pytest.mark.parametrize("row", ACCOUNTS, ids=[row["name"] for row in ACCOUNTS])
async def test_an_account_comes_to_what_the_table_says(books, row):
    account = Account(books, await books.claim(row["due"], 1000, "day-care"))
    await account.live(row)
    assert await account.stands() == row["expect"]
    assert (await books.reconcile(row["due"].replace(day=1), date(2026, 12, 31))).differences == ()

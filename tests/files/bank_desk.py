"""Where tests put a bank's files in."""

from datetime import date

from sqlalchemy import select, text

from activities.bank_files import BankFileActivities
from gateways.bank.sandbox import SandboxBank
from persistence.claims.registration import register
from persistence.models import BankLine, Claim
from tests.builders import a_claim
from tests.files.desk import TODAY, Desk

PAID_ON = date(2026, 3, 2)


class BankDesk(Desk):
    kind = "payments"

    def __init__(self, database, policy, folder):
        super().__init__(database, policy)
        self.acts = BankFileActivities(database, policy)
        self.folder = folder

    async def claims_of(self, *kroner):
        """Registered claims: the payment reference of each."""
        async with self.database.transaction() as connection:
            ids = [
                (await register(connection, self.policy, a_claim(kroner=k), TODAY, "a")).claim_id
                for k in kroner
            ]
            found = select(Claim.payment_reference).where(Claim.id.in_(ids)).order_by(Claim.serial)
            return list((await connection.execute(found)).scalars())

    def statement(self, *payments, name="a"):
        """The bank's statement of (payment reference, øre)."""
        bank = SandboxBank(self.folder / name)
        for number, (reference, ore) in enumerate(payments, start=1):
            bank.pay(f"PAY-{number}", reference, ore, PAID_ON, "Karla Prøvesen", "Til kommunen")
        return bank.write_statement(PAID_ON, self.folder / name).read_bytes()

    async def balances(self):
        async with self.database.transaction() as connection:
            found = select(Claim.balance_ore).order_by(Claim.serial)
            return list((await connection.execute(found)).scalars())

    async def outcomes(self, file_id):
        async with self.database.transaction() as connection:
            found = select(BankLine.outcome).where(BankLine.file_id == file_id)
            return list((await connection.execute(found.order_by(BankLine.row))).scalars())

    async def told(self, file_id):
        danish, english = await self.report(file_id, "da"), await self.report(file_id, "en")
        return [(da.row, da.sentence, en.sentence) for da, en in zip(danish, english, strict=True)]

    async def rows(self, query, **values):
        async with self.database.transaction() as connection:
            return [tuple(row) for row in await connection.execute(text(query), values)]

    async def change(self, statement, **values):
        async with self.database.transaction() as connection:
            await connection.execute(text(statement), values)

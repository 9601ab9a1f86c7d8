"""Books for tests, kept by SQL under the database's own guards, and a hand that goes past them."""

import json
from datetime import date
from itertools import count

from sqlalchemy import text

from domain.authority import HOUSE
from persistence.claims.registration import register
from reports.reconciling.lines import BEGINNING, lines
from reports.reconciling.report import read_one_moment, reconcile
from tests.builders import a_claim

DEBT = {"principal", "interest", "fee", "court-fee"}
_numbers = count(1)
_ENTRY = text("""
insert into ledger_entries (claim_id, seq, kind, amount_ore, effective_on, booked_on, payment_id,
  actor, rule, legal_basis, facts, corrects_id)
values (:claim, 0, :kind, :ore, :on, :on, :payment, 'anna', :rule, '', cast(:facts as jsonb),
  :corrects) returning id""")
_OPEN = text("""
select d.id, (d.amount_ore - coalesce(sum(k.amount_ore), 0))::bigint as open,
  coalesce(sum(k.amount_ore), 0)::bigint as covered
from ledger_entries d left join ledger_coverage k on k.debt_entry_id = d.id
where d.claim_id = :claim and d.kind in ('principal', 'interest', 'fee', 'court-fee')
group by d.id order by d.id""")
_COVER = text("insert into ledger_coverage values (:entry, :debt, :ore)")


class Books:
    def __init__(self, database, policy) -> None:
        self.database, self.policy = database, policy

    async def value(self, statement, **values):
        async with self.database.transaction() as connection:
            result = await connection.execute(text(statement), values)
            return result.scalar() if result.returns_rows else None

    async def past_the_guards(self, statement, **values):
        """What someone with all rights may do, and only the reconciliation can see."""
        async with self.database.transaction() as connection:
            await connection.execute(text("set local session_replication_role = 'replica'"))
            await connection.execute(text(statement), values)

    async def claim(self, on: date, kroner: int = 1000, claim_type: str = "parking-fee") -> str:
        """A claim with its principal."""
        new = a_claim(claim_type, kroner, due=on)
        async with self.database.transaction() as connection:
            return (await register(connection, self.policy, new, on, HOUSE.id)).claim_id

    async def book(self, claim, kind, ore: int, on: date, payment=None, **more) -> int:
        """An entry, balanced against the claim's debts: *ore* has the sign of the ledger.

        *more*: its rule, its facts, and which entry it corrects.
        """
        async with self.database.transaction() as connection:
            values = {"claim": claim, "kind": kind, "ore": ore, "on": on, "payment": payment}
            values |= {"rule": more.get("rule", "test"), "corrects": more.get("corrects")}
            values |= {"facts": json.dumps(more.get("facts", {}))}
            entry = (await connection.execute(_ENTRY, values)).scalar_one()
            if kind in DEBT:
                return entry
            rest = -ore
            for debt in (await connection.execute(_OPEN, {"claim": claim})).all():
                part = min(rest, debt.open) if rest > 0 else max(rest, -debt.covered)
                if part:
                    covered = {"entry": entry, "debt": debt.id, "ore": part}
                    await connection.execute(_COVER, covered)
                    rest -= part
            assert rest == 0, "the test books more than there is"
        return entry

    async def payment(self, ore: int, on: date, channel: str = "api", file: int | None = None):
        return await self.value(
            """insert into payments (source_reference, amount_ore, paid_on, booked_on,
              payment_references, payer, text, channel, file_id)
            values (:name, :ore, :on, :on, '{}', '', '', :channel, :file) returning id""",
            name=f"pay-{next(_numbers)}", ore=ore, on=on, channel=channel, file=file,
        )  # fmt: skip

    async def pay(self, claim, ore: int, on: date, channel: str = "api") -> int:
        payment = await self.payment(ore, on, channel)
        await self.book(claim, "payment", -ore, on, payment)
        return payment

    async def pay_out(self, payment, ore: int, on: date, kind: str = "refund") -> None:
        await self.value(
            """insert into payouts (payment_id, kind, amount_ore, booked_on,
              source_reference, actor)
            values (:payment, :kind, :ore, :on, :name, 'bo')""",
            payment=payment, kind=kind, ore=ore, on=on, name=f"out-{next(_numbers)}",
        )  # fmt: skip

    async def carry(self, claim, on: date, *, is_back: bool = False) -> None:
        """To the recovery authority, or home again, with all that is owed."""
        await self.value(
            """insert into transfers (claim_id, ledger_seq, amount_ore, is_back, booked_on)
            select id, ledger_seq, balance_ore, :back, :on from claims where id = :claim""",
            claim=claim, on=on, back=is_back,
        )  # fmt: skip

    async def file(self, name: str, on: date, state: str = "done") -> int:
        return await self.value(
            """insert into files (sha256, kind, name, content, received_on, received_by, state,
              rows_done, rows_taken, facts)
            values (:name, 'payments', :name, '', :on, 'bo', :state, 0, 0, '{}') returning id""",
            name=name, on=on, state=state,
        )  # fmt: skip

    async def statement(self, file, account, day: date, opening, booked, closing) -> None:
        await self.value(
            """insert into bank_statements (file_id, message, statement, account, currency,
              last_day, opening_ore, booked_ore, closing_ore)
            values (:file, 'statement', :name, :account, 'DKK', :day, :opening, :booked, :closing)
            """,
            file=file, name=f"U{day:%m%d}", account=account, day=day, opening=opening,
            booked=booked, closing=closing,
        )  # fmt: skip

    async def bank_line(self, file, row: int, ore: int, on: date, outcome: str) -> None:
        await self.value(
            """insert into bank_lines (file_id, row, kind, amount_ore, currency, booked_on, body,
              outcome)
            values (:file, :row, 'credit', :ore, 'DKK', :on, '{}', :outcome)""",
            file=file, row=row, ore=ore, on=on, outcome=outcome,
        )  # fmt: skip

    async def reconcile(self, since: date, until: date):
        async with self.database.transaction() as connection:
            await read_one_moment(connection)
            return await reconcile(connection, since, until)

    async def lines(self, figure, part, since: date, until: date, page: int = 2):
        """All of them, page by page."""
        found, after = [], BEGINNING
        async with self.database.transaction() as connection:
            while some := await lines(connection, figure, part, since, until, after, page):
                found += some
                after = some[-1].place
        return found

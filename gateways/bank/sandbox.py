"""A bank that takes payments and writes one camt.053 statement a day, as Danish banks do."""

import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from domain.calendar import is_working_day
from gateways.bank.sandbox_statement import IBAN, SandboxPayment, write_camt053
from gateways.laying import lay_file

__all__ = ["IBAN", "SandboxBank", "SandboxPayment"]


class SandboxBank:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "bank.sqlite"
        with self._open() as bank:
            bank.executescript(
                "pragma journal_mode=wal; create table if not exists payments"
                " (id text primary key, day text, body text);"
                " create table if not exists bounces (id text primary key, day text)"
            )

    def pay(  # a payment has as many parts
        self,
        payment_id: str,
        payment_reference: str | None,
        amount_ore: int,
        paid_on: date,
        payer: str,
        text: str = "",
    ) -> None:
        """Taken once, however often it is told. *amount_ore* is more than 0."""
        assert amount_ore > 0
        body = json.dumps([payment_reference, amount_ore, payer, text])
        with self._open() as bank, bank:
            bank.execute(
                "insert or ignore into payments values (?, ?, ?)",
                (payment_id, paid_on.isoformat(), body),
            )

    def bounce(self, payment_id: str, on: date) -> None:
        """The payer's bank takes a payment back, once, however often it is told."""
        with self._open() as bank, bank:
            query = "select day from payments where id = ?"
            paid = bank.execute(query, (payment_id,)).fetchone()
            assert paid is not None
            assert paid[0] <= on.isoformat()
            bank.execute(
                "insert or ignore into bounces values (?, ?)", (payment_id, on.isoformat())
            )

    def write_statement(self, on: date, into: Path) -> Path | None:
        """That day's statement as a file in *into*, the same bytes each time.

        Banks send one each working day, though nothing was paid; else None where nothing was.
        """
        payments = self._moved("= ?", on)
        if not payments and not is_working_day(on):
            return None
        opening = sum(payment.signed for payment in self._moved("< ?", on))
        content = write_camt053(on, opening, payments).encode()
        return lay_file(into / f"camt053-{on.isoformat()}.xml", content)

    def _moved(self, condition: str, on: date) -> list[SandboxPayment]:
        """What came in, then what went back."""
        paid = f"select id, day, body from payments where day {condition} order by rowid"
        bounced = (
            "select payments.id, payments.day, body from bounces join payments using (id)"
            f" where bounces.day {condition} order by bounces.rowid"
        )
        with self._open() as bank:
            return [
                _payment(*row, is_bounced=query is bounced)
                for query in (paid, bounced)
                for row in bank.execute(query, (on.isoformat(),)).fetchall()
            ]

    def _open(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self._path, timeout=10))


def _payment(payment_id: str, day: str, body: str, *, is_bounced: bool) -> SandboxPayment:
    reference, ore, payer, text = json.loads(body)
    paid_on = date.fromisoformat(day)
    return SandboxPayment(payment_id, reference, ore, paid_on, payer, text, is_bounced=is_bounced)

"""Knows one statement while it is read, and whether its balances and sums agree at its end."""

from datetime import date, timedelta

from lxml import etree

from domain.errors import Fault, Invalid
from gateways.bank.amounts import day_at, own_amount, signed, written
from gateways.bank.elements import all_at, first_text, place_of, text_at
from gateways.bank.entries import Entry
from gateways.bank.payments import Owner
from gateways.bank.seen import Seen
from gateways.bank.summaries import Counted
from gateways.bank.transactions import STATEMENT, BankTotals

_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)
_PAGE = "ITBD"  # a page of a longer statement opens and closes with interim balances


class Statement:
    def __init__(self, message: str, head: etree._Element, seen: Seen) -> None:
        """*head* may not have ended; what is read here stands before the entries."""
        self.message, self._head, self._seen = message, head, seen
        self._place = seen.times("statement")
        self.statement_id = text_at(head, "Id")
        self.account = first_text(head, ("Acct", "Id", "IBAN"), ("Acct", "Id", "Othr", "Id"))
        self.owner = Owner(message, self.statement_id, self.account, seen)
        self._counted = Counted()
        self._first_day: date | None = None
        self._last_day: date | None = None
        balances = all_at(head, "Bal")
        self._opening = _balance(balances, _OPENING, page=0)
        self._closing = _balance(balances, _CLOSING, page=-1)
        self.currency = self._own_currency()

    def add(self, entry: Entry) -> None:
        self._counted.add(entry.amount, is_incoming=entry.is_incoming, is_booked=entry.is_booked)
        if entry.is_booked:
            day = entry.booked_on
            self._first_day = min(self._first_day or day, day)
            self._last_day = max(self._last_day or day, day)

    def check(self, entry: Entry) -> None:
        """Raises Invalid where it cannot belong here."""
        self.currency = self.currency or entry.currency
        if self.message == STATEMENT and entry.currency != self.currency:
            values = {"currency": entry.currency, "own": self.currency}
            raise Invalid(Fault("Ccy", "bank-file-currency-mixed", entry.place | values))
        self._refuse_twice(entry)

    def totals(self) -> BankTotals:
        made_on = self._made_on()
        said = self._said_period()
        first, last = said or (self._first_day or made_on, self._last_day or made_on)
        closing = self._closing
        return BankTotals(
            statement_id=self.statement_id,
            opening=None if self._opening is None else signed(self._opening),
            closing=None if closing is None else signed(closing),
            booked=self._counted.booked,
            account=self.account,
            message=self.message,
            currency=self.currency,
            period=(first, last),
            last_day=last if closing is None else day_at((closing,), ("Dt",)),
        )

    def faults(self, totals: BankTotals) -> list[Fault]:
        """What does not agree, of balances and of the sums the bank has counted itself."""
        found = self._counted.faults(self._head, self.statement_id)
        if self.message == STATEMENT and None in {totals.opening, totals.closing}:
            found.append(_without_balance(totals))
        if totals.difference:
            found.append(_difference(totals))
        return found

    def _refuse_twice(self, entry: Entry) -> None:
        """A number must be unique; the bank's reference may be a batch's, so all must be equal."""
        seen, number, reference = self._seen, entry.number, entry.bank_reference
        is_twice = number and seen.times("number", str(self._place), number) > 1
        if reference and seen.times("entry", self.account, reference, entry.digest()) > 1:
            is_twice = True
        if is_twice:
            values = entry.place | {"reference": number or reference}
            raise Invalid(Fault("NtryRef", "bank-file-entry-twice", values))

    def _own_currency(self) -> str:
        balance = self._closing if self._closing is not None else self._opening
        said = text_at(self._head, "Acct", "Ccy")
        if balance is None:
            return said
        amounts = {own_amount(one)[1] for one in (self._opening, self._closing) if one is not None}
        if amounts != {said or own_amount(balance)[1]}:
            values = place_of(balance) | {"own": said or "-"}
            values["currency"] = ", ".join(sorted(amounts))
            raise Invalid(Fault("Ccy", "bank-file-currency-mixed", values))
        return amounts.pop()

    def _made_on(self) -> date:
        """Version 08 need not say when, but its balances or entries have days."""
        if text_at(self._head, "CreDtTm"):
            return day_at((self._head,), ("CreDtTm",))
        if self._closing is not None:
            return day_at((self._closing,), ("Dt",))
        return self._last_day or day_at((self._head,), ("FrToDt", "ToDtTm"))

    def _said_period(self) -> tuple[date, date] | None:
        if not text_at(self._head, "FrToDt", "ToDtTm"):
            return None
        first = day_at((self._head,), ("FrToDt", "FrDtTm"))
        last = day_at((self._head,), ("FrToDt", "ToDtTm"))
        # Until midnight is until the end of the day before.
        is_midnight = "T00:00:00" in text_at(self._head, "FrToDt", "ToDtTm")
        return first, last - timedelta(days=1) if is_midnight and last > first else last


def _balance(
    balances: list[etree._Element], codes: tuple[str, ...], page: int
) -> etree._Element | None:
    """The first of *codes* that there is, else the first or last interim balance."""
    for code in (*codes, _PAGE):
        if found := [balance for balance in balances if _code(balance) == code]:
            return found[page if code == _PAGE else 0]
    return None


def _code(balance: etree._Element) -> str:
    return text_at(balance, "Tp", "CdOrPrtry", "Cd")


def _difference(totals: BankTotals) -> Fault:
    values = {
        "statement": totals.statement_id,
        "opening": written(totals.opening or 0),
        "entries": written(totals.booked),
        "closing": written(totals.closing or 0),
        "difference": written(totals.difference),
    }
    return Fault("", "bank-file-sums", values)


def _without_balance(totals: BankTotals) -> Fault:
    return Fault("Bal", "bank-file-balance-missing", {"statement": totals.statement_id})


def apart(one: BankTotals, other: BankTotals) -> list[Fault]:
    """Of two statements of one account that follow each other in a file, in either order."""
    earlier, later = (one, other) if one.period <= other.period else (other, one)
    if earlier.closing is None or later.opening in {None, earlier.closing}:
        return []
    values = {
        "earlier": earlier.statement_id,
        "later": later.statement_id,
        "closing": written(earlier.closing),
        "opening": written(later.opening or 0),
    }
    return [Fault("Bal", "bank-file-balances-apart", values)]

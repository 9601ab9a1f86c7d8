"""Counts records and sums their amounts, and holds the sum up to what a file says itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from gateways.betalingsservice.records import Record, refuse


class Sign(IntEnum):
    NONE = 0
    COLLECT = 1  # from the debtor to the creditor
    DISBURSE = 2  # the other way


_FACTORS = {Sign.NONE: 0, Sign.COLLECT: 1, Sign.DISBURSE: -1}


@dataclass(slots=True)
class Tally:
    """*net_ore* is what is collected less what is disbursed, by each record's own sign.

    Unverified: that rejected payments count, and that a net below zero stands without its sign.
    """

    sections: int = 0
    payments: int = 0
    texts: int = 0
    addresses: int = 0
    net_ore: int = 0

    def add(self, record: Record) -> None:
        match record.layout.record:
            case "022":
                self.addresses += 1
            case "052" | "062":
                self.texts += 1
            case "042":
                self.payments += 1
                self.net_ore += signed_amount(record)
            case _:
                raise AssertionError(record.layout)

    def add_section(self, section: Tally) -> None:
        self.sections += 1
        self.payments += section.payments
        self.texts += section.texts
        self.addresses += section.addresses
        self.net_ore += section.net_ore

    def require(self, end: Record) -> None:
        """Raises Invalid when the record that ends a section or the delivery says otherwise."""
        _require(end, "payments", self.payments, "BS042")
        _require(end, "texts", self.texts, "BS052/BS062")
        _require(end, "addresses", self.addresses, "BS022")
        if "sections" in end.values:
            _require(end, "sections", self.sections, "BS012")
        said, found, column = end.number("net"), abs(self.net_ore), end.column_of("net")
        if said != found:
            raise refuse("net", "bs-net", end.line, column, said=said, found=found)

    def values(self) -> dict[str, int]:
        """What the record that ends a section or the delivery should say, but for sections."""
        return {
            "payments": self.payments,
            "net": abs(self.net_ore),
            "texts": self.texts,
            "addresses": self.addresses,
        }


def sign_of(record: Record) -> Sign:
    try:
        return Sign(record.number("sign"))
    except ValueError as error:
        found, column = record.number("sign"), record.column_of("sign")
        raise refuse("sign", "bs-sign", record.line, column, found=found) from error


def signed_amount(record: Record) -> int:
    """In øre; 0 for records that tell of no money."""
    if "amount" not in record.values:
        return 0
    return _FACTORS[sign_of(record)] * record.number("amount")


def _require(end: Record, name: str, found: int, record: str) -> None:
    said = end.number(name)
    if said != found:
        column = end.column_of(name)
        raise refuse(name, "bs-count", end.line, column, said=said, found=found, record=record)

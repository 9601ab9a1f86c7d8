"""The columns of every record of Betalingsservice's files, as tables.

The standard is Nets' guides for data suppliers (0601, 0602, 0603). We have not read the guides in
force: the widths come from two open programs that read and write such files, and agree where both
speak. Verify before production, and above all:

- the slips' columns (section 0215, 0297 and 0299) stand on one program alone;
- what stands in lines of type 022, 052 and 062 from Nets: they are counted, and not read;
- whether a delivery's id may hold letters: it may, here;
- what a sign of 2 means in 0602, and which payments count in the net (see tally).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate

WIDTH = 128


class Kind(StrEnum):
    TEXT = "text"  # to the left, blanks after
    DIGITS = "digits"  # a name made of digits: zeros before it are part of it
    NUMBER = "number"  # to the right, zeros before
    DAY = "day"  # ddmmyy, zeros for none; years 2000 to 2099
    LONG_DAY = "long day"  # ddmmyyyy, zeros for none
    LITERAL = "literal"  # always the same
    BLANK = "blank"  # written as blanks, not read: newer guides put things there
    FILL = "fill"  # written as zeros, not read


@dataclass(frozen=True, slots=True)
class Column:
    """*always* is what a literal says. What may be cut loses its end when there is no room.

    *first* is where it begins, counted from 1.
    """

    name: str
    width: int
    kind: Kind
    always: str = ""
    may_be_cut: bool = False
    first: int = 0

    @property
    def last(self) -> int:
        return self.first + self.width - 1


@dataclass(frozen=True, slots=True)
class Layout:
    """*begins* with what tells it from the others, and is 128 columns wide."""

    record: str
    columns: tuple[Column, ...]

    def place_of(self, name: str) -> int:
        """Where the column begins, counted from 1."""
        return next(column.first for column in self.columns if column.name == name)


def _text(name: str, width: int, *, may_be_cut: bool = False) -> Column:
    return Column(name, width, Kind.TEXT, may_be_cut=may_be_cut)


def _digits(name: str, width: int) -> Column:
    return Column(name, width, Kind.DIGITS)


def _number(name: str, width: int) -> Column:
    return Column(name, width, Kind.NUMBER)


def _day(name: str) -> Column:
    return Column(name, 6, Kind.DAY)


def _long_day(name: str) -> Column:
    return Column(name, 8, Kind.LONG_DAY)


def _always(name: str, says: str) -> Column:
    return Column(name, len(says), Kind.LITERAL, says)


def _blank(width: int) -> Column:
    return Column("", width, Kind.BLANK)


def _fill(width: int) -> Column:
    return Column("", width, Kind.FILL)


def _layout(record: str, *columns: Column) -> Layout:
    columns = (_always("record", f"BS{record}"), *columns)
    ends = accumulate(column.width for column in columns)
    return Layout(
        record,
        tuple(replace(c, first=end - c.width + 1) for c, end in zip(columns, ends, strict=True)),
    )


_PBS = _digits("pbs_number", 8)
_GROUP = _digits("debtor_group", 5)
_CUSTOMER = _text("customer_number", 15)
_MANDATE = _digits("mandate", 9)
_SECTION = _digits("section", 4)
_TRANSACTION = _digits("transaction", 4)
_SIGN = _number("sign", 1)
_AMOUNT = _number("amount", 13)
_HEAD = (_digits("supplier", 8), _always("subsystem", "BS1"), _digits("delivery_type", 4))
_PAID = (_day("paid_on"), _day("booked_on"), _number("paid_amount", 13))
_COUNTS = (_number("payments", 11), _number("net", 15), _number("texts", 11))

DELIVERY_START = _layout(
    "002", *_HEAD, _text("delivery_id", 10), _blank(19), _day("made_on"), _blank(73)
)
DELIVERY_END = _layout(
    "992", *_HEAD, _number("sections", 11), *_COUNTS, _fill(15), _number("addresses", 11), _fill(34)
)
COLLECTION_START = _layout(
    "012", _PBS, _SECTION, _blank(5), _GROUP, _text("supplier_id", 15), _blank(4),
    _long_day("made_on"), _blank(14), _text("main_text", 60),
)  # fmt: skip
SECTION_START = _layout(
    "012", _PBS, _SECTION, _fill(3), _GROUP, _text("supplier_id", 15), _blank(9),
    _day("made_on"), _blank(73),
)  # fmt: skip
COLLECTION_END = _layout(
    "092", _PBS, _SECTION, _fill(5), _GROUP, _blank(4), *_COUNTS, _blank(15),
    _number("addresses", 11), _blank(34),
)  # fmt: skip
SECTION_END = _layout(
    "092", _PBS, _SECTION, _fill(3), _GROUP, _blank(6), *_COUNTS, _blank(15),
    _number("addresses", 11), _blank(34),
)  # fmt: skip
ADDRESS = _layout(
    "022", _PBS, _TRANSACTION, _number("number", 5), _GROUP, _CUSTOMER, _MANDATE,
    _text("words", 35, may_be_cut=True), _blank(42),
)  # fmt: skip
COLLECTION = _layout(
    "042", _PBS, _TRANSACTION, _fill(5), _GROUP, _CUSTOMER, _MANDATE, _long_day("due_on"), _SIGN,
    _AMOUNT, _text("reference", 30), _fill(2), _text("payer_id", 15), _fill(8),
)  # fmt: skip
PAYMENT = _layout(
    "042", _PBS, _TRANSACTION, _fill(3), _GROUP, _CUSTOMER, _MANDATE, _day("due_on"), _SIGN,
    _AMOUNT, _text("reference", 30), _blank(4), *_PAID,
)  # fmt: skip
# A slip has no mandate; between the group and the customer stand four columns of unknown meaning.
SLIP = _layout(
    "042", _PBS, _TRANSACTION, _fill(3), _GROUP, _fill(4), _CUSTOMER, _text("card", 2),
    _number("fee_sign", 1), _number("fee", 5), _day("due_on"), _SIGN, _AMOUNT,
    _text("reference", 9), _text("archive_number", 22), *_PAID,
)  # fmt: skip
MANDATE = _layout(
    "042", _PBS, _TRANSACTION, _fill(3), _GROUP, _CUSTOMER, _MANDATE, _day("start"), _day("end"),
    _blank(67),
)  # fmt: skip
TEXT = _layout(
    "052", _PBS, _TRANSACTION, _number("number", 5), _GROUP, _CUSTOMER, _MANDATE, _blank(1),
    _text("words", 60), _blank(16),
)  # fmt: skip
UNREAD = {kind: _layout(kind, _PBS, _TRANSACTION, _blank(111)) for kind in ("022", "052", "062")}

# Which transactions each section may hold, by the type of delivery it belongs to.
SECTIONS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "0601": {"0112": frozenset({"0280"})},
    "0602": {
        "0211": frozenset({"0236", "0237", "0238", "0239"}),
        "0215": frozenset({"0297", "0299"}),
    },
    "0603": {
        "0210": frozenset({"0230"}),
        "0212": frozenset({"0231", "0232", "0233", "0234"}),
    },
}

# By the record's type, and the section, transaction or type of delivery that chooses among them.
LAYOUTS: Mapping[tuple[str, str], Layout] = {
    ("002", ""): DELIVERY_START,
    ("992", ""): DELIVERY_END,
    ("012", "0112"): COLLECTION_START,
    **{("012", section): SECTION_START for section in ("0211", "0215", "0210", "0212")},
    ("092", "0112"): COLLECTION_END,
    **{("092", section): SECTION_END for section in ("0211", "0215", "0210", "0212")},
    ("022", "0601"): ADDRESS,
    ("052", "0601"): TEXT,
    **{(kind, ""): layout for kind, layout in UNREAD.items()},
    ("042", "0280"): COLLECTION,
    **{("042", transaction): PAYMENT for transaction in SECTIONS["0602"]["0211"]},
    **{("042", transaction): SLIP for transaction in SECTIONS["0602"]["0215"]},
    **{("042", transaction): MANDATE for transaction in SECTIONS["0603"]["0210"]},
    **{("042", transaction): MANDATE for transaction in SECTIONS["0603"]["0212"]},
}
RECORDS = frozenset(record for record, _ in LAYOUTS)


def layout_of(record: str, number: str, delivery_type: str) -> Layout | None:
    """*number* is the section or the transaction, where records of the type have one."""
    return next(
        (
            LAYOUTS[record, chosen_by]
            for chosen_by in (delivery_type, number, "")
            if (record, chosen_by) in LAYOUTS
        ),
        None,
    )

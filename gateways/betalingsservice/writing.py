"""Writes deliveries with their sums: what we ask Betalingsservice to collect (0601)."""

from collections.abc import Iterable
from datetime import date

from gateways.betalingsservice.contents import Collection
from gateways.betalingsservice.layouts import (
    COLLECTION,
    COLLECTION_END,
    COLLECTION_START,
    DELIVERY_END,
    DELIVERY_START,
    TEXT,
    Layout,
)
from gateways.betalingsservice.records import (
    ENCODING,
    Value,
    read_record,
    refuse,
    write_record,
)
from gateways.betalingsservice.tally import Sign, Tally

_COLLECTIONS, _SECTION, _COLLECT, _TEXT = "0601", "0112", "0280", "0241"
_LINE_END = "\r\n"


class Draft:
    """A delivery while it is written, from its first record to its last; it keeps the sums.

    *on* is the day the delivery is made.
    """

    def __init__(self, supplier: str, delivery_type: str, delivery_id: str, on: date) -> None:
        self._lines: list[str] = []
        self._head = {"supplier": supplier, "delivery_type": delivery_type}
        self._in_section = Tally()
        self._in_all = Tally()
        self._write(DELIVERY_START, **self._head, delivery_id=delivery_id, made_on=on)

    @property
    def next_line(self) -> int:
        return len(self._lines) + 1

    def begin_section(self, layout: Layout, **values: Value) -> None:
        self._in_section = Tally()
        self._write(layout, **values)

    def add(self, layout: Layout, **values: Value) -> None:
        line = self.next_line
        self._write(layout, **values)
        written = read_record(self._lines[-1], line, self._head["delivery_type"])
        self._in_section.add(written)

    def end_section(self, layout: Layout, **values: Value) -> None:
        self._write(layout, **values, **self._in_section.values())
        self._in_all.add_section(self._in_section)

    def finish(self) -> bytes:
        sections = self._in_all.sections
        self._write(DELIVERY_END, **self._head, sections=sections, **self._in_all.values())
        return "".join(line + _LINE_END for line in self._lines).encode(ENCODING)

    def _write(self, layout: Layout, **values: Value) -> None:
        self._lines.append(write_record(layout, self.next_line, **values))


def write_collection(  # a delivery has as many parts
    supplier: str,
    pbs_number: str,
    debtor_group: str,
    delivery_id: str,
    on: date,
    collections: Iterable[Collection],
    main_text: str = "",
) -> bytes:
    """One section of *collections*, in their order; the same bytes whenever they are the same.

    Raises Invalid, with line and column, for what there is no room for or no letter for.
    """
    draft = Draft(supplier, _COLLECTIONS, delivery_id, on)
    section = {"pbs_number": pbs_number, "section": _SECTION, "debtor_group": debtor_group}
    draft.begin_section(COLLECTION_START, **section, made_on=on, main_text=main_text)
    for collection in collections:
        _add(draft, pbs_number, debtor_group, collection)
    draft.end_section(COLLECTION_END, **section)
    return draft.finish()


def _add(draft: Draft, pbs_number: str, debtor_group: str, collection: Collection) -> None:
    if collection.amount_ore <= 0:
        raise refuse("amount", "bs-amount", draft.next_line, COLLECTION.place_of("amount"))
    debtor = {
        "pbs_number": pbs_number,
        "debtor_group": debtor_group,
        "customer_number": collection.customer_number,
        "mandate": collection.mandate,
    }
    draft.add(
        COLLECTION,
        **debtor,
        transaction=_COLLECT,
        due_on=collection.due_on,
        sign=Sign.COLLECT.value,
        amount=collection.amount_ore,
        reference=collection.reference,
    )
    for number, words in enumerate(collection.text_lines, start=1):
        draft.add(TEXT, **debtor, transaction=_TEXT, number=number, words=words)

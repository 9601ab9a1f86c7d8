"""Writes what Betalingsservice tells a creditor, in the sandbox: payments and mandates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from gateways.betalingsservice.layouts import MANDATE, PAYMENT, SECTION_END, SECTION_START, Layout
from gateways.betalingsservice.records import Value
from gateways.betalingsservice.writing import Draft
from gateways.journal import Body

_DAYS = {"due_on", "paid_on", "booked_on", "start", "end"}


@dataclass(frozen=True, slots=True)
class Creditor:
    """Who is told, by the numbers Betalingsservice has given them. These belong to nobody."""

    supplier: str = "00000001"
    pbs_number: str = "00000002"
    debtor_group: str = "00001"


def write_payments(creditor: Creditor, on: date, payments: Iterable[Body]) -> bytes:
    """*payments*: what the records say, by the names of their columns, days as text."""
    return _write(creditor, "0602", "0211", PAYMENT, on, payments)


def write_mandates(creditor: Creditor, on: date, mandates: Iterable[Body]) -> bytes:
    """*mandates*: as above."""
    return _write(creditor, "0603", "0212", MANDATE, on, mandates)


def _write(
    creditor: Creditor,
    delivery_type: str,
    section: str,
    layout: Layout,
    on: date,
    bodies: Iterable[Body],
) -> bytes:
    """A creditor is told once a day of each kind, so day and kind are name enough."""
    draft = Draft(creditor.supplier, delivery_type, f"{on:%Y%m%d}{delivery_type[2:]}", on)
    whose = {"pbs_number": creditor.pbs_number, "debtor_group": creditor.debtor_group}
    draft.begin_section(SECTION_START, **whose, section=section, made_on=on)
    for body in bodies:
        draft.add(layout, **whose, **_values(body))
    draft.end_section(SECTION_END, **whose, section=section)
    return draft.finish()


def _values(body: Body) -> dict[str, Value]:
    return {
        name: date.fromisoformat(value) if name in _DAYS and value else value
        for name, value in body.items()
    }

"""What must be known of a claim before the house takes it in, and how a row of fields says it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from domain.calendar import add_months, working_day_from
from domain.claim_fields import DEBTORS, Row, read_text
from domain.errors import Fault, Invalid
from domain.identity import NationalId, parse_national_id
from domain.money import Money
from domain.notation import read_amount, read_day, refuse, shown
from domain.policy import ClaimType, Policy

# Bounds of the plausible, to catch slips of the hand; none of them is a rule of law.
_FARTHEST_AHEAD_MONTHS = 5 * 12
_LONGEST_AGO_MONTHS = 40 * 12
_IN_ADVANCE = timedelta(days=31)  # rent and day care are due before what they pay for begins

_LONGEST_CODE = 40
LONGEST_NAME, LONGEST_ADDRESS_LINE, MOST_ADDRESS_LINES = 200, 100, 7
_LONGEST_DESCRIPTION = 100  # the recovery authority's field has room for no more

_CPR_LIKE = re.compile(
    r"(?<![0-9])(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2}[- ]?[0-9]{4}(?![0-9])"
)

_DAYS = (
    *("period_start", "period_end", "origination_date", "due_date"),
    *("last_timely_payment_date", "demand_sent_on"),
)
_ORDERED = (
    ("period_start", "period_end", "period-reversed"),
    ("due_date", "last_timely_payment_date", "last-timely-before-due"),
)


@dataclass(frozen=True, slots=True)
class NewDebtor:
    national_id: NationalId
    name: str
    address: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewClaim:
    """*debtors*: the primary first. *demand_sent_on*: when another system has demanded it."""

    source: str
    reference: str
    claim_type: str
    debtors: tuple[NewDebtor, ...]
    principal: Money
    description: str
    period_start: date
    period_end: date
    origination_date: date
    due_date: date
    last_timely_payment_date: date
    demand_sent_on: date | None = None


def read_claim(
    fields: Mapping[str, Any], policy: Policy, on: date
) -> tuple[NewClaim, tuple[Fault, ...]]:
    """The claim a row of fields means, and what looks odd in it but does not stop it.

    Names may be English or Danish, values text as people write it. Raises Invalid with all that
    is wrong in the row at once.
    """
    row = Row(fields)
    claim_type = row.read("claim_type", partial(_claim_type, policy=policy))
    principal = row.read("principal", read_amount)
    source, reference = row.text("source", _LONGEST_CODE), row.text("reference", _LONGEST_CODE)
    description = row.read("description", read_description) or ""
    debtors = _debtors(row, on)
    days = _days(row, claim_type, on)
    if row.faults or not claim_type or not principal:
        raise Invalid(*row.faults)
    claim = NewClaim(
        source, reference, claim_type.code, debtors, principal, description, **_filled(days)
    )
    return claim, tuple(row.warnings)


def read_debtor(fields: Mapping[str, Any], on: date) -> NewDebtor:
    """Who owes, by the same fields as in a claim. Raises Invalid with all that is wrong."""
    row = Row(fields)
    debtor = _debtor(row, on)
    if row.faults or debtor is None:
        raise Invalid(*row.faults)
    return debtor


def _claim_type(text: str, policy: Policy) -> ClaimType:
    known = {code.casefold(): code for code in policy.claim_types}
    code = text.strip().casefold()
    if code not in known:
        if near := _nearest_types(code, policy):
            raise refuse("claim-type-misspelt", value=shown(text), nearest=", ".join(near))
        known_codes = ", ".join(sorted(policy.claim_types))
        raise refuse("claim-type-unknown", value=shown(text), known=known_codes)
    return policy.claim_types[known[code]]


def _nearest_types(code: str, policy: Policy) -> list[str]:
    """By code or by either name, nearest first."""
    names = {
        name.casefold(): kind.code
        for kind in policy.claim_types.values()
        for name in (kind.code, kind.name, kind.name_en)
    }
    near = difflib.get_close_matches(code[:100], names, n=5, cutoff=0.6)
    return list(dict.fromkeys(names[name] for name in near))[:3]


def read_description(text: str) -> str:
    """It stands in letters to all who are liable, so it may not tell of anyone."""
    if _CPR_LIKE.search(text):
        raise refuse("description-has-cpr")
    return read_text(text, _LONGEST_DESCRIPTION)


def _debtors(row: Row, on: date) -> tuple[NewDebtor, ...]:
    if row.has(DEBTORS):
        found = _listed_debtors(row, on)
    else:
        found = [_debtor(row, on)]
        if any(row.has(f"co_debtor_{field}") for field in ("cpr_cvr", "name", "address")):
            found.append(_debtor(row, on, "co_debtor_"))
    debtors = tuple(debtor for debtor in found if debtor)
    if len({debtor.national_id for debtor in debtors}) < len(debtors):
        row.fail(DEBTORS if row.has(DEBTORS) else "co_debtor_cpr_cvr", "debtor-twice")
    return debtors


def _listed_debtors(row: Row, on: date) -> list[NewDebtor | None]:
    listed = row.value(DEBTORS)
    if not isinstance(listed, list) or not listed or not all(isinstance(d, dict) for d in listed):
        row.fail(DEBTORS, "debtors-unreadable")
        return []
    found = []
    for number, fields in enumerate(listed, start=1):
        part = Row(fields, prefix=f"{row.name_of(DEBTORS)}[{number}].")
        found.append(_debtor(part, on))
        row.faults += part.faults
        row.warnings += part.warnings
    return found


def _debtor(row: Row, on: date, prefix: str = "") -> NewDebtor | None:
    field = f"{prefix}cpr_cvr"
    national_id = row.read(field, partial(parse_national_id, on=on), required=True)
    name = row.text(f"{prefix}name", LONGEST_NAME, required=True)
    address = _address(row, f"{prefix}address")
    if not national_id:
        return None
    for code in national_id.warnings:
        row.warn(field, code)
    return NewDebtor(national_id, name, address)


def _address(row: Row, field: str) -> tuple[str, ...]:
    """Lines, as a list or divided by commas or line breaks."""
    value = row.value(field)
    if isinstance(value, list):
        lines = [line for line in value if isinstance(line, str)]
        if len(lines) < len(value):
            row.fail(field, "value-unreadable", value=shown(str(value)))
    else:
        lines = re.split(r"[,\r\n]+", row.read(field, str) or "")
    lines = [line.strip() for line in lines if line.strip()]
    try:
        address = tuple(read_text(line, LONGEST_ADDRESS_LINE) for line in lines)
    except Invalid as invalid:
        row.fail(field, invalid.faults[0].code, **invalid.faults[0].values)
        return ()
    if len(lines) > MOST_ADDRESS_LINES:
        row.fail(field, "address-too-long", limit=str(MOST_ADDRESS_LINES))
    return address


def _days(row: Row, claim_type: ClaimType | None, on: date) -> dict[str, date]:
    read = ((field, row.read(field, read_day)) for field in _DAYS)
    days = {field: day for field, day in read if day}
    for field in [field for field, day in days.items() if not is_plausible(day, on)]:
        row.fail(field, "day-implausible", value=days.pop(field).isoformat())
    for first, second, code in _ORDERED:
        if first in days and second in days and days[second] < days[first]:
            row.fail(second, code, first=days[first].isoformat(), second=days[second].isoformat())
    _compare_with_today(row, days, claim_type, on)
    return days


def is_plausible(day: date, on: date) -> bool:
    """Whether a day of a claim can be meant so."""
    return add_months(on, -_LONGEST_AGO_MONTHS) <= day <= add_months(on, _FARTHEST_AHEAD_MONTHS)


def _compare_with_today(
    row: Row, days: dict[str, date], claim_type: ClaimType | None, on: date
) -> None:
    due, origin, sent = (days.get(f) for f in ("due_date", "origination_date", "demand_sent_on"))
    if due and origin and due < origin - _IN_ADVANCE:
        row.fail(
            "due_date", "due-before-origination", due=due.isoformat(), arose=origin.isoformat()
        )
    if sent and sent > on:
        row.fail("demand_sent_on", "demand-in-the-future", value=sent.isoformat())
    if due and claim_type and add_months(due, 12 * claim_type.limitation_years) < on:
        years = str(claim_type.limitation_years)
        row.warn("due_date", "maybe-time-barred", value=due.isoformat(), years=years)


def _filled(days: dict[str, date]) -> dict[str, date]:
    """What follows from the other days unless the sender says otherwise.

    A claim due on a closing day is paid in time on the next working day.
    """
    return {
        "origination_date": min(days["period_start"], days["due_date"]),
        "last_timely_payment_date": working_day_from(days["due_date"]),
    } | days

"""Why something must rest, and what its reason asks for, as a form tells it."""

from dataclasses import dataclass, field
from datetime import date

from fastapi import Request

from api.pages.fields import read_debtor, read_optional_day, read_optional_prose
from api.pages.forms import new_key
from domain.claim import HoldReason
from domain.endings.rules import EndingRules
from domain.endings.suspension import Need, Told
from domain.errors import Fault, Invalid
from persistence.endings.suspending import NewSuspension

_LONGEST, _LONGEST_CONTACT, _LONGEST_KEY = 4000, 200, 100
DAYS = tuple(need for need in Need if need is not Need.CONTACT)


@dataclass(frozen=True, slots=True)
class SuspensionForm:
    """*days*: as they were typed, by their need."""

    reason: str = ""
    note: str = ""
    contact: str = ""
    days: dict[str, str] = field(default_factory=dict)
    asked_by: str = ""
    is_sure: str = ""
    key: str = ""

    @property
    def said(self) -> list[object]:
        return [self.reason, self.note, self.contact, sorted(self.days.items()), self.asked_by]

    @property
    def debtor(self) -> int | None:
        """Who asked for the time, once it was read: their limitation counts from its end."""
        return int(self.asked_by) if self.asked_by else None

    def read(self, reasons: tuple[HoldReason, ...]) -> NewSuspension:
        """Raises Invalid with all that cannot be read; what is missing is the rule's to say."""
        faults: list[Fault] = []
        if self.reason not in set(reasons):
            faults.append(Fault("reason", "hold-reason-missing"))
        note = read_optional_prose("note", self.note, _LONGEST, faults)
        contact = read_optional_prose("contact", self.contact, _LONGEST_CONTACT, faults)
        days: dict[Need, date] = {}
        for need in DAYS:
            if day := read_optional_day(need, self.days.get(need, ""), faults):
                days[need] = day
        read_debtor("asked_by", self.asked_by, faults)
        if faults:
            raise Invalid(*faults)
        return NewSuspension(HoldReason(self.reason), Told(days, contact), note)


async def suspension_form(request: Request) -> SuspensionForm:
    """As it was typed; fields that are not there are empty."""
    form = await request.form()

    def told(name: str) -> str:
        value = form.get(name)
        return value if isinstance(value, str) else ""

    days = {need.value: told(need) for need in DAYS}
    key = told("key")[:_LONGEST_KEY] or new_key()
    return SuspensionForm(
        told("reason"), told("note"), told("contact"), days, told("asked_by"), told("is_sure"), key
    )


def reasons_in(rules: EndingRules, on: date, *, of_debtor: bool) -> tuple[HoldReason, ...]:
    """Those a person gives for a claim, or for all that a debtor owes."""
    found = rules.suspensions.on_or_first(on)
    return tuple(rule.reason for rule in found if rule.is_of_debtor is of_debtor)

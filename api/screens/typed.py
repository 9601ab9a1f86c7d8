"""What someone has typed into a form: kept as it is, and read with all faults told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from fastapi import Request
from starlette.datastructures import FormData

from domain.errors import Fault, Invalid
from domain.notation import read_day, refuse, shown

T = TypeVar("T")
_LONGEST = 4000
_LONGEST_KEPT, _MOST_FIELDS, _MOST_VALUES = 20_000, 60, 100
_LAST_DAY = date(2100, 1, 1)  # a bound of the plausible, to catch slips of the hand
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_NOT_TYPED = {"screen", "csrf_token", "version"}


@dataclass(frozen=True, slots=True)
class Typed:
    """Each field may have been given several times."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of_draft(cls, fields: Mapping[str, Any]) -> Typed:
        return cls({name: _values(value) for name, value in fields.items()})

    @classmethod
    def of_form(cls, form: FormData) -> Typed:
        fields: dict[str, tuple[str, ...]] = {}
        for name, value in form.multi_items():
            if isinstance(value, str) and len(fields) < _MOST_FIELDS:
                told = _UNPRINTABLE.sub("", value).replace("\r\n", "\n")[:_LONGEST_KEPT]
                fields[name] = (*fields.get(name, ()), told)[:_MOST_VALUES]
        return cls(fields)

    def one(self, name: str) -> str:
        return (self.fields.get(name) or ("",))[-1].strip()

    def all(self, name: str) -> tuple[str, ...]:
        return self.fields.get(name, ())

    @property
    def is_empty(self) -> bool:
        return not any(value.strip() for value in self.to_keep().values())

    def to_keep(self) -> dict[str, Any]:
        """As a draft keeps it."""
        return {
            name: values[0] if len(values) == 1 else list(values)
            for name, values in self.fields.items()
            if name not in _NOT_TYPED
        }


def _values(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(map(str, value))


def read_coming_day(text: str) -> date:
    """A day people may live to see. Raises Invalid."""
    day = read_day(text)
    if day > _LAST_DAY:
        raise refuse("day-implausible", value=shown(text), limit=_LAST_DAY.isoformat())
    return day


async def typed_in(request: Request) -> Typed:
    """The form a browser sent; empty when it sent none."""
    return Typed.of_form(await request.form())


class Reading:
    """Reads field by field and gathers what is wrong."""

    def __init__(self, typed: Typed) -> None:
        self.typed, self.faults = typed, list[Fault]()

    def fail(self, name: str, code: str, **values: str) -> None:
        self.faults.append(Fault(name, code, values))

    def read(self, name: str, reader: Callable[[str], T]) -> T | None:
        """None when the field is empty, or unreadable, which is a fault."""
        if not (told := self.typed.one(name)):
            return None
        try:
            return reader(told)
        except Invalid as invalid:
            self.faults += (replace(fault, field=name) for fault in invalid.faults)
            return None

    def prose(self, name: str) -> str:
        told = self.typed.one(name)
        if len(told) > _LONGEST:
            self.fail(name, "text-too-long", limit=str(_LONGEST), length=str(len(told)))
        return told

    def require_sound(self, more: Iterable[Fault] = ()) -> None:
        """Raises Invalid with all faults, each field's first."""
        found = {fault.field: fault for fault in reversed([*self.faults, *more])}
        if found:
            raise Invalid(*reversed(found.values()))

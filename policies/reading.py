"""Builds the domain's own types from parsed TOML, noting every fault instead of the first."""

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from domain.dated import Dated, Entry
from domain.money import Money
from policies.complaints import Complaint
from policies.lines import Path

UNREAD: Any = object()
"""Stands for what could not be read; why has been noted."""

Spec = dict[str, tuple[Any, Any]]
"""The keys a table may have: the type of each, and its default or MISSING."""

_BASES = {"source", "legal_basis"}
_ORE = 100


def spec_of(kind: Any) -> Spec:
    """The fields of a dataclass; one that may be None may be left out."""
    hints = get_type_hints(kind)
    return {f.name: (hints[f.name], _default(f.default, hints[f.name])) for f in fields(kind)}


def _default(default: Any, kind: Any) -> Any:
    return None if default is MISSING and NoneType in get_args(kind) else default


def _is_rule(kind: Any) -> bool:
    return is_dataclass(kind) and kind is not Money


class Reading:
    def __init__(self) -> None:
        self.complaints: list[Complaint] = []
        self._containers: dict[Any, Callable[[tuple[Any, ...], Any, Path], Any]] = {
            Union: self._optional,
            UnionType: self._optional,
            tuple: self._list,
            dict: self._table,
            Dated: self._series,
        }

    def value(self, kind: Any, raw: Any, path: Path) -> Any:
        if container := self._containers.get(get_origin(kind)):
            return container(get_args(kind), raw, path)
        if _is_rule(kind):
            return _built(kind, self.fields(spec_of(kind), raw, path))
        return self._scalar(kind, raw, path)

    def fields(self, spec: Spec, raw: Any, path: Path) -> dict[str, Any]:
        """The values of a table's keys, with UNREAD for those that cannot be read."""
        if not isinstance(raw, dict):
            self._refuse(path, "en tabel", "a table")
            return dict.fromkeys(spec, UNREAD)
        for key in sorted(raw.keys() - spec.keys()):
            self._complain((*path, key), "unknown-key", key=key, known=", ".join(spec))
        return {name: self._field(name, spec[name], raw, path) for name in spec}

    def _field(self, name: str, spec: tuple[Any, Any], raw: dict[str, Any], path: Path) -> Any:
        kind, default = spec
        if name in _BASES and not str(raw.get(name, "")).strip():
            self._complain((*path, name), "source-missing", key=name)
            return ""
        if name in raw:
            return self.value(kind, raw[name], (*path, name))
        if default is MISSING:
            self._complain((*path, name), "missing-key", key=name)
            return UNREAD
        return default

    def _optional(self, kinds: tuple[Any, ...], raw: Any, path: Path) -> Any:
        [kind] = [kind for kind in kinds if kind is not NoneType]
        return self.value(kind, raw, path)

    def _list(self, kinds: tuple[Any, ...], raw: Any, path: Path) -> Any:
        if not isinstance(raw, list):
            return self._refuse(path, "en liste", "a list")
        values = [self.value(kinds[0], one, (*path, n)) for n, one in enumerate(raw)]
        return UNREAD if UNREAD in values else tuple(values)

    def _table(self, kinds: tuple[Any, ...], raw: Any, path: Path) -> Any:
        """What can be read of it: one bad entry does not hide what is wrong with the others."""
        if not isinstance(raw, dict):
            return self._refuse(path, "en tabel", "a table")
        key_kind, kind = kinds
        table = {
            self.value(key_kind, key, (*path, key)): self.value(
                kind, _with_code(kind, key, one), (*path, key)
            )
            for key, one in raw.items()
        }
        return {key: one for key, one in table.items() if key is not UNREAD and one is not UNREAD}

    def _series(self, kinds: tuple[Any, ...], raw: Any, path: Path) -> Any:
        if not isinstance(raw, list):
            return self._refuse(path, "en liste af bestemmelser", "a list of decisions")
        entries = [self._entry(kinds[0], one, (*path, n)) for n, one in enumerate(raw)]
        for n in range(1, len(entries)):
            self._check_order(entries[n - 1], entries[n], (*path, n, "since"))
        return Dated(tuple(entry for entry in entries if entry is not UNREAD))

    def _entry(self, kind: Any, raw: Any, path: Path) -> Any:
        """A rule's own fields stand beside *since* and *source*; a simple value under *value*."""
        about: Spec = {"since": (date, MISSING), "source": (str, MISSING)}
        inner = spec_of(kind) if _is_rule(kind) else {"value": (kind, MISSING)}
        values = self.fields(about | inner, raw, path)
        since, source = values.pop("since"), values.pop("source")
        value = _built(kind, values) if _is_rule(kind) else values["value"]
        return _built(Entry, {"since": since, "value": value, "source": source})

    def _check_order(self, before: Any, after: Any, path: Path) -> None:
        if UNREAD in (before, after):
            return
        if before.since == after.since:
            self._complain(path, "since-twice", since=str(after.since))
        elif before.since > after.since:
            values = {"since": str(after.since), "previous": str(before.since)}
            self._complain(path, "since-order", **values)

    def _scalar(self, kind: Any, raw: Any, path: Path) -> Any:
        if issubclass(kind, StrEnum):
            return self._choice(kind, raw, path)
        if kind is Money:
            return self._money(raw, path)
        if kind is Decimal and isinstance(raw, int | Decimal) and not isinstance(raw, bool):
            return Decimal(raw)
        if (isinstance(raw, bool | datetime) and kind is not bool) or not isinstance(raw, kind):
            return self._refuse(path, *_EXPECTED[kind])
        if kind is int and raw < 0:
            self._complain(path, "negative")
        return raw

    def _choice(self, kind: type[StrEnum], raw: Any, path: Path) -> Any:
        if raw in list(kind):
            return kind(raw)
        choices = ", ".join(kind)
        return self._refuse(path, f"en af: {choices}", f"one of: {choices}")

    def _money(self, raw: Any, path: Path) -> Any:
        is_number = isinstance(raw, int | Decimal) and not isinstance(raw, bool)
        if not is_number or raw * _ORE % 1:
            return self._refuse(path, "et beløb i kroner, højst to decimaler", "kroner and øre")
        if raw < 0:
            self._complain(path, "negative")
        return Money(int(raw * _ORE))

    def _refuse(self, path: Path, expected_da: str, expected: str) -> Any:
        self._complain(path, "wrong-kind", expected_da=expected_da, expected=expected)
        return UNREAD

    def _complain(self, path: Path, code: str, **values: str) -> None:
        self.complaints.append(Complaint(path, code, values))


_EXPECTED: dict[type, tuple[str, str]] = {
    str: ("en tekst", "a text"),
    bool: ("true eller false", "true or false"),
    int: ("et helt tal", "a whole number"),
    date: ("en dato som 2026-01-31", "a date such as 2026-01-31"),
    Decimal: ("et tal", "a number"),
}


def _built(kind: Any, values: dict[str, Any]) -> Any:
    return UNREAD if any(value is UNREAD for value in values.values()) else kind(**values)


def _with_code(kind: Any, key: str, raw: Any) -> Any:
    """A claim type's code is the name of its table."""
    has_code = _is_rule(kind) and "code" in spec_of(kind) and isinstance(raw, dict)
    return {**raw, "code": key} if has_code else raw

"""TOML as it is read here: decimals exact, and what is wrong told by line, all at once."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

from domain.errors import Invalid
from policies.complaints import Complaint, fault
from policies.lines import LineNumbers


def parsed(text: str) -> dict[str, Any]:
    """Raises Invalid for a text that is no TOML."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        told = re.search(r"at line (\d+)", str(error))
        line = int(told[1]) if told else len(text.splitlines())
        raise Invalid(fault(Complaint((), "syntax", {"detail": str(error)}), line)) from None


@contextmanager
def reading_of(file: str) -> Iterator[None]:
    """Whatever is found wrong meanwhile is told with the *file* in which it stands."""
    try:
        yield
    except Invalid as wrong:
        named = (replace(one, values={"file": file} | one.values) for one in wrong.faults)
        raise Invalid(*named) from None


def refuse(text: str, complaints: Sequence[Complaint]) -> None:
    """Raises Invalid with each complaint and its line in *text*, in order; nothing when none."""
    if complaints:
        lines = LineNumbers(text)
        in_order = sorted(complaints, key=lambda complaint: lines.of(complaint.path))
        raise Invalid(*(fault(complaint, lines.of(complaint.path)) for complaint in in_order))

"""Reads a municipality's policy file, and refuses one that is wrong with line and reason."""

import re
import tomllib
from decimal import Decimal
from importlib import resources
from pathlib import Path as FilePath

from domain.errors import Invalid, NotFound
from domain.policy import Policy
from policies.complaints import Complaint, fault
from policies.contradictions import contradictions
from policies.lines import LineNumbers
from policies.reading import Reading, spec_of

_SUFFIX = ".toml"


def policy_names() -> tuple[str, ...]:
    """The policies that come with the house."""
    files = (FilePath(file.name) for file in resources.files("policies").iterdir())
    return tuple(sorted(file.stem for file in files if file.suffix == _SUFFIX))


def load_policy(name_or_path: str | FilePath) -> Policy:
    """One of `policy_names`, or a file of one's own.

    Raises Invalid with all its faults at once (values: line, reason, reason_en), NotFound when
    there is no such policy.
    """
    if str(name_or_path) in policy_names():
        file = resources.files("policies") / f"{name_or_path}{_SUFFIX}"
        return read_policy(file.read_text(encoding="utf-8"))
    path = FilePath(name_or_path)
    if not path.is_file():
        raise NotFound("policy", name_or_path)
    try:
        return read_policy(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise Invalid(fault(Complaint((), "encoding"), 1)) from None


def read_policy(text: str) -> Policy:
    """The policy written in *text*. Raises Invalid as `load_policy` does."""
    lines = LineNumbers(text)
    reading = Reading()
    values = reading.fields(spec_of(Policy), _parsed(text), ())
    complaints = [*reading.complaints, *contradictions(values)]
    if complaints:
        complaints.sort(key=lambda complaint: lines.of(complaint.path))
        raise Invalid(*(fault(complaint, lines.of(complaint.path)) for complaint in complaints))
    return Policy(**values)


def _parsed(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        told = re.search(r"at line (\d+)", str(error))
        line = int(told[1]) if told else len(text.splitlines())
        raise Invalid(fault(Complaint((), "syntax", {"detail": str(error)}), line)) from None

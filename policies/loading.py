"""Reads a municipality's policy file, and refuses one that is wrong with line and reason."""

from importlib import resources
from pathlib import Path as FilePath

from domain.errors import Invalid, NotFound
from domain.policy import Policy
from policies.complaints import Complaint, fault
from policies.contradictions import contradictions
from policies.entry_filter import load_entry_filter
from policies.parsing import parsed, reading_of, refuse
from policies.reading import Reading, Spec, spec_of

_SUFFIX = ".toml"
_SPEC: Spec = {name: kind for name, kind in spec_of(Policy).items() if name != "entry_filter"}


def policy_names() -> tuple[str, ...]:
    """The policies that come with the house."""
    files = (FilePath(file.name) for file in resources.files("policies").iterdir())
    return tuple(sorted(file.stem for file in files if file.suffix == _SUFFIX))


def load_policy(name_or_path: str | FilePath) -> Policy:
    """One of `policy_names`, or a file of one's own.

    Raises Invalid with all its faults at once (values: file, line, reason, reason_en), and
    NotFound when there is no such policy.
    """
    if str(name_or_path) in policy_names():
        file = resources.files("policies") / f"{name_or_path}{_SUFFIX}"
        with reading_of(file.name):
            return read_policy(file.read_text(encoding="utf-8"))
    path = FilePath(name_or_path)
    if not path.is_file():
        raise NotFound("policy", name_or_path)
    with reading_of(path.name):
        try:
            return read_policy(path.read_text(encoding="utf-8-sig"))
        except UnicodeDecodeError:
            raise Invalid(fault(Complaint((), "encoding"), 1)) from None


def read_policy(text: str) -> Policy:
    """The policy written in *text*. Raises Invalid as `load_policy` does."""
    reading = Reading()
    values = reading.fields(_SPEC, parsed(text), ())
    entry_filter = load_entry_filter()
    refuse(text, [*reading.complaints, *contradictions(values, entry_filter)])
    return Policy(**values, entry_filter=entry_filter)

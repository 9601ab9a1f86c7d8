"""What people write down and lay in a file: whose file it is, and of what kind a note can be."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.claim_fields import read_text
from domain.errors import Fault, Invalid

LONGEST_NOTE = 10_000
MOST_MENTIONS = 20


class NoteKind(StrEnum):
    """What a note tells of (notatpligt, offentlighedslovens § 13)."""

    CALL = "call"  # telefonsamtale
    MEETING = "meeting"  # møde
    NOTE = "note"  # notat


@dataclass(frozen=True, slots=True)
class FileOwner:
    """Whose file something lies in: either a claim's or a debtor's."""

    claim_id: str | None = None
    debtor_id: int | None = None

    def __post_init__(self) -> None:
        assert (self.claim_id is None) != (self.debtor_id is None)

    @property
    def audit_subject(self) -> str:
        return self.claim_id or f"debtor-{self.debtor_id}"


def read_prose(field: str, text: str, longest: int) -> str:
    """*text* in lines that can be shown anywhere. Raises Invalid for none, and for too much."""
    lines = re.split(r"\r\n|\r|\n", text.replace("\t", " ").strip())
    try:
        whole = "\n".join(read_text(line, longest) for line in lines).strip()
        read_text(whole, longest)
    except Invalid as invalid:
        raise Invalid(*(replace(fault, field=field) for fault in invalid.faults)) from None
    if not whole:
        raise Invalid(Fault(field, "field-missing"))
    return whole

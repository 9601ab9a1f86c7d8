"""What is wrong with a policy file, and on which line."""

from dataclasses import dataclass, field

from domain.errors import Fault
from policies.complaint_sentences import SENTENCES
from policies.lines import Path, written


@dataclass(frozen=True, slots=True)
class Complaint:
    """*code* names the sentence; *values* fill it."""

    path: Path
    code: str
    values: dict[str, str] = field(default_factory=dict)


def fault(complaint: Complaint, line: int) -> Fault:
    """The complaint with its line and its reason in both languages."""
    danish, english = SENTENCES[complaint.code]
    values = {
        **complaint.values,
        "line": str(line),
        "reason": danish.format_map(complaint.values),
        "reason_en": english.format_map(complaint.values),
    }
    return Fault(written(complaint.path), f"policy-{complaint.code}", values)

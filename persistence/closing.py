"""How an ended claim's account comes to nothing: what is left is taken out by its right name."""

from datetime import date

from domain.authority import HOUSE
from domain.claim import Ending
from domain.ledger import EntryKind
from persistence.accounts import Line
from persistence.claim_facts import ClaimFacts

_NAMES = {
    Ending.PAID: (EntryKind.ROUNDING, "small-amount", "kommunens bagatelgrænse"),
    Ending.WITHDRAWN: (EntryKind.CORRECTION, "withdrawn", ""),
    Ending.SETTLED: (EntryKind.WRITE_OFF, "settled-by-authority", "GIL § 16"),
    Ending.WRITTEN_OFF: (EntryKind.WRITE_OFF, "write-off", "kasse- og regnskabsregulativ"),
}


def closing_line(facts: ClaimFacts, ending: Ending, on: date) -> Line:
    """The line that brings the claim's balance, which is not nothing, to nothing."""
    kind, rule, basis = _NAMES[ending]
    return Line(kind, -facts.balance, on, HOUSE.id, rule, basis)

"""What a refusal of the recovery authority points at, and who can mend it how (fact sheet § 3.6).

What each code means stands in the catalogues (`recovery-code-…`); what to do, by remedy.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Remedy(StrEnum):
    """What to do about it."""

    WAIT = "wait"  # vent på svaret på den forrige besked, og send igen
    CORRECT = "correct"  # ret oplysningen, og send igen
    AGREEMENT = "agreement"  # fordringshaveraftalen skal ændres
    DAY = "day"  # ret datoen
    AMOUNT = "amount"  # afstem beløbet med Gældsstyrelsen
    NOT_THERE = "not-there"  # kravet ligger der ikke; intet at melde
    NEW_CLAIM = "new-claim"  # send som et nyt krav
    SYSTEM = "system"  # driften skal se på det


@dataclass(frozen=True, slots=True)
class RejectCode:
    """*field* is what it points at, by the name the dossier has for it."""

    code: str
    field: str
    remedy: Remedy


_TABLE: dict[tuple[str, Remedy], tuple[str, ...]] = {
    ("creditor", Remedy.AGREEMENT): ("2", "400"),
    ("type", Remedy.AGREEMENT): ("151", "574"),
    ("currency", Remedy.SYSTEM): ("152",),
    ("debtor", Remedy.CORRECT): ("5", "528"),
    ("document", Remedy.CORRECT): ("164", "181", "415"),
    ("amount", Remedy.CORRECT): ("215", "408"),
    ("art", Remedy.SYSTEM): ("270", "411"),
    ("action", Remedy.SYSTEM): (
        *("403", "404", "405", "406", "407", "425", "444", "447", "448", "458"),
    ),
    ("effective-on", Remedy.DAY): ("409", "464", "519", "546", "548"),
    ("remark", Remedy.CORRECT): ("413",),
    ("action", Remedy.WAIT): ("418",),
    ("reference", Remedy.NEW_CLAIM): ("428", "486"),
    ("reference", Remedy.NOT_THERE): ("429", "530"),
    ("main-claim", Remedy.SYSTEM): ("461", "463", "547"),
    ("amount", Remedy.AMOUNT): ("469", "498", "SALDO"),
    ("type", Remedy.NEW_CLAIM): ("474",),
    ("principal", Remedy.CORRECT): ("510",),
    ("judgment", Remedy.CORRECT): ("531", "532", "533"),
    ("reason", Remedy.NEW_CLAIM): ("539", "540", "541", "543", "602", "603"),
    ("facts", Remedy.NEW_CLAIM): ("542",),
    ("facts", Remedy.CORRECT): ("550",),
    ("period", Remedy.CORRECT): ("568", "569"),
    ("property", Remedy.CORRECT): ("575",),
    ("message", Remedy.SYSTEM): ("900",),
}
REJECT_CODES = {
    code: RejectCode(code, field, remedy)
    for (field, remedy), codes in _TABLE.items()
    for code in codes
}


def reject_code(code: str | None) -> RejectCode | None:
    """None for a rule of the entry filter (R_…), or a code we do not know."""
    return REJECT_CODES.get(code or "")

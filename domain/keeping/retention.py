"""How long what is known of people is kept, and for which reasons longer than its years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.dated import Dated, Entry


class RecordKind(StrEnum):
    """In the order in which they are erased: a person only when no claim of theirs is kept."""

    CLAIM = "claim"  # sag: et afsluttet krav med breve, notater og afgørelser
    PERSON = "person"  # person
    FILE = "file"  # modtaget fil


class KeptBecause(StrEnum):
    """Why a record is not erased, the strongest first."""

    LIVE = "live"  # ikke afsluttet
    HOLD = "hold"  # i bero
    OPEN_TASK = "open-task"  # en opgave er åben
    COMPLAINT = "complaint"  # en henvendelse eller høring er åben
    REFUND = "refund"  # penge skal tilbage
    LIMITATION = "limitation"  # afskrevet, men ikke forældet
    CLAIMS_KEPT = "claims-kept"  # har krav, der gemmes
    TOO_YOUNG = "too-young"  # fristen er ikke gået


class ErasureState(StrEnum):
    PROPOSED = "proposed"  # foreslået
    APPROVED = "approved"  # godkendt, slettes nu
    DONE = "done"  # slettet
    WITHDRAWN = "withdrawn"  # trukket tilbage


class ItemState(StrEnum):
    WAITING = "waiting"  # venter
    ERASED = "erased"  # slettet
    KEPT = "kept"  # gemt alligevel


@dataclass(frozen=True, slots=True)
class YearsKept:
    """Whole *years* after the end of the financial year in which the last thing happened."""

    years: int

    def before(self, on: date) -> date:
        """Whatever last happened before that day need not be kept on the day *on*.

        A municipality's financial year is the calendar year.
        """
        return date(on.year - self.years, 1, 1)


@dataclass(frozen=True, slots=True)
class DaysKept:
    days: int


@dataclass(frozen=True, slots=True)
class ArchiveRule:
    """*is_first*: nothing is erased before a list of it was handed over to be preserved."""

    is_first: bool


@dataclass(frozen=True, slots=True)
class LookRule:
    """How many looks of each month are drawn for control."""

    monthly: int


@dataclass(frozen=True, slots=True)
class ProtectionRule:
    """How many *months* a protected name and address stay so at most, unless it is renewed."""

    months: int


@dataclass(frozen=True, slots=True)
class KeepingRules:
    """*traces*: how long answers to requests, ended sessions and kept rows of undoing stay."""

    claims: Dated[YearsKept]
    people: Dated[YearsKept]
    files: Dated[YearsKept]
    traces: Dated[DaysKept]
    archive: Dated[ArchiveRule]
    looks: Dated[LookRule]
    protection: Dated[ProtectionRule]

    def of(self, kind: RecordKind, on: date) -> Entry[YearsKept]:
        """The rule in force on the day *on*, or the first there is, with its source."""
        series = {
            RecordKind.CLAIM: self.claims,
            RecordKind.PERSON: self.people,
            RecordKind.FILE: self.files,
        }[kind]
        return series.entry_on(on) or series.entries[0]

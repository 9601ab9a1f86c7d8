"""Known flaws of what we use, and those we live with for a while."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from provenance.entries import Entries, Entry

ACCEPTED = Path(__file__).with_name("accepted_flaws.toml")


@dataclass(frozen=True, slots=True)
class Flaw:
    """*names* are all it has: the service's own, CVE … *mended_by* says versions in words."""

    package: str
    version: str
    names: tuple[str, ...]
    mended_by: str
    summary: str

    def __str__(self) -> str:
        what = f"{self.package} {self.version} has {', '.join(self.names)}"
        return f"{what}, mended by {self.mended_by}: {self.summary}"


class Acceptance(Entry):
    """A flaw that does not reach us, says somebody; from the day after *until* it counts again."""

    package: str
    flaw: str  # any of its names
    until: date

    def is_of(self, flaw: Flaw) -> bool:
        return self.package == flaw.package and self.flaw in flaw.names


class AcceptedFlaws(Entries):
    accepted: tuple[Acceptance, ...] = ()

    def of(self, flaw: Flaw) -> Acceptance | None:
        """The one that lasts longest, over or not."""
        found = (one for one in self.accepted if one.is_of(flaw))
        return max(found, key=lambda one: one.until, default=None)

    def cover(self, flaw: Flaw, today: date) -> bool:
        acceptance = self.of(flaw)
        return acceptance is not None and today <= acceptance.until

"""Which licences are allowed to what we run, and what packages mean by their own words for them."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from license_expression import AND, OR, Licensing
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from provenance.entries import Entries, Entry
from provenance.packages import Package

OURS = Path(__file__).with_name("licences.toml")
_LICENSING = Licensing()


class NotAllowed(Exception):
    """A package's licence is unknown, or not one of those allowed."""


class Allowed(Entry):
    """A licence by SPDX's name for it."""

    id: str


class Reading(Entry):
    """What is meant by what a package says, or by what those named in *of* say."""

    says: str
    of: tuple[str, ...] = ()
    means: str

    def is_of(self, package: Package) -> bool:
        return self.says == package.says and (not self.of or package.name in self.of)


class Licences(Entries):
    allowed: tuple[Allowed, ...]
    reading: tuple[Reading, ...] = ()

    def reading_of(self, package: Package) -> Reading | None:
        """None when it speaks SPDX's language itself, or nobody has read what it says."""
        return next((one for one in self.reading if one.is_of(package)), None)

    def licence_of(self, package: Package) -> str:
        """As an SPDX expression. Raises NotAllowed with what there is to do."""
        reading = self.reading_of(package)
        try:
            licence = canonicalize_license_expression(reading.means if reading else package.says)
        except InvalidLicenseExpression as unknown:
            raise NotAllowed(
                f"{package} says {package.says!r} of its licence, which is none of SPDX's: "
                "read the licence, and write under [[reading]] what is meant"
            ) from unknown
        if not self._allow(_LICENSING.parse(licence)):
            raise NotAllowed(
                f"{package} has the licence {licence}, which is not allowed: "
                "do without it, or write under [[allowed]] why it will do"
            )
        return licence

    def require(self, packages: Iterable[Package]) -> None:
        """Raises NotAllowed with all complaints, each on a line of its own."""
        if complaints := list(self.complaints(packages)):
            raise NotAllowed("\n".join(complaints))

    def complaints(self, packages: Iterable[Package]) -> Iterator[str]:
        """One sentence for each package that may not be used as things stand."""
        for package in packages:
            try:
                self.licence_of(package)
            except NotAllowed as complaint:
                yield str(complaint)

    def _allow(self, licence: Any) -> bool:
        """Of two that one may choose from, one is enough."""
        match licence:
            case OR():
                return any(self._allow(one) for one in licence.args)
            case AND():
                return all(self._allow(one) for one in licence.args)
            case _:
                return str(licence) in {one.id for one in self.allowed}

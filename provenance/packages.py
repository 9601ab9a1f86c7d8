"""What others have made and production runs: as the locks name it and as it is installed."""

import json
import re
import tomllib
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, distribution
from pathlib import Path

from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

US = "rettidig"
ROOT = Path(__file__).parents[1]
PYTHON_LOCK = ROOT / "requirements.lock"
NPM_LOCK = ROOT / "assets" / "package-lock.json"
_PROJECT = ROOT / "pyproject.toml"
_LOCKED = re.compile(
    r"^([\w.-]+)==([^\s;\\]+)[^\n]*((?:\n +--hash=sha256:\w+[ \\]*)+)", re.MULTILINE
)
_DIGITS = re.compile(r"sha256:(\w+)")
_FROM_NPM = "node_modules/"

Hash = tuple[str, str]  # algorithm, and hexadecimal digits


class DoesNotFit(Exception):
    """What is installed here is not what the lock says."""


@dataclass(frozen=True, slots=True)
class Package:
    """*says* is its licence in its own words, empty where it has none.

    *hashes* are those of all files it may be installed from: one for each kind of machine.
    """

    kind: str  # as in a package URL: pypi, npm
    name: str
    version: str
    says: str
    hashes: tuple[Hash, ...]
    needs: frozenset[str]  # names, of the same kind
    is_asked_for: bool  # by ours itself

    @property
    def url(self) -> str:
        """Its name anywhere in the world, as in ``pkg:pypi/fastapi@0.165.0``."""
        group, _, name = self.name.rpartition("/")
        return PackageURL(self.kind, group or None, name, self.version).to_string()

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def all_packages() -> Iterator[Package]:
    """Raises DoesNotFit."""
    yield from python_packages()
    yield from npm_packages()


def python_packages(lock: Path = PYTHON_LOCK) -> Iterator[Package]:
    """All that ours needs on this machine, and what that needs. Raises DoesNotFit."""
    hashes = locked_hashes(lock.read_text(encoding="utf-8"))
    needs = needs_of(US, needs_told_otherwise())
    for name in needs.keys() - {US}:
        found = distribution(name)
        if (name, found.version) not in hashes:
            raise DoesNotFit(f"{name} {found.version} is here, and not in the lock: make setup")
        yield Package(
            kind="pypi",
            name=name,
            version=found.version,
            says=_says(found.metadata),
            hashes=hashes[name, found.version],
            needs=needs[name],
            is_asked_for=name in needs[US],
        )


def npm_packages() -> Iterator[Package]:
    """Those of which browsers are sent files."""
    lock = json.loads(NPM_LOCK.read_text(encoding="utf-8"))["packages"]
    for path, facts in lock.items():
        if path and not facts.get("dev"):
            kind, _, digest = facts["integrity"].partition("-")
            name = path.rpartition(_FROM_NPM)[2]
            yield Package(
                kind="npm",
                name=name,
                version=facts["version"],
                says=facts.get("license", ""),
                hashes=((kind, b64decode(digest).hex()),),
                needs=frozenset(facts.get("dependencies", ())),
                is_asked_for=name in lock[""]["dependencies"],
            )


def locked_hashes(lock: str) -> dict[tuple[str, str], tuple[Hash, ...]]:
    """By name and version: a lock may hold two of one package, for different machines."""
    return {
        (canonicalize_name(name), version): tuple(("sha256", one) for one in _DIGITS.findall(told))
        for name, version, told in _LOCKED.findall(lock)
    }


def needs_told_otherwise() -> dict[str, list[str]]:
    """Where `make lock` is told to take a package's needs from us rather than from itself."""
    project = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))
    told = project["tool"]["uv"]["dependency-metadata"]
    return {canonicalize_name(one["name"]): one["requires-dist"] for one in told}


def needs_of(root: str, told_otherwise: dict[str, list[str]]) -> dict[str, frozenset[str]]:
    """Every package *root* leads to on this machine, itself among them, and what each needs."""
    needs: dict[str, set[str]] = {}
    asked = {(root, "")}
    seen: set[tuple[str, str]] = set()
    while asked:
        name, extra = one = asked.pop()
        seen.add(one)
        wanted = list(_wanted(told_otherwise.get(name, _needs(name)), extra))
        needs.setdefault(name, set()).update(canonicalize_name(each.name) for each in wanted)
        asked |= {pair for each in wanted for pair in _with_extras(each)} - seen
    return {name: frozenset(found) for name, found in sorted(needs.items())}


def _needs(name: str) -> list[str]:
    try:
        return distribution(name).requires or []
    except PackageNotFoundError as missing:
        raise DoesNotFit(f"{name} is needed and not installed here; make setup") from missing


def _wanted(lines: Iterable[str], extra: str) -> Iterator[Requirement]:
    for line in lines:
        one = Requirement(line)
        if one.marker is None or one.marker.evaluate({"extra": extra}):
            yield one


def _with_extras(wanted: Requirement) -> Iterator[tuple[str, str]]:
    for extra in ("", *wanted.extras):
        yield canonicalize_name(wanted.name), extra


def _says(told: PackageMetadata) -> str:
    """Of the three places where packages have told their licence through the years, the newest."""
    for field in ("License-Expression", "License"):
        if said := "".join(told.get_all(field) or ()):
            return said
    return "; ".join(c for c in told.get_all("Classifier") or () if c.startswith("License ::"))

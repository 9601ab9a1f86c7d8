"""Only one process at a time may start, or run, what lies in a folder."""

import fcntl
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from servers.child import ServerDidNotStart

_PAUSE = 0.05


class FolderLock:
    """Held until released, or until the last process that was handed `handle` has ended."""

    def __init__(self, folder: Path, patience: float) -> None:
        self._path = folder / "lock"
        self._file = self._path.open("ab")
        latest = time.monotonic() + patience
        while not self._try_lock():
            if time.monotonic() > latest:
                self._file.close()
                raise ServerDidNotStart(f"another process is still using {folder}")
            time.sleep(_PAUSE)

    def _try_lock(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    @property
    def handle(self) -> int:
        return self._file.fileno()

    def release(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

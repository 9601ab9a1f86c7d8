"""A PostgreSQL of our own with its data in a folder, for machines that have none."""

import hashlib
import os
import re
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from signal import SIGINT, SIGQUIT
from types import TracebackType
from typing import Self
from urllib.parse import quote

from servers.binaries import Binaries, bin_folders, choose_binaries
from servers.child import Child, ServerDidNotStart
from servers.lock import FolderLock
from servers.postmaster import (
    clear_away_the_dead,
    find_postmaster,
    wait_while_in_between,
)
from servers.system_user import hand_over, let_read, postgres_user

_PATIENCE = 120  # Seconds; going through the log of a big database after a crash takes its time.
_LONGEST_SOCKET_FOLDER = 85  # The kernel takes 107 bytes, ".s.PGSQL.5432.lock" is some of them.
_PLAIN = re.compile(r"[\w/.+-]+", re.ASCII)  # PostgreSQL reads a comma or quote as list syntax.
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "jit": "off",  # Our questions are short; compiling them takes longer than answering.
    # A row that breaks a rule is told to its sender; here it would leave personal data in the log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_min_messages": "log",
    "log_checkpoints": "off",
}
# A commit is written before it is acknowledged in both, so that a kill -9 loses none.
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_FLEETING = {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "off"}


class PostgresServer:
    """Starting again on the same folder goes on with its data, also after a kill -9.

    Reached through a Unix socket that only its own user and root can open. If another process
    runs a server on the folder already, `start` joins it, and `stop` leaves it running.
    Without *durable* a power cut may destroy the data: for tests.
    """

    def __init__(
        self, folder: Path, *, durable: bool = True, programs: Sequence[Path] | None = None
    ) -> None:
        self.folder = folder.resolve()
        self.log = self.folder / "postgres.log"
        self._data = self.folder / "data"
        self._durable = durable
        self._programs = programs
        self._user = postgres_user()
        self._child: Child | None = None

    @property
    def url(self) -> str:
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        host = quote(str(self._socket_folder()), safe="/")
        return f"postgresql+asyncpg://postgres@/{database}?host={host}"

    @property
    def pid(self) -> int | None:
        """The postmaster's, also when another process started it; None when nothing runs."""
        found = find_postmaster(self._data)
        return found.pid if found else None

    def start(self) -> str:
        """Blocks, for about a second the first time; then the server takes connections at the URL.

        Raises ServerDidNotStart.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with FolderLock(self.folder, _PATIENCE):
            if wait_while_in_between(self._data, _PATIENCE) is None:
                self._start_own()
        return self.url

    def stop(self) -> None:
        """Ends connections, writes what is in memory, and is gone when this returns."""
        child, self._child = self._child, None
        if child is not None:
            child.end(*((SIGINT, SIGQUIT) if self._durable else (SIGQUIT,)))

    def kill(self) -> None:
        """End our server as kill -9 does; dead when this returns, so that it can start again."""
        if self._child is not None:
            self._child.end()

    def _start_own(self) -> None:
        binaries = choose_binaries(self._programs or bin_folders(), self._data)
        if self._user:
            let_read(binaries.folder.parent, binaries.folder / "postgres")
        clear_away_the_dead(self._data)
        if not self._data.exists():
            self._initialise(binaries)
        hand_over(self._data, self._user)
        self._child = self._run(binaries, "postgres", "-D", self._data, *self._options())
        try:
            self._wait_until_ready(self._child)
        except BaseException:
            self.stop()
            raise

    def _initialise(self, binaries: Binaries) -> None:
        """Under another name until all of it is there, so that a kill leaves nothing half done."""
        draft = self.folder / "data-in-the-making"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        hand_over(draft, self._user)
        options = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        if not self._durable:
            options.append("--no-sync")
        making = self._run(binaries, "initdb", "-D", draft, *options)
        try:
            how_it_ended = making.wait(_PATIENCE)
        finally:
            making.end()  # Also when Ctrl-C broke off the waiting.
        if how_it_ended != 0:
            raise ServerDidNotStart(f"initdb: {making.last_words()}")
        draft.rename(self._data)

    def _run(self, binaries: Binaries, program: str, *options: str | Path) -> Child:
        return Child(
            [binaries.folder / program, *options],
            log=self.log,
            folder=Path("/"),  # Its user may not be let into the folder we stand in.
            farewell=SIGINT,
            user=self._user,
        )

    def _options(self) -> list[str]:
        socket_folder = self._socket_folder()
        if socket_folder != self._data:
            self._make_private(socket_folder)
        chosen = {
            **_SETTINGS,
            **(_DURABLE if self._durable else _FLEETING),
            "unix_socket_directories": str(socket_folder),
        }
        return [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]

    def _socket_folder(self) -> Path:
        """Beside the data, unless that path is too long or too strange for a socket."""
        path = str(self._data)
        if len(os.fsencode(path)) <= _LONGEST_SOCKET_FOLDER and _PLAIN.fullmatch(path):
            return self._data
        digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
        return Path("/tmp") / f"rettidig-{digest}"  # noqa: S108 - short, and made private

    def _make_private(self, folder: Path) -> None:
        """Whoever owned the folder could stand between us and the database."""
        folder.mkdir(mode=0o700, exist_ok=True)
        allowed = {os.geteuid(), self._user.uid if self._user else os.geteuid()}
        if folder.is_symlink() or folder.stat().st_uid not in allowed:
            raise ServerDidNotStart(f"{folder} belongs to someone else")
        folder.chmod(0o700)
        hand_over(folder, self._user)

    def _wait_until_ready(self, child: Child) -> None:
        latest = time.monotonic() + _PATIENCE
        while child.is_running and time.monotonic() < latest:
            found = find_postmaster(self._data)
            if found and found.is_ready and found.pid == child.pid:
                return
            child.wait(0.02)
        raise ServerDidNotStart(f"PostgreSQL: {child.last_words()}")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

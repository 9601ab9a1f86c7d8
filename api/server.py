"""Serves the app over HTTP until it is told to stop."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from functools import partial

import uvicorn
from fastapi import FastAPI
from typing_extensions import override

_GRACE_SECONDS = 10


class _Server(uvicorn.Server):
    """Signals are the entry point's business: it has more to stop than this."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @contextlib.contextmanager
    @override
    def capture_signals(self) -> Iterator[None]:
        yield

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


async def serve(
    app: FastAPI,
    host: str,
    port: int,
    stop: asyncio.Event,
    ready: Callable[[int], None] = lambda _: None,
    trusted_proxies: str | None = None,
) -> None:
    """Serve until *stop* is set, then let requests under way finish, for ten seconds at most.

    *ready* is called with the port once requests are taken; port 0 lets the system choose.
    *trusted_proxies* are believed when they say for whom they ask, and by which scheme; nobody
    else is. Raises OSError when the address is taken.
    """
    with socket.create_server((host, port), backlog=512) as listener:
        server = _Server(
            _configure(app, trusted_proxies), partial(ready, listener.getsockname()[1])
        )
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await app.state.news.close()  # readers of news would be waited for
            server.should_exit = True
            stopping.cancel()
            await serving


def _configure(app: FastAPI, trusted_proxies: str | None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=trusted_proxies is not None,
        forwarded_allow_ips=trusted_proxies or "",
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )

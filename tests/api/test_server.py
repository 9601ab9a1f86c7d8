"""The app behind a real socket: it takes requests, and lets them finish when it stops."""

import asyncio
import socket

import httpx
import pytest

from api.server import serve
from tests.api.conftest import new_app


async def start(app, stop):
    loop = asyncio.get_running_loop()
    port = loop.create_future()
    serving = asyncio.create_task(serve(app, "127.0.0.1", 0, stop, port.set_result))
    await asyncio.wait({serving, port}, return_when=asyncio.FIRST_COMPLETED)
    return serving, port.result()


async def test_it_serves_until_it_is_told_to_stop(api):
    stop = asyncio.Event()
    serving, port = await start(api.app, stop)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1") as http:
        assert (await http.get("/health")).json() == {"is_alive": True}
        headers = {"Authorization": "Bearer token-auditor"}
        assert (await http.get("/claims", headers=headers)).status_code == 200
    stop.set()
    await serving
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_request_under_way_is_answered_before_it_stops(api):
    arrived, go_on = asyncio.Event(), asyncio.Event()
    api.serve_by(new_app())

    @api.app.get("/slow")
    async def slow():
        arrived.set()
        await go_on.wait()
        return "done"

    stop = asyncio.Event()
    serving, port = await start(api.app, stop)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        answer = asyncio.create_task(http.get("/slow"))
        await arrived.wait()
        stop.set()
        go_on.set()
        assert (await answer).json() == "done"
    await serving


async def test_an_address_that_is_taken_is_told_at_once(api):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        await serve(api.app, "127.0.0.1", taken.getsockname()[1], asyncio.Event())

"""What every answer tells a browser, whatever was asked and however it went."""

from functools import cache

import httpx
import pytest

from api.doors.front_door import FrontDoor
from tests.api.conftest import Browser, new_app

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
ADDRESSES = (
    "/letters", "/betaling", "/sign-in", "/sign-in/return", "/nowhere", "/static/web/rettidig.css",
    "/static/nothing.css", "/api/v1/health", "/api/v1/claims", "/api/v1/nowhere",
    "/api/v1/openapi.json", "/api/v1/bug",
)  # fmt: skip


@cache
def faulty_app():
    app = new_app()

    @app.get("/api/v1/bug")
    async def bug():
        raise ZeroDivisionError

    return app


@pytest.fixture
async def anyone(api):
    api.serve_by(faulty_app())
    async with Browser(api.app) as browser:
        yield browser


@pytest.mark.parametrize("address", ADDRESSES)
async def test_every_answer_is_safe_to_show(anyone, address):
    answer = await anyone.get(address)
    assert ALWAYS.items() <= dict(answer.headers).items()
    assert "camera=()" in answer.headers["permissions-policy"]
    is_kept = address.startswith("/static/") and answer.status_code == 200
    assert ("no-store" in answer.headers.get("cache-control", "")) != is_kept
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "strict-transport-security" not in answer.headers, "on this machine"
    if not answer.headers.get("content-type", "").startswith("text/html"):
        assert "script-src" not in policy


async def test_a_page_may_load_what_is_ours_and_send_its_forms_to_us(anyone):
    policy = (await anyone.get("/sign-in")).headers["content-security-policy"]
    for part in ("script-src 'self'", "style-src 'self'", "form-action 'self'", "base-uri 'none'"):
        assert part in policy.split("; ")


@pytest.mark.parametrize("case", ["asked for by https", "known to be reached by https"])
async def test_over_https_a_browser_is_told_to_stay_there(api, case):
    door = FrontDoor(public_url="https://town.example" if case.startswith("known") else None)
    app = api.furnish(door=door)
    scheme = "http" if case.startswith("known") else "https"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as browser:
        answer = await browser.get(f"{scheme}://town/betaling")
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")


async def test_a_page_that_is_not_there_says_so_in_words(anyone):
    lost = await anyone.get("/nowhere")
    assert lost.status_code == 404
    assert lost.headers["content-type"].startswith("text/html")
    assert "Adressen findes ikke." in lost.text
    wrong = await anyone.post("/betaling", data={})
    assert (wrong.status_code, "Det kan ikke gøres på denne adresse." in wrong.text) == (405, True)

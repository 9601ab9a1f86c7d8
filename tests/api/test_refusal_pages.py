"""What cannot be done is said in words on a page, with a number to name; programs get a problem."""

import re

import pytest

from domain.authority import Role
from persistence.database import Database
from tests.api.conftest import COOKIE, Api

TOWN = "http://town"


def assert_page(answer, status, *sentences):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert all(one in answer.text for one in sentences), answer.text
    assert answer.headers["x-correlation-id"] in answer.text


async def test_an_address_that_is_not_there_is_said_so(api):
    answer = await api.http.get(f"{TOWN}/nowhere", headers={"Accept": "text/html,*/*;q=0.8"})
    assert_page(answer, 404, "Findes ikke", "Adressen findes ikke.")
    english = await api.http.get(f"{TOWN}/nowhere", headers={"Accept-Language": "en"})
    assert_page(english, 404, "Not found")


@pytest.mark.parametrize("path", ["/letters/999999", "/payments/999999", "/files/999999"])
async def test_a_thing_that_is_not_there_is_said_so(api, path):
    assert_page(await api.page(path), 404, "Det findes ikke her.")


async def test_who_asks_for_json_gets_a_problem_on_pages_too(api):
    answer = await api.http.get(f"{TOWN}/nowhere", headers={"Accept": "application/json"})
    assert answer.headers["content-type"] == "application/problem+json"
    inside = await api.get("/nowhere", headers={"Accept": "text/html"})
    assert inside.headers["content-type"] == "application/problem+json"


async def test_a_role_that_may_not_is_told_so_and_finds_its_way_back(api):
    headers = {"Referer": f"{TOWN}/letters?day=2026-03-02"}
    answer = await api.page("/payments", Role.AUDITOR, headers=headers)
    assert_page(answer, 403, "Din rolle har ikke ret til det.")
    assert 'href="/letters?day=2026-03-02"' in answer.text


@pytest.mark.parametrize("referer", ["https://else.example/x", f"{TOWN}//else.example", "x", ""])
async def test_nobody_is_led_elsewhere(api, referer):
    answer = await api.page("/payments", Role.AUDITOR, headers={"Referer": referer})
    assert_page(answer, 403)
    assert "else.example" not in answer.text


async def test_what_is_too_large_is_said_so(api):
    content = b"x" * (9 * 1024 * 1024)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await api.page("/letters/stop", method="POST", content=content, headers=headers)
    assert_page(answer, 413, "For stort")


async def test_a_bug_is_a_page_with_a_number_and_no_inner_words(api, monkeypatch):
    async def fail(*_):
        raise RuntimeError("secret words")

    monkeypatch.setattr("api.pages.files.latest_files", fail)
    answer = await api.page("/files")
    assert_page(answer, 500, "Fejl hos os", "Nævn sporingsnummeret")
    assert "secret words" not in answer.text
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-correlation-id"])


async def test_a_database_that_is_away_is_said_so_and_nothing_else_breaks():
    api = Api(Database("postgresql+asyncpg://nobody@127.0.0.1:1/none", pool_size=1))
    api.http.cookies.set(COOKIE, "anything")
    assert_page(await api.http.get(f"{TOWN}/files"), 503, "Prøv igen om lidt")
    assert (await api.http.get(f"{TOWN}/betaling")).status_code == 200
    await api.http.aclose()
    await api.database.close()

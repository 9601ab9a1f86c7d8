"""Temporal's own pages have sealed payloads opened by us, for supervisors who are signed in."""

from base64 import b64decode, b64encode

import httpx
import pytest

from api.house import TemporalPages
from domain.authority import Role
from persistence.people.sessions import begin_session
from sealing.keys import KeyRing, new_key
from tests.api.conftest import COOKIE
from workflows.wire import DATA_CONVERTER, SealedPayloads

UI = "http://temporal.test:8233"
PATH = "/api/v1/payloads/decode"
RING = KeyRing.read(new_key("2026-12"))


@pytest.fixture
def door(api):
    """The app as it is with keys, and with Temporal's pages on an address of their own."""
    pages = TemporalPages(f"{UI}/namespaces/default/workflows/", RING)
    app = api.furnish(executions=pages)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://town")


async def sealed(value):
    payloads = DATA_CONVERTER.payload_converter.to_payloads([value])
    (payload,) = await SealedPayloads(RING).encode(payloads)
    metadata = {name: b64encode(worth).decode() for name, worth in payload.metadata.items()}
    return {"metadata": metadata, "data": b64encode(payload.data).decode()}


def bearer(role):
    return {"Authorization": f"Bearer token-{role}"}


async def ask(api, door, sent, *, cookie_of=None, **headers):
    if cookie_of:
        async with api.database.transaction() as connection:
            door.cookies.set(COOKIE, (await begin_session(connection, str(cookie_of))).cookie)
    return await door.post(PATH, json={"payloads": sent}, headers=headers)


async def test_a_program_with_the_right_gets_what_was_sealed(api, door):
    sent = [await sealed({"claim": "2026-000123"}), {"metadata": {}, "data": "cGxhaW4="}]
    answer = await ask(api, door, sent, **bearer(Role.SUPERVISOR))
    assert answer.status_code == 200, answer.text
    opened, plain = answer.json()["payloads"]
    assert b64decode(opened["data"]) == b'{"claim":"2026-000123"}'
    assert b64decode(opened["metadata"]["encoding"]) == b"json/plain"
    assert plain == sent[1]


async def test_a_supervisor_sees_it_on_temporals_own_pages(api, door):
    terms = await door.options(PATH, headers={"Origin": UI})
    assert terms.headers["access-control-allow-origin"] == UI
    assert "content-type" in terms.headers["access-control-allow-headers"]
    unknown = await ask(api, door, [], Origin=UI)
    assert unknown.status_code == 401
    assert unknown.headers["access-control-allow-origin"] == UI, "its pages can say why"
    answer = await ask(api, door, [await sealed("ja")], cookie_of=Role.SUPERVISOR, Origin=UI)
    assert b64decode(answer.json()["payloads"][0]["data"]) == b'"ja"'
    assert answer.headers["access-control-allow-origin"] == UI
    assert answer.headers["access-control-allow-credentials"] == "true"


@pytest.mark.parametrize("origin", ["http://elsewhere.test", "http://town", "null"])
async def test_no_other_page_gets_anything_in_a_supervisors_name(api, door, origin):
    answer = await ask(api, door, [await sealed(1)], cookie_of=Role.SUPERVISOR, Origin=origin)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


async def test_a_request_that_does_not_say_where_it_comes_from_needs_a_token(api, door):
    assert (await ask(api, door, [], cookie_of=Role.SUPERVISOR)).status_code == 403
    door.cookies.clear()
    assert (await ask(api, door, [], Origin=UI)).status_code == 401


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SUPERVISOR}))
async def test_others_see_no_more_there_than_with_us(api, door, role):
    assert (await ask(api, door, [], cookie_of=role, Origin=UI)).status_code == 403
    door.cookies.clear()
    assert (await ask(api, door, [], **bearer(role))).status_code == 403


async def test_a_session_that_is_over_opens_nothing(api, door):
    door.cookies.set(COOKIE, "made-up")
    assert (await ask(api, door, [], Origin=UI)).status_code == 401


@pytest.mark.parametrize(
    "changed",
    [
        {"data": b64encode(b"something else that is long enough").decode()},
        {"data": "not base64!"},
        {"data": ""},
        {"metadata": {"encoding": b64encode(b"binary/encrypted").decode()}},
        {"metadata": {"encoding": "/w=="}},
    ],
)
async def test_what_cannot_be_opened_is_named(api, door, changed):
    sent = [await sealed(1), (await sealed(2)) | changed]
    answer = await ask(api, door, sent, **bearer(Role.SUPERVISOR))
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["field"] == "payloads[1]"
    assert "nøgle" in answer.json()["faults"][0]["sentence"]


async def test_without_keys_everything_comes_back_as_it_was(api):
    sent = [await sealed(1)]
    answer = await api.post("/payloads/decode", {"payloads": sent})
    assert answer.json()["payloads"] == sent

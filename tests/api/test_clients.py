"""Programs show a secret and get a token for an hour; nobody asks faster than they may."""

import pytest
from sqlalchemy import text

from api.doors.front_door import FrontDoor
from api.doors.pace import Pace, Paces
from domain.authority import Role
from persistence.people.accounts import add_client
from tests.api.conftest import claim_body
from tests.api.test_problems import assert_problem


@pytest.fixture
async def secret(api):
    async with api.database.transaction() as connection:
        return await add_client(connection, "library", Role.SYSTEM)


async def ask(api, grant="client_credentials", auth=None, **form):
    return await api.http.post("/token", data={"grant_type": grant} | form, auth=auth)


@pytest.mark.parametrize("way", ["basic", "form"])
async def test_a_secret_is_good_for_a_token_that_opens_what_the_role_may(api, secret, way):
    shown = {"auth": ("library", secret)} if way == "basic" else {
        "client_id": "library", "client_secret": secret,
    }  # fmt: skip
    answer = await ask(api, **shown)
    assert answer.status_code == 200, answer.text
    issued = answer.json()
    assert (issued["token_type"], issued["expires_in"]) == ("Bearer", 3600)
    assert answer.headers["cache-control"] == "no-store"
    headers = {"Authorization": f"Bearer {issued['access_token']}"}
    taken = await api.http.post("/claims", json=claim_body(), headers=headers)
    assert taken.status_code == 201, taken.text
    assert (await api.http.get("/claims", headers=headers)).status_code == 403


async def test_neither_secret_nor_token_is_kept(api, secret):
    token = (await ask(api, auth=("library", secret))).json()["access_token"]
    async with api.database.transaction() as connection:
        for table in ("users", "access_tokens", "audit"):
            kept = str((await connection.execute(text(f"select * from {table}"))).all())
            assert secret not in kept
            assert token not in kept


async def test_a_token_is_nothing_after_an_hour(api, secret):
    token = (await ask(api, auth=("library", secret))).json()["access_token"]
    async with api.database.transaction() as connection:
        await connection.execute(
            text("update access_tokens set expires_at = expires_at - interval '61 min'")
        )
    headers = {"Authorization": f"Bearer {token}"}
    refused = await api.http.post("/claims", json=claim_body(), headers=headers)
    assert_problem(refused, 401, "unauthenticated")
    await ask(api, auth=("library", secret))
    async with api.database.transaction() as connection:
        count = "select count(*) from access_tokens"
        assert (await connection.execute(text(count))).scalar_one() == 1


@pytest.mark.parametrize(
    "auth",
    [("library", "guessed"), ("nobody", "guessed"), ("supervisor", ""), ("", ""),
     ("supervisor", "token-supervisor"), ("library", "")],
)  # fmt: skip
async def test_who_shows_no_secret_of_ours_gets_nothing(api, secret, auth):
    for refused in (
        await ask(api, auth=auth),
        await ask(api, client_id=auth[0], client_secret=auth[1]),
    ):
        assert refused.status_code == 401
        told = refused.json()
        assert (told["code"], told["error"]) == ("client-unknown", "invalid_client")
        assert told["detail"].startswith("Vi kender ikke det program")
        assert refused.headers["www-authenticate"].startswith("Basic")


async def test_other_ways_of_getting_a_token_are_not_offered(api, secret):
    answer = await ask(api, grant="password", auth=("library", secret))
    assert_problem(answer, 422, "invalid")


def hurried(api, **paces):
    api.furnish(door=FrontDoor(pace=Pace(Paces(**paces))))


def assert_told_to_wait(answer):
    assert_problem(answer, 429, "too-many-requests")
    assert 1 <= int(answer.headers["retry-after"]) <= 60


async def test_secrets_are_not_guessed_in_peace(api, secret):
    hurried(api, sign_ins=3)
    for _ in range(3):
        assert (await ask(api, auth=("library", "guessed"))).status_code == 401
    assert_told_to_wait(await ask(api, auth=("library", secret)))


async def test_neither_are_tokens(api):
    hurried(api, strangers=3)
    headers = {"Authorization": "Bearer guessed"}
    for _ in range(3):
        assert (await api.http.get("/claims", headers=headers)).status_code == 401
    assert_told_to_wait(await api.http.get("/claims", headers=headers))
    assert (await api.get("/claims")).status_code == 200


async def test_one_client_does_not_crowd_out_another(api):
    hurried(api, writes=2)
    for _ in range(2):
        await api.register()
    assert_told_to_wait(await api.post("/claims", claim_body()))
    assert (await api.get("/claims")).status_code == 200
    assert (await api.post("/claims", claim_body(), Role.CASEWORKER)).status_code == 201


async def test_a_page_is_told_so_in_words(api):
    browser = await api.browse()
    hurried(api, writes=1)
    assert (await browser.post("/letters/stop", data={"reason": "x"})).status_code == 303
    refused = await browser.post("/letters/release")
    assert refused.status_code == 429
    assert "Vent lidt" in refused.text
    assert "retry-after" in refused.headers

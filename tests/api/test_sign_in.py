"""Signing in at the provider and coming back: what is believed, what is not, and what is said."""

import base64
import hashlib
import time
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from sqlalchemy import text

from api.doors.identity import ClaimNames, WithoutRole, read_person
from api.doors.pace import Pace, Paces
from domain.authority import Role
from tests.api.conftest import COOKIE, Browser
from tests.api.provider import Lies, Town, lying_provider


@pytest.fixture(scope="module")
def _standing():
    with lying_provider() as standing:
        yield standing


@pytest_asyncio.fixture
async def town(api, _standing):
    issuer, lies = _standing
    lies.__dict__.update(Lies(key=lies.key).__dict__)
    return Town(api, issuer, lies).open()


async def rows(api, statement):
    async with api.database.transaction() as connection:
        return [dict(row) for row in (await connection.execute(text(statement))).mappings()]


async def is_nobody_in(api):
    return not await rows(api, "select * from sessions")


async def test_someone_signs_in_and_comes_to_the_page_they_wanted(api, town):
    browser = town.browser()
    back = await town.sign_in(browser, target="/letters?day=2026-03-16")
    assert (back.status_code, back.headers["location"]) == (303, "/letters?day=2026-03-16")
    set_cookie = back.headers["set-cookie"]
    assert set_cookie.startswith("rettidig=")
    assert all(part in set_cookie for part in ("HttpOnly", "Path=/", "SameSite=lax"))
    assert "Max-Age" not in set_cookie
    shown = await browser.get(back.headers["location"])
    assert "Mette Holm, sagsbehandler" in shown.text
    [user] = await rows(api, "select * from users where subject = 's-mette'")
    assert (user["id"], user["role"], user["token_sha256"]) == ("mette.holm", "caseworker", None)
    assert [row["act"] for row in await rows(api, "select * from audit")] == ["signed-in"]


async def test_the_code_is_worth_something_to_us_alone(town):
    await town.sign_in(town.browser())
    (_, asked), (_, paid) = town.lies.asked
    assert asked["code_challenge_method"] == "S256"
    challenge = hashlib.sha256(paid["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(challenge).decode().rstrip("=") == asked["code_challenge"]
    assert asked["redirect_uri"] == paid["redirect_uri"] == "http://town/sign-in/return"
    assert len(asked["state"]) >= 22
    assert len(asked["nonce"]) >= 20


async def test_over_https_the_cookie_is_this_hosts_alone(api, town):
    town.open(public_url="https://rettidig.example")
    browser = town.browser("https://rettidig.example")
    back = await town.sign_in(browser)
    assert back.headers["set-cookie"].startswith("__Host-rettidig=")
    assert "; Secure" in back.headers["set-cookie"]
    assert "Domain" not in back.headers["set-cookie"]
    assert town.lies.asked[0][1]["redirect_uri"] == "https://rettidig.example/sign-in/return"
    assert (await browser.get("/letters")).status_code == 200
    plain = {"Cookie": f"rettidig={browser.cookies['__Host-rettidig']}"}
    async with Browser(town.app) as other:
        refused = await other.get("https://rettidig.example/letters", headers=plain)
        assert refused.status_code == 303


async def test_each_sign_in_is_a_new_session_and_ends_the_one_before(api, town):
    browser = town.browser()
    await town.sign_in(browser)
    first = browser.cookies[COOKIE]
    await town.sign_in(browser, "s-bo")
    assert browser.cookies[COOKIE] != first
    assert [row["ended_at"] is None for row in await rows(
        api, "select ended_at from sessions order by began_at"
    )] == [False, True]  # fmt: skip


async def turned_away(answer, status, sentence):
    assert (answer.status_code, answer.headers["content-type"]) == (
        status, "text/html; charset=utf-8",
    )  # fmt: skip
    assert "Du er ikke logget ind" in answer.text
    assert sentence in answer.text
    assert "rettidig=" not in answer.headers.get("set-cookie", "")


async def test_who_comes_back_twice_is_in_only_once(town):
    browser = town.browser()
    back = urlsplit(await town.leave(browser, "s-mette"))
    assert (await browser.get(f"{back.path}?{back.query}")).status_code == 303
    again = await browser.get(f"{back.path}?{back.query}")
    await turned_away(again, 400, "for gammel, er brugt før eller er åbnet i en anden browser")


async def test_an_answer_that_someone_else_asked_for_is_not_taken(api, town):
    back = urlsplit(await town.leave(town.browser(), "s-mette"))
    victim = town.browser()
    await town.leave(victim, "s-bo")  # has begun one too, and so has a cookie of its own
    answer = await victim.get(f"{back.path}?{back.query}")
    await turned_away(answer, 400, "er åbnet i en anden browser")
    assert await is_nobody_in(api)


async def test_two_pages_of_one_browser_may_both_be_signing_in(town):
    browser = town.browser()
    backs = [urlsplit(await town.leave(browser, "s-mette")) for _ in range(2)]
    for back in backs:
        assert (await browser.get(f"{back.path}?{back.query}")).status_code == 303


async def test_who_comes_back_after_ten_minutes_begins_anew(api, town):
    browser = town.browser()
    back = urlsplit(await town.leave(browser, "s-mette"))
    async with api.database.transaction() as connection:
        await connection.execute(text("update sign_ins set began_at = now() - interval '11 min'"))
    await turned_away(await browser.get(f"{back.path}?{back.query}"), 400, "for gammel")


@pytest.mark.parametrize("query", ["", "state=guessed&code=x", "state=%00&code=%00", "code=a"])
async def test_nobody_comes_back_who_never_left(api, town, query):
    await turned_away(await town.browser().get(f"/sign-in/return?{query}"), 400, "for gammel")


async def test_who_is_refused_or_changes_their_mind_is_told_so(api, town):
    browser = town.browser()
    state = urlsplit(await town.leave(browser, "s-mette")).query.rpartition("state=")[2]
    answer = await browser.get(f"/sign-in/return?error=access_denied&state={state}")
    await turned_away(answer, 400, "gav os ikke det svar, vi bad om")
    assert "/sign-in/start?next=%2Fletters" in answer.text
    assert await is_nobody_in(api)


NOW = int(time.time())


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"nonce": "another"}, "gav os ikke det svar"),
        ({"nonce": ...}, "gav os ikke det svar"),
        ({"aud": ["another"]}, "gav os ikke det svar"),
        ({"aud": ["another"], "azp": "rettidig"}, "gav os ikke det svar"),
        ({"iss": "https://else.example"}, "gav os ikke det svar"),
        ({"sub": ...}, "gav os ikke det svar"),
        ({"sub": 17}, "gav os ikke det svar"),
        ({"at_hash": "x"}, "gav os ikke det svar"),
        ({"exp": NOW - 600, "iat": NOW - 900}, "går ikke ens"),
        ({"iat": NOW + 3600}, "går ikke ens"),
        ({"exp": "soon"}, "går ikke ens"),
    ],
)
async def test_a_token_that_is_not_ours_lets_nobody_in(api, town, changes, sentence):
    town.lies.changes = changes
    await turned_away(await town.sign_in(town.browser()), 400, sentence)
    assert await is_nobody_in(api)


@pytest.mark.parametrize("seconds", [-60, 60])
async def test_clocks_may_differ_by_a_minute(town, seconds):
    now = int(time.time())
    town.lies.changes = {"iat": now + seconds, "exp": now + seconds if seconds < 0 else now + 60}
    assert (await town.sign_in(town.browser())).status_code == 303


@pytest.mark.parametrize("case", ["unsigned", "by another key"])
async def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(api, town, case):
    if case == "unsigned":
        town.lies.algorithm = "none"
    else:
        town.lies.shown = Lies().key
    await turned_away(await town.sign_in(town.browser()), 400, "gav os ikke det svar")
    assert await is_nobody_in(api)


async def test_a_provider_that_is_down_is_told_so_before_and_after(api, town):
    browser = town.browser()
    back = urlsplit(await town.leave(browser, "s-mette"))
    town.lies.is_down = True
    answer = await browser.get(f"{back.path}?{back.query}")
    await turned_away(answer, 503, "svarer ikke lige nu")
    town.open()
    gone = await town.browser().get("/sign-in/start")
    await turned_away(gone, 503, "svarer ikke lige nu")
    town.lies.is_down = False
    assert (await town.sign_in(browser)).status_code == 303


async def test_a_house_without_a_provider_says_so(api):
    async with Browser(api.app) as browser:
        await turned_away(await browser.get("/sign-in/start"), 503, "ikke sat noget login op")


@pytest.mark.parametrize(
    ("who", "sentence"),
    [("s-ulla", "mangler en rolle"), ("s-maskine", "mangler en rolle"),
     ("s-vild", "mangler en rolle"), ("s-ukendt", "mangler en rolle"),
     ("s-loes", "hvilken afdeling")],
)  # fmt: skip
async def test_who_has_no_role_here_is_told_so_kindly_and_leaves_no_trace(api, town, who, sentence):
    await turned_away(await town.sign_in(town.browser(), who), 403, sentence)
    assert await is_nobody_in(api)
    assert not await rows(api, "select * from users where subject is not null")


async def test_role_and_department_are_what_the_provider_says_today(api, town):
    await town.sign_in(town.browser(), "s-bo")
    [before] = await rows(api, "select * from users where subject = 's-bo'")
    assert (before["role"], before["department"]) == ("department", "Dagtilbud")
    town.lies.changes = {"role": ["x", "finance"], "department": ..., "name": "Bo Lund Berg"}
    await town.sign_in(town.browser(), "s-bo")
    [after] = await rows(api, "select * from users where subject = 's-bo'")
    assert (after["id"], after["name"]) == (before["id"], "Bo Lund Berg")
    assert (after["role"], after["department"]) == ("finance", None)


async def test_address_and_team_come_from_the_provider_and_stay_when_it_says_nothing(api, town):
    told = {"email": "mette@kommune.example", "email_verified": True, "team": "Nord"}
    for changes in (told, {}, {"email": "ny@kommune.example", "email_verified": False}):
        town.lies.changes = changes
        await town.sign_in(town.browser())
        [user] = await rows(api, "select * from users where subject = 's-mette'")
        assert (user["email"], user["team"]) == ("mette@kommune.example", "Nord")


async def test_what_the_token_does_not_tell_is_asked_for(api, town):
    town.lies.changes = {"role": ...}
    assert (await town.sign_in(town.browser(), "s-bo")).status_code == 303
    [user] = await rows(api, "select * from users where subject = 's-bo'")
    assert user["role"] == "department"


async def test_nobody_becomes_someone_else_by_their_name(api, town):
    await api.hire("mette.holm", role=Role.SUPERVISOR)
    assert (await town.sign_in(town.browser())).status_code == 303
    [user] = await rows(api, "select * from users where subject = 's-mette'")
    assert user["id"].startswith("mette.holm-")
    [other] = await rows(api, "select * from users where id = 'mette.holm'")
    assert (other["subject"], other["role"]) == (None, "supervisor")


async def test_too_many_attempts_from_one_address_are_slowed_down(api, town):
    town.open(pace=Pace(Paces(sign_ins=2)))
    browser = town.browser()
    await town.sign_in(browser)
    answer = await browser.get("/sign-in/start")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert "Vent lidt" in answer.text


@pytest.mark.parametrize("target", ["https://else.example/", "//else.example", "/\\else.example"])
async def test_the_door_leads_nowhere_else(town, target):
    assert (await town.sign_in(town.browser(), target=target)).headers["location"] == "/"


async def test_who_is_in_is_not_asked_again(api):
    browser = await api.browse()
    assert (await browser.get("/sign-in?next=/files")).headers["location"] == "/files"


def test_words_of_the_provider_are_turned_into_ours():
    names = ClaimNames("groups", "office", "cn", {"OPK-Leder": "supervisor", "OPK": "caseworker"})
    said = {"sub": "1", "groups": ["Alle", "OPK-Leder", "OPK"], "office": ["Vej"], "cn": "Åse Ærø"}
    person = read_person(said, names)
    assert (person.role, person.department, person.name) == (Role.SUPERVISOR, "Vej", "Åse Ærø")
    assert person.username == "aase-aeroe"
    for groups in (["supervisor"], [], "OPK-Lede", None, {"a": 1}, [["OPK"]]):
        with pytest.raises(WithoutRole):
            read_person(said | {"groups": groups}, names)
    with pytest.raises(WithoutRole):
        read_person(said, ClaimNames("groups", roles={"OPK": "system"}))

"""A session lasts while it is used, and what someone had written when it was over survives."""

import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html
from sqlalchemy import text

from domain.authority import Role
from tests.api.conftest import COOKIE, Browser

NOTE = "Talte længe med skyldneren.\n\n»Han betaler <b>på fredag</b> & resten i maj.« " * 40


async def sql(api, statement, **values):
    async with api.database.transaction() as connection:
        return await connection.execute(text(statement), values)


async def age(api, column, interval):
    await sql(api, f"update sessions set {column} = {column} - interval '{interval}'")


def next_of(answer):
    assert answer.status_code == 303
    address = urlsplit(answer.headers["location"])
    assert address.path == "/sign-in"
    return parse_qs(address.query)


def form_of(page, number=0):
    """Address and fields of one of its forms, those of its head apart."""
    form = html.fromstring(page.text).xpath("//main//form")[number]
    return form.get("action"), [(i.get("name"), i.get("value")) for i in form.xpath(".//input")]


async def test_only_the_hash_of_a_cookie_is_kept(api):
    browser = await api.browse()
    cookie = browser.cookies[COOKIE]
    assert len(cookie) >= 43
    [row] = (await sql(api, "select * from sessions")).mappings()
    assert row["id_sha256"] == hashlib.sha256(cookie.encode()).hexdigest()
    assert cookie not in str(dict(row))


@pytest.mark.parametrize(
    ("column", "past", "is_over"),
    [("seen_at", "29 minutes", False), ("seen_at", "31 minutes", True),
     ("began_at", "9 hours 59 minutes", False), ("began_at", "10 hours 1 minute", True)],
)  # fmt: skip
async def test_a_session_is_over_after_half_an_hour_without_use_or_ten_hours(
    api, column, past, is_over
):
    browser = await api.browse()
    await age(api, column, past)
    answer = await browser.get("/letters")
    assert answer.status_code == (303 if is_over else 200)
    if is_over:
        assert next_of(answer) == {"next": ["/letters"], "why": ["over"]}


async def test_use_makes_it_last_and_a_page_that_only_listens_does_not(api):
    browser = await api.browse()
    await age(api, "seen_at", "29 minutes")
    await browser.get("/letters", headers={"Accept": "text/event-stream"})
    await age(api, "seen_at", "2 minutes")
    assert (await browser.get("/letters")).status_code == 303
    browser = await api.browse()
    for _ in range(3):
        await age(api, "seen_at", "29 minutes")
        assert (await browser.get("/letters")).status_code == 200


async def test_signing_out_ends_it_for_good(api):
    browser = await api.browse()
    cookie = browser.cookies[COOKIE]
    left = await browser.post("/sign-out")
    assert left.headers["location"] == "/sign-in?why=left"
    assert 'rettidig=""; HttpOnly; Max-Age=0' in left.headers["set-cookie"]
    browser.cookies.clear()
    assert "Du er logget af." in (await browser.get("/sign-in?why=left")).text
    browser.cookies.set(COOKIE, cookie)
    assert next_of(await browser.get("/letters")) == {"next": ["/letters"]}


async def test_nobody_signs_in_by_a_token_on_a_page(api):
    headers = {"Authorization": "Bearer token-supervisor", "Cookie": f"{COOKIE}=token-supervisor"}
    assert (await api.http.get("http://town/letters", headers=headers)).status_code == 303
    browser = await api.browse()
    as_bearer = {"Authorization": f"Bearer {browser.cookies[COOKIE]}"}
    assert (await api.http.get("/claims", headers=as_bearer)).status_code == 401
    assert (await browser.get("/api/v1/claims")).status_code == 401


async def test_a_note_survives_the_end_of_its_session_and_is_sent_by_the_same_person(api):
    payment_page = "/payments/999/refund"
    browser = await api.browse()
    await age(api, "seen_at", "1 hour")
    sent = await browser.post(f"{payment_page}?a=1", data={"reasons": NOTE, "csrf_token": "x"})
    wish = next_of(sent)
    assert wish["why"] == ["kept"]
    [kept_page] = wish["next"]
    again = await api.browse()
    shown = await again.get(kept_page)
    assert "Det, du havde skrevet, er gemt" in shown.text
    assert "<b>" not in shown.text
    preview = html.fromstring(shown.text).xpath("//section[@class='kept-text']/text()")
    assert "".join(preview) == NOTE
    address, fields = form_of(shown)
    number = kept_page.rpartition("/")[2]
    assert address == f"{payment_page}?a=1&kept_form={number}"
    assert dict(fields) == {"csrf_token": again.csrf_token, "reasons": NOTE}


async def test_what_was_kept_is_forgotten_when_it_has_been_sent(api):
    kept_page = await keep(api, "/letters/stop", reason="Pressen har ringet.")
    again = await api.browse()
    address, fields = form_of(await again.get(kept_page))
    again.headers.pop("X-CSRF-Token")  # as a browser without scripts
    done = await again.post(address, data=dict(fields))
    assert (done.status_code, done.headers["location"]) == (303, "/letters")
    assert "Pressen har ringet." in (await again.get("/letters")).text
    assert (await again.get(kept_page)).status_code == 404


async def keep(api, address, role=Role.SUPERVISOR, **form):
    browser = await api.browse(role)
    await age(api, "seen_at", "1 hour")
    return next_of(await browser.post(address, data=form))["next"][0]


async def test_what_was_refused_stays_kept(api):
    kept_page = await keep(api, "/letters/stop", reason="")
    again = await api.browse()
    address, fields = form_of(await again.get(kept_page))
    assert (await again.post(address, data=dict(fields))).status_code == 422
    assert (await again.get(kept_page)).status_code == 200


async def test_another_person_does_not_see_it(api):
    kept_page = await keep(api, "/letters/stop", reason="Pressen har ringet.")
    other = await api.browse(Role.CASEWORKER)
    refused = await other.get(kept_page)
    assert refused.status_code == 404
    assert "Pressen" not in refused.text
    await other.post(f"{kept_page}/discard")
    assert (await (await api.browse()).get(kept_page)).status_code == 200


async def test_it_may_be_thrown_away_and_is_gone_after_a_day(api):
    browser = await api.browse()
    kept_page = await keep(api, "/letters/stop", reason="En.")
    assert (await (await api.browse()).post(f"{kept_page}/discard")).status_code == 303
    browser = await api.browse()
    assert (await browser.get(kept_page)).status_code == 404
    kept_page = await keep(api, "/letters/stop", reason="To.")
    await sql(api, "update kept_forms set kept_at = kept_at - interval '25 hours'")
    assert (await (await api.browse()).get(kept_page)).status_code == 404


async def test_of_one_person_the_latest_are_kept_and_nothing_beyond_reason(api):
    browser = await api.browse()
    await age(api, "seen_at", "1 hour")
    for n in range(22):
        await browser.post("/letters/stop", data={"reason": str(n)})
    assert (await sql(api, "select count(*) from kept_forms")).scalar_one() == 20
    headers = {"Referer": "http://town/letters?day=2026-03-16"}
    huge = await browser.post("/letters/stop", data={"reason": "x" * 500_000}, headers=headers)
    assert next_of(huge) == {"next": ["/letters?day=2026-03-16"], "why": ["over"]}


async def test_files_are_not_kept_but_asked_for_again(api):
    browser = await api.browse()
    await age(api, "seen_at", "1 hour")
    sent = await browser.post(
        "/files", data={"what": "Fra banken"}, files={"file": ("a.xml", b"<x/>")}
    )
    again = await api.browse()
    shown = await again.get(next_of(sent)["next"][0])
    assert dict(form_of(shown)[1]) == {
        "csrf_token": again.csrf_token, "what": "Fra banken", "file": None,
    }  # fmt: skip
    assert 'enctype="multipart/form-data"' in shown.text
    assert "Filer er ikke gemt." in shown.text


async def test_a_script_that_only_looks_leaves_the_page_and_what_is_written_there(api):
    browser = await api.browse()
    await age(api, "seen_at", "1 hour")
    looked = await browser.get("/letters", headers={"HX-Request": "true"})
    assert looked.status_code == 401
    assert looked.headers["content-type"].startswith("text/plain")
    assert "HX-Redirect" not in looked.headers
    sent = await browser.post("/letters/stop", data={"reason": "a"}, headers={"HX-Request": "true"})
    assert sent.headers["HX-Redirect"].startswith("/sign-in?next=%2Fkept-forms%2F")


async def test_who_was_never_signed_in_is_led_to_the_door_and_nothing_is_kept(api):
    async with Browser(api.app) as stranger:
        headers = {"Referer": "http://elsewhere.example/x"}
        answer = await stranger.post("/letters/stop", data={"reason": "x"}, headers=headers)
        assert next_of(answer) == {"next": ["/"]}
        stranger.cookies.set(COOKIE, "guessed")
        assert next_of(await stranger.get("/letters?day=2026-03-16")) == {
            "next": ["/letters?day=2026-03-16"]
        }
    assert (await sql(api, "select count(*) from kept_forms")).scalar_one() == 0

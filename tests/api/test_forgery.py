"""Nothing is done in someone's name by what did not come from a page that we showed them."""

import pytest

from domain.authority import Role
from persistence.post.stops import stops_in_force
from tests.api.conftest import Browser
from tests.api.test_sessions import age


async def is_stopped(api):
    async with api.database.transaction() as connection:
        return bool(await stops_in_force(connection))


def plain(browser):
    """Without what a script of ours sends along."""
    browser.headers.pop("X-CSRF-Token")
    browser.headers.pop("Sec-Fetch-Site")
    return browser


async def press(browser, headers=None, **form):
    return await browser.post("/letters/stop", data={"reason": "x"} | form, headers=headers)


@pytest.mark.parametrize("token", [None, "", "guessed", "é", "\x00"])
async def test_a_form_without_our_token_does_nothing_and_says_so(api, token):
    browser = plain(await api.browse())
    refused = await press(browser, **({} if token is None else {"csrf_token": token}))
    assert refused.status_code == 403
    assert "intet er gjort" in refused.text
    assert refused.headers["content-type"].startswith("text/html")
    assert not await is_stopped(api)


async def test_the_token_counts_in_a_field_of_either_kind_of_form_and_as_a_header(api):
    browser = plain(await api.browse())
    token = browser.csrf_token
    assert (await press(browser, csrf_token=token)).status_code == 303
    assert (await browser.post("/letters/release", data={"csrf_token": token})).status_code == 303
    assert (await press(browser, {"X-CSRF-Token": token})).status_code == 303
    sent = await browser.post(
        "/files", data={"csrf_token": token}, files={"file": ("a.csv", "fagsystem;løbenummer\n")}
    )
    assert sent.status_code == 303
    without = await browser.post("/files", files={"file": ("b.csv", "fagsystem;løbenummer\n")})
    assert without.status_code == 403


async def test_the_token_is_on_each_page_in_its_forms_and_for_its_scripts(api):
    browser = await api.browse()
    shown = (await browser.get("/letters")).text
    assert f'<meta name="csrf-token" content="{browser.csrf_token}">' in shown
    assert shown.count("<form") > 3
    forms = shown.count('method="post"')
    assert shown.count(f'name="csrf_token" value="{browser.csrf_token}"') == forms


async def test_another_persons_token_is_not_ours(api):
    other, browser = await api.browse(Role.CASEWORKER), plain(await api.browse())
    assert (await press(browser, csrf_token=other.csrf_token)).status_code == 403


async def test_a_form_from_before_they_signed_in_again_is_still_theirs(api):
    old = await api.browse()
    await age(api, "seen_at", "1 hour")
    browser = plain(await api.browse())
    assert (await press(browser, csrf_token=old.csrf_token)).status_code == 303
    assert await is_stopped(api)


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"},
     {"Origin": "http://else.example"}, {"Origin": "http://town:81"}],
)  # fmt: skip
async def test_what_a_browser_says_came_from_elsewhere_is_refused_even_with_our_token(api, headers):
    browser = plain(await api.browse())
    refused = await press(browser, headers, csrf_token=browser.csrf_token)
    assert refused.status_code == 403
    assert not await is_stopped(api)


@pytest.mark.parametrize("headers", [{"Origin": "http://town"}, {"Sec-Fetch-Site": "none"}])
async def test_what_came_from_our_pages_is_taken(api, headers):
    browser = plain(await api.browse())
    assert (await press(browser, headers, csrf_token=browser.csrf_token)).status_code == 303


async def test_a_script_is_told_in_words_it_can_show(api):
    browser = plain(await api.browse())
    refused = await press(browser, {"HX-Request": "true"})
    assert (refused.status_code, refused.headers["content-type"]) == (
        403, "text/plain; charset=utf-8",
    )  # fmt: skip
    assert "intet er gjort" in refused.text


async def test_who_is_not_signed_in_may_choose_a_language_but_not_from_elsewhere(api):
    async with Browser(api.app) as stranger:
        form = {"language": "en", "next": "/betaling?a=1"}
        chosen = await stranger.post("/language", data=form)
        assert (chosen.status_code, chosen.headers["location"]) == (303, "/betaling?a=1")
        assert "Sign in" in (await stranger.get("/sign-in")).text
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        refused = await stranger.post("/language", data=form, headers=elsewhere)
        assert refused.status_code == 403


@pytest.mark.parametrize("target", ["https://else.example/", "//else.example", "/\\else.example"])
async def test_no_door_leads_elsewhere(api, target):
    async with Browser(api.app) as stranger:
        chosen = await stranger.post("/language", data={"language": "da", "next": target})
        assert chosen.headers["location"] == "/"


async def test_a_character_that_cannot_be_kept_is_refused_in_words(api):
    refused = await press(await api.browse(), reason="a\x00b")
    assert refused.status_code == 422
    assert "tegn, der ikke kan skrives ud" in refused.text

"""Enquiries on pages: typed once, kept when something is wrong, answered where they are read."""

import pytest

from domain.authority import Role
from persistence.enquiries.reading import EnquiryFilter, list_enquiries
from tests.api.test_files import page

FORM = {
    "channel": "mail", "sender": "Karla", "text": "Hvorfor?", "subject": "Gebyr",
    "received_on": "2026-03-16", "key": "k",
}  # fmt: skip


async def press(api, address, role=Role.CASEWORKER, **form):
    return await page(api, address, role, method="POST", data=form)


async def register(api, **changes):
    claim = changes.pop("claim_id", None) or await api.register()
    pressed = await press(api, "/enquiries", claim_id=claim, **(FORM | changes))
    assert pressed.status_code == 303, pressed.text
    return pressed.headers["location"].partition("?")[0]


async def all_of(api):
    async with api.database.transaction() as connection:
        return await list_enquiries(connection, EnquiryFilter(), None, 100)


async def test_an_enquiry_is_registered_read_and_answered(api):
    address = await register(api)
    shown = await page(api, address)
    assert "Svar senest 23. marts 2026." in shown.text
    assert 'name="outcome" value="answered-by-letter"' in shown.text
    listed = await page(api, "/enquiries")
    assert f'href="{address}"' in listed.text
    answered = await press(
        api, f"{address}/answer", outcome="answered-by-letter", text="Du spurgte.\r\n\r\nJa."
    )
    assert answered.status_code == 303
    shown = await page(api, f"{address}?said=answered")
    assert "Svaret er gemt." in shown.text
    assert 'href="/letters/' in shown.text
    assert f'href="{address}"' not in (await page(api, "/enquiries")).text
    assert f'href="{address}"' in (await page(api, "/enquiries?state=answered")).text


async def test_a_form_pressed_twice_is_one_enquiry_and_one_changed_is_another(api):
    claim = await api.register()
    first, again = [await register(api, claim_id=claim) for _ in range(2)]
    assert first == again
    assert await register(api, claim_id=claim, subject="Rente") != first
    assert len(await all_of(api)) == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"channel": ""}, "Feltet skal udfyldes."),
        ({"received_on": "2026-03-17"}, "Dagen er ikke kommet endnu."),
        ({"received_on": "i går"}, "i går"),
        ({"text": "a\u0007b"}, "Hvad blev der sagt"),
        ({"claim_id": "2026-999999"}, "Det findes ikke her."),
    ],
)
async def test_what_is_wrong_is_told_and_the_words_are_kept(api, changes, sentence):
    claim = await api.register()
    refused = await press(api, "/enquiries", **(FORM | {"claim_id": claim} | changes))
    assert refused.status_code == 422
    assert 'value="Gebyr"' in refused.text
    assert sentence in refused.text
    assert await all_of(api) == []


async def test_who_answers_second_sees_the_first_answer_and_keeps_their_words(api):
    address = await register(api)
    await press(api, f"{address}/answer", outcome="answered-by-phone", text="Forklaret.")
    second = await press(api, f"{address}/answer", outcome="answered-by-phone", text="Mine ord.")
    assert second.status_code == 409
    assert "Henvendelsen er allerede besvaret." in second.text
    assert "Forklaret." in second.text
    assert "Mine ord.</textarea>" in second.text


async def test_files_come_along_and_are_laid_with_the_claim(api):
    claim = await api.register()
    sent = await page(
        api, "/enquiries", Role.CASEWORKER, method="POST", data=FORM | {"claim_id": claim},
        files={"file": ("kvittering.txt", b"betalt")},
    )  # fmt: skip
    shown = await page(api, sent.headers["location"])
    assert "kvittering.txt" in shown.text
    [attached] = (await api.get(f"/claims/{claim}/attachments")).json()["items"]
    assert attached["name"] == "kvittering.txt"


async def test_a_file_nobody_may_keep_leaves_no_enquiry(api):
    claim = await api.register()
    sent = await page(
        api, "/enquiries", Role.CASEWORKER, method="POST", data=FORM | {"claim_id": claim},
        files={"file": ("virus.exe", b"MZ\x90\x00")},
    )  # fmt: skip
    assert sent.status_code == 422
    assert await all_of(api) == []


async def test_hostile_text_is_text(api):
    address = await register(api, subject="<script>alert(1)</script>", text="<img src=x>")
    for shown in (await page(api, address), await page(api, "/enquiries")):
        assert "<script>alert" not in shown.text
        assert "<img src=x" not in shown.text


async def test_they_ask_again_on_the_same_page(api):
    address = await register(api)
    again = FORM | {"text": "Og så?"}
    pressed = await press(api, f"{address}/messages", **again)
    assert pressed.status_code == 303
    assert "Og så?" in (await page(api, address)).text
    refused = await press(api, f"{address}/messages", **(again | {"channel": "fax"}))
    assert refused.status_code == 422
    assert "Og så?</textarea>" in refused.text


async def test_figures_are_a_table_and_a_picture_that_say_the_same(api):
    address = await register(api)
    await press(api, f"{address}/answer", outcome="answered-by-phone", text="Forklaret.")
    shown = (await page(api, "/enquiries/figures")).text
    assert "Marts 2026" in shown
    assert "<title>marts 2026: 100% af 1 inden for målet</title>" in shown
    assert "100 %" in shown
    empty = await page(api, "/enquiries/figures?from=2020-01-01&to=2020-02-01")
    assert "Der kom ingen henvendelser i perioden." in empty.text


@pytest.mark.parametrize(
    "path", ["/enquiries/99", "/enquiries/new?debtor=99", "/enquiries/new?claim=x"]
)
async def test_what_does_not_exist_is_not_found(api, path):
    assert (await page(api, path)).status_code == 404


@pytest.mark.parametrize(
    ("path", "role", "status"),
    [
        ("/enquiries", Role.AUDITOR, 200),
        ("/enquiries", Role.DEPARTMENT, 403),
        ("/enquiries/new", Role.AUDITOR, 403),
        ("/enquiries/figures", Role.DEPARTMENT, 403),
    ],
)
async def test_who_may_see_what(api, path, role, status):
    assert (await page(api, path, role)).status_code == status


async def test_the_pages_speak_english(api):
    address = await register(api)
    for path in ("/enquiries", address, "/enquiries/new", "/enquiries/figures"):
        shown = await page(api, path, language="en")
        assert 'lang="en"' in shown.text
        assert "Henvendelse" not in shown.text.partition("<main")[2]

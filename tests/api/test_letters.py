"""The day's post, each letter before and after it goes, and the red button, over HTTP."""

import hashlib

import pytest
import pytest_asyncio

from activities.post_room import Channel, PostRoomActivities
from domain.authority import Role
from domain.letters import Letter
from gateways.choose import choose
from tests.api.test_files import page


@pytest_asyncio.fixture
async def post(api, tmp_path):
    """Lets the letters in the tray leave."""
    gateways = choose(tmp_path)
    room = PostRoomActivities(
        api.database, api.policy, gateways.digital_post, gateways.physical_post, gateways.registers
    )

    async def empty():
        return await room.dispatch(api.now, Channel.DIGITAL_POST)

    empty.gateways = gateways
    return empty


async def test_a_letter_is_seen_before_it_goes_and_kept_as_it_went(api, post):
    claim = await api.register()
    await api.write(claim)
    before = await page(api, "/letters/1")
    assert "Sådan ser brevet ud, hvis det går nu." in before.text
    assert "Opkrævning: Parkeringsafgift" in before.text
    assert claim in before.text
    assert (await post()).sent == 1
    letter = (await api.get("/letters/1")).json()
    [sent] = letter["sent"]
    pdf = await api.get(f"/letters/1/sent/{sent['message']}")
    assert pdf.headers["content-type"] == "application/pdf"
    assert hashlib.sha256(pdf.content).hexdigest() == sent["sha256"]
    [offer] = post.gateways.digital_post.sent()
    assert offer.body["document"] == sent["sha256"]
    after = await page(api, "/letters/1")
    assert "Brevet er sendt; der er ingen kvittering endnu." in after.text
    assert f'href="/letters/1/{sent["message"]}.pdf"' in after.text
    shown = await page(api, f"/letters/1/{sent['message']}.pdf")
    assert shown.content == pdf.content


async def test_the_preview_is_what_goes(api, post):
    for _ in range(2):
        await api.write(await api.register(), Letter.FIRST_REMINDER)
    shown = (await page(api, "/letters/1")).text
    await post()
    [offer] = post.gateways.digital_post.sent()
    for line in offer.body["body"].splitlines():
        words = line.removeprefix("- ").split(": ")[0].split(" (")[0].rstrip(":.")
        assert words.replace("<", "&lt;") in shown, words


async def test_the_day_tells_what_left_what_did_not_and_why(api, post):
    paid, owed = await api.register(), await api.register()
    for claim in (paid, owed):
        await api.write(claim)
    payment = {"source_reference": "k-1", "amount_ore": 100_000, "paid_on": "2026-03-16"}
    await api.post(f"/claims/{paid}/payments", payment)
    await post()
    told = (await api.get("/letters")).json()
    by_claim = {line["claim_id"]: line for line in told["letters"]}
    assert (by_claim[owed]["what"], by_claim[owed]["reason"]) == ("left", None)
    assert by_claim[paid]["what"] == "cancelled"
    assert by_claim[paid]["reason"] == {"code": "paid", "text": "der er betalt"}
    assert told["room"] | {"day": None} == {
        "day": None, "foreseen": None, "waiting": 0, "sent": 1, "stops": [],
    }  # fmt: skip
    shown = await page(api, "/letters")
    assert "Sendt med Digital Post." in shown.text
    assert "Ikke sendt: der er betalt." in shown.text
    assert "Ingen breve den dag." in (await page(api, "/letters?day=2026-03-01")).text


async def test_the_button_stops_all_post_and_a_supervisor_lets_it_go(api, post):
    await api.write(await api.register())
    pressed = await page(
        api, "/letters/stop", Role.CASEWORKER, method="POST", data={"reason": "Forkert beløb"}
    )
    assert pressed.status_code == 303
    assert (await post()).sent == 0
    assert "Posten er standset af caseworker: Forkert beløb" in (await page(api, "/letters")).text
    refused = await page(api, "/letters/release", Role.CASEWORKER, method="POST")
    assert refused.status_code == 403
    assert (await api.post("/post-room/stop", {"reason": "igen"})).status_code == 409
    assert (await page(api, "/letters/release", method="POST")).status_code == 303
    assert (await post()).sent == 1
    assert (await api.post("/post-room/release")).status_code == 409


async def test_a_letter_may_be_recalled_until_it_leaves(api, post):
    await api.write(await api.register())
    recalled = await api.post("/letters/1/recall")
    assert recalled.json()["state"] == "undelivered"
    assert "Trukket tilbage: en medarbejder trak det tilbage." in (await page(api, "/letters")).text
    assert (await post()).sent == 0
    [task] = (await api.get("/tasks")).json()["items"]
    assert task["kind"] == "undelivered-letter"
    await api.post(f"/tasks/{task['id']}/decide", {"outcome": "retry", "reasons": "Rettet."})
    assert (await post()).sent == 1
    assert (await api.post("/letters/1/recall")).status_code == 409


async def test_a_person_writes_in_their_own_words_and_nothing_runs_in_them(api, post):
    claim = await api.register()
    words = "Du spurgte om din frist.\n\n{{ 7 * 7 }} ## [[owed]] <script>"
    written = await api.post(
        f"/claims/{claim}/letters", {"letter": "enquiry-reply", "words": words}
    )
    assert written.status_code == 201
    [number] = written.json()["letter_ids"]
    shown = (await page(api, f"/letters/{number}")).text
    assert "Du spurgte om din frist." in shown
    assert "{{ 7 * 7 }} ## [[owed]] &lt;script&gt;" in shown
    assert (await post()).sent == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"letter": "first-reminder", "words": "x"}, "letter-not-by-hand"),
        ({"letter": "enquiry-reply", "words": " "}, "words-missing"),
        ({"letter": "enquiry-reply", "words": "a\n\n" * 13}, "words-too-long"),
        ({"letter": "enquiry-reply", "words": "a\0b"}, "text-unreadable"),
    ],
)
async def test_a_letter_nobody_may_write_by_hand_is_refused_in_words(api, body, code):
    claim = await api.register()
    refused = await api.post(f"/claims/{claim}/letters", body)
    assert refused.status_code == 422
    assert [fault["code"] for fault in refused.json()["faults"]] == [code]


async def test_a_letter_that_is_not_there_is_said_so(api):
    assert (await page(api, "/letters/99")).status_code == 404
    assert (await api.get("/letters/99")).status_code == 404
    assert (await page(api, "/letters/99/letter-99.pdf")).status_code == 404


async def test_a_debtor_who_reads_english_is_written_to_in_english(api, post):
    await api.write(await api.register())
    assert (await api.send("PUT", "/debtors/1/language", json={"language": "en"})).is_success
    await post()
    [offer] = post.gateways.digital_post.sent()
    assert offer.body["subject"] == "Bill: Parking fee"
    assert "Pay by 30 March 2026 at the latest." in offer.body["body"]
    assert (
        await api.send("PUT", "/debtors/9/language", json={"language": "en"})
    ).status_code == 404

"""What people write down stays as it was written, and reaches those it is meant for."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.authority import Role
from domain.file_notes import LONGEST_NOTE
from persistence.files.notes import count_unseen
from tests.api.test_files import page
from tests.api.test_reading import audit

HOSTILE = "<script>alert(1)</script> \"'><img src=x> {{ 7*7 }} & æøå 🌍"
SAID = {"kind": "call", "text": "Ringede.\n\nBetaler på fredag."}


async def write(api, owner, role=Role.CASEWORKER, **body):
    return await api.post(f"{owner}/notes", SAID | body, role)


async def notes(api, owner):
    return (await api.get(f"{owner}/notes")).json()["items"]


@pytest.fixture
async def claim(api):
    return f"/claims/{await api.register()}"


@pytest.fixture(params=["claims", "debtors"])
async def owner(api, claim, request):
    if request.param == "claims":
        return claim
    return f"/debtors/{(await api.get(claim)).json()['debtors'][0]['id']}"


async def unseen(api, user):
    async with api.database.transaction() as connection:
        return await count_unseen(connection, user)


async def test_a_note_says_who_wrote_it_and_when(api, owner):
    written = await write(api, owner)
    assert written.status_code == 201, written.text
    [note] = await notes(api, owner)
    assert (note["id"], note["kind"], note["text"]) == (
        written.json()["note_id"], "call", "Ringede.\n\nBetaler på fredag.",
    )  # fmt: skip
    assert (note["author"], note["written_on"]) == ("caseworker", "2026-03-16")
    assert not note["written_at"].startswith("2026-03-16"), "the real moment, not the town's"


async def test_writing_and_reading_are_in_the_audit_trail(api, claim):
    await write(api, claim)
    await notes(api, claim)
    subject = claim.removeprefix("/claims/")
    assert (await audit(api, subject))[-2:] == [
        ("caseworker", "note-written"),
        ("supervisor", "viewed"),
    ]


async def test_a_note_is_corrected_by_a_new_one_and_never_changed(api, owner):
    first = (await write(api, owner)).json()["note_id"]
    second = (await write(api, owner, text="Det var torsdag.", corrects=first)).json()["note_id"]
    newest, oldest = await notes(api, owner)
    assert (newest["corrects_id"], oldest["corrected_by"]) == (first, second)
    assert oldest["text"] == SAID["text"]
    for change in ("update file_notes set text = 'x'", "delete from file_notes"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with api.database.transaction() as connection:
                await connection.execute(text(change))


async def test_a_note_corrects_none_in_another_file(api, claim):
    other = f"/claims/{await api.register()}"
    first = (await write(api, other)).json()["note_id"]
    refused = await write(api, claim, corrects=first)
    assert refused.status_code == 422
    assert refused.json()["faults"][0]["code"] == "note-in-another-file"
    assert await notes(api, claim) == []


async def test_a_colleague_who_is_mentioned_finds_the_note_until_they_have_seen_it(api, claim):
    await write(api, claim, mentions=["bailiff", "finance"])
    await write(api, f"/claims/{await api.register()}", mentions=["bailiff"])
    assert (await unseen(api, "bailiff"), await unseen(api, "finance")) == (2, 1)
    assert "Kolleger nævner dig i 2 notater" in (await api.page("/", Role.BAILIFF)).text
    found = (await api.get("/mentions", "bailiff")).json()["items"]
    assert [one["claim_id"] for one in found][1] == claim.removeprefix("/claims/")
    wish = {"subject": claim.removeprefix("/claims/"), "purpose": "enquiry"}
    await api.page("/purpose", Role.BAILIFF, method="POST", data=wish)
    await page(api, claim, Role.BAILIFF)
    assert (await unseen(api, "bailiff"), await unseen(api, "finance")) == (1, 1)
    shown = await page(api, "/mentions", Role.BAILIFF)
    assert "Betaler på fredag." in shown.text
    [note] = await notes(api, claim)
    assert {one["id"]: one["has_seen"] for one in note["mentions"]} == {
        "bailiff": True, "finance": False,
    }  # fmt: skip


@pytest.mark.parametrize("who", ["department", "nobody-of-that-name", "system"])
async def test_who_cannot_see_the_claim_cannot_be_asked_to(api, claim, who):
    refused = await write(api, claim, mentions=["bailiff", who])
    assert refused.json()["faults"][0]["code"] == "note-mentions-nobody"
    assert await notes(api, claim) == []
    assert await unseen(api, "bailiff") == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": "   \n "}, "field-missing"),
        ({"text": "x" * (LONGEST_NOTE + 1)}, "text-too-long"),
        ({"text": "a\u0000b"}, "text-unreadable"),
        ({"kind": "gossip"}, "choice-unknown"),
        ({"mentions": ["bailiff"] * 21}, "list-too-long"),
        ({"corrects": 10**6}, "note-in-another-file"),
    ],
)
async def test_what_cannot_be_a_note_is_refused_in_words(api, claim, body, code):
    refused = await write(api, claim, **body)
    assert (refused.status_code, refused.json()["faults"][0]["code"]) == (422, code)
    assert await notes(api, claim) == []


async def press(api, owner, role=Role.CASEWORKER, files=None, **form):
    return await page(api, f"{owner}/notes", role, method="POST", data=form, files=files)


async def test_a_note_written_on_the_page_brings_its_files(api, claim):
    files = [("file", ("kvittering.txt", b"Betalt."))]
    pressed = await press(api, claim, files=files, kind="meeting", text="Hun kom forbi.")
    assert pressed.status_code == 303
    assert pressed.headers["location"] == f"{claim}?said=note-written#notes"
    [note] = await notes(api, claim)
    assert (note["kind"], [one["name"] for one in note["attachments"]]) == (
        "meeting", ["kvittering.txt"],
    )  # fmt: skip


async def test_a_note_whose_file_is_refused_is_not_lost_and_not_half_kept(api, claim):
    files = [("file", ("god.txt", b"god")), ("file", ("ond.exe", b"MZ\x00\x01"))]
    refused = await press(api, claim, files=files, kind="note", text="En lang forklaring.")
    assert refused.status_code == 422
    assert "En lang forklaring." in refused.text
    assert "Filen er ikke af en slags" in refused.text
    assert await notes(api, claim) == []
    assert (await api.get(f"{claim}/attachments")).json()["items"] == []


async def test_a_note_pressed_twice_is_written_once(api, claim):
    for _ in range(2):
        pressed = await press(api, claim, kind="note", text="Én gang.", key="k-1")
        assert pressed.status_code == 303
    assert len(await notes(api, claim)) == 1
    other = await press(api, claim, kind="note", text="Noget andet.", key="k-1")
    assert other.status_code == 409
    assert len(await notes(api, claim)) == 1


@pytest.mark.parametrize(
    ("form", "sentence"),
    [({"kind": "note", "text": " "}, "Feltet skal udfyldes."),
     ({"kind": "", "text": "x"}, "Vælg, om det er et notat"),
     ({"kind": "note", "text": "x", "mentions": "department"}, "kan ikke se sagen")],
)  # fmt: skip
async def test_the_page_says_what_is_missing(api, claim, form, sentence):
    refused = await press(api, claim, **form)
    assert refused.status_code == 422
    assert sentence in refused.text


async def test_hostile_text_is_text(api, claim):
    await write(api, claim, text=HOSTILE)
    first = (await notes(api, claim))[0]["id"]
    for address in (claim, f"{claim}/notes?corrects={first}"):
        shown = await page(api, address)
        assert shown.status_code == 200
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown.text
        assert "<script>alert" not in shown.text
        assert "{{ 7*7 }}" in shown.text


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DEPARTMENT, Role.SYSTEM])
async def test_who_does_not_work_on_cases_writes_nothing(api, claim, role):
    assert (await press(api, claim, role, kind="note", text="x")).status_code == 403
    assert (await page(api, f"{claim}/notes", role)).status_code == 403
    assert await notes(api, claim) == []


async def test_there_is_nothing_to_write_on_where_there_is_no_claim(api):
    for owner in ("/claims/2026-999999", "/debtors/999999"):
        assert (await write(api, owner)).status_code == 404
        assert (await press(api, owner, kind="note", text="x")).status_code == 404
        assert (await page(api, f"{owner}/notes", Role.CASEWORKER)).status_code == 404

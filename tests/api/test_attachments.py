"""Which files are kept with a claim or a debtor, which are not, and how they are handed out."""

import asyncio
import io
import zipfile

import pytest
from sqlalchemy import func, select

from domain.attachments import LARGEST_ATTACHMENT, read_attachment
from domain.authority import Role
from domain.errors import Invalid
from persistence.models import AttachmentContent
from tests.api.test_files import page
from tests.api.test_reading import audit

OFFICE = "application/vnd.openxmlformats-officedocument."
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PDF = b"%PDF-1.7\n1 0 obj\n"
MAIL = b"From: a@example.test\r\nDate: Mon, 16 Mar 2026 11:00:00 +0100\r\nSubject: x\r\n\r\nHej"


def archive(*names, **contents):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in (*names, *contents):
            made.writestr(name, contents.get(name, "x"))
    return buffer.getvalue()


WORD = archive("[Content_Types].xml", "word/document.xml")
SHEET = archive("[Content_Types].xml", "xl/workbook.xml")
OPEN_TEXT = archive("content.xml")
ODT = io.BytesIO()
with zipfile.ZipFile(ODT, "w") as odt:
    odt.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    odt.writestr("content.xml", "<x/>")


def repr_of(value):
    return "" if isinstance(value, bytes) else ascii(value)[:30]


async def send(api, owner, name, content, role=Role.CASEWORKER):
    return await api.send("POST", f"{owner}/attachments", role, files={"file": (name, content)})


async def listed(api, owner):
    return (await api.get(f"{owner}/attachments")).json()["items"]


async def contents(api):
    async with api.database.transaction() as connection:
        found = select(func.count()).select_from(AttachmentContent)
        return (await connection.execute(found)).scalar_one()


@pytest.fixture
async def claim(api):
    return f"/claims/{await api.register()}"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("brev.pdf", PDF, "application/pdf"),
        ("Foto.PNG", PNG, "image/png"),
        ("foto.jpeg", b"\xff\xd8\xff\xe0" + b"\0" * 20, "image/jpeg"),
        ("æøå 🌍.txt", "BM er ikke et billede; æøå".encode(), "text/plain"),
        ("gammel.txt", "æøå".encode("cp1252"), "text/plain"),
        ("svar.eml", MAIL, "message/rfc822"),
        ("plan.docx", WORD, f"{OFFICE}wordprocessingml.document"),
        ("tal.xlsx", SHEET, f"{OFFICE}spreadsheetml.sheet"),
        ("brev.odt", ODT.getvalue(), "application/vnd.oasis.opendocument.text"),
    ],
)  # fmt: skip
async def test_a_file_is_known_by_its_content_and_handed_out_as_it_came(
    api, claim, name, content, kind
):
    sent = await send(api, claim, name, content)
    assert sent.status_code == 201, sent.text
    [one] = await listed(api, claim)
    assert (one["name"], one["media_type"], one["size_bytes"]) == (name, kind, len(content))
    for answer in (
        await api.get(f"/attachments/{one['id']}"),
        await page(api, f"/attachments/{one['id']}"),
    ):
        assert answer.content == content
        assert answer.headers["content-disposition"].startswith("attachment; filename=")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert answer.headers["cache-control"] == "no-store"
    subject = claim.removeprefix("/claims/")
    assert (await audit(api, subject))[-2:] == [("supervisor", "attachment-opened")] * 2


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("tom.pdf", b"", "attachment-empty"),
        ("stor.txt", b"x" * (LARGEST_ATTACHMENT + 1), "attachment-too-large"),
        ("side.html", b"<!DOCTYPE html><script>alert(1)</script>", "attachment-of-no-kind"),
        ("side.txt", b"  <html onload=alert(1)>", "attachment-of-no-kind"),
        ("tegning.svg", b"<svg onload='alert(1)'/>", "attachment-of-no-kind"),
        ("tegning.txt", b"<?xml version='1.0'?><svg/>", "attachment-of-no-kind"),
        ("virus.exe", b"MZ\x90\x00\x03", "attachment-of-no-kind"),
        ("virus.pdf", b"MZ\x90\x00\x03", "attachment-of-no-kind"),
        ("pakke.zip", archive("a.txt"), "attachment-of-no-kind"),
        ("pakke.docx", archive("a.txt"), "attachment-of-no-kind"),
        ("ark.odt", OPEN_TEXT, "attachment-of-no-kind"),
        ("ved.docx", b"PK\x03\x04broken", "attachment-of-no-kind"),
        ("makro.docx", archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
         "attachment-of-no-kind"),
        ("foto.png", PDF, "attachment-named-otherwise"),
        ("side.htm", b"bare tekst", "attachment-named-otherwise"),
        ("brev.eml", b"Ikke en mail.", "attachment-named-otherwise"),
        ("../../etc/passwd.txt", b"x", "attachment-name-unfit"),
        ("fdp\u202etxt.txt", b"x", "attachment-name-unfit"),
        (".txt", b"x", "attachment-name-unfit"),
        ("æ" * 300 + ".txt", b"x", "attachment-name-too-long"),
        ("uden", b"x", "attachment-named-otherwise"),
    ],
    ids=repr_of,
)  # fmt: skip
async def test_what_is_not_kept_is_refused_in_words_and_leaves_nothing(
    api, claim, name, content, code
):
    refused = await send(api, claim, name, content)
    assert refused.status_code == 422, refused.text
    [fault] = refused.json()["faults"]
    assert fault["code"] == code
    shown = await page(api, f"{claim}/attachments", method="POST", files={"file": (name, content)})
    assert shown.status_code == 422
    assert "Noget skal rettes" in shown.text
    assert await listed(api, claim) == []
    assert await contents(api) == 0


@pytest.mark.parametrize(
    "name", ["C:\\brev.txt", "a\u0007b.txt", "a\u2028b.txt", "a\ud800.txt", ""]
)
def test_a_name_is_one_that_any_system_can_show(name):
    with pytest.raises(Invalid) as refused:
        read_attachment("file", name, b"x")
    assert refused.value.faults[0].code == "attachment-name-unfit"


async def test_what_is_far_too_large_is_stopped_while_it_arrives(api, claim):
    file = {"file": ("stor.txt", b"x" * (5 * LARGEST_ATTACHMENT))}
    assert (await send(api, claim, *file["file"])).status_code == 413
    shown = await page(api, f"{claim}/attachments", method="POST", files=file)
    assert shown.status_code == 413
    assert "for stor. Del den i flere." in shown.text


async def test_the_same_file_twice_is_one_and_its_bytes_are_kept_once(api, claim):
    first = (await send(api, claim, "a.txt", b"samme")).json()
    again = (await send(api, claim, "b.txt", b"samme")).json()
    assert again == {"attachment_id": first["attachment_id"], "is_new": False}
    other = f"/claims/{await api.register()}"
    assert (await send(api, other, "c.txt", b"samme")).json()["is_new"] is True
    assert (len(await listed(api, claim)), await contents(api)) == (1, 1)


async def test_the_same_file_sent_by_two_at_once_is_one(api, claim):
    answers = await asyncio.gather(*(send(api, claim, "a.txt", b"samme") for _ in range(4)))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert sorted(answer.json()["is_new"] for answer in answers) == [False, False, False, True]
    assert len(await listed(api, claim)) == 1


async def test_a_name_cannot_write_headers(api, claim):
    number = (await send(api, claim, "a'); x=é.txt", b"x")).json()["attachment_id"]
    answer = await api.get(f"/attachments/{number}")
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"a___ x__.txt\"; filename*=UTF-8''a%27%29%3B%20x%3D%C3%A9.txt"
    )


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DEPARTMENT, Role.SYSTEM])
async def test_who_does_not_work_on_cases_attaches_nothing(api, claim, role):
    assert (await send(api, claim, "a.txt", b"x", role)).status_code == 403
    assert await contents(api) == 0


async def test_only_who_sees_claims_opens_what_lies_with_them(api, claim):
    number = (await send(api, claim, "a.txt", b"x")).json()["attachment_id"]
    assert (await page(api, f"/attachments/{number}", Role.AUDITOR)).status_code == 200
    assert (await page(api, f"/attachments/{number}", Role.DEPARTMENT)).status_code == 403
    assert (await page(api, "/attachments/999999")).status_code == 404

"""Which files may be laid with a claim or a debtor: known by their content, named plainly."""

from __future__ import annotations

import email
import hashlib
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from email import policy as rules
from pathlib import PurePath

import filetype

from domain.errors import Fault, Invalid

LARGEST_ATTACHMENT = 10 * 1024 * 1024
"""Bytes."""
LONGEST_NAME = 150
_OFFICE = "application/vnd.openxmlformats-officedocument."
PLAIN, MAIL, OPEN_TEXT = "text/plain", "message/rfc822", "application/vnd.oasis.opendocument.text"
WORD, SHEET = f"{_OFFICE}wordprocessingml.document", f"{_OFFICE}spreadsheetml.sheet"
ENDINGS: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    PLAIN: (".txt",),
    MAIL: (".eml",),
    WORD: (".docx",),
    SHEET: (".xlsx",),
    OPEN_TEXT: (".odt",),
}
"""The kinds that are taken, and how the names of such files end."""
ALLOWED = ", ".join(ending[1:] for endings in ENDINGS.values() for ending in endings)
_HEAD = 8192
_MARKUP = re.compile(r"\s*<(?:!doctype|html|svg|script|\?xml|!--|body|head)", re.IGNORECASE)
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_FORBIDDEN_IN_NAMES = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}  # unseen, or turning what is seen round


@dataclass(frozen=True, slots=True)
class NewAttachment:
    """A file that may be kept. *media_type* is what its content is, whatever its name claims."""

    name: str
    media_type: str
    content: bytes
    sha256: str


def read_attachment(field: str, name: str, content: bytes) -> NewAttachment:
    """Raises Invalid for what is empty, too large, of another kind, or strangely named."""
    if not content:
        raise Invalid(Fault(field, "attachment-empty"))
    if len(content) > LARGEST_ATTACHMENT:
        limit = str(LARGEST_ATTACHMENT // 1024 // 1024)
        raise Invalid(Fault(field, "attachment-too-large", {"limit": limit}))
    plain = _read_name(field, name)
    media_type = media_type_of(content, plain)
    if media_type is None:
        raise Invalid(Fault(field, "attachment-of-no-kind", {"known": ALLOWED}))
    if PurePath(plain).suffix.lower() not in ENDINGS[media_type]:
        values = {"name": plain, "ending": ENDINGS[media_type][0]}
        raise Invalid(Fault(field, "attachment-named-otherwise", values))
    return NewAttachment(plain, media_type, content, hashlib.sha256(content).hexdigest())


def _read_name(field: str, name: str) -> str:
    plain = unicodedata.normalize("NFC", name).strip()
    if len(plain) > LONGEST_NAME:
        raise Invalid(Fault(field, "attachment-name-too-long", {"limit": str(LONGEST_NAME)}))
    is_hidden = any(unicodedata.category(sign) in _FORBIDDEN_IN_NAMES for sign in plain)
    if not plain or plain.startswith(".") or is_hidden or set(plain) & set('/\\:"<>|?*'):
        raise Invalid(Fault(field, "attachment-name-unfit"))
    return plain


def media_type_of(content: bytes, name: str = "") -> str | None:
    """One of those that are taken, or None. *name* only tells a mail from other text."""
    found = filetype.guess_mime(content[:_HEAD])
    if found in {"application/pdf", "image/png", "image/jpeg"}:
        return str(found)
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content)
    return _text_type(content, name)


def _office_type(content: bytes) -> str | None:
    """By what the archive holds; one with macros is none of ours, and nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if any(PurePath(name).name.lower() == "vbaproject.bin" for name in names):
        return None
    if "[Content_Types].xml" in names:
        holds = {"word/document.xml": WORD, "xl/workbook.xml": SHEET}
        return next((kind for part, kind in holds.items() if part in names), None)
    is_open_text = filetype.guess_mime(content[:_HEAD]) == OPEN_TEXT
    return OPEN_TEXT if is_open_text and "content.xml" in names else None


def _text_type(content: bytes, name: str) -> str | None:
    """Text that a browser could take for a page is none."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if _NOT_TEXT.search(text) or "\ufffd" in text or _MARKUP.match(text):
        return None
    return MAIL if name.lower().endswith(".eml") and _is_mail(content) else PLAIN


def _is_mail(content: bytes) -> bool:
    head = email.message_from_bytes(content[: 16 * _HEAD], policy=rules.compat32)
    return all(head.get(name) is not None for name in ("From", "Date"))

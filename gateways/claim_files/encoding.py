"""In which letters a file is written: UTF-8, or the Windows-1252 of older Danish systems."""

from gateways.claim_files.rows import refuse_file

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # xlsx and ods; xls
_PDF = b"%PDF"

# What Danish names, streets and texts hold beyond ASCII. Files of DOS or Macintosh letters fall
# outside it, so they are refused instead of being read as the wrong names.
_SENSIBLE = frozenset("æøåÆØÅéÉèÈüÜöÖäÄëËáÁàÀóÓíÍúÚýÝðÐþÞçÇñÑôâêîßï§½¼°´·«»“”’–—€…©®²³\u00a0")


def decode(content: bytes) -> str:
    """The text of *content*. Raises Invalid when it is no text, or its letters cannot be told."""
    if content.startswith(_UTF16):
        raise refuse_file("file-utf-16")
    if content.startswith(_SPREADSHEETS):
        raise refuse_file("file-spreadsheet")
    if content.startswith(_PDF) or b"\x00" in content:
        raise refuse_file("file-not-text")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _decode_windows(content)
    if not text.strip():
        raise refuse_file("file-empty")
    return text


def _decode_windows(content: bytes) -> str:
    """ISO-8859-1 is the same for every letter we accept."""
    try:
        text = content.decode("windows-1252")
    except UnicodeDecodeError:
        raise refuse_file("file-encoding") from None
    if any(letter not in _SENSIBLE for letter in set(text) if letter > "\x7f"):
        raise refuse_file("file-encoding")
    return text

"""What kind of file has come, by its first bytes and its name."""

from pathlib import PurePath

_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_CLAIMS = {".csv", ".json"}


def kind_of(name: str, head: bytes) -> str | None:
    """``payments``, ``betalingsservice``, ``claims``, or None for a file that nobody here reads.

    *head*: its first bytes, a few are enough.
    """
    for mark in _MARKS:
        head = head.removeprefix(mark)
    if head.replace(b"\0", b"").lstrip().startswith(b"<"):
        return "payments"
    if head.startswith(b"BS002"):
        return "betalingsservice"
    return "claims" if PurePath(name).suffix.lower() in _CLAIMS else None

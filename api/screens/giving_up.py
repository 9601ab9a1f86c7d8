"""A proposal to give a claim up, and a committee's decision, as a form tells them."""

from api.screens.typed import Reading, read_coming_day
from domain.endings.write_off import CommitteeDecision, NewWriteOff

_LONGEST_JOURNAL = 100
_LARGEST = 2**63 - 1


def read_write_off(reading: Reading) -> NewWriteOff:
    """What cannot be read has its fault; what is missing is the rules' to say."""
    return NewWriteOff(
        reading.typed.one("write-off-reason"),
        reading.read("write-off-on", read_coming_day),
        _document(reading, "write-off-document"),
        _line(reading, "write-off-journal"),
    )


def read_committee(reading: Reading) -> CommitteeDecision:
    return CommitteeDecision(
        reading.read("committee-on", read_coming_day),
        _line(reading, "committee-item"),
        _document(reading, "committee-document"),
        _line(reading, "committee-journal"),
    )


def _document(reading: Reading, name: str) -> int | None:
    told = reading.typed.one(name)
    if not told:
        return None
    if not (told.isascii() and told.isdecimal()) or int(told[:20]) > _LARGEST:
        reading.fail(name, "write-off-document-elsewhere")
        return None
    return int(told)


def _line(reading: Reading, name: str) -> str:
    told = " ".join(reading.typed.one(name).split())
    if len(told) > _LONGEST_JOURNAL:
        values = {"limit": str(_LONGEST_JOURNAL), "length": str(len(told))}
        reading.fail(name, "text-too-long", **values)
    return told

"""The references of Danish payment slips (FIK-kort 71 and 75): made, checked and found in text."""

import re

from stdnum import luhn

_CARD_71 = 15
_CARD_75 = 16
_LENGTHS = {"71": _CARD_71, "75": _CARD_75}
_LARGEST = 10 ** (_CARD_71 - 1)
_WITH_CARD = re.compile(r"(?<![0-9])(71|75)\s*[/#]\s*([0-9]{15,19})(?![0-9])")
# Groups of digits with single spaces between; not the tail of an IBAN or of a longer number.
_SPACED = re.compile(r"(?<![0-9A-Za-z])(?<![0-9] )[0-9]+(?: [0-9]+)+(?! ?[0-9])(?![A-Za-z])")
_LONGEST = 19  # as banks pad it
_ON_ITS_OWN = re.compile(r"(?<![0-9])([0-9]{15,19})(?![0-9])")


def payment_reference(number: int) -> str:
    """The 15 digits of card 71 for *number* (below 10¹⁴); the last one is the check digit."""
    assert 0 <= number < _LARGEST
    digits = f"{number:014d}"
    return digits + luhn.calc_check_digit(digits)


def is_valid_reference(text: str) -> bool:
    """15 digits (card 71) or 16 (card 75), the last of which checks the others (modulus 10)."""
    return len(text) in {_CARD_71, _CARD_75} and text.isascii() and luhn.is_valid(text)


def payment_line(reference: str, creditor_number: str) -> str:
    """The line to be typed: ``+71<000000000000018+12345678<``."""
    card = "71" if len(reference) == _CARD_71 else "75"
    return f"+{card}<{reference}+{creditor_number}<"


def find_references(text: str) -> tuple[str, ...]:
    """Every reference in *text*; banks pad with zeros and may set the card's type before.

    Where the card's type is named the bank has read a slip, and its digits are taken as they are;
    digits on their own must check.
    """
    named = [_without_padding(digits, _LENGTHS[card]) for card, digits in _WITH_CARD.findall(text)]
    rest = _WITH_CARD.sub(" ", text)
    bare = [_without_padding(digits, _CARD_71) for digits in _ON_ITS_OWN.findall(rest)]
    found = [one for one in named if one] + [one for one in bare if is_valid_reference(one)]
    return tuple(dict.fromkeys(found))


def find_spaced_references(text: str) -> set[str]:
    """What groups of digits in *text* may mean, with or without the card's type before them.

    Only what checks; where there are several, nobody knows which of them was meant.
    """
    runs = [run.replace(" ", "") for run in _SPACED.findall(" ".join(text.split()))]
    return {reference for run in runs for reference in _readings(run)}


def _readings(digits: str) -> set[str]:
    candidates = [(digits, length) for length in _LENGTHS.values()]
    if length := _LENGTHS.get(digits[:2]):
        candidates.append((digits[2:], length))
    readings = {
        _without_padding(number, length)
        for number, length in candidates
        if length <= len(number) <= _LONGEST
    }
    return {one for one in readings if is_valid_reference(one)}


def _without_padding(digits: str, length: int) -> str:
    """The last *length* digits, or one more if that is what is left without zeros; else nothing."""
    unpadded = digits.lstrip("0").rjust(length, "0")
    return unpadded if len(unpadded) <= _CARD_75 else ""

"""After which deed of its story something came from outside, where only days are written down.

Within a day the story's own hours come first, in the first minutes; what people do comes later, and
what follows from it after that. A deed that can only follow from what came says the rest: a claim
is closed because it was paid, a new question is asked because the one before was answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from domain.replaying.pasts import BEGINNING, Deed, Origin

_BEFORE_THE_END = frozenset(
    {Origin.WITHDRAWN, Origin.GIVEN_UP, Origin.MONEY, Origin.RETURNED, Origin.DISSOLVED}
)
_AFTER_ITS_OWN = frozenset({Origin.DECIDED, Origin.LETTER_LEFT})


def anchors(
    deeds: Sequence[Deed],
    news: Sequence[int | None],
    begun_on: date,
    origin: Origin,
    on: date,
    key: str = "",
    number: int = 0,
) -> tuple[tuple[str, int], ...]:
    """The deeds that came before it, with the days since each.

    *news*: of each deed, how much of the authority's news was known then, if it says so.
    """
    if origin is Origin.DECIDED and (asked := [d for d in deeds if d.key == key]):
        return ((key, (on - asked[0].on).days),)
    first = sum(deed.on < on for deed in deeds)
    of_day = [deed for deed in deeds if deed.on == on]
    place = first + _place(of_day, news[first:], origin, key, number)
    known = tuple((deed.key, (on - deed.on).days) for deed in deeds[:place])
    return ((BEGINNING, (on - begun_on).days), *known)


def _place(
    deeds: Sequence[Deed], news: Sequence[int | None], origin: Origin, key: str, number: int
) -> int:
    """How many of the day's deeds came before it."""
    if origin in _BEFORE_THE_END:
        return _until_the_end(deeds)
    if origin in _AFTER_ITS_OWN:
        return next((n for n, deed in enumerate(deeds, 1) if deed.key == key), 0)
    if origin is Origin.REOPENED:
        return next((n for n, deed in enumerate(deeds) if deed.key == key), len(deeds))
    if origin is Origin.NEWS:
        return _after_last(known is not None and known < number for known in news[: len(deeds)])
    if origin is Origin.COVERED:
        return _after_last(_reminder(deed) in range(1, number + 1) for deed in deeds)
    return 0 if origin is Origin.RELEASED else _until_the_end(deeds)


def _after_last(came_before: Iterable[bool]) -> int:
    return max((n for n, before in enumerate(came_before, 1) if before), default=0)


def _until_the_end(deeds: Sequence[Deed]) -> int:
    return next((n for n, deed in enumerate(deeds) if deed.kind == "close"), len(deeds))


def _reminder(deed: Deed) -> int:
    name, _, number = deed.key.partition("-")
    return int(number) if name == "reminder" and number.isdigit() else 0

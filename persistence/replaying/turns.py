"""In which order a story was told what came on one day: as its messages were written."""

from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Any

from domain.replaying.pasts import Origin

_NAMES = {
    "withdrawn": Origin.WITHDRAWN,
    "written_off": Origin.GIVEN_UP,
    "task_decided": Origin.DECIDED,
    "released": Origin.RELEASED,
    "letter_sent": Origin.LETTER_LEFT,
    "settled": Origin.MONEY,
    "news_arrived": Origin.NEWS,
    "instalments_covered": Origin.COVERED,
    "dissolved": Origin.DISSOLVED,
    "held": Origin.HELD,
    "reopen-claim": Origin.REOPENED,
}
_NUMBERED = {Origin.RELEASED, Origin.HELD, Origin.NEWS, Origin.COVERED}
_TOLD_AS = {Origin.WAIT_ENDED: Origin.LETTER_LEFT}
_KEYED = {Origin.DECIDED, Origin.LETTER_LEFT}


class PastTurns:
    """*told*: the messages to one story, in their order.

    What no message told of changes nothing for the story: it comes first of its day.
    """

    def __init__(self, told: Sequence[Any]) -> None:
        self._numbers: dict[tuple[Origin, str, int], deque[int]] = defaultdict(deque)
        for row in told:
            if row.name in _NAMES:
                self._numbers[_name(_NAMES[row.name], row.payload)].append(row.id)

    def of(self, origin: Origin, key: str, number: int, *, is_settled: bool) -> int:
        """Asked in the order of time; of several alike each has a turn of its own."""
        if origin is Origin.MONEY and not is_settled:
            return origin.turn
        told_as = _TOLD_AS.get(origin, origin)
        is_named = told_as in _NUMBERED, told_as in _KEYED
        name = told_as, key if is_named[1] else "", number if is_named[0] else 0
        numbers = self._numbers.get(name)
        if not numbers:
            return origin.turn
        return numbers.popleft() if len(numbers) > 1 else numbers[0]


def _name(origin: Origin, payload: dict[str, Any]) -> tuple[Origin, str, int]:
    number = payload.get("number", payload.get("covered", 0)) if origin in _NUMBERED else 0
    key = payload.get("task", payload.get("key", "")) if origin in _KEYED else ""
    return origin, key, number

"""What may be asked of stories that do not go on: the same words for the page and for programs."""

from collections.abc import Sequence

from api.cursors import read_cursor
from domain.errors import Fault, Invalid
from domain.executions.troubles import ASKED_BY_PEOPLE, REMEDIES, StoryAct, Trouble
from persistence.executions.troubles import Place


def read_trouble(text: str) -> Trouble | None:
    """None for all of them. Raises Invalid for a trouble that there is not."""
    if text and text not in set(Trouble):
        raise Invalid(Fault("trouble", "problem-not-found"))
    return Trouble(text) if text else None


def read_place(cursor: str | None) -> Place | None:
    """Where the list goes on; None: from its top. Raises Invalid."""
    if cursor is None:
        return None
    us, serial, number = read_cursor(cursor, 3)
    return us, serial, number


def batch_acts(narrow: Trouble | None) -> Sequence[StoryAct]:
    """What can be done about all stories of the list, as it is narrowed, in one go."""
    if narrow is None:
        return (StoryAct.LOOK,)
    return tuple(dict.fromkeys((StoryAct.LOOK, *REMEDIES[narrow])))


def read_batch_act(narrow: Trouble | None, text: str) -> StoryAct:
    """Raises Invalid for what does not help against the trouble."""
    if text not in set(batch_acts(narrow)):
        raise Invalid(Fault("act", "problem-not-found"))
    return StoryAct(text)


def read_act(text: str) -> StoryAct:
    """One of those that people ask for with a reason. Raises Invalid."""
    if text not in set(ASKED_BY_PEOPLE):
        raise Invalid(Fault("act", "problem-not-found"))
    return StoryAct(text)

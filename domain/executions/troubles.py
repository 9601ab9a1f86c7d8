"""What can stand in the way of a story, what a supervisor can do about it, and where it differs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.decisions import OUTCOMES_WITH_A_DAY
from domain.record import AgreementRecord, ClaimRecord, Life


class Trouble(StrEnum):
    """Why a story does not go on as it should. The worst first."""

    MISSING = "missing"  # its execution is gone though its claim lives
    FAILING = "failing"  # its code stumbles each time it is told
    RETRYING = "retrying"  # an act of it fails and is tried again
    MESSAGE = "message"  # what it should hear does not arrive
    OVERDUE = "overdue"  # something was due, and nothing happened
    GATEWAY = "gateway"  # a counterpart does not answer, and something waits for it
    STOPPED = "stopped"  # the post stands still, and a letter waits
    UNSENT = "unsent"  # something lies too long and nobody knows why


class StoryAct(StrEnum):
    """What can be done about a story. None of them repeats an act that is done."""

    LOOK = "look"  # se efter
    NUDGE = "nudge"  # bed sagen se sig om
    RETRY = "retry"  # prøv igen nu
    REBUILD = "rebuild"  # byg op af det, der er sket


class StepState(StrEnum):
    """Where what was asked for stands."""

    ASKED = "asked"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"  # the batch was stopped first


class BatchState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


ASKED_BY_PEOPLE = (StoryAct.NUDGE, StoryAct.RETRY, StoryAct.REBUILD)
"""Those that change something, and so want a reason."""

REMEDIES: dict[Trouble, tuple[StoryAct, ...]] = {
    Trouble.MISSING: (StoryAct.REBUILD,),
    Trouble.FAILING: (StoryAct.REBUILD,),
    Trouble.RETRYING: (StoryAct.RETRY, StoryAct.REBUILD),
    Trouble.MESSAGE: (StoryAct.LOOK, StoryAct.REBUILD),
    Trouble.OVERDUE: (StoryAct.NUDGE, StoryAct.REBUILD),
    Trouble.GATEWAY: (StoryAct.RETRY,),
    Trouble.STOPPED: (),
    Trouble.UNSENT: (StoryAct.RETRY,),
}
"""What helps, the gentlest first."""

_STUMBLES = 2
"""So many tellings in vain, one after another, are no worker's restart any more."""
AT_ONCE = 1000
"""How many stories one batch holds at most."""


@dataclass(frozen=True, slots=True)
class Difference:
    """*told* is what the story remembers, *known* what the tables say; keys and days, no names."""

    field: str
    told: tuple[str, ...]
    known: tuple[str, ...]


def differences(told: Life, known: Life) -> list[Difference]:
    """Where a story would do again, or leave undone, what the tables know better."""
    mine, ours = _memory(told), _memory(known)
    return [
        Difference(name, _only(mine[name], ours[name]), _only(ours[name], mine[name]))
        for name in mine
        if mine[name] != ours[name]
    ]


def _only(these: frozenset[str], those: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(these - those))


def _memory(life: Life) -> dict[str, frozenset[str]]:
    """Waits until a named day stand in the answers already, which both sides have."""
    waits = tuple(f"{outcome}-" for outcome in OUTCOMES_WITH_A_DAY)
    memory = {
        "acts": frozenset(key for key in life.acts if not key.startswith(waits)),
        "holds": frozenset(str(number) for number in life.holds),
    }
    match life:
        case ClaimRecord():
            return memory | _memory_of_claim(life)
        case AgreementRecord():
            return memory | {"covered": frozenset({str(life.covered)})}
        case _:
            return memory


def _memory_of_claim(record: ClaimRecord) -> dict[str, frozenset[str]]:
    # A claim that came along in another's agreement hears how it ended, and waits for its hold.
    agreed = {answer.agreement for answer in record.answers.values()}
    answers = (f"{key}: {answer.outcome}" for key, answer in record.answers.items())
    return {
        "answers": frozenset(answers),
        "agreements": frozenset(
            f"{a}: {how}" for a, how in record.agreements.items() if a in agreed
        ),
        "news": frozenset(f"{number}: {kind}" for number, kind in record.news.items()),
        "rounds": frozenset({str(record.rounds)}),
        "marks": frozenset(_marks(record)),
    }


def _marks(record: ClaimRecord) -> Iterator[str]:
    marks = {
        "with-collector": record.is_with_collector,
        "settled": record.is_settled,
        "withdrawn": record.is_withdrawn,
        "written-off": record.is_written_off,
    }
    return (name for name, is_so in marks.items() if is_so)


@dataclass(frozen=True, slots=True)
class PendingAct:
    """An activity that has not come to an end. *failure* is the kind of the last one, no words."""

    name: str
    attempts: int
    failure: str | None
    next_at: str | None


def trouble_seen(
    *, is_running: bool, failed_tellings: int, pending: Sequence[PendingAct]
) -> Trouble | None:
    """What a look at an execution tells of the living story it should be."""
    if not is_running:
        return Trouble.MISSING
    if failed_tellings >= _STUMBLES:
        return Trouble.FAILING
    if any(act.attempts > 1 for act in pending):
        return Trouble.RETRYING
    return None

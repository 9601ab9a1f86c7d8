"""The way of a claim by the policy it was registered under: done, here, and still to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from domain.claim import Stage
from domain.explanation import Explanation, Phrase, Term
from domain.record import News
from domain.situation import Situation, awaited_letter

DIALOGUE, AGREEMENT, ASSESSMENT, COLLECTION, END = (
    "dialogue", "agreement", "assessment", "collection", "end",
)  # fmt: skip
_LATER = (DIALOGUE, AGREEMENT, ASSESSMENT, COLLECTION)
_PLACE_OF_STAGE = {
    Stage.DIALOGUE: DIALOGUE,
    Stage.AGREEMENT: AGREEMENT,
    Stage.ASSESSMENT: ASSESSMENT,
    Stage.WRITE_OFF: ASSESSMENT,
    Stage.TRANSFER_NOTICE: COLLECTION,
    Stage.TRANSFER: COLLECTION,
    Stage.RECOVERY: COLLECTION,
    Stage.ENFORCEMENT: COLLECTION,
    Stage.ENDED: END,
}
State = Literal["done", "now", "wrong", "next"]


@dataclass(frozen=True, slots=True)
class Step:
    """A place on the way. *hint* says when: a day, a deadline, or why it stands still."""

    place: str
    text: Phrase
    state: State
    hint: Phrase | None = None


def way(
    situation: Situation, explanation: Explanation, happened: Mapping[str, date]
) -> tuple[Step, ...]:
    """*happened*: the day on which each place, by its name, was last reached.

    What was passed over is left out; of an ended claim all that never came.
    """
    letters = tuple(letter.value for letter in situation.letters)
    places, here = (*letters, *_LATER, END), _here(situation, letters, happened)
    at = places.index(here)
    steps = [_done(place, happened[place]) for place in places[:at] if place in happened]
    steps.append(_now(situation, here))
    if not situation.ending:
        following = [place for place in places[at + 1 :] if place not in _never_after(here)]
        days = [_day_of_next(explanation), *(None for _ in following)]
        steps += [_next(place, day) for place, day in zip(following, days, strict=False)]
    return tuple(steps)


def _never_after(here: str) -> set[str]:
    """A kept agreement ends the claim; where it is collected is known once it is decided."""
    return {COLLECTION, ASSESSMENT} if here == AGREEMENT else {COLLECTION}


def _here(situation: Situation, letters: tuple[str, ...], happened: Mapping[str, date]) -> str:
    if situation.ending:
        return END
    if situation.agreement:
        return AGREEMENT
    if place := _PLACE_OF_STAGE.get(situation.stage):
        return place
    awaited = awaited_letter(situation.waiting_for)
    if awaited and awaited.value in letters:
        return awaited.value
    sent = [letter for letter in letters if letter in happened]
    return sent[-1] if sent else letters[0] if letters else DIALOGUE


def _name(place: str) -> Phrase:
    return Phrase(f"way-{place}" if place in {*_LATER, END} else f"word-letter-{place}")


def _done(place: str, on: date) -> Step:
    return Step(place, _name(place), "done", Phrase("way-on", {"day": on}))


def _now(situation: Situation, place: str) -> Step:
    if situation.ending:
        text = Phrase("way-ended", {"ending": Term(f"word-ending-{situation.ending}")})
        day = situation.ended_on or situation.on
        return Step(place, text, "done", Phrase("way-on", {"day": day}))
    return Step(place, _name(place), "wrong" if _is_wrong(situation) else "now", _when(situation))


def _is_wrong(situation: Situation) -> bool:
    """Something stands in the way that nobody wants: a lost letter, our delay, a refusal."""
    letter, task, plan = situation.letter, situation.task, situation.agreement
    return bool(
        (letter and letter.state == "undelivered")
        or (task and not task.outcome and task.due_on < situation.on)
        or (plan and plan.due_on < situation.on)
        or (situation.recovery and situation.recovery.notice == News.REJECTED)
    )


def _when(situation: Situation) -> Phrase | None:
    if situation.holds and not situation.agreement:
        return Phrase("way-held", {"day": min(hold.since for hold in situation.holds)})
    if situation.agreement:
        return Phrase("way-deadline", {"day": situation.agreement.due_on})
    if situation.task and not situation.task.outcome:
        return Phrase("way-our-deadline", {"day": situation.task.due_on})
    if situation.letter:
        return Phrase("way-deadline", {"day": situation.letter.deadline})
    return None


def _day_of_next(explanation: Explanation) -> date | None:
    """Only a letter and a dialogue come by themselves."""
    comes_by_itself = explanation.next.code in {"next-letter", "next-dialogue"}
    return explanation.next_on if comes_by_itself else None


def _next(place: str, day: date | None) -> Step:
    return Step(place, _name(place), "next", Phrase("way-on", {"day": day}) if day else None)

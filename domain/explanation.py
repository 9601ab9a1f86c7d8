"""Where a claim stands, why, what comes next and when: as codes with values, in no language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from domain.claim import HoldReason, Stage
from domain.deadlines import dispatch_day
from domain.decisions import Outcome
from domain.distraints.distraint import stays_taken
from domain.letters import Letter
from domain.money import Money
from domain.record import News
from domain.situation import HoldFact, RecoveryFact, Situation, TaskFact

_AFTER_NOTICE = {
    Letter.TRANSFER_NOTICE: "next-transfer",
    Letter.DISTRAINT_NOTICE: "next-distraint",
}


@dataclass(frozen=True, slots=True)
class Term:
    """A word each language has its own name for, by its code: ``word-letter-demand``."""

    code: str


Value = str | int | date | Money | Term


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence of the catalogue with what fills its placeholders."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """*next_on* is the day on which something happens by itself; None when a person must act."""

    stands: Phrase
    why: tuple[Phrase, ...]
    next: Phrase
    next_on: date | None = None


def explain(situation: Situation) -> Explanation:
    """The same order of precedence as the story's: over, at rest, agreed, asked, written."""
    return (
        _ended(situation)
        or _nearly_over(situation)
        or _held(situation)
        or _agreed(situation)
        or _asked(situation)
        or _recovered(situation)
        or _written(situation)
        or _begun(situation)
    )


def stage_phrase(stage: Stage) -> Phrase:
    return Phrase(f"stands-{stage}")


def _real_holds(situation: Situation) -> tuple[HoldFact, ...]:
    """A claim that came along in an agreement is explained by the agreement."""
    if not situation.agreement:
        return situation.holds
    return tuple(hold for hold in situation.holds if hold.reason is not HoldReason.AGREEMENT)


def _ended(situation: Situation) -> Explanation | None:
    if not situation.ending:
        return None
    day = situation.ended_on or situation.on
    return Explanation(
        Phrase(f"stands-ended-{situation.ending}", {"day": day}),
        (Phrase(f"why-ended-{situation.ending}"),),
        Phrase("next-nothing"),
    )


def _nearly_over(situation: Situation) -> Explanation | None:
    """Known to be over, though the story has not closed it yet."""
    if situation.stage.is_with_the_collector:
        if not situation.is_withdrawn:
            return None
        return Explanation(
            stage_phrase(situation.stage), (Phrase("why-withdrawn"),), Phrase("next-recall")
        )
    if situation.is_withdrawn:
        why = Phrase("why-withdrawn")
    elif situation.balance <= situation.tolerance:
        why = Phrase("why-settled", {"balance": situation.balance})
    else:
        return None
    return Explanation(stage_phrase(situation.stage), (why,), Phrase("next-close"), situation.on)


def _held(situation: Situation) -> Explanation | None:
    holds = _real_holds(situation)
    if not holds:
        return None
    ends = [hold.until for hold in holds if hold.until]
    is_open_ended = len(ends) < len(holds)
    resumes = None if is_open_ended else max(ends) + timedelta(days=1)
    why = tuple(_hold_phrase(hold) for hold in holds)
    step = Phrase("next-resumes", {"day": resumes}) if resumes else Phrase("next-release")
    return Explanation(stage_phrase(situation.stage), why, step, resumes)


def _hold_phrase(hold: HoldFact) -> Phrase:
    values: dict[str, Value] = {
        "reason": Term(f"word-hold-{hold.reason}"),
        "since": hold.since,
    }
    if hold.until:
        return Phrase("why-held-until", values | {"until": hold.until})
    return Phrase("why-held", values)


def _agreed(situation: Situation) -> Explanation | None:
    agreement = situation.agreement
    if not agreement:
        return None
    why: dict[str, Value] = {
        "agreement": agreement.id,
        "number": agreement.number,
        "instalments": agreement.instalments,
    }
    step: dict[str, Value] = {"amount": agreement.missing, "day": agreement.due_on}
    code = "next-instalment-late" if agreement.due_on < situation.on else "next-instalment"
    return Explanation(
        stage_phrase(Stage.AGREEMENT),
        (Phrase("why-agreement", why),),
        Phrase(code, step),
        agreement.due_on,
    )


def _asked(situation: Situation) -> Explanation | None:
    task = situation.task
    if not task:
        return None
    if task.outcome:
        return _answered(situation, task, task.outcome)
    name = Term(f"word-task-{task.kind}")
    why = [Phrase("why-asked", {"task": name, "opened": task.opened_on, "due": task.due_on})]
    if rejection := _rejection(situation):
        why.insert(0, rejection)
    if task.taken_by:
        why.append(Phrase("why-taken", {"person": task.taken_by}))
    if task.due_on < situation.on:
        why.append(Phrase("why-overdue", {"due": task.due_on}))
    return Explanation(stage_phrase(situation.stage), tuple(why), Phrase(f"next-task-{task.kind}"))


def _answered(situation: Situation, task: TaskFact, outcome: Outcome) -> Explanation:
    """Its time runs, if it names a day; otherwise the next step is a matter of seconds."""
    stands = stage_phrase(situation.stage)
    answer: dict[str, Value] = {
        "task": Term(f"word-task-{task.kind}"),
        "outcome": Term(f"word-outcome-{outcome}"),
    }
    if not task.look_again_on:
        why = Phrase("why-answered", answer)
        return Explanation(stands, (why,), Phrase("next-at-once"), situation.on)
    why = Phrase("why-answered-until", answer | {"until": task.look_again_on})
    day = task.look_again_on + timedelta(days=1)
    code = "next-after-distraint" if stays_taken(task.kind, outcome) else "next-dialogue"
    return Explanation(stands, (why,), Phrase(code, {"day": day}), day)


def _recovered(situation: Situation) -> Explanation | None:
    stage = situation.stage
    if stage.is_with_the_collector:
        why, step = _last_word(situation.recovery), Phrase(f"next-from-{stage}")
        return Explanation(stage_phrase(stage), (why,), step)
    if rejection := _rejection(situation):
        return Explanation(stage_phrase(stage), (rejection,), Phrase("next-at-once"), situation.on)
    return None


def _rejection(situation: Situation) -> Phrase | None:
    """What the authority has rejected is ours again, and a person weighs what to do with it."""
    recovery = situation.recovery
    if situation.stage is Stage.ASSESSMENT and recovery and recovery.notice == News.REJECTED:
        return _last_word(recovery)
    return None


def _last_word(recovery: RecoveryFact | None) -> Phrase:
    if not recovery:
        return Phrase("why-with-the-collector")
    if recovery.notice and recovery.noticed_on:
        word = Term(f"word-notice-{recovery.notice}")
        return Phrase("why-notice", {"notice": word, "day": recovery.noticed_on})
    word = Term(f"word-action-{recovery.action}")
    return Phrase(f"why-action-{recovery.state}", {"action": word, "day": recovery.on})


def _written(situation: Situation) -> Explanation | None:
    letter = situation.letter
    if not letter:
        return None
    values: dict[str, Value] = {
        "letter": Term(f"word-letter-{letter.letter}"),
        "planned": letter.planned_on,
        "sent": letter.dispatched_on or letter.planned_on,
        "deadline": letter.deadline,
    }
    why = Phrase(f"why-letter-{letter.state}", values)
    if letter.state == "undelivered":
        return Explanation(stage_phrase(situation.stage), (why,), Phrase("next-address"))
    step, day = _after_letter(situation, letter.letter, letter.deadline + timedelta(days=1))
    return Explanation(stage_phrase(situation.stage), (why,), step, day)


def _after_letter(situation: Situation, letter: Letter, day: date) -> tuple[Phrase, date]:
    """What follows when the letter's time is out on the morning of *day*."""
    if letter in situation.letters:
        later = situation.letters[situation.letters.index(letter) + 1 :]
        if later:
            return _next_letter(later[0], day)
    return Phrase(_AFTER_NOTICE.get(letter, "next-dialogue"), {"day": day}), day


def _begun(situation: Situation) -> Explanation:
    """No letter of ours yet: newly registered, or demanded by another system."""
    if situation.waiting_for and situation.next_on:
        why = Phrase("why-demanded-elsewhere", {"deadline": situation.next_on})
        step, day = _after_letter(situation, Letter.DEMAND, situation.next_on + timedelta(days=1))
        return Explanation(stage_phrase(situation.stage), (why,), step, day)
    why = Phrase("why-registered", {"day": situation.registered_on})
    if not situation.letters:
        return Explanation(stage_phrase(situation.stage), (why,), Phrase("next-at-once"))
    return Explanation(
        stage_phrase(situation.stage), (why,), *_next_letter(situation.letters[0], situation.on)
    )


def _next_letter(letter: Letter, day: date) -> tuple[Phrase, date]:
    leaves = dispatch_day(day)
    return Phrase("next-letter", {"letter": Term(f"word-letter-{letter}"), "day": leaves}), leaves

"""What every story hears alike, and how a claim's story says that it acts, asks and waits."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Generic, TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.calendar import TownClock
    from domain.decisions import Answer, Outcome, TaskKind
    from domain.letters import Letter
    from domain.record import ClaimRecord, Life, Verdict
    from workflows.messages import (
        AgreementEnded,
        HoldPlaced,
        HoldReleased,
        LetterSent,
        NewsArrived,
        TaskDecided,
    )
    from workflows.steps import ClaimSteps
    from workflows.waiting import Pace, TemporalPace, wait


_Record = TypeVar("_Record", bound=Life)


class Story(Generic[_Record]):
    """The signals that any story may be told, whatever it is about."""

    record: _Record
    pace: Pace

    @workflow.signal
    def letter_sent(self, message: LetterSent) -> None:
        self.record.acts[message.key] = message.deadline

    @workflow.signal
    def held(self, message: HoldPlaced) -> None:
        self.record.hold(message.number, message.hold)

    @workflow.signal
    def released(self, message: HoldReleased) -> None:
        self.record.release(message.number, message.on)

    @workflow.signal
    def clock_set(self, clock: TownClock) -> None:
        self.record.clock = clock

    @workflow.signal
    def nudged(self) -> None:
        """Look again: whether to turn the page, and whether the time is out."""
        self.record.nudges += 1


class ClaimStory(Story[ClaimRecord]):
    """The words in which the chapters of a claim's life are told."""

    def __init__(self, record: ClaimRecord) -> None:
        self.record = record
        self.pace: Pace = TemporalPace()
        self.steps = ClaimSteps(record, self.pace)

    async def write(self, letter: Letter, key: str, after: str | None = None) -> None:
        await self.do(key, partial(self.steps.write, letter, key, after), after)

    async def decision_on(
        self, kind: TaskKind, number: int | str | None = None, after: str | None = None
    ) -> Answer:
        """Only a person moves a claim past a task: silence of ours never escalates it."""
        key = self.in_this_round(kind, number)
        await self.do(key, partial(self.steps.ask, kind, key, after), after)
        await wait(self.record, self.pace, key, lambda: key in self.record.answers)
        return self.record.answers[key]

    async def wait_until(self, answer: Answer, number: int | str | None = None) -> None:
        """Give the debtor until the day the answer names."""
        key = self.in_this_round(answer.outcome, number)
        self.record.acts.setdefault(key, answer.on)
        await wait(self.record, self.pace, key)

    async def do(
        self,
        key: str,
        act: Callable[[], Awaitable[Verdict]],
        after: str | None = None,
        *,
        may_give_up: bool = False,
    ) -> bool:
        """Act, once, when the time that the act *after* gave is out; whether it was done.

        What the database knew and we did not is heeded before we try again; a refusal becomes a
        question to a person, who may let it be where there is another way (*may_give_up*).
        """
        while key not in self.record.acts:
            await wait(self.record, self.pace, after, lambda: after is None and self.may_act)
            verdict = await act()
            self.record.learn(key, verdict)
            if verdict.refused:
                answer = await self.decision_on(
                    TaskKind.EXCEPTION, f"refusal{self.record.refusals}"
                )
                self.record.refusals += 1
                if may_give_up and answer.outcome is Outcome.GIVE_UP:
                    return False
        return True

    @property
    def may_act(self) -> bool:
        return self.record.held_since is None

    def in_this_round(self, name: str, number: int | str | None = None) -> str:
        return "-".join(
            str(part) for part in (name, self.record.rounds, number) if part is not None
        )

    @workflow.signal
    def task_decided(self, message: TaskDecided) -> None:
        self.record.answers.setdefault(message.task, message.answer)  # the first answer counts

    @workflow.signal
    def settled(self) -> None:
        self.record.is_settled = True

    @workflow.signal
    def withdrawn(self) -> None:
        self.record.is_withdrawn = True

    @workflow.signal
    def written_off(self) -> None:
        self.record.is_written_off = True

    @workflow.signal
    def agreement_ended(self, message: AgreementEnded) -> None:
        self.record.agreements[message.agreement] = message.outcome

    @workflow.signal
    def news_arrived(self, message: NewsArrived) -> None:
        self.record.news.setdefault(message.number, message.kind)

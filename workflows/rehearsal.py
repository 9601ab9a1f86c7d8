"""The same stories on a clock and in a world that are only imagined: what would happen, and when.

There is no second copy of the rules: the workflow classes themselves are run, with a pace whose
time jumps from one moment that matters to the next, and with steps that only write down what
would have been done. Money plays no part: what counts is when a claim is settled.
"""

from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any

from domain.deadlines import deadline_after, dispatch_day, letter_deadline
from domain.orders import Close, CloseAgreement, Order, WriteLetter
from domain.policy import Policy
from domain.record import AgreementRecord, ClaimRecord, Life, Verdict
from workflows.agreement import AgreementWorkflow
from workflows.claim import ClaimWorkflow
from workflows.messages import AgreementEnded
from workflows.steps import AgreementSteps, ClaimSteps


@dataclass(frozen=True, slots=True)
class ClaimTerms:
    """What the length of a claim's deadlines depends on."""

    claim_type: str
    registered_on: date
    last_timely_payment_date: date


@dataclass(frozen=True, slots=True)
class RehearsedAct:
    """An act that would be done, in answer to which act before it and until when it gives time."""

    on: date
    subject: str
    key: str
    order: Order
    deadline: date | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that comes from outside the stories at a moment of the town's time.

    *about*: the stories it may wake; None: any. What comes at the same moment happens by *turn*.
    """

    at: datetime
    happen: Callable[["Rehearsal"], None]
    about: tuple[str, ...] | None = None
    turn: int = 0


@dataclass(slots=True)
class _Sleep:
    """What a sleeping story waits for."""

    subject: str
    until: Callable[[], bool]
    wake_at: datetime | None

    def __await__(self) -> Generator["_Sleep", None, None]:
        yield self


class _RehearsedPace:
    def __init__(self, rehearsal: "Rehearsal") -> None:
        self._rehearsal = rehearsal

    def now(self, life: Life) -> datetime:
        return self._rehearsal.now

    async def sleep(
        self, life: Life, until: Callable[[], bool], left: timedelta | None, why: str
    ) -> None:
        wake_at = None if left is None else self._rehearsal.now + left
        await _Sleep(life.id, until, wake_at)

    def turn_the_page(self, life: Life) -> None:
        """An imagined history never grows long."""


class _RehearsedClaimSteps(ClaimSteps):
    rehearsal: "Rehearsal"

    async def perform(self, act: Callable[[Any, Any], Awaitable[Verdict]], order: Order) -> Verdict:
        return self.rehearsal.perform(order)


class _RehearsedAgreementSteps(AgreementSteps):
    rehearsal: "Rehearsal"

    async def perform(self, act: Callable[[Any, Any], Awaitable[Verdict]], order: Order) -> Verdict:
        return self.rehearsal.perform(order)


class Rehearsal:
    """A town of imagined stories. *respond* says what each act calls forth from outside."""

    def __init__(
        self,
        policy: Policy,
        start: datetime,
        respond: Callable[["Rehearsal", RehearsedAct], Iterable[Event]] = lambda *_: (),
    ) -> None:
        self.policy, self.now, self._respond = policy, start, respond
        self.acts: list[RehearsedAct] = []
        self.claims: dict[str, ClaimWorkflow] = {}
        self.agreements: dict[str, AgreementWorkflow] = {}
        self._terms: dict[str, ClaimTerms] = {}
        self._catch_up_days: dict[str, int] = {}
        self._covers: dict[str, tuple[str, ...]] = {}
        self._numbers = count()
        self._events: list[tuple[datetime, int, int, Event]] = []
        self._alarms: list[tuple[datetime, int, _Sleep]] = []
        self._asleep: dict[str, tuple[Coroutine[Any, Any, Any], _Sleep]] = {}
        self._stirred: dict[str, None] = {}

    def add_claim(self, record: ClaimRecord, terms: ClaimTerms) -> ClaimWorkflow:
        self._terms[record.id] = terms
        story = self._tell_claim(record)
        self._go_on(story.run(record))
        return story

    def add_agreement(
        self, record: AgreementRecord, claims: tuple[str, ...], catch_up_days: int
    ) -> AgreementWorkflow:
        self._covers[record.id], self._catch_up_days[record.id] = claims, catch_up_days
        story = self._tell_agreement(record)
        self._go_on(story.run(record))
        return story

    def _tell_claim(self, record: ClaimRecord) -> ClaimWorkflow:
        story = self.claims[record.id] = ClaimWorkflow(record)
        story.pace = self._pace()
        steps = _RehearsedClaimSteps(record, story.pace)
        steps.rehearsal, story.steps = self, steps
        return story

    def _tell_agreement(self, record: AgreementRecord) -> AgreementWorkflow:
        story = self.agreements[record.id] = AgreementWorkflow(record)
        story.pace = self._pace()
        steps = _RehearsedAgreementSteps(record, story.pace)
        steps.rehearsal, story.steps = self, steps
        return story

    def _pace(self) -> "_RehearsedPace":
        return _RehearsedPace(self)

    def expect(self, event: Event) -> None:
        heappush(self._events, (event.at, event.turn, next(self._numbers), event))

    def play(self, until: datetime) -> list[RehearsedAct]:
        """Let the town live to the moment *until*; returns all acts, in the order of time.

        What comes from outside at the moment at which somebody's time is out comes first.
        """
        while True:
            self._wake_the_stirred()
            moment = self._next_moment()
            if moment is None or moment > until:
                return self.acts
            self.now = max(self.now, moment)
            if self._events and self._events[0][0] <= self.now:
                self._let_happen(heappop(self._events)[-1])
            else:
                self._ring()

    def perform(self, order: Order) -> Verdict:
        """Write down what would be done, and answer as the real act would."""
        deadline = self._deadline(order) if isinstance(order, WriteLetter) else None
        act = RehearsedAct(order.on, order.subject, order.key, order, deadline)
        self.acts.append(act)
        if isinstance(order, CloseAgreement):
            self._end_agreement(order)
        if not isinstance(order, Close):
            for event in self._respond(self, act):
                self.expect(event)
        return Verdict(deadline=deadline)

    def _deadline(self, order: WriteLetter) -> date:
        planned = dispatch_day(order.on)
        if order.subject in self._catch_up_days:
            return deadline_after(planned, self._catch_up_days[order.subject])
        terms = self._terms[order.subject]
        step = self.policy.letter_step(terms.claim_type, order.letter, terms.registered_on)
        due = terms.last_timely_payment_date
        return letter_deadline(order.letter, planned, step.days, due)

    def _end_agreement(self, order: CloseAgreement) -> None:
        ended = AgreementEnded(order.subject, order.outcome)
        for claim_id in self._covers[order.subject]:
            if claim_id in self.claims:
                self.claims[claim_id].agreement_ended(ended)
                self.stir(claim_id)

    def stir(self, subject: str) -> None:
        """The story has been told something: it may have what it waits for."""
        self._stirred[subject] = None

    def _go_on(self, story: Coroutine[Any, Any, Any]) -> None:
        """Run the story up to where it sleeps next, or to its end."""
        try:
            sleep = story.send(None)
        except StopIteration:
            return
        self._asleep[sleep.subject] = (story, sleep)
        self.stir(sleep.subject)
        if sleep.wake_at:
            heappush(self._alarms, (sleep.wake_at, next(self._numbers), sleep))

    def _wake_the_stirred(self) -> None:
        while self._stirred:
            subject = next(iter(self._stirred))
            del self._stirred[subject]
            if subject in self._asleep and self._asleep[subject][1].until():
                self._go_on(self._asleep.pop(subject)[0])

    def _next_moment(self) -> datetime | None:
        while self._alarms and not self._is_asleep(self._alarms[0][-1]):
            heappop(self._alarms)
        moments = [queue[0][0] for queue in (self._events, self._alarms) if queue]
        return min(moments, default=None)

    def _is_asleep(self, sleep: _Sleep) -> bool:
        return sleep.subject in self._asleep and self._asleep[sleep.subject][1] is sleep

    def _let_happen(self, event: Event) -> None:
        event.happen(self)
        for subject in self._asleep if event.about is None else event.about:
            self.stir(subject)

    def _ring(self) -> None:
        """Somebody's time is out."""
        sleep = heappop(self._alarms)[-1]
        self._go_on(self._asleep.pop(sleep.subject)[0])

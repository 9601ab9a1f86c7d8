"""A random life rehearsed: the world's moves are drawn as the imagined acts call for them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.calendar import add_months, start_of, today, working_day_from
from domain.deadlines import grace_day
from domain.decisions import OUTCOMES_WITH_A_DAY, Answer, Outcome
from domain.policy import Policy
from domain.record import AgreementRecord, ClaimRecord, Hold, News
from tests.stories.script import NOON, Move, Script
from workflows.claim import ClaimWorkflow
from workflows.messages import (
    HoldPlaced,
    InstalmentsCovered,
    NewsArrived,
    TaskDecided,
)
from workflows.rehearsal import ClaimTerms, Event, Rehearsal, RehearsedAct

MONTHS = 2


@dataclass(frozen=True)
class Happening:
    """A move of the world at a moment, and the act or instalment it belongs to."""

    at: datetime
    move: Move
    key: str = ""
    number: int = 0


class ImaginedLife:
    """One claim's random life in a rehearsal; *happenings* is what the world did in it."""

    def __init__(
        self,
        policy: Policy,
        record: ClaimRecord,
        terms: ClaimTerms,
        start: datetime,
        seed: int,
        rehearsal: type[Rehearsal] = Rehearsal,
        *,
        is_ours: bool = False,
    ) -> None:
        self.script, self.policy = Script(seed, is_ours=is_ours), policy
        self.happenings: list[Happening] = []
        self.ended = False
        self.news = 0
        self.agreements = 0
        self.holds = 0
        self.rehearsal = rehearsal(policy, start, self.respond)
        self.rehearsal.add_claim(record, terms)
        self.claim_id = record.id

    def live(self, until: datetime) -> list[RehearsedAct]:
        return self.rehearsal.play(until)

    def respond(self, _: Rehearsal, act: RehearsedAct) -> Iterator[Event]:
        kind = "agreement" if act.subject.startswith("A-") else "claim"
        move = self.script.answer_to(kind, act.key)
        if move:
            yield self.event(act.on, move, act.key)

    def event(self, day: date, move: Move, key: str = "", number: int = 0) -> Event:
        at = start_of(day + timedelta(days=move.days)) + NOON
        return Event(at, lambda _: self.happen(Happening(at, move, key, number)))

    def happen(self, happening: Happening) -> None:
        if self.is_over:
            return
        self.happenings.append(happening)
        on = today(happening.at)
        getattr(self, f"_{happening.move.verb}")(happening, on)

    @property
    def claim(self) -> ClaimWorkflow:
        return self.rehearsal.claims[self.claim_id]

    @property
    def is_over(self) -> bool:
        return any(
            act.key == "close" and act.subject == self.claim_id for act in self.rehearsal.acts
        )

    def _decide(self, happening: Happening, on: date) -> None:
        move = happening.move
        agreement = self._agree(on) if move.outcome is Outcome.AGREEMENT else None
        day = on + timedelta(days=move.look_again_days) if _has_day(move.outcome) else None
        answer = Answer(move.outcome, day, agreement)
        self.claim.task_decided(TaskDecided(happening.key, answer))

    def _agree(self, on: date) -> str:
        self.agreements += 1
        agreement = f"A-{self.agreements:06d}"
        rule = self.policy.claim_type("parking-fee").agreement.on(on)
        first = on + timedelta(days=30)
        dues = [working_day_from(add_months(first, n)) for n in range(MONTHS)]
        record = AgreementRecord(
            agreement, grace_until=tuple(grace_day(due, rule.grace_days) for due in dues)
        )
        self.rehearsal.add_agreement(record, (self.claim_id,), rule.catch_up_days)
        rng = random.Random(f"{self.script.seed}-{agreement}")
        for number, due in enumerate(dues, start=1):
            if rng.random() < 0.25:
                break
            self.rehearsal.expect(
                self.event(due, Move(-1, "instalment", more=agreement), number=number)
            )
        return agreement

    def _instalment(self, happening: Happening, on: date) -> None:
        story = self.rehearsal.agreements[happening.move.more]
        if happening.number == MONTHS:
            self.claim.settled()
        story.instalments_covered(InstalmentsCovered(happening.number))

    def _pay(self, happening: Happening, on: date) -> None:
        self.claim.settled()

    def _withdraw(self, happening: Happening, on: date) -> None:
        if self.claim.record.is_with_collector:
            self.rehearsal.expect(self.event(on, Move(3, "news", more="recalled")))
        self.claim.withdrawn()

    def _hold(self, happening: Happening, on: date) -> None:
        self.holds += 1
        until = on + timedelta(days=happening.move.look_again_days)
        self.claim.held(HoldPlaced(self.holds, Hold(on, until)))

    def _news(self, happening: Happening, on: date) -> None:
        self.news += 1
        kind = happening.move.more
        follow_up = self.script.after_news(self.news, kind)
        if follow_up:
            self.rehearsal.expect(self.event(on, follow_up))
        self.claim.news_arrived(NewsArrived(self.news, News(kind)))


def _has_day(outcome: Outcome | None) -> bool:
    return outcome in OUTCOMES_WITH_A_DAY

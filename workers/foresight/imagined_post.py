"""The post of a rehearsal: letters to one debtor leave as one, and give the longest of their times.

So claims of one debtor move each other; and what leaves late, or to nobody, moves its own story.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from domain.calendar import start_of
from domain.deadlines import dispatch_day, letter_deadline
from domain.foresight.foreseen import Foreseen
from domain.letters import Letter
from domain.merging import Waiting, merge
from domain.orders import WriteLetter
from domain.policy import Policy
from workflows.rehearsal import ClaimTerms, Event, Rehearsal, RehearsedAct

_HOUR = timedelta(hours=9)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One debtor's copy of a letter, with the last day of the time it gives if it leaves alone.

    *is_late*: it leaves after the day for which it was asked.
    """

    subject: str
    key: str
    debtor_id: int
    letter: Letter
    deadline: date
    is_late: bool
    is_of_claim: bool = True


@dataclass(slots=True)
class ImaginedPost:
    """*first*: the first day on which anything leaves; *owing*: by claim, who owes it.

    *unreached*: those whom no letter reaches.
    """

    policy: Policy
    first: date
    terms: Mapping[str, ClaimTerms]
    owing: Mapping[str, Sequence[int]]
    unreached: Collection[int]
    _leaving: dict[date, list[Envelope]] = field(default_factory=lambda: defaultdict(list))

    def lies_in_tray(self, rows: Iterable[Foreseen]) -> Iterator[Event]:
        """*rows*: those of the tray's letters that leave, each on its day."""
        for row in rows:
            assert row.deadline, "a letter gives time"
            planned = row.planned_on or row.day
            yield from self._lay(
                row.day,
                Envelope(
                    row.subject, row.key, row.debtor_id or 0, row.letter, row.deadline,
                    row.day > planned, row.subject == row.claim_id,
                ),
            )  # fmt: skip

    def respond(self, _: Rehearsal, act: RehearsedAct) -> Iterator[Event]:
        """A letter that a story asks for leaves on its day."""
        order = act.order
        if not isinstance(order, WriteLetter) or order.subject not in self.terms:
            return
        assert act.deadline, "a letter gives time"
        planned = dispatch_day(act.on)
        day = max(planned, self.first)
        deadline = self._deadline(order, day) if day > planned else act.deadline
        for debtor in self.owing.get(order.subject, ()):
            envelope = Envelope(
                order.subject, order.key, debtor, order.letter, deadline, day > planned
            )
            yield from self._lay(day, envelope)

    def _deadline(self, order: WriteLetter, day: date) -> date:
        terms = self.terms[order.subject]
        step = self.policy.letter_step(terms.claim_type, order.letter, terms.registered_on)
        return letter_deadline(order.letter, day, step.days, terms.last_timely_payment_date)

    def _lay(self, day: date, envelope: Envelope) -> Iterator[Event]:
        is_first = not self._leaving[day]
        self._leaving[day].append(envelope)
        if is_first:
            yield Event(start_of(day) + _HOUR, lambda rehearsal: self._leave(rehearsal, day))

    def _leave(self, rehearsal: Rehearsal, day: date) -> None:
        leaving = self._leaving.pop(day)
        for (subject, key), deadline in self._moved(leaving, day).items():
            story = rehearsal.claims.get(subject) or rehearsal.agreements.get(subject)
            if story and key in story.record.acts:
                story.record.acts[key] = deadline

    def _moved(self, leaving: Sequence[Envelope], day: date) -> dict[tuple[str, str], date | None]:
        """By act: until when it gives time now; None where a person must find the debtor first."""
        given: dict[tuple[str, str], date | None] = {}
        for one, deadline in self._sent(leaving, day):
            act = one.subject, one.key
            known = given.get(act, date.min)
            given[act] = None if known is None or deadline is None else max(known, deadline)
        own = {(one.subject, one.key): one for one in leaving}
        return {
            act: deadline
            for act, deadline in given.items()
            if own[act].is_late or deadline != own[act].deadline
        }

    def _sent(
        self, leaving: Sequence[Envelope], day: date
    ) -> Iterator[tuple[Envelope, date | None]]:
        reached = [one for one in leaving if one.debtor_id not in self.unreached]
        yield from ((one, None) for one in leaving if one.debtor_id in self.unreached)
        waiting = [_waiting(place, one) for place, one in enumerate(reached, start=1)]
        for sending in merge(waiting, self.policy.post_rule(day).merges):
            together = [reached[number - 1] for number in sending.ids]
            longest = max(one.deadline for one in together)
            yield from ((one, longest) for one in together)


def _waiting(place: int, one: Envelope) -> Waiting:
    """An agreement's letter goes alone."""
    claim = one.subject if one.is_of_claim else ""
    return Waiting(place, one.debtor_id, one.letter, claim, one.subject)

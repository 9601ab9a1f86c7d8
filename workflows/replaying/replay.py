"""The past lived again: the stories themselves, under a policy, with what came from outside.

Under the policy that was in force everything comes when it came. Under another what followed a
letter or a question follows it by as many days again (`People.REACT`), or comes on its own day
(`People.KEEP_THEIR_DAYS`). What was never asked, nobody has answered.
"""

import sys
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count

from domain.calendar import start_of
from domain.deadlines import grace_day
from domain.letters import Letter
from domain.orders import AskPerson, Close, CloseAgreement, Order, Recall, Transfer, WriteLetter
from domain.policy import Policy
from domain.record import AgreementOutcome, AgreementRecord, Hold, Verdict
from domain.replaying.pasts import (
    BEGINNING,
    BY_THE_CALENDAR,
    Deed,
    Fee,
    Happening,
    Origin,
    Past,
    PastClaim,
    PastGroup,
)
from domain.replaying.trial_figures import Lived
from domain.replaying.trials import People
from workflows.messages import HoldPlaced, HoldReleased
from workflows.rehearsal import ClaimTerms, Event, Rehearsal
from workflows.replaying.bank import awaits_the_bank
from workflows.replaying.fees import charge_for
from workflows.replaying.happenings import let_come
from workflows.replaying.lives import LivedAgreement, LivedClaim, fresh_record

_NOON, _AFTER_THE_NIGHT = timedelta(hours=12), timedelta(minutes=15)
_LAST_OF_ALL = sys.maxsize
_WAY = frozenset(letter.value for letter in Letter)
_KINDS = {
    WriteLetter: "letter",
    AskPerson: "task",
    Transfer: "transfer",
    Recall: "recall",
    Close: "close",
    CloseAgreement: "close",
}


class Replay(Rehearsal):
    """One group of claims and agreements, lived again from their beginning.

    *in_force*: the policy under which it happened. *deeds*: what is done now; *made*: agreements,
    by the claim that was talked about and the day.
    """

    def __init__(
        self,
        policy: Policy,
        group: PastGroup,
        in_force: Policy,
        people: People = People.REACT,
    ) -> None:
        super().__init__(policy, start_of(min(claim.begun_on for claim in group.claims)))
        self.bank = group.bank
        self.in_force, self._people = in_force, people
        self.deeds: list[Deed] = []
        self.made: list[tuple[str, date]] = []
        self._hold_numbers = count(-1, -1)
        self.lived: dict[str, LivedClaim] = {}
        self.agreed = {
            past.id: LivedAgreement(past, partial(self._anchor, past, frozenset()))
            for past in group.agreements
        }
        for past in group.claims:
            at = start_of(past.begun_on) + _NOON
            self.expect(Event(at, partial(Replay._register, past=past), about=()))

    @property
    def lived_through(self) -> Lived:
        """What has been done by now."""
        return Lived(self.deeds, self.fees, self.made)

    @property
    def fees(self) -> list[Fee]:
        return [fee for lived in self.lived.values() for fee in lived.fees]

    def live(self, until: date) -> None:
        """To the end of the day *until*."""
        self.play(start_of(until + timedelta(days=1)) - timedelta(seconds=1))

    def perform(self, order: Order) -> Verdict:
        """What the real act would do and answer, from what is known by now."""
        if verdict := self._obstacle(order):
            return verdict
        if isinstance(order, WriteLetter):
            charge_for(self, order)
        verdict = super().perform(order)
        self.deeds.append(
            Deed(order.subject, order.key, _KINDS[type(order)], order.on, _told(order))
        )
        self._note(order, verdict)
        self._follow(order.subject, order.key, order.on)
        return verdict

    def _note(self, order: Order, verdict: Verdict) -> None:
        """What the act changes of what is known here."""
        match order:
            case Close():
                self._close(order.subject)
            case CloseAgreement():
                self._let_go(order.subject, order.on)
            case WriteLetter() if order.subject in self.agreed:
                self.agreed[order.subject].reminded_until = verdict.deadline

    def _obstacle(self, order: Order) -> Verdict | None:
        if isinstance(order, CloseAgreement):
            return awaits_the_bank(self, order)
        if isinstance(order, Close | Recall):
            return None
        if order.subject in self.lived:
            lived = self.lived[order.subject]
            return lived.obstacle(order, self.claims[order.subject].record)
        return None if self.alive(order.subject) else Verdict(is_done=False, is_withdrawn=True)

    def alive(self, agreement_id: str) -> list[LivedClaim]:
        """The claims of the agreement that are still to be paid."""
        covered = [self.lived[one] for one in self._known_claims(agreement_id)]
        return [one for one in covered if not (one.is_ended or one.is_withdrawn)]

    def _known_claims(self, agreement_id: str) -> list[str]:
        return [one for one in self.agreed[agreement_id].past.claims if one in self.lived]

    def _register(self, past: PastClaim) -> None:
        record = fresh_record(self.policy, past)
        letters = frozenset(letter.value for letter in record.letters)
        lived = self.lived[past.id] = LivedClaim(past, partial(self._anchor, past, letters))
        self._terms[past.id] = ClaimTerms(
            past.claim_type, past.begun_on, past.last_timely_payment_date
        )
        story = self._tell_claim(record)
        later = [one for one in lived.coming.pop(BEGINNING, ()) if self._is_later(past.id, *one)]
        lived.coming[BEGINNING] = later
        self._follow(past.id, BEGINNING, past.begun_on)
        self._go_on(story.run(record))

    def _is_later(self, subject: str, days: int, happening: Happening) -> bool:
        """What came with the claim itself comes before its story begins."""
        if days:
            return True
        let_come(self, subject, happening)
        return False

    def reopen(self, claim_id: str) -> None:
        """The claim's story begins anew from where it stood."""
        done = {deed.key for deed in self.deeds if deed.subject == claim_id}
        lived = self.lived[claim_id]
        if lived.past.is_demanded:
            done.add(Letter.DEMAND.value)
        record = lived.begin_again(self.claims[claim_id].record, done)
        self.add_claim(record, self._terms[claim_id])

    def agree(self, claim_id: str, agreement_id: str, on: date) -> None:
        """The agreement begins, and the claims that come along stand still until it ends."""
        lived, past = self.agreed[agreement_id], self.agreed[agreement_id].past
        claim_type = self.lived[claim_id].past.claim_type
        grace_days, catch_up_days = lived.rule(self.policy, self.in_force, claim_type, on)
        shift = on - past.begun_on
        graces = tuple(grace_day(due + shift, grace_days) for due in past.dues)
        self.made.append((claim_id, on))
        lived.is_alive = True
        for other in self._known_claims(agreement_id):
            if other != claim_id and not self.lived[other].is_ended:
                self._join(lived, other, on)
        self.add_agreement(
            AgreementRecord(agreement_id, grace_until=graces), past.claims, catch_up_days
        )
        self._follow(agreement_id, BEGINNING, on)

    def _join(self, lived: LivedAgreement, claim_id: str, on: date) -> None:
        number = next(self._hold_numbers)
        lived.joined.append((claim_id, number))
        self.claims[claim_id].held(HoldPlaced(number, Hold(on)))
        self.stir(claim_id)

    def _let_go(self, agreement_id: str, on: date) -> None:
        lived = self.agreed[agreement_id]
        lived.is_alive = False
        for claim_id, number in lived.joined:
            self.claims[claim_id].released(HoldReleased(number, on))
            self.stir(claim_id)

    def _end_agreement(self, order: CloseAgreement) -> None:
        """One that is paid has heard so by a message of its own."""
        is_kept = order.outcome is AgreementOutcome.KEPT
        left = [one for one in self.alive(order.subject) if one.balance.ore > 0 or not is_kept]
        self._covers[order.subject] = tuple(one.past.id for one in left)
        super()._end_agreement(order)

    def _close(self, claim_id: str) -> None:
        self.lived[claim_id].is_ended = True
        for agreement_id, lived in self.agreed.items():
            if lived.is_alive and claim_id in lived.past.claims:
                alone = partial(Replay._dissolve_if_alone, agreement_id=agreement_id)
                self.expect(Event(self.now, alone, (agreement_id,), _LAST_OF_ALL))

    def _dissolve_if_alone(self, agreement_id: str) -> None:
        """When its last claim has ended there is nothing left to keep an agreement about."""
        covered = self._known_claims(agreement_id)
        if all(self.lived[one].is_ended for one in covered) and self.agreed[agreement_id].is_alive:
            self.agreements[agreement_id].dissolved()

    def _follow(self, subject: str, key: str, on: date) -> None:
        """What came from outside after the deed *key* comes after it again."""
        lived = self.lived.get(subject) or self.agreed[subject]
        for days, happening in lived.coming.pop(key, ()):
            if happening.on != date.max:
                at = self._moment(on, days, happening)
                come = partial(let_come, subject=subject, happening=happening)
                self.expect(Event(at, come, (subject,), happening.turn))

    def _moment(self, on: date, days: int, happening: Happening) -> datetime:
        day = start_of(on + timedelta(days=days))
        if happening.origin is Origin.LETTER_LEFT:  # the post goes by day
            return max(self.now, day + _NOON)
        is_after = not days or happening.is_after_the_night
        return max(self.now, day + (_AFTER_THE_NIGHT if is_after else timedelta(0)))

    def _anchor(self, past: Past, letters: frozenset[str], one: Happening) -> tuple[str, int]:
        """The latest deed before it that is done under this policy too."""
        if self._people is People.KEEP_THEIR_DAYS and one.origin in BY_THE_CALENDAR:
            return BEGINNING, (one.on - past.begun_on).days
        for key, days in reversed(one.anchors):
            if key not in _WAY or key in letters:
                return key, days
        return one.anchors[0]


def _told(order: Order) -> str:
    match order:
        case Close():
            return order.ending.value
        case CloseAgreement():
            return order.outcome.value
        case _:
            return ""

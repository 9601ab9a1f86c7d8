"""How the sandbox's authority answers a delivery: by its rules, days later, and not always well."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from domain.calendar import today
from domain.recovery.actions import ADDING, LESSENING, ActionKind, ActionReason, RecoveryState
from domain.recovery.claim import RecoveryClaim
from domain.recovery.refusals import claim_refusal, refusal
from gateways.journal import Body, Page, share
from gateways.ports import NoticeKind, RecoveryAction
from gateways.recovery_authority.behaviour import RecoveryBehaviour
from gateways.recovery_authority.register import (
    Change,
    KnownClaim,
    asked,
    entered,
    find_claim,
    keep_claim,
)

_INCOMPLETE = ("R_7_1", "stamdata mangler")
_UNUSUAL = ("R_4_2", "hovedstol uden for det sædvanlige")
_MONTHS = 12
_ENTERING = {ActionKind.CREATE, ActionKind.RESEND}
# What is said of a claim that comes later than a main claim that is not there.
_OF_GONE = {RecoveryState.REJECTED: "428", RecoveryState.RECALLED: "547"}
Refused = tuple[str | None, str]
"""The authority's own code, and its words for a person."""
_NOTHING_WRONG: Refused = (None, "")


class Answer:
    """One action of a delivery, and what the authority will say to it."""

    def __init__(
        self,
        page: Page,
        behaviour: RecoveryBehaviour,
        delivery_id: str,
        action: RecoveryAction,
        now: datetime,
    ) -> None:
        self._page, self._behaviour = page, behaviour
        self._delivery, self._action, self._now = delivery_id, action, now

    def give(self) -> None:
        about = self._action.undoes if self._action.kind is ActionKind.RESEND else None
        claim = find_claim(self._page, about or self._action.reference)
        lying = claim.lying(self._now) if claim else None
        if code := refusal(asked(self._action, claim, today(self._now)), lying):
            for reference in self._references():
                self._say(reference, NoticeKind.REJECTED, self._days, (code, "afvist"))
        elif self._action.kind in _ENTERING:
            self._enter()
        else:
            assert claim
            self._change(claim)

    @property
    def _days(self) -> int:
        return self._behaviour.days_to_receipt

    @property
    def _told_on(self) -> date:
        return today(self._now + timedelta(days=self._days))

    def _claims(self) -> Iterator[RecoveryClaim]:
        if self._action.claim:
            yield self._action.claim
        yield from self._action.related

    def _references(self) -> list[str]:
        if self._action.kind not in _ENTERING:
            return [self._action.reference]
        return [claim.reference for claim in self._claims()]

    def _enter(self) -> None:
        """Through the entry filter: rejected, heard first, or received, all that goes together."""
        behaviour, claims = self._behaviour, list(self._claims())
        draw = share(behaviour.seed, f"entry-{self._delivery}")
        parents = frozenset(claim.parent for claim in claims if claim.parent)
        outside = parents - {claim.reference for claim in claims}
        there = [one for parent in outside if (one := find_claim(self._page, parent))]
        known = frozenset(one.reference for one in there)
        gone = next((_OF_GONE[one.state] for one in there if one.state in _OF_GONE), None)
        wrong = gone or claim_refusal(claims, known)
        for number, claim in enumerate(claims):
            related = tuple(one.reference for one in claims[1:]) if number == 0 else ()
            new = entered(claim, self._delivery, related)
            if wrong or draw < behaviour.share_rejected:
                self._keep(replace(new, state=RecoveryState.REJECTED), self._days)
                why = (wrong, "afvist") if wrong else _INCOMPLETE
                self._say(claim.reference, NoticeKind.REJECTED, self._days, why)
                continue
            self._join_parent(new)
            if draw < behaviour.share_rejected + behaviour.share_in_hearing:
                self._hear(new)
            else:
                self._keep(new.moved(self._told_on, "came", new.ore), self._days)
                self._say(claim.reference, NoticeKind.EXECUTED, self._days)
                self._plan(new, self._days)

    def _join_parent(self, claim: KnownClaim) -> None:
        """What comes later than its main claim goes where that goes all the same."""
        parent = find_claim(self._page, claim.parent) if claim.parent else None
        if parent and claim.reference not in parent.related:
            keep_claim(self._page, replace(parent, related=(*parent.related, claim.reference)))

    def _hear(self, claim: KnownClaim) -> None:
        """The authority makes up its mind by itself, unless the claimant answers first."""
        self._say(claim.reference, NoticeKind.IN_HEARING, self._days, _UNUSUAL)
        days = self._days + self._behaviour.days_in_hearing
        self._keep(replace(claim, state=RecoveryState.IN_HEARING), days)
        self._say_entered(claim, days)
        self._plan(claim, days)

    def _say_entered(self, claim: KnownClaim, days: int) -> None:
        self._say(
            claim.reference, NoticeKind.EXECUTED, days, delivery=claim.stay, stay=claim.stay,
            enters=True,
        )  # fmt: skip

    def _change(self, claim: KnownClaim) -> None:
        action = self._action
        self._say(claim.reference, NoticeKind.EXECUTED, self._days)
        match action.kind:
            case ActionKind.RECALL:
                for one in self._together(claim):
                    self._recall(one)
            case ActionKind.APPROVE:
                for one in self._together(claim):
                    self._say_entered(one, self._days)
            case ActionKind.RAISE_PRINCIPAL:
                assert action.claim
                self._keep(replace(claim, principal_ore=action.claim.principal.ore), self._days)
            case _:
                self._move(claim)

    def _together(self, claim: KnownClaim) -> Iterator[KnownClaim]:
        """A main claim takes its related claims along."""
        yield claim
        for reference in claim.related:
            if other := find_claim(self._page, reference):
                yield other

    def _recall(self, claim: KnownClaim) -> None:
        """What is recalled is what is left; for FEJL what was recovered is reversed too."""
        reason, on = self._action.reason, self._told_on
        recalled = replace(claim, state=RecoveryState.RECALLED, recalled_for=reason, ore=0)
        if claim.state is RecoveryState.RECEIVED:
            back = claim.recovered_ore if reason is ActionReason.FEJL else 0
            recalled = recalled.moved(on, "recalled", claim.ore + back)
            if back:
                recalled = replace(recalled, recovered_ore=0).moved(on, "recovered", -back)
                self._tell(claim.reference, self._days, NoticeKind.REVERSED, ore=back)
        if claim.state in {RecoveryState.RECEIVED, RecoveryState.IN_HEARING}:
            self._keep(recalled, self._days)

    def _move(self, claim: KnownClaim) -> None:
        action, down = self._action, self._action.kind in LESSENING
        assert down or action.kind in ADDING
        ore = -action.amount_ore if down else action.amount_ore
        done = Change(
            self._delivery, action.kind, action.reason, action.amount_ore, undoes=action.undoes
        )
        state = RecoveryState.RECEIVED if claim.ore + ore else RecoveryState.SETTLED
        changed = replace(claim, ore=claim.ore + ore, state=state).changed(done)
        self._keep(
            changed.moved(self._told_on, "down" if down else "up", action.amount_ore), self._days
        )
        if not changed.ore:
            self._tell(claim.reference, self._days, NoticeKind.SETTLED)

    def _plan(self, claim: KnownClaim, days: int) -> None:
        """What will become of the claim once it is received, if nothing comes between."""
        behaviour, end = self._behaviour, days + self._behaviour.days_to_end
        stay, reference = self._delivery, claim.reference
        self._plan_interest(claim, days, end)
        draw = share(behaviour.seed, f"end-{self._delivery}")
        if draw < behaviour.share_returned:
            self._tell(reference, end, NoticeKind.RETURNED, text="sendt retur", stay=stay)
        elif draw < behaviour.share_returned + behaviour.share_written_off:
            self._tell(reference, end, NoticeKind.WRITTEN_OFF, text="afskrevet", stay=stay)
        else:
            payout = round(claim.ore * behaviour.share_recovered)
            pause = behaviour.days_between_payouts
            for day in range(days + pause, end, pause) if payout else ():
                self._tell(reference, day, NoticeKind.PAID, ore=payout, stay=stay)
            self._tell(reference, end, NoticeKind.SETTLED, stay=stay)

    def _plan_interest(self, claim: KnownClaim, days: int, end: int) -> None:
        """Of what it came with, once a month; when it is gone by then, nothing is told."""
        ore = round(claim.ore * self._behaviour.yearly_interest / _MONTHS)
        for day in range(days + 1, end if ore else 0):
            if today(self._now + timedelta(days=day + 1)).day == 1:
                self._tell(claim.reference, day, NoticeKind.INTEREST, ore=ore, stay=self._delivery)

    def _keep(self, claim: KnownClaim, days: int) -> None:
        """No other action on the claim before this one is answered."""
        busy_until = (self._now + timedelta(days=days)).timestamp()
        keep_claim(self._page, replace(claim, busy_until=busy_until))

    def _say(
        self,
        reference: str,
        kind: NoticeKind,
        days: int,
        reason: Refused = _NOTHING_WRONG,
        **more: str | bool,
    ) -> None:
        """The answer to the action itself, which may get lost, be garbled, late, or come twice."""
        behaviour, name = self._behaviour, f"{self._delivery}-{reference}"
        code, text = reason
        told: Body = {"delivery": self._delivery, "code": code, "text": text, **more}
        if behaviour.falls("lost", name, behaviour.share_lost) and not more:
            self._page.note(f"unheard-{name}", self._body(reference, kind, days) | told)
            return
        late = behaviour.days_late if behaviour.falls("late", name, behaviour.share_late) else 0
        if behaviour.falls("garbled", name, behaviour.share_garbled) and not more:
            self._page.note(f"unheard-{name}", self._body(reference, kind, days) | told)
            told["is_garbled"] = True
        self._tell(reference, days, kind, late, **told)
        if behaviour.falls("doubled", name, behaviour.share_doubled):
            self._tell(reference, days, kind, late + 1, **told)

    def _tell(
        self,
        reference: str,
        days: int,
        kind: NoticeKind,
        late: int = 0,
        **more: str | int | bool | None,
    ) -> None:
        at = self._now + timedelta(days=days + late)
        self._page.will_tell(at, self._body(reference, kind, days) | more)

    def _body(self, reference: str, kind: NoticeKind, days: int) -> Body:
        on = today(self._now + timedelta(days=days)).isoformat()
        empty: Body = {"delivery": None, "code": None, "text": "", "ore": 0}
        return empty | {"claim": reference, "kind": kind.value, "on": on}


def say_again(page: Page, delivery_id: str, now: datetime) -> None:
    """Who sends the same once more has not heard the answer: it is told again."""
    for told in list(page.noted_like(f"unheard-{delivery_id}-")):
        page.will_tell(now + timedelta(days=1), told)
        page.forget(f"unheard-{delivery_id}-{told['claim']}")

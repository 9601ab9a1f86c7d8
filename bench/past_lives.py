"""Lives of two years made up for a bench: the world's moves are drawn, the stories do the rest."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from domain.decisions import Answer, Outcome
from domain.policy import Policy
from domain.record import News
from domain.replaying.pasts import (
    BEGINNING,
    Deed,
    Happening,
    Origin,
    PastAgreement,
    PastClaim,
    PastGroup,
)
from workflows.replaying.replay import Replay

_LETTERS = ("demand", "first-reminder", "second-reminder")
_PAYERS = (0.45, 0.25, 0.15)
_INSTALMENTS = 3
_DUE_EVERY, _PAID_BEFORE = 30, 3
TYPES = ("parking-fee", "day-care", "rent", "music-school", "invoice")


@dataclass(frozen=True, slots=True)
class MadeLife:
    """*came*: what of its happenings came, and on which day."""

    claim: PastClaim
    agreement: PastAgreement | None
    deeds: tuple[Deed, ...]
    came: tuple[tuple[str, Happening, date], ...]
    fees: tuple[tuple[str, date, int], ...]


def make_life(policy: Policy, number: int, first: date, until: date) -> MadeLife:
    """The same *number* lives the same life."""
    rng = random.Random(number)
    begun = first + timedelta(days=rng.randrange((until - first).days - 30))
    script = _Script(rng, begun, number)
    happenings, agreement = script.write()
    claim = PastClaim(
        id=f"T-{number:06d}", begun_on=begun, deeds=(), happenings=happenings,
        claim_type=TYPES[number % len(TYPES)], last_timely_payment_date=begun + timedelta(days=20),
        debtors=(number,), principal_ore=100 * rng.randrange(400, 9000), is_demanded=False,
        fees=(), owed={}, policy_version=policy.version,
    )  # fmt: skip
    return _lived(policy, claim, agreement, until)


def _lived(
    policy: Policy, claim: PastClaim, agreement: PastAgreement | None, until: date
) -> MadeLife:
    group = PastGroup((claim,), (agreement,) if agreement else ())
    replay = Replay(policy, group, policy)
    replay.live(until)
    fees = tuple((fee.letter, fee.on, fee.ore) for fee in replay.fees)
    made = agreement if agreement and replay.made else None
    made = made and replace(made, begun_on=replay.made[0][1])
    came = tuple(_came(replay.deeds, claim, made, until))
    return MadeLife(claim, made, tuple(replay.deeds), came, fees)


def _came(
    deeds: list[Deed], claim: PastClaim, agreement: PastAgreement | None, until: date
) -> Iterator[tuple[str, Happening, date]]:
    done = {(deed.subject, deed.key): deed.on for deed in deeds}
    done[claim.id, BEGINNING] = claim.begun_on
    if agreement:
        done[agreement.id, BEGINNING] = agreement.begun_on
    ended = done.get((claim.id, "close"), until)
    for past in (claim, agreement):
        for one in past.happenings if past else ():
            key, days = one.anchors[-1]
            if past and (past.id, key) in done:
                on = done[past.id, key] + timedelta(days=days)
                if on <= min(until, ended):
                    yield past.id, one, on


class _Script:
    def __init__(self, rng: random.Random, begun: date, number: int) -> None:
        self._rng, self._begun, self._number = rng, begun, number

    def write(self) -> tuple[tuple[Happening, ...], PastAgreement | None]:
        rng = self._rng
        for letter, share in zip(_LETTERS, _PAYERS, strict=True):
            if rng.random() < share:
                return (*self._holds(letter), self._money(letter, rng.randrange(1, 12))), None
        after = rng.randrange(0, 9)
        if rng.random() < 0.35:
            return self._agree(after)
        return (*self._holds("first-reminder"), *self._to_the_end(after)), None

    def _holds(self, letter: str) -> Iterator[Happening]:
        if self._rng.random() < 0.06:
            until = self._begun + timedelta(days=self._rng.randrange(3, 30))
            number = self._number + 1
            yield self._happening(Origin.HELD, letter, 0, number=number, until=until)

    def _agree(self, after: int) -> tuple[tuple[Happening, ...], PastAgreement]:
        name = f"A-T{self._number:06d}"
        kept = self._rng.random() < 0.7
        paid = _INSTALMENTS if kept else self._rng.randrange(_INSTALMENTS)
        days = [n * _DUE_EVERY - _PAID_BEFORE for n in range(1, paid + 1)]
        money = [
            replace(self._money("dialogue-0", after + day), is_settled=n == _INSTALMENTS)
            for n, day in enumerate(days, 1)
        ]
        covered = [
            self._happening(Origin.COVERED, BEGINNING, day, number=n)
            for n, day in enumerate(days, 1)
        ]
        dues = tuple(
            self._begun + timedelta(days=n * _DUE_EVERY) for n in range(1, _INSTALMENTS + 1)
        )
        agreement = PastAgreement(
            name, self._begun, (), tuple(covered), (f"T-{self._number:06d}",), dues, 7, 14
        )
        answer = self._answer("dialogue-0", after, Outcome.AGREEMENT, agreement=name)
        return (answer, *money), agreement

    def _to_the_end(self, after: int) -> Iterator[Happening]:
        """A promise that is broken, then another way; half of the claims that are kept are paid."""
        yield self._answer("dialogue-0", after, Outcome.PROMISE, days=20)
        yield self._answer("dialogue-1", after, Outcome.GO_ON)
        draw = self._rng.random()
        if draw < 0.5:
            yield self._answer("assessment-1", after, Outcome.TRANSFER)
            yield self._happening(Origin.NEWS, "transfer-1-0", 2, number=1, news=News.EXECUTED)
        elif draw < 0.7:
            yield self._answer("assessment-1", after, Outcome.WRITE_OFF)
            yield self._answer("write-off-approval-1", after, Outcome.APPROVED)
        else:
            yield self._answer("assessment-1", after, Outcome.KEEP, days=40)
            yield self._money("dialogue-2", after + 4)

    def _answer(
        self, key: str, after: int, outcome: Outcome, days: int = 0, agreement: str | None = None
    ) -> Happening:
        on = self._begun + timedelta(days=days) if days else None
        answer = Answer(outcome, on, agreement)
        return self._happening(Origin.DECIDED, key, after, key=key, answer=answer)

    def _money(self, key: str, after: int) -> Happening:
        return self._happening(Origin.MONEY, key, after, is_settled=True)

    def _happening(self, origin: Origin, after: str, days: int, **more: Any) -> Happening:
        return Happening(origin, self._begun, ((after, days),), **more)

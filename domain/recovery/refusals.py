"""What the recovery authority would refuse, by its code (fact sheet § 3.6).

We ask before we send; the authority's sandbox asks when it receives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from domain.money import NOTHING, Money
from domain.recovery.actions import (
    LESSENING,
    ActionKind,
    ActionReason,
    ActionRule,
    EffectiveDay,
    RecoveryState,
    rule_of,
)
from domain.recovery.claim import Part, RecoveryClaim

# The authority's own code for this is not known to us; the rule is (GST 03).
OVER_BALANCE = "SALDO"
_FIRST_DAY = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Undone:
    """The earlier action that is to be taken back; *is_undone* when it has been already."""

    kind: ActionKind
    reason: ActionReason | None
    amount: Money
    is_undone: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One action on one claim. *principal*: the new one (FHI); *received_on*: when it arrives."""

    kind: ActionKind
    received_on: date
    reason: ActionReason | None = None
    amount: Money = NOTHING
    effective_on: date | None = None
    undone: Undone | None = None
    principal: Money = NOTHING

    @property
    def rule(self) -> ActionRule | None:
        return rule_of(self.kind, self.reason)


@dataclass(frozen=True, slots=True)
class Lying:
    """The claim as the authority knows it. *is_busy*: an earlier action has not been answered."""

    state: RecoveryState
    part: Part
    principal: Money
    left: Money
    is_busy: bool = False
    recalled_for: ActionReason | None = None


def refusal(asked: Asked, lying: Lying | None) -> str | None:
    """The code with which the authority would refuse; None when it would do it."""
    return next(_refusals(asked, lying), None)


def _refusals(asked: Asked, lying: Lying | None) -> Iterator[str]:
    if asked.rule is None:
        yield "403"
        return
    yield from _wrong_day(asked)
    yield from _wrong_place(asked, lying)
    if lying and (check := _CHECKS.get(asked.kind)):
        yield from check(asked, lying)


def _wrong_day(asked: Asked) -> Iterator[str]:
    day = asked.effective_on
    assert asked.rule
    if day is None:
        if asked.rule.day is EffectiveDay.NEEDED:
            yield "409"
        return
    if asked.rule.day is EffectiveDay.REFUSED:
        yield "519" if asked.kind is ActionKind.WRITE_DOWN else "546"
    if day < _FIRST_DAY:
        yield "568"
    if day > asked.received_on:
        yield "464" if asked.reason is ActionReason.INDB else "548"


def _wrong_place(asked: Asked, lying: Lying | None) -> Iterator[str]:
    """What the claim's state forbids, whatever the action says."""
    if lying is None:
        if asked.kind is not ActionKind.CREATE:
            yield "429"
        return
    answers_hearing = asked.kind in {ActionKind.APPROVE, ActionKind.RECALL}
    if lying.is_busy and not (answers_hearing and lying.state is RecoveryState.IN_HEARING):
        yield "418"
    if asked.kind is ActionKind.CREATE:
        if lying.state is not RecoveryState.REJECTED:
            yield "486"
    elif lying.state is RecoveryState.REJECTED:
        yield "428"


def _check_recall(asked: Asked, lying: Lying) -> Iterator[str]:
    match lying.state:
        case RecoveryState.RECALLED if lying.recalled_for is ActionReason.FEJL:
            yield "602"
        case RecoveryState.RECALLED if asked.reason is not ActionReason.FEJL:
            yield "603"
        case RecoveryState.RETURNED | RecoveryState.WRITTEN_OFF | RecoveryState.SETTLED:
            yield "530"
        case _:
            pass


def _check_write_down(asked: Asked, lying: Lying) -> Iterator[str]:
    if not lying.state.is_there:
        yield "498"
    if asked.amount <= NOTHING:
        yield "408"
    if asked.amount > lying.left:
        yield OVER_BALANCE


def _check_raise(asked: Asked, lying: Lying) -> Iterator[str]:
    if not lying.state.is_there:
        yield "530"
    if lying.part is Part.INTEREST:
        yield "474"
    if asked.amount <= NOTHING:
        yield "215"


def _check_undo(asked: Asked, lying: Lying) -> Iterator[str]:
    """What is undone must have been done, is undone once, and whole."""
    if lying.state not in {RecoveryState.RECEIVED, RecoveryState.SETTLED}:
        yield "530"
    assert asked.rule
    done = asked.undone
    if done is None or (done.kind, done.reason) != asked.rule.undoes or done.is_undone:
        yield "429"
    elif done.amount != asked.amount:
        yield "469"
    elif asked.kind in LESSENING and asked.amount > lying.left:
        yield OVER_BALANCE


def _check_principal(asked: Asked, lying: Lying) -> Iterator[str]:
    if not lying.state.is_there:
        yield "530"
    if asked.principal <= lying.principal:
        yield "510"


def _check_resend(_: Asked, lying: Lying) -> Iterator[str]:
    rule = rule_of(ActionKind.RECALL, lying.recalled_for)
    if lying.state is not RecoveryState.RECALLED or not (rule and rule.may_come_again):
        yield "539"


def _check_approval(_: Asked, lying: Lying) -> Iterator[str]:
    if lying.state is not RecoveryState.IN_HEARING:
        yield "429"


_CHECKS: dict[ActionKind, Callable[[Asked, Lying], Iterator[str]]] = {
    ActionKind.RECALL: _check_recall,
    ActionKind.WRITE_DOWN: _check_write_down,
    ActionKind.RAISE: _check_raise,
    ActionKind.UNDO_RAISE: _check_undo,
    ActionKind.WRITE_UP: _check_undo,
    ActionKind.UNDO_CORRECTION: _check_undo,
    ActionKind.UNDO_WRITE_UP: _check_undo,
    ActionKind.RAISE_PRINCIPAL: _check_principal,
    ActionKind.RESEND: _check_resend,
    ActionKind.APPROVE: _check_approval,
}


def claim_refusal(
    claims: Sequence[RecoveryClaim], known: frozenset[str] = frozenset()
) -> str | None:
    """The code for which claims that go together would not be taken, whatever their type asks.

    *known*: references the authority has already.
    """
    return next(_claim_refusals(claims, known), None)


def _claim_refusals(claims: Sequence[RecoveryClaim], known: frozenset[str]) -> Iterator[str]:
    references = [claim.reference for claim in claims]
    if known.intersection(references) or len({*references}) < len(references):
        yield "486"
    if sum(claim.part is Part.PRINCIPAL for claim in claims) > 1:
        yield "425"
    for claim in claims:
        yield from _wrong_parent(claim, {*references} | known)
        yield from _wrong_facts(claim)


def _wrong_parent(claim: RecoveryClaim, references: set[str]) -> Iterator[str]:
    if claim.part is not Part.PRINCIPAL and claim.parent is None:
        yield "461"
    if claim.parent is not None and claim.parent not in references:
        yield "463"


def _wrong_facts(claim: RecoveryClaim) -> Iterator[str]:
    debtors = [liability.debtor_id for liability in claim.liabilities]
    if not debtors or not claim.type_code:
        yield "550"
    if len({*debtors}) < len(debtors):
        yield "528"
    if claim.period_end < claim.period_start:
        yield "569"
    if min(claim.period_start, claim.originated_on, claim.due_on) < _FIRST_DAY:
        yield "568"

"""Giving a claim up (afskrivning): for which reasons, on what evidence, and who must agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.authority import Actor, Right, require
from domain.errors import Fault
from domain.money import Money


class WriteOffReason(StrEnum):
    """Why a claim is given up. Whether a reason may be used is the policy's to say."""

    LIMITATION = "limitation"  # forældelse
    COMPOSITION = "composition"  # akkord
    DEBT_RELIEF = "debt-relief"  # gældssanering
    BANKRUPTCY = "bankruptcy"  # konkurs
    INSOLVENT_ESTATE = "insolvent-estate"  # insolvent dødsbo, boudlæg
    LAPSE = "lapse"  # bortfald
    STATUTORY = "statutory"  # lovbestemt
    IRRECOVERABLE = "irrecoverable"  # skønnet uerholdelig
    SMALL_AMOUNT = "small-amount"  # bagatelbeløb
    OTHER = "other"  # andet

    @property
    def reaches_debtor(self) -> bool:
        """Whether who owed it is there to read of it: no letters go to the dead."""
        return self is not WriteOffReason.INSOLVENT_ESTATE


class Approval(StrEnum):
    """Who must agree, each more than the one before it."""

    SECOND_PERSON = "second-person"  # en anden medarbejder
    TEAM_LEADER = "team-leader"  # teamlederen
    COMMITTEE = "committee"  # Økonomiudvalget; what it decided is written down

    @property
    def right(self) -> Right:
        if self is Approval.SECOND_PERSON:
            return Right.APPROVE_WRITE_OFFS
        return Right.APPROVE_LARGE_WRITE_OFFS


@dataclass(frozen=True, slots=True)
class ReasonRule:
    """What a reason rests on and must be proved by.

    *loses_basis*: nothing is owed any more by law; a reason that is not so is used only where the
    council has allowed it. *is_personal*: it frees one debtor and leaves the others liable.
    *keeps_money*: what is paid all the same is ours; otherwise a person is asked about it.
    """

    reason: WriteOffReason
    legal_basis: str
    loses_basis: bool
    needs_date: bool
    needs_document: bool
    source: str
    is_allowed: bool = False
    is_personal: bool = False
    keeps_money: bool = True

    @property
    def is_usable(self) -> bool:
        return self.loses_basis or self.is_allowed


@dataclass(frozen=True, slots=True)
class Band:
    """Who must agree to write off more than *above*."""

    above: Money
    approval: Approval


@dataclass(frozen=True, slots=True)
class SmallAmountRule:
    """Which claims may be written off together: owed *most* at most, due *min_days* ago at least.

    *at_once*: how many go into one proposal.
    """

    most: Money
    min_days: int
    at_once: int


@dataclass(frozen=True, slots=True)
class WriteOffRule:
    """*bands* from the smallest amount up; without *small_amounts* nothing goes in bulk."""

    bands: tuple[Band, ...]
    reasons: tuple[ReasonRule, ...]
    small_amounts: SmallAmountRule | None = None

    @property
    def usable(self) -> tuple[ReasonRule, ...]:
        return tuple(rule for rule in self.reasons if rule.is_usable)

    def rule_for(self, reason: str) -> ReasonRule | None:
        """None for a reason that may not be used."""
        return next((rule for rule in self.usable if rule.reason == reason), None)

    def is_small(self, amount: Money) -> bool:
        return self.small_amounts is not None and amount <= self.small_amounts.most

    def approval_of(self, amount: Money) -> Approval:
        """Who must agree to give up *amount*."""
        reached = [band.approval for band in self.bands if amount > band.above]
        return reached[-1] if reached else self.bands[0].approval


@dataclass(frozen=True, slots=True)
class WriteOffGoal:
    """At most so many claims and so much money in a year, for one reason."""

    reason: WriteOffReason
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class NewWriteOff:
    """A proposal as it is made. *journal*: where the document lies, if not among the claim's own.

    *on*: the day of what is proved: the order, the end of the estate, the lapse.
    """

    reason: str
    on: date | None = None
    attachment_id: int | None = None
    journal: str = ""


@dataclass(frozen=True, slots=True)
class CommitteeDecision:
    """What was decided outside the house: when, under which item, and where it can be read."""

    on: date | None = None
    item: str = ""
    attachment_id: int | None = None
    journal: str = ""


@dataclass(frozen=True, slots=True)
class WriteOffFacts:
    """What a proposal is held against. *barred_after*: the last day on which anyone is liable."""

    owed: Money
    barred_after: date
    liable: int


def faults_of_proposal(
    rule: WriteOffRule, wish: NewWriteOff, facts: WriteOffFacts, on: date
) -> Iterator[Fault]:
    """Why the proposal cannot be made."""
    ground = rule.rule_for(wish.reason)
    if ground is None:
        yield _no_ground(rule, wish.reason)
        return
    if ground.reason is WriteOffReason.LIMITATION and facts.barred_after >= on:
        values = {"day": facts.barred_after.isoformat()}
        yield Fault("write-off-reason", "write-off-not-barred", values)
    if ground.reason is WriteOffReason.SMALL_AMOUNT and not rule.is_small(facts.owed):
        yield Fault("write-off-reason", "write-off-not-small")
    if ground.is_personal and facts.liable > 1:
        yield Fault("write-off-reason", "write-off-others-liable", {"others": str(facts.liable)})
    if ground.needs_date and wish.on is None:
        yield Fault("write-off-on", "write-off-date-missing")
    if wish.on and wish.on > on:
        yield Fault("write-off-on", "day-in-the-future")
    if ground.needs_document and not _is_proved(wish):
        yield Fault("write-off-document", "write-off-document-missing")


def faults_of_committee(decision: CommitteeDecision | None, on: date) -> Iterator[Fault]:
    """Why it is not yet written down that the committee has decided."""
    told = decision or CommitteeDecision()
    if told.on is None:
        yield Fault("committee-on", "committee-date-missing")
    elif told.on > on:
        yield Fault("committee-on", "day-in-the-future")
    if not told.item.strip():
        yield Fault("committee-item", "committee-item-missing")
    if not _is_proved(told):
        yield Fault("committee-document", "committee-document-missing")


def require_approval(actor: Actor, approval: Approval) -> None:
    """Raises NotAllowed when the actor's role may not agree to so much."""
    require(actor, approval.right)


def _no_ground(rule: WriteOffRule, reason: str) -> Fault:
    if not reason:
        return Fault("write-off-reason", "write-off-reason-missing")
    if any(one.reason == reason for one in rule.reasons):
        return Fault("write-off-reason", "write-off-reason-not-allowed")
    return Fault("write-off-reason", "write-off-reason-unknown")


def _is_proved(by: NewWriteOff | CommitteeDecision) -> bool:
    return by.attachment_id is not None or bool(by.journal.strip())

"""What must be proved before a claim goes to the recovery authority, and how each thing is proved.

The conditions are those of gældsinddrivelseslovens § 2, stk. 3-5 and 11; what the authority's
entry filter would say is beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from domain.claim import Stage
from domain.explanation import Phrase
from domain.letters import Letter
from domain.recovery.claim import RecoveryClaim
from domain.recovery.description_lint import Known
from domain.recovery.entry_check import Finding
from domain.recovery.entry_filter_rules import CHECKS
from domain.recovery.split import (
    ClaimToSplit,
    DebtLine,
)
from domain.situation import HoldFact

NEVER_NOTIFIED = "proof-never-notified"


class Requirement(StrEnum):
    """A condition of the transfer."""

    OWED = "owed"  # der skyldes noget
    TIMELY_DAY = "timely-day"  # sidste rettidige betalingsdato er overskredet, stk. 3
    REMINDED = "reminded"  # sædvanlig rykkerprocedure er gennemført, stk. 3
    NOTIFIED = "notified"  # skriftlig underretning til hver skyldner, stk. 4
    NO_AGREEMENT = "no-agreement"  # ingen afdragsordning i kraft, stk. 5
    NO_HOLD = "no-hold"  # ingen henstand i kraft, stk. 5
    NOT_THERE = "not-there"  # er ikke under inddrivelse i forvejen
    ROUTE = "route"  # kravet inddrives ikke af kommunen selv, § 1 a
    DESCRIPTION = "description"  # beskrivelsen må stå i myndighedens breve
    REFERENCE = "reference"  # referencen kan bruges
    LIABLE = "liable"  # mindst én hæfter


class Standing(StrEnum):
    """How near a claim is to be handed over, for the lists."""

    READY = "ready"  # klar til overdragelse
    HEARING = "hearing"  # kan overdrages, men ville komme i høring
    LACKING = "lacking"  # en medarbejder må rette noget
    UNDERWAY = "underway"  # mangler kun, hvad sagens gang selv bringer
    OURS = "ours"  # kommunen inddriver selv, § 1 a


COMES_BY_ITSELF = frozenset(
    {
        *(Requirement.OWED, Requirement.TIMELY_DAY, Requirement.REMINDED, Requirement.NOTIFIED),
        *(Requirement.NO_AGREEMENT, Requirement.NO_HOLD, Requirement.NOT_THERE),
        *(rule for rule, check in CHECKS.items() if check.passes),
    }
)
"""Time or the claim's own story brings these about, or asks a person in a task of its own."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A fact that bears a condition out, or that stands in its way, with where it can be seen."""

    phrase: Phrase
    letter_id: int | None = None
    decision_id: int | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """Its own sentence is ``transfer-<requirement>``, what to do ``transfer-<requirement>-do``.

    *debtor_id*: of whom it must hold, where it must hold of each debtor.
    """

    requirement: Requirement
    is_met: bool
    proofs: tuple[Proof, ...]
    debtor_id: int | None = None


@dataclass(frozen=True, slots=True)
class SentLetter:
    """One debtor's copy. *decision_id*: by which a person settled that the debtor was told."""

    id: int
    letter: Letter
    debtor_id: int
    state: str
    sent_on: date | None
    delivered_on: date | None
    deadline: date
    decision_id: int | None = None


@dataclass(frozen=True, slots=True)
class DossierFacts:
    """*letters_of_life*: those the policy has for the claim; *notice_with* the one of them that
    tells of the transfer; *demanded_on*: when another system had sent the demand.

    *debtor_added_on*: when it came back so that a debtor could be added (HAFT): before it goes once
    more each debtor must have been notified anew (GST 03), and each reminded, the new one too.
    """

    claim: ClaimToSplit
    stage: Stage
    letters_of_life: tuple[Letter, ...]
    notice_with: Letter | None
    letters: tuple[SentLetter, ...]
    debtors: tuple[Known, ...]
    agreement: str | None = None
    holds: tuple[HoldFact, ...] = ()
    debtor_added_on: date | None = None

    @property
    def counting(self) -> tuple[SentLetter, ...]:
        """The letters that can tell of the transfer at hand."""
        since = self.debtor_added_on
        if since is None:
            return self.letters
        return tuple(one for one in self.letters if one.sent_on is None or one.sent_on >= since)

    def with_lines(self, lines: Iterable[DebtLine]) -> DossierFacts:
        """As it will be when *lines* stand in the books too."""
        claim = replace(self.claim, lines=(*self.claim.lines, *lines))
        return replace(self, claim=claim)


@dataclass(frozen=True, slots=True)
class Dossier:
    """*claims*: the claim as the authority will see it, the main claim first."""

    claims: tuple[RecoveryClaim, ...]
    conditions: tuple[Condition, ...]
    findings: tuple[Finding, ...]
    names: Mapping[int, str] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        """Whether it may go: each condition proved, and nothing the authority would reject."""
        return not self.missing and not self.rejections

    @property
    def awaits_notice(self) -> bool:
        """Whether only the notice is missing, which the claim's story sends before a transfer."""
        lacking = {condition.requirement for condition in self.missing}
        codes = {proof.phrase.code for condition in self.missing for proof in condition.proofs}
        is_all = lacking == {Requirement.NOTIFIED} and codes == {NEVER_NOTIFIED}
        return is_all and not self.rejections

    @property
    def standing(self) -> Standing:
        lacking = {condition.requirement for condition in self.missing}
        if Requirement.ROUTE in lacking:
            return Standing.OURS
        in_the_way = {*lacking, *(finding.rule for finding in self.rejections)}
        if in_the_way - COMES_BY_ITSELF:
            return Standing.LACKING
        if in_the_way:
            return Standing.UNDERWAY
        return Standing.HEARING if self.hearings else Standing.READY

    @property
    def codes(self) -> list[str]:
        """What is not proved and which rules are broken, each once."""
        rules = {finding.rule for finding in self.findings}
        return sorted({condition.requirement.value for condition in self.missing}) + sorted(rules)

    @property
    def missing(self) -> tuple[Condition, ...]:
        return tuple(condition for condition in self.conditions if not condition.is_met)

    @property
    def rejections(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.is_rejection)

    @property
    def hearings(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if not finding.is_rejection)

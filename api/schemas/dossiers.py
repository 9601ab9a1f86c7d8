"""What must be proved before a transfer, and the claim as the recovery authority will see it."""

from datetime import date

from pydantic import Field

from api.schemas.common import Sentence, View
from domain.recovery.claim import Part
from domain.recovery.dossier import Requirement
from domain.recovery.entry_filter import Consequence


class ProofView(View):
    """A fact, and the letter or the decision in which it can be seen."""

    sentence: Sentence
    letter_id: int | None
    decision_id: int | None


class ConditionView(View):
    """*debtor*: the name of whom it must hold, where it must hold of each."""

    requirement: Requirement
    sentence: Sentence
    is_met: bool
    debtor: str | None
    proofs: list[ProofView]
    what_to_do: Sentence | None


class FindingView(View):
    """A rule of the entry filter that is broken."""

    reference: str = Field(description="Of the claim at the recovery authority.")
    rule: str = Field(examples=["R_6_15"])
    consequence: Consequence
    field: str
    sentence: Sentence
    debtor: str | None
    what_to_do: Sentence


class ShareView(View):
    debtor_id: int
    name: str
    limitation_date: date
    judged_on: date | None
    settled_on: date | None


class RecoveryClaimView(View):
    """*source*: where the rules of its type are from, empty for a type that is not known."""

    reference: str
    parent: str | None
    part: Part
    type_code: str
    type_name: str
    source: str
    principal_ore: int
    amount_ore: int
    description: str
    period_start: date
    period_end: date
    originated_on: date
    due_on: date
    last_timely_on: date
    shares: list[ShareView]


class DossierView(View):
    """*is_transferred*: the claims as they were handed over; there is nothing left to prove."""

    claim_id: str
    on: date
    is_ready: bool
    awaits_notice: bool = Field(
        description="Only the notice is missing, which is sent when a person decides to transfer."
    )
    is_transferred: bool
    missing: int
    rejected: int
    in_hearing: int
    conditions: list[ConditionView]
    claims: list[RecoveryClaimView]
    findings: list[FindingView]

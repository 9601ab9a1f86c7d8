"""The dossier of a transfer as clients and pages see it, in the reader's language."""

from collections.abc import Iterable, Mapping
from datetime import date

from api.schemas.common import Sentence
from api.schemas.dossiers import (
    ConditionView,
    DossierView,
    FindingView,
    ProofView,
    RecoveryClaimView,
    ShareView,
)
from api.sentences import say
from domain.explanation import Phrase
from domain.recovery.claim import RecoveryClaim, RecoveryLiability
from domain.recovery.dossier import Condition, Dossier, Proof
from domain.recovery.entry_check import Finding
from domain.recovery.entry_filter import EntryFilter
from persistence.recovery.dossiers import Handover

Names = Mapping[int, str]


def view_handover(
    claim_id: str, handover: Handover, entry_filter: EntryFilter, on: date, language: str
) -> DossierView:
    """What is proved and found of a claim that is ours; of one that has gone, what went."""
    dossier = handover.dossier
    told = Dossier((), (), ()) if handover.sent else dossier
    return DossierView(
        claim_id=claim_id,
        on=on,
        is_ready=not handover.sent and dossier.is_ready,
        awaits_notice=not handover.sent and dossier.awaits_notice,
        is_transferred=bool(handover.sent),
        missing=len(told.missing),
        rejected=len(told.rejections),
        in_hearing=len(told.hearings),
        conditions=[_condition(one, dossier.names, language) for one in told.conditions],
        claims=_claims(handover.sent or dossier.claims, entry_filter, dossier.names),
        findings=[_finding(one, dossier.names, language) for one in told.findings],
    )


def _condition(condition: Condition, names: Names, language: str) -> ConditionView:
    code = f"transfer-{condition.requirement}"
    return ConditionView(
        requirement=condition.requirement,
        sentence=say(Phrase(code), language),
        is_met=condition.is_met,
        debtor=_name(names, condition.debtor_id),
        proofs=[_proof(one, language) for one in condition.proofs],
        what_to_do=None if condition.is_met else say(Phrase(f"{code}-do"), language),
    )


def _proof(proof: Proof, language: str) -> ProofView:
    return ProofView(
        sentence=say(proof.phrase, language),
        letter_id=proof.letter_id,
        decision_id=proof.decision_id,
    )


def _finding(finding: Finding, names: Names, language: str) -> FindingView:
    return FindingView(
        reference=finding.reference,
        rule=finding.rule,
        consequence=finding.consequence,
        field=finding.field,
        sentence=say(finding.phrase, language),
        debtor=_name(names, finding.debtor_id),
        what_to_do=_what_to_do(finding, language),
    )


def _what_to_do(finding: Finding, language: str) -> Sentence:
    what = finding.field if finding.is_rejection else finding.consequence.value
    return say(Phrase(f"filter-do-{what}"), language)


def _claims(
    claims: Iterable[RecoveryClaim], entry_filter: EntryFilter, names: Names
) -> list[RecoveryClaimView]:
    return [_claim(claim, entry_filter, names) for claim in claims]


def _claim(claim: RecoveryClaim, entry_filter: EntryFilter, names: Names) -> RecoveryClaimView:
    kind = entry_filter.types.get(claim.type_code)
    return RecoveryClaimView(
        reference=claim.reference,
        parent=claim.parent,
        part=claim.part,
        type_code=claim.type_code,
        type_name=kind.name if kind else "",
        source=kind.source if kind else "",
        principal_ore=claim.principal.ore,
        amount_ore=claim.amount.ore,
        description=claim.description,
        period_start=claim.period_start,
        period_end=claim.period_end,
        originated_on=claim.originated_on,
        due_on=claim.due_on,
        last_timely_on=claim.last_timely_on,
        shares=[_share(one, names) for one in claim.liabilities],
    )


def _share(liability: RecoveryLiability, names: Names) -> ShareView:
    return ShareView(
        debtor_id=liability.debtor_id,
        name=names.get(liability.debtor_id, ""),
        limitation_date=liability.limitation_date,
        judged_on=liability.judged_on,
        settled_on=liability.settled_on,
    )


def _name(names: Names, debtor_id: int | None) -> str | None:
    return None if debtor_id is None else names.get(debtor_id, "")

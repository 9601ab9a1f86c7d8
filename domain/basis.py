"""Which decision of the council, or which law, a thing that happened to a claim rests on."""

from __future__ import annotations

from datetime import date

from domain.distraints.rules import DistraintRule
from domain.policy import Policy

_DUTY_TO_NOTE = "offentlighedslovens § 13"
_GROUNDS = {
    "letter": ("why-letter-", "why-demanded-", "why-registered", "next-letter", "next-address"),
    "agreement": ("why-agreement", "next-instalment"),
    "notice": ("why-action-", "why-notice", "why-with-the-", "next-transfer", "next-from-"),
}


def basis_of_sentence(
    policy: Policy, claim_type: str, code: str, registered_on: date, on: date
) -> str:
    """What a sentence of the explanation rests on; empty where it states a fact and no rule."""
    for name, beginnings in _GROUNDS.items():
        if code.startswith(beginnings):
            return basis_of(policy, claim_type, name, registered_on, on)
    return ""


def basis_of(policy: Policy, claim_type: str, name: str, registered_on: date, on: date) -> str:
    """The source the policy names for an event called *name*; the claim's own basis otherwise."""
    kind = policy.claim_type(claim_type)
    if name in {"note", "attachment"}:
        return _DUTY_TO_NOTE
    if name.startswith(("hearing-", "distraint-")):
        return _basis_of_distraint(policy.distraint_rule(on), name)
    if name.startswith("letter"):
        entry = kind.steps.entry_on(registered_on)
        return entry.source if entry else kind.legal_basis
    if name == "agreement":
        rule = kind.agreement.entry_on(on)
        return rule.source if rule else kind.legal_basis
    if name in {"act-transfer", "act-recall", "reported", "notice"}:
        return next((rule.source for rule in kind.routing if rule.source), kind.legal_basis)
    return kind.legal_basis


def _basis_of_distraint(rule: DistraintRule, name: str) -> str:
    match name:
        case "hearing-held":
            return rule.distraint.legal_basis
        case "distraint-objected":
            return rule.objection.legal_basis
        case "distraint-noted":
            return rule.sale_meeting.legal_basis
        case _:
            return rule.notice.legal_basis

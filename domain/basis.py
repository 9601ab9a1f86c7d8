"""Which decision of the council, or which law, a thing that happened to a claim rests on."""

from __future__ import annotations

from datetime import date

from domain.policy import Policy


def basis_of(policy: Policy, claim_type: str, name: str, registered_on: date, on: date) -> str:
    """The source the policy names for an event called *name*; the claim's own basis otherwise."""
    kind = policy.claim_type(claim_type)
    if name.startswith("letter"):
        entry = kind.steps.entry_on(registered_on)
        return entry.source if entry else kind.legal_basis
    if name == "agreement":
        rule = kind.agreement.entry_on(on)
        return rule.source if rule else kind.legal_basis
    if name in {"act-transfer", "act-recall", "reported", "notice"}:
        return next((rule.source for rule in kind.routing if rule.source), kind.legal_basis)
    return kind.legal_basis

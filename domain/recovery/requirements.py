"""How each condition of a transfer is borne out by the facts, or what stands in its way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from domain.distraints.routing import routing_rule
from domain.explanation import Phrase, Term, Value
from domain.letters import Letter
from domain.money import NOTHING
from domain.policy import Policy, Route
from domain.recovery.claim import RecoveryClaim
from domain.recovery.description_lint import Known, blemishes
from domain.recovery.dossier import Condition, Dossier, DossierFacts, Proof, Requirement, SentLetter
from domain.recovery.entry_check import filter_findings
from domain.recovery.split import MOST_OF_A_REFERENCE, recovery_claims_of
from domain.situation import HoldFact

_SENT = {"dispatched", "delivered"}
_OPEN = {"requested", "undelivered"}


def dossier_of(facts: DossierFacts, policy: Policy, on: date) -> Dossier:
    """All that speaks for and against handing the claim over on the day *on*."""
    claims = recovery_claims_of(facts.claim, policy, on)
    conditions = [
        _owed(claims),
        _timely_day(facts, on),
        *_by_debtor(facts, lambda debtor: _reminded(facts, debtor)),
        *_by_debtor(facts, lambda debtor: _notified(facts, debtor, on)),
        _no_agreement(facts),
        _no_hold(facts),
        _not_there(facts),
        _route(facts, policy, on),
        _description(facts),
        _reference(claims),
        _liable(facts),
    ]
    findings = filter_findings(policy.entry_filter, claims, on)
    names = {debtor.debtor_id: debtor.name for debtor in facts.debtors}
    return Dossier(claims, tuple(conditions), findings, names)


def _by_debtor(facts: DossierFacts, condition: Callable[[Known], Condition]) -> Iterator[Condition]:
    return (condition(debtor) for debtor in facts.debtors)


def _proof(code: str, letter: SentLetter | None = None, **values: Value) -> Proof:
    if letter is None:
        return Proof(Phrase(f"proof-{code}", values))
    told: dict[str, Value] = {"letter": Term(f"word-letter-{letter.letter}")} | values
    return Proof(Phrase(f"proof-{code}", told), letter.id, letter.decision_id)


def _owed(claims: tuple[RecoveryClaim, ...]) -> Condition:
    owed = sum((claim.amount for claim in claims), NOTHING)
    proof = _proof("owed", amount=owed, claims=len(claims))
    return Condition(Requirement.OWED, owed > NOTHING, (proof,))


def _timely_day(facts: DossierFacts, on: date) -> Condition:
    """A reminder does not move the day; an agreement and a deferral do."""
    day = facts.claim.last_timely_on
    return Condition(Requirement.TIMELY_DAY, day < on, (_proof("timely-day", day=day),))


def _reminded(facts: DossierFacts, debtor: Known) -> Condition:
    """At least one reminder has left for the debtor, and none of them lies waiting.

    Where the municipality's practice has no reminder, that the day has passed is enough (stk. 3).
    """
    practice = {letter for letter in facts.letters_of_life if letter.level}
    own = [one for one in facts.letters if one.debtor_id == debtor.debtor_id]
    reminders = [one for one in own if one.letter in practice]
    proofs = [_of_reminder(one) for one in reminders if one.state in _SENT | _OPEN]
    if not practice:
        proofs = [_proof("no-reminders")]
    is_sent = not practice or any(one.state in _SENT for one in reminders)
    is_met = is_sent and not any(one.state in _OPEN for one in reminders)
    told = proofs or [_proof("never-reminded")]
    return Condition(Requirement.REMINDED, is_met, tuple(told), debtor.debtor_id)


def _of_reminder(letter: SentLetter) -> Proof:
    if letter.sent_on and letter.state in _SENT:
        return _proof("sent", letter, day=letter.sent_on, deadline=letter.deadline)
    return _proof(f"letter-{letter.state}", letter)


def _notified(facts: DossierFacts, debtor: Known, on: date) -> Condition:
    """The notice must have come to the debtor before the transfer, and its time be out."""
    notices = [
        one
        for one in facts.counting
        if one.debtor_id == debtor.debtor_id
        and one.letter in {facts.notice_with, Letter.TRANSFER_NOTICE}
        and one.state != "cancelled"
    ]
    proofs = tuple(_of_notice(one) for one in notices) or (_proof("never-notified"),)
    is_met = any(_has_arrived(one, on) for one in notices)
    return Condition(Requirement.NOTIFIED, is_met, proofs, debtor.debtor_id)


def _has_arrived(letter: SentLetter, on: date) -> bool:
    arrived = letter.delivered_on if letter.state == "delivered" else None
    return arrived is not None and arrived < on and letter.deadline < on


def _of_notice(letter: SentLetter) -> Proof:
    if letter.delivered_on is None:
        code = "letter-unconfirmed" if letter.state == "dispatched" else f"letter-{letter.state}"
        return _proof(code, letter)
    code = "settled-by-person" if letter.decision_id else "arrived"
    return _proof(code, letter, day=letter.delivered_on, deadline=letter.deadline)


def _no_agreement(facts: DossierFacts) -> Condition:
    agreement = facts.agreement
    proof = _proof("agreement", agreement=agreement) if agreement else _proof("no-agreement")
    return Condition(Requirement.NO_AGREEMENT, agreement is None, (proof,))


def _no_hold(facts: DossierFacts) -> Condition:
    proofs = tuple(_of_hold(hold) for hold in facts.holds) or (_proof("no-hold"),)
    return Condition(Requirement.NO_HOLD, not facts.holds, proofs)


def _of_hold(hold: HoldFact) -> Proof:
    reason = Term(f"word-hold-{hold.reason}")
    if hold.until:
        return _proof("hold-until", reason=reason, since=hold.since, until=hold.until)
    return _proof("hold", reason=reason, since=hold.since)


def _not_there(facts: DossierFacts) -> Condition:
    """A claim is either with us or with them: from the day we hand it over it is with them."""
    is_there = facts.stage.is_with_the_collector
    code = "is-there" if is_there else "not-there"
    return Condition(Requirement.NOT_THERE, not is_there, (_proof(code),))


def _route(facts: DossierFacts, policy: Policy, on: date) -> Condition:
    claim_type = policy.claim_type(facts.claim.claim_type)
    rule = routing_rule(claim_type, facts.claim.period_end, on)
    is_theirs = rule.route is Route.RECOVERY_AUTHORITY
    code = "route" if is_theirs else "route-ours"
    return Condition(Requirement.ROUTE, is_theirs, (_proof(code, source=rule.source),))


def _description(facts: DossierFacts) -> Condition:
    found = blemishes(facts.claim.description, facts.debtors)
    proofs = tuple(_proof(f"description-{blemish}") for blemish in found)
    return Condition(Requirement.DESCRIPTION, not found, proofs or (_proof("description"),))


def _reference(claims: tuple[RecoveryClaim, ...]) -> Condition:
    """Each its own, and no longer than the authority's field."""
    own = {claim.reference for claim in claims}
    is_met = len(own) == len(claims) and all(len(one) <= MOST_OF_A_REFERENCE for one in own)
    return Condition(Requirement.REFERENCE, is_met, (_proof("reference", own=claims[0].reference),))


def _liable(facts: DossierFacts) -> Condition:
    count = len(facts.claim.shares)
    return Condition(Requirement.LIABLE, count > 0, (_proof("liable", debtors=count),))

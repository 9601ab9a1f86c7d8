"""Which claim a payment without a sure reference was meant for: points, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from domain.money import NOTHING, Money
from domain.payment_reference import is_valid_reference

MOST_CANDIDATES = 5
MOST_POINTS = 100


class MatchReason(StrEnum):
    """What speaks for a claim."""

    REFERENCE = "reference"  # betalingsreferencen
    NEAR_REFERENCE = "near-reference"  # referencen med ét forkert ciffer
    CLAIM_NUMBER = "claim-number"  # kravets nummer står i teksten
    AGREEMENT_NUMBER = "agreement-number"  # aftalens nummer står i teksten
    NATIONAL_ID = "national-id"  # skyldnerens CPR- eller CVR-nummer står i teksten
    SAME_NAME = "same-name"  # betalerens navn er skyldnerens
    AMOUNT_OWED = "amount-owed"  # beløbet er præcis det skyldige
    INSTALMENT = "instalment"  # beløbet er den næste rate
    PRINCIPAL = "principal"  # beløbet er hovedstolen


# How we weigh them. What the payer wrote weighs more than any amount: sums repeat, numbers do not.
POINTS = {
    MatchReason.REFERENCE: 90,
    MatchReason.CLAIM_NUMBER: 80,
    MatchReason.AGREEMENT_NUMBER: 70,
    MatchReason.NEAR_REFERENCE: 60,
    MatchReason.NATIONAL_ID: 50,
    MatchReason.SAME_NAME: 30,
    MatchReason.AMOUNT_OWED: 20,
    MatchReason.INSTALMENT: 20,
    MatchReason.PRINCIPAL: 10,
}

_CLAIM_NUMBER = re.compile(r"(?<![0-9-])(20[0-9]{2}-[0-9]{6,})(?![0-9-])")
_AGREEMENT_NUMBER = re.compile(r"(?<![0-9A-Za-z])(A-[0-9]{6,})(?![0-9])", re.IGNORECASE)
_NATIONAL_ID = re.compile(r"(?<![0-9])(?:([0-9]{6})[- ]?([0-9]{4})|([0-9]{8}))(?![0-9])")
_SLIP = re.compile(r"(?<![0-9])([0-9]{15})(?![0-9])")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class PaymentClues:
    """What is known of a payment. *text* is the payer's own, *references* what it holds."""

    amount: Money
    payer: str = ""
    text: str = ""
    references: tuple[str, ...] = ()

    @property
    def claim_numbers(self) -> frozenset[str]:
        return frozenset(_CLAIM_NUMBER.findall(self.text))

    @property
    def agreement_numbers(self) -> frozenset[str]:
        return frozenset(number.upper() for number in _AGREEMENT_NUMBER.findall(self.text))

    @property
    def national_ids(self) -> frozenset[str]:
        """Digits alone: CPR of ten, CVR of eight."""
        return frozenset("".join(parts) for parts in _NATIONAL_ID.findall(self.text))

    @property
    def near_references(self) -> frozenset[str]:
        """Every valid reference that differs from one in the text by a digit."""
        return frozenset(one for slip in _SLIP.findall(self.text) for one in _one_digit_away(slip))


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """A claim the payment may be meant for. *instalment*: what its agreement awaits next.

    *is_numbered*: one of the payment's `national_ids` is its debtor's.
    """

    id: str
    payment_reference: str
    is_numbered: bool
    debtor_name: str
    balance: Money
    principal: Money
    agreement_id: str | None = None
    instalment: Money | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """*points* out of `MOST_POINTS`; the weightiest reason first."""

    claim_id: str
    points: int
    reasons: tuple[MatchReason, ...]


def rank(payment: PaymentClues, claims: Iterable[OpenClaim]) -> list[Candidate]:
    """The best candidates, best first; none that nothing speaks for."""
    weighed = [_weigh(payment, claim) for claim in claims]
    good = [one for one in weighed if one.points]
    return sorted(good, key=lambda one: (-one.points, one.claim_id))[:MOST_CANDIDATES]


def _weigh(payment: PaymentClues, claim: OpenClaim) -> Candidate:
    reasons = [reason for reason in POINTS if _speaks(reason, payment, claim)]
    points = min(sum(POINTS[reason] for reason in reasons), MOST_POINTS)
    return Candidate(claim.id, points, tuple(sorted(reasons, key=lambda one: -POINTS[one])))


def _speaks(reason: MatchReason, payment: PaymentClues, claim: OpenClaim) -> bool:
    return {
        MatchReason.REFERENCE: claim.payment_reference in payment.references,
        MatchReason.NEAR_REFERENCE: claim.payment_reference in payment.near_references,
        MatchReason.CLAIM_NUMBER: claim.id in payment.claim_numbers,
        MatchReason.AGREEMENT_NUMBER: claim.agreement_id in payment.agreement_numbers,
        MatchReason.NATIONAL_ID: claim.is_numbered,
        MatchReason.SAME_NAME: _is_same_name(payment.payer, claim.debtor_name),
        MatchReason.AMOUNT_OWED: NOTHING < claim.balance == payment.amount,
        MatchReason.INSTALMENT: claim.instalment == payment.amount,
        MatchReason.PRINCIPAL: claim.principal == payment.amount != claim.balance,
    }[reason]


def _is_same_name(payer: str, debtor: str) -> bool:
    """Banks turn names around and cut them: the same words, of which middle names may lack."""
    words, known = (_words(name) for name in (payer, debtor))
    shorter = min(words, known, key=len)
    return len(shorter) > 1 and words & known == shorter


def _words(name: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(name))


def _one_digit_away(slip: str) -> Iterable[str]:
    if is_valid_reference(slip):
        return
    for place, digit in enumerate(slip):
        for other in "0123456789":
            changed = slip[:place] + other + slip[place + 1 :]
            if other != digit and is_valid_reference(changed):
                yield changed

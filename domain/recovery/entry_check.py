"""What the entry filter would say about a claim, rule by rule, before it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from domain.explanation import Phrase
from domain.recovery.claim import RecoveryClaim
from domain.recovery.entry_filter import Consequence, EntryFilter, FilterRule
from domain.recovery.entry_filter_rules import CHECKS, Check, Looked, Values

UNKNOWN_TYPE = "type-unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule. Its sentence is ``filter-<rule>`` in the catalogue, filled with *values*.

    *debtor_id*: whose share breaks it, where the rule is about one debtor's.
    """

    reference: str
    rule: str
    consequence: Consequence
    field: str
    values: Values
    debtor_id: int | None = None

    @property
    def phrase(self) -> Phrase:
        return Phrase(f"filter-{self.rule}", self.values)

    @property
    def is_rejection(self) -> bool:
        return self.consequence is Consequence.REJECTED


def filter_findings(
    entry_filter: EntryFilter, claims: Sequence[RecoveryClaim], received_on: date
) -> tuple[Finding, ...]:
    """All that is wrong with *claims*, the main claim first, were they received on that day."""
    main = claims[0]
    return tuple(
        finding for claim in claims for finding in _of_claim(entry_filter, claim, main, received_on)
    )


def _of_claim(
    entry_filter: EntryFilter, claim: RecoveryClaim, main: RecoveryClaim, received_on: date
) -> Iterator[Finding]:
    if claim.type_code not in entry_filter.types:
        values: Values = {"code": claim.type_code}
        yield Finding(claim.reference, UNKNOWN_TYPE, Consequence.REJECTED, "type_code", values)
        return
    shares = [Looked(claim, one, main, received_on) for one in claim.liabilities]
    first = shares[:1]
    for rule in entry_filter.rules(claim.type_code, received_on):
        check = CHECKS[rule.id]
        for looked in shares if check.is_by_debtor else first:
            if not check.is_kept(looked, rule):
                yield _finding(claim, rule, check, looked)


def _finding(claim: RecoveryClaim, rule: FilterRule, check: Check, looked: Looked) -> Finding:
    debtor = looked.liability.debtor_id if check.is_by_debtor else None
    values = check.values(looked, rule)
    return Finding(claim.reference, rule.id, rule.otherwise, check.field, values, debtor)

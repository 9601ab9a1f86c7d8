"""What a letter costs, from what stands on the claim's account: for the act and the forecast."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.fees import FeePosting, WhyFree, reminder_fee, why_free
from domain.ledger import EntryKind
from domain.letters import Letter
from domain.money import Money
from domain.policy import Policy
from persistence.claims.facts import ClaimFacts


@dataclass(frozen=True, slots=True)
class Price:
    """Neither where the council has decided that such a letter is free for everybody."""

    fee: FeePosting | None
    free: WhyFree | None = None


def price_of(
    policy: Policy,
    facts: ClaimFacts,
    letter: Letter,
    on: date,
    owed: Money,
    foreseen: Sequence[tuple[date, Money]] = (),
) -> Price:
    """*owed* on the day *on*; *foreseen*: fees that will have been charged before it, with day."""
    claim_type = policy.claim_type(facts.claim["claim_type"])
    charged = [(e.effective_on, e.amount) for e in facts.entries if e.kind == EntryKind.FEE]
    earlier = [*charged, *foreseen]
    fee = reminder_fee(claim_type, letter, on, owed, earlier, has_kept_agreement=False)
    rule = claim_type.fee.on(on)
    return Price(fee, None if fee or rule is None else why_free(rule, on, owed, earlier))

"""Which interest and fees of a claim are time-barred before the claim itself (§ 5, stk. 2)."""

from datetime import date

from domain.ledger import EntryKind
from domain.limitation import accessory_limitation
from domain.money import NOTHING
from domain.policy import Policy
from domain.recovery_split import ClaimToSplit, DebtLine


def early_lapses(claim: ClaimToSplit, policy: Policy) -> dict[int, date]:
    """By number in the books, the day on which the first of the debtors owes it no more.

    Only what is open, and what lapses before the claim does with the first of its debtors.
    """
    main = min((share.limitation_date for share in claim.shares), default=date.min)
    dates = {line.seq: _lapses(line, claim, policy) for line in claim.lines if _is_accessory(line)}
    return {seq: day for seq, day in dates.items() if day < main}


def _is_accessory(line: DebtLine) -> bool:
    return line.kind is not EntryKind.PRINCIPAL and line.open > NOTHING


def _lapses(line: DebtLine, claim: ClaimToSplit, policy: Policy) -> date:
    kind = policy.claim_type(claim.claim_type)
    dates = (
        accessory_limitation(
            line.effective_on,
            share.limitation_date,
            kind.limitation_years,
            share.events,
            policy.limitation,
            is_civil=kind.is_civil,
        )
        for share in claim.shares
    )
    return min(dates, default=date.max)

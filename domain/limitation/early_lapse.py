"""Which interest and fees of a claim are time-barred before the claim itself (§ 5, stk. 2)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from domain.ledger import EntryKind
from domain.limitation.dates import accessory_limitation
from domain.money import NOTHING
from domain.policy import ClaimType, Policy
from domain.recovery.split import ClaimToSplit, DebtLine, Share

_SHORTEST_YEAR = 365


def early_lapses(claim: ClaimToSplit, policy: Policy) -> dict[int, date]:
    """By number in the books, the day on which the first of the debtors owes it no more.

    Only what is open, and what lapses before the claim does with the first of its debtors.
    """
    kind = policy.claim_type(claim.claim_type)
    lines = list(_outlived(claim, kind))
    if not lines:
        return {}
    main = min(share.limitation_date for share in claim.shares)
    dates = {line.seq: _lapses(line, claim.shares, kind, policy) for line in lines}
    return {seq: day for seq, day in dates.items() if day < main}


def _outlived(claim: ClaimToSplit, kind: ClaimType) -> Iterator[DebtLine]:
    """A claim that lives no longer than a line's own period takes the line with it (§ 23, 2)."""
    last = max((share.limitation_date for share in claim.shares), default=date.min)
    if last == date.min:
        return
    before = last - timedelta(days=kind.limitation_years * _SHORTEST_YEAR)
    for line in claim.lines:
        if line.effective_on < before and _is_accessory(line):
            yield line


def _is_accessory(line: DebtLine) -> bool:
    return line.kind is not EntryKind.PRINCIPAL and line.open > NOTHING


def _lapses(line: DebtLine, shares: Sequence[Share], kind: ClaimType, policy: Policy) -> date:
    return min(
        accessory_limitation(
            line.effective_on,
            share.limitation_date,
            kind.limitation_years,
            share.events,
            policy.limitation,
            is_civil=kind.is_civil,
        )
        for share in shares
    )

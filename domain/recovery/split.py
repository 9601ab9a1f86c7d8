"""How a claim of ours becomes several at the recovery authority: principal, interest and fees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import groupby

from domain.ledger import EntryKind
from domain.limitation.dates import FIXING, LimitationEvent, LimitationKind, limitation_date
from domain.limitation.law import LimitationLaw
from domain.money import NOTHING, Money
from domain.policy import ClaimType, Policy
from domain.recovery.claim import Part, RecoveryClaim, RecoveryLiability
from domain.recovery.entry_filter import Dating, LimitationFrom, RecoveryType, RelatedCodes

MOST_OF_A_REFERENCE = 20  # tegn, fordringshavers reference i fordringshaverportalen
NO_CODE = ""
"""The type of a claim for which the policy names none; the entry filter knows no such type."""

_PARTS = {
    EntryKind.PRINCIPAL: Part.PRINCIPAL,
    EntryKind.INTEREST: Part.INTEREST,
    EntryKind.FEE: Part.FEE,
    EntryKind.COURT_FEE: Part.FEE,
}


@dataclass(frozen=True, slots=True)
class DebtLine:
    """A line of debt in the books. *amount* is less what was corrected; *open* what is unpaid."""

    seq: int
    kind: EntryKind
    amount: Money
    open: Money
    effective_on: date
    period_start: date | None = None
    period_end: date | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """One debtor's liability, and what has moved its limitation date."""

    debtor_id: int
    limitation_date: date
    events: tuple[LimitationEvent, ...] = ()

    def fixed_on(self, kind: LimitationKind) -> date | None:
        return max((event.on for event in self.events if event.kind is kind), default=None)


@dataclass(frozen=True, slots=True)
class Demanded:
    """A letter that asked for the debt: when it left, and the last day it gave."""

    planned_on: date
    sent_on: date
    deadline: date


@dataclass(frozen=True, slots=True)
class ClaimToSplit:
    """*attempt*: how often the claim goes to the authority, this time included."""

    id: str
    claim_type: str
    description: str
    period_start: date
    period_end: date
    originated_on: date
    due_on: date
    last_timely_on: date
    lines: tuple[DebtLine, ...]
    shares: tuple[Share, ...]
    demanded: tuple[Demanded, ...] = ()
    attempt: int = 1

    @property
    def reference(self) -> str:
        """The authority takes a reference once, so a claim that goes there anew needs another."""
        return self.id if self.attempt == 1 else f"{self.id}.{self.attempt}"


def recovery_claims_of(claim: ClaimToSplit, policy: Policy, on: date) -> tuple[RecoveryClaim, ...]:
    """The main claim first, then each month of interest and each fee that is not paid.

    They are never summed up: each line of ours is a claim of its own there (GST 01).
    """
    claim_type = policy.claim_type(claim.claim_type)
    main = _main(claim, claim_type)
    codes = claim_type.related_codes.on(on) or RelatedCodes()
    related = (
        _related(claim, line, _code(codes, line.kind), policy)
        for line in _lines_to_send(claim.lines)
    )
    return (main, *related)


def _main(claim: ClaimToSplit, claim_type: ClaimType) -> RecoveryClaim:
    principal = [line for line in claim.lines if line.kind is EntryKind.PRINCIPAL]
    return RecoveryClaim(
        reference=claim.reference,
        part=Part.PRINCIPAL,
        type_code=claim_type.recovery_code,
        principal=sum((line.amount for line in principal), NOTHING),
        amount=sum((line.open for line in principal), NOTHING),
        description=claim.description,
        period_start=claim.period_start,
        period_end=claim.period_end,
        originated_on=claim.originated_on,
        due_on=claim.due_on,
        last_timely_on=claim.last_timely_on,
        liabilities=tuple(_liability(share) for share in claim.shares),
    )


def _liability(share: Share) -> RecoveryLiability:
    """Never both a judgment and a settlement: the later of them is what the claim rests on."""
    judged = share.fixed_on(LimitationKind.JUDGMENT)
    settled = share.fixed_on(LimitationKind.SETTLEMENT)
    is_judged = bool(judged and (not settled or judged >= settled))
    return RecoveryLiability(
        share.debtor_id,
        share.limitation_date,
        judged if is_judged else None,
        None if is_judged else settled,
    )


def _lines_to_send(lines: Sequence[DebtLine]) -> list[DebtLine]:
    """In the order of the books. Interest of one period is one claim; what is paid is none."""
    related = sorted(
        (line for line in lines if line.kind is not EntryKind.PRINCIPAL), key=_same_claim
    )
    claims = (_as_one(list(group)) for _, group in groupby(related, key=_same_claim))
    return sorted((line for line in claims if line.open > NOTHING), key=lambda line: line.seq)


def _as_one(lines: Sequence[DebtLine]) -> DebtLine:
    first = min(lines, key=lambda line: line.seq)
    amount = sum((line.amount for line in lines), NOTHING)
    left = sum((line.open for line in lines), NOTHING)
    return replace(first, amount=amount, open=left)


def _same_claim(line: DebtLine) -> tuple[str, date, date, int]:
    """A fee is a claim by itself, whatever its day."""
    start, end = line.period_start or line.effective_on, line.period_end or line.effective_on
    is_interest = line.kind is EntryKind.INTEREST
    return line.kind.value, start, end, 0 if is_interest else line.seq


def _code(codes: RelatedCodes, kind: EntryKind) -> str:
    code = {
        EntryKind.INTEREST: codes.interest,
        EntryKind.FEE: codes.fee,
        EntryKind.COURT_FEE: codes.court_fee,
    }[kind]
    return code or NO_CODE


def _related(claim: ClaimToSplit, line: DebtLine, code: str, policy: Policy) -> RecoveryClaim:
    kind = policy.entry_filter.types.get(code)
    start, end, due = _days(line, kind, claim.demanded)
    demand = _asked_in(claim.demanded, due)
    return RecoveryClaim(
        reference=f"{claim.reference}-{line.seq}",
        part=_PARTS[line.kind],
        type_code=code,
        principal=line.amount,
        amount=line.open,
        description="",  # agreed: not filled in for interest and fees
        period_start=start,
        period_end=end,
        originated_on=due,
        due_on=due,
        last_timely_on=demand.deadline if demand else due,
        liabilities=tuple(
            RecoveryLiability(share.debtor_id, _limitation(share, kind, start, due, policy))
            for share in claim.shares
        ),
        parent=claim.reference,
    )


def _days(
    line: DebtLine, kind: RecoveryType | None, demanded: Sequence[Demanded]
) -> tuple[date, date, date]:
    """Period start and end, and the day on which the claim arose and fell due."""
    start = line.period_start or line.effective_on
    end = line.period_end or line.effective_on
    dating = kind.dating if kind else Dating.PERIOD_START
    if dating is Dating.SENT:
        sent = next((d.sent_on for d in demanded if d.planned_on == line.effective_on), start)
        return sent, sent, sent
    return start, end, end if dating is Dating.PERIOD_END else start


def _asked_in(demanded: Sequence[Demanded], due: date) -> Demanded | None:
    """The first letter that told the debtor of it; without one it was timely only when it fell due.

    A reminder does not move the last timely day of what was asked for before.
    """
    later = (one for one in demanded if one.sent_on >= due and one.deadline >= due)
    return min(later, key=lambda one: one.sent_on, default=None)


def _limitation(
    share: Share, kind: RecoveryType | None, start: date, due: date, policy: Policy
) -> date:
    """Its own period (§ 3), renewed by what has interrupted the main claim's since it arose.

    That the main claim was acknowledged or adjudged gives later interest no ten years (§ 5, 2).
    """
    years = kind.limitation_years if kind else policy.limitation.recovery_years
    runs_from = kind.limitation_from if kind else LimitationFrom.DUE
    since = start if runs_from is LimitationFrom.PERIOD_START else due
    events = tuple(_plain(event) for event in share.events if event.on >= due)
    return _ends(since, years, events, policy.limitation)


def _plain(event: LimitationEvent) -> LimitationEvent:
    is_fixing = event.kind in FIXING
    return replace(event, kind=LimitationKind.ACKNOWLEDGEMENT) if is_fixing else event


@lru_cache(maxsize=50_000)
def _ends(since: date, years: int, events: tuple[LimitationEvent, ...], law: LimitationLaw) -> date:
    return limitation_date(since, years, events, law)

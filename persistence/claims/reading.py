"""What pages and clients read of a claim: facts, account, debtors, and its standing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, RowMapping, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import RIGHTS, Right
from domain.errors import NotFound
from persistence.debtors.lookup import is_numbered
from persistence.debtors.numbers import with_numbers
from persistence.models import (
    Claim,
    Debtor,
    Hold,
    LedgerCoverage,
    LedgerEntry,
    Liability,
    Payment,
    User,
)

_WORKERS = sorted(role.value for role, rights in RIGHTS.items() if Right.ANSWER_TASKS in rights)


_COVERED = (
    select(func.coalesce(func.sum(LedgerCoverage.amount_ore), 0))
    .where(LedgerCoverage.debt_entry_id == LedgerEntry.id)
    .scalar_subquery()
)
_ACCOUNT = (
    select(
        LedgerEntry.seq,
        LedgerEntry.kind,
        LedgerEntry.amount_ore,
        LedgerEntry.effective_on,
        LedgerEntry.booked_on,
        LedgerEntry.rule,
        LedgerEntry.legal_basis,
        LedgerEntry.actor,
        LedgerEntry.period_start,
        LedgerEntry.period_end,
        LedgerEntry.facts["base_ore"].as_integer().label("base_ore"),
        LedgerEntry.facts["rate_percent"].as_string().label("rate_percent"),
        LedgerEntry.payment_id,
        Payment.payer,
        Payment.channel,
        Payment.file_id,
        Payment.file_row,
        func.sum(LedgerEntry.amount_ore)
        .over(order_by=LedgerEntry.seq)
        .cast(BigInteger)  # PostgreSQL adds whole numbers up to a decimal one
        .label("balance_ore"),
        case((LedgerEntry.amount_ore > 0, LedgerEntry.amount_ore - _COVERED), else_=0)
        .cast(BigInteger)
        .label("open_ore"),
    )
    .join(Payment, Payment.id == LedgerEntry.payment_id, isouter=True)
    .order_by(LedgerEntry.seq)
)


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """What a list of claims is narrowed to; None narrows nothing."""

    stage: str | None = None
    claim_type: str | None = None
    debtor: int | None = None
    reference: str | None = None


async def list_workers(connection: AsyncConnection) -> dict[str, str]:
    """The names of those who may answer tasks, by id, in the order of names."""
    found = select(User.id, User.name).where(User.role.in_(_WORKERS)).order_by(User.name, User.id)
    return {row.id: row.name for row in await connection.execute(found)}


async def require_claim(connection: AsyncConnection, claim_id: str) -> None:
    """Raises NotFound when there is no such claim."""
    if not (await connection.execute(select(Claim.id).where(Claim.id == claim_id))).first():
        raise NotFound("claim", claim_id)


async def require_hold(connection: AsyncConnection, hold_id: int) -> None:
    """Raises NotFound when there never was such a hold."""
    if not (await connection.execute(select(Hold.id).where(Hold.id == hold_id))).first():
        raise NotFound("hold", hold_id)


async def read_debtors(connection: AsyncConnection, claim_id: str) -> Sequence[Any]:
    """All who are liable, the primary debtor first."""
    found = (
        select(
            Debtor.id,
            Debtor.kind,
            Debtor.national_id,
            Debtor.sealed_number,
            Debtor.name,
            Debtor.address,
            Debtor.is_protected,
            Liability.limitation_date,
        )
        .join(Liability, Liability.debtor_id == Debtor.id)
        .join(Claim, Claim.id == Liability.claim_id)
        .where(Liability.claim_id == claim_id)
        .order_by((Debtor.id != Claim.debtor_id), Debtor.id)
    )
    return with_numbers(connection, (await connection.execute(found)).mappings(), "claim")


async def read_ledger(connection: AsyncConnection, claim_id: str) -> Sequence[RowMapping]:
    """The claim's account, each line with the balance after it and what is open of it."""
    found = _ACCOUNT.where(LedgerEntry.claim_id == claim_id)
    return (await connection.execute(found)).mappings().all()


async def list_claims(
    connection: AsyncConnection, narrow: ClaimFilter, before: int | None, limit: int
) -> Sequence[RowMapping]:
    """Newest first, those with a serial below *before*: claims that come in disturb no page."""
    found = (
        select(*_SUMMARY)
        .join(Debtor, Debtor.id == Claim.debtor_id)
        .order_by(Claim.serial.desc())
        .limit(limit)
    )
    for column, value in _columns(narrow):
        found = found.where(column == value)
    if narrow.debtor is not None:
        mine = select(Liability.claim_id).where(Liability.debtor_id == narrow.debtor)
        found = found.where(Claim.id.in_(mine))
    if before is not None:
        found = found.where(Claim.serial < before)
    return (await connection.execute(found)).mappings().all()


_SUMMARY = (
    Claim.id,
    Claim.serial,
    Claim.source,
    Claim.reference,
    Claim.claim_type,
    Claim.stage,
    Claim.ending,
    Claim.debtor_id,
    Debtor.name.label("debtor_name"),
    Claim.principal_ore,
    Claim.balance_ore,
    Claim.due_date,
    Claim.limitation_date,
    Claim.waiting_for,
    Claim.next_on,
    Claim.registered_on,
)


def _columns(narrow: ClaimFilter) -> list[tuple[Any, str]]:
    wishes = (
        (Claim.stage, narrow.stage),
        (Claim.claim_type, narrow.claim_type),
        (Claim.reference, narrow.reference),
    )
    return [(column, value) for column, value in wishes if value is not None]


async def find_debtor(connection: AsyncConnection, national_id: str) -> Any:
    """Raises NotFound when nobody with this number owes anything here."""
    found = select(
        Debtor.id, Debtor.kind, Debtor.national_id, Debtor.sealed_number, Debtor.name
    ).where(is_numbered(connection, national_id))
    row = (await connection.execute(found)).mappings().first()
    if row is None:
        raise NotFound("debtor")
    return with_numbers(connection, [row], "search")[0]


async def read_payment(connection: AsyncConnection, payment_id: int) -> RowMapping:
    found = select(
        Payment.id, Payment.claim_id, Payment.amount_ore, Payment.unused_ore, Payment.paid_on
    ).where(Payment.id == payment_id)
    return (await connection.execute(found)).mappings().one()


async def read_balance(connection: AsyncConnection, claim_id: str) -> int:
    """In øre."""
    return (
        await connection.execute(select(Claim.balance_ore).where(Claim.id == claim_id))
    ).scalar_one()


async def count_claims(connection: AsyncConnection) -> Sequence[RowMapping]:
    """How many claims, and øre owed and claimed, per stage; ended ones per ending."""
    found = (
        select(
            Claim.stage,
            Claim.ending,
            func.count().label("claims"),
            func.sum(Claim.balance_ore).label("balance_ore"),
            func.sum(Claim.principal_ore).label("principal_ore"),
        )
        .group_by(Claim.stage, Claim.ending)
        .order_by(Claim.stage, Claim.ending)
    )
    return (await connection.execute(found)).mappings().all()

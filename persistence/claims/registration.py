"""How a new claim enters the house: facts, account and the message that starts its story."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Sequence, bindparam, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import Stage
from domain.errors import Conflict
from domain.ledger import EntryKind
from domain.letters import Letter
from domain.limitation.dates import first_limitation
from domain.payment_reference import payment_reference
from domain.policy import ClaimType, Policy
from domain.registration import NewClaim, NewDebtor
from persistence.database import numbers
from persistence.debtors.entering import Person, know
from persistence.endings.resting_from_the_start import let_rest
from persistence.models import Act, Claim, Liability
from persistence.money.accounts import Line, book_lines
from persistence.outbox import START_CLAIM, message
from persistence.trail.audit import noted

CLAIM_SERIAL = Sequence("claim_serial")
_SERIAL = select(CLAIM_SERIAL.next_value())
_KNOWN = select(Claim.id, Claim.claim_type, Claim.principal_ore, Claim.due_date).where(
    Claim.source == bindparam("source"), Claim.reference == bindparam("reference")
)
_LIABLE = numbers("debtors")


@dataclass(frozen=True, slots=True)
class Registered:
    claim_id: str
    is_new: bool


async def register(
    connection: AsyncConnection, policy: Policy, claim: NewClaim, on: date, actor: str
) -> Registered:
    """Take the claim in and let its story start.

    The same source and reference again is the same claim; raises Conflict if its facts differ.
    """
    if known := await _find(connection, claim):
        return known
    claim_type = policy.claim_type(claim.claim_type)
    serial = await connection.scalar(_SERIAL)
    assert isinstance(serial, int)
    claim_id = f"{on.year}-{serial:06d}"
    ids = await know(connection, map(as_person, claim.debtors), on)
    debtors = [ids[debtor.national_id] for debtor in claim.debtors]
    limitation = first_limitation(claim_type, claim.last_timely_payment_date)
    row = claim_row(claim, claim_type, claim_id, serial, on) | {
        "policy_version": policy.version,
        "debtor_id": debtors[0],
        "limitation_date": limitation,
    }
    await connection.execute(insert(Claim), row)
    await _book_principal(connection, claim, claim_type, claim_id, on, actor)
    if claim.demand_sent_on:
        await _remember_the_demand(connection, claim, claim_id)
    liabilities = insert(Liability).from_select(
        ["claim_id", "debtor_id", "limitation_date"],
        select(literal(claim_id), _LIABLE.c.debtors, literal(limitation)),
    )
    entry = noted(claim_id, actor, "registered", source=claim.source).cte("entry")
    start = message(f"claim-{claim_id}", START_CLAIM).cte("start")
    await connection.execute(liabilities.add_cte(entry, start), {"debtors": debtors})
    await let_rest(connection, policy, [claim_id], on, actor)
    return Registered(claim_id, is_new=True)


async def _find(connection: AsyncConnection, claim: NewClaim) -> Registered | None:
    names = {"source": claim.source, "reference": claim.reference}
    row = (await connection.execute(_KNOWN, names)).first()
    if row is None:
        return None
    if (row[1], row[2], row[3]) != (claim.claim_type, claim.principal.ore, claim.due_date):
        raise Conflict(f"reference {claim.reference} of {claim.source} is another claim")
    return Registered(row[0], is_new=False)


async def register_debtor(connection: AsyncConnection, debtor: NewDebtor, on: date) -> int:
    """The debtor's number, new or known; name and address are as they are told now."""
    return (await know(connection, [as_person(debtor)], on))[debtor.national_id]


def as_person(debtor: NewDebtor) -> Person:
    return Person(debtor.national_id, debtor.name, debtor.address)


def claim_row(
    claim: NewClaim, claim_type: ClaimType, claim_id: str, serial: int, on: date
) -> dict[str, Any]:
    steps = claim_type.steps.on(on) or ()
    notice = next((step.letter.value for step in steps if step.carries_transfer_notice), None)
    is_demanded = claim.demand_sent_on is not None
    return {
        "id": claim_id,
        "serial": serial,
        "source": claim.source,
        "reference": claim.reference,
        "claim_type": claim.claim_type,
        "department": claim_type.department,
        "description": claim.description,
        "period_start": claim.period_start,
        "period_end": claim.period_end,
        "origination_date": claim.origination_date,
        "due_date": claim.due_date,
        "last_timely_payment_date": claim.last_timely_payment_date,
        "principal_ore": claim.principal.ore,
        "payment_reference": payment_reference(serial),
        "letters": [step.letter.value for step in steps],
        "transfer_notice_with": notice,
        "stage": Stage.DEMAND.value,
        "stage_since": on,
        "waiting_for": Letter.DEMAND.value if is_demanded else "",
        "next_on": claim.last_timely_payment_date if is_demanded else on,
        "registered_on": on,
    }


async def _book_principal(
    connection: AsyncConnection,
    claim: NewClaim,
    claim_type: ClaimType,
    claim_id: str,
    on: date,
    actor: str,
) -> None:
    principal = Line(
        EntryKind.PRINCIPAL,
        claim.principal,
        claim.due_date,
        actor,
        "registration",
        claim_type.legal_basis,
    )
    await book_lines(connection, claim_id, [principal], on)


async def _remember_the_demand(connection: AsyncConnection, claim: NewClaim, claim_id: str) -> None:
    """Another system has sent the demand: the story begins while its time runs."""
    act = {
        "subject": claim_id,
        "key": Letter.DEMAND.value,
        "kind": "letter",
        "done_on": claim.demand_sent_on,
        "deadline": claim.last_timely_payment_date,
        "facts": {"sent_by": claim.source},
    }
    await connection.execute(insert(Act), act)

"""Many new claims at once: what `register` does to each, in a handful of statements for all."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Conflict
from domain.ledger import EntryKind
from domain.letters import Letter
from domain.limitation.dates import first_limitation
from domain.policy import Policy
from domain.registration import NewClaim
from persistence.claims.registration import CLAIM_SERIAL, Registered, as_person, claim_row
from persistence.debtors.entering import know
from persistence.endings.resting_from_the_start import let_rest
from persistence.models import Act, AuditRow, Claim, LedgerEntry, Liability, OutboxRow
from persistence.outbox import PLACE, START_CLAIM
from traces.carrying import carrying


@dataclass(frozen=True, slots=True)
class _Entering:
    """A claim on its way in, with the number it was given."""

    claim: NewClaim
    serial: int
    id: str
    debtor_ids: tuple[int, ...]
    limitation: date


async def register_all(
    connection: AsyncConnection,
    policy: Policy,
    claims: Sequence[NewClaim],
    on: date,
    actor: str,
    place: int | None = None,
) -> list[Registered | Conflict]:
    """As `register`, claim by claim in their order; no two of them may share a reference.

    With a *place*, that of the first, their stories take their first step one after the other.
    """
    known = await _known(connection, claims)
    new = [claim for claim in claims if _name(claim) not in known]
    entering = await _number(connection, policy, new, on)
    if entering:
        await _write(connection, policy, entering, on, actor)
        await _tell(connection, entering, place)
        await let_rest(connection, policy, [one.id for one in entering], on, actor)
    fresh = {_name(one.claim): Registered(one.id, is_new=True) for one in entering}
    return [fresh.get(_name(claim)) or _compare(claim, known[_name(claim)]) for claim in claims]


def _name(claim: NewClaim) -> tuple[str, str]:
    return claim.source, claim.reference


async def _known(
    connection: AsyncConnection, claims: Sequence[NewClaim]
) -> dict[tuple[str, str], tuple[str, str, int, date]]:
    columns = (Claim.id, Claim.claim_type, Claim.principal_ore, Claim.due_date)
    found = select(Claim.source, Claim.reference, *columns).where(
        tuple_(Claim.source, Claim.reference).in_([_name(claim) for claim in claims])
    )
    return {(row[0], row[1]): row[2:] for row in await connection.execute(found)}


def _compare(claim: NewClaim, known: tuple[str, str, int, date]) -> Registered | Conflict:
    claim_id, *facts = known
    if facts != [claim.claim_type, claim.principal.ore, claim.due_date]:
        return Conflict(f"reference {claim.reference} of {claim.source} is another claim")
    return Registered(claim_id, is_new=False)


async def _number(
    connection: AsyncConnection, policy: Policy, claims: Sequence[NewClaim], on: date
) -> list[_Entering]:
    serials = select(CLAIM_SERIAL.next_value()).select_from(func.generate_series(1, len(claims)))
    numbers = sorted((await connection.execute(serials)).scalars()) if claims else []
    people = (as_person(debtor) for claim in claims for debtor in claim.debtors)
    ids = await know(connection, people, on)
    return [
        _Entering(
            claim,
            serial,
            f"{on.year}-{serial:06d}",
            tuple(ids[debtor.national_id] for debtor in claim.debtors),
            first_limitation(policy.claim_type(claim.claim_type), claim.last_timely_payment_date),
        )
        for claim, serial in zip(claims, numbers, strict=True)
    ]


async def _write(
    connection: AsyncConnection,
    policy: Policy,
    entering: Sequence[_Entering],
    on: date,
    actor: str,
) -> None:
    await connection.execute(insert(Claim), [_claim_row(policy, one, on) for one in entering])
    await connection.execute(insert(Liability), list(_liabilities(entering)))
    principals = [_principal(policy, one, on, actor) for one in entering]
    await connection.execute(insert(LedgerEntry), principals)
    if demands := [_demand(one) for one in entering if one.claim.demand_sent_on]:
        await connection.execute(insert(Act), demands)
    await connection.execute(insert(AuditRow), [_audit(one, actor) for one in entering])


async def _tell(
    connection: AsyncConnection, entering: Sequence[_Entering], place: int | None
) -> None:
    messages = [
        {
            "target": f"claim-{one.id}",
            "name": START_CLAIM,
            "payload": carrying({} if place is None else {PLACE: place + number}),
        }
        for number, one in enumerate(entering)
    ]
    await connection.execute(insert(OutboxRow), messages)


def _claim_row(policy: Policy, one: _Entering, on: date) -> dict[str, Any]:
    claim_type = policy.claim_type(one.claim.claim_type)
    return claim_row(one.claim, claim_type, one.id, one.serial, on) | {
        "policy_version": policy.version,
        "debtor_id": one.debtor_ids[0],
        "limitation_date": one.limitation,
    }


def _liabilities(entering: Iterable[_Entering]) -> Iterator[dict[str, Any]]:
    for one in entering:
        for debtor_id in one.debtor_ids:
            yield {
                "claim_id": one.id,
                "debtor_id": debtor_id,
                "limitation_date": one.limitation,
            }


def _principal(policy: Policy, one: _Entering, on: date, actor: str) -> dict[str, Any]:
    return {
        "claim_id": one.id,
        "kind": EntryKind.PRINCIPAL.value,
        "amount_ore": one.claim.principal.ore,
        "effective_on": one.claim.due_date,
        "booked_on": on,
        "actor": actor,
        "rule": "registration",
        "legal_basis": policy.claim_type(one.claim.claim_type).legal_basis,
        "facts": {},
    }


def _demand(one: _Entering) -> dict[str, Any]:
    """Another system has sent the demand: the story begins while its time runs."""
    return {
        "subject": one.id,
        "key": Letter.DEMAND.value,
        "kind": "letter",
        "done_on": one.claim.demand_sent_on,
        "deadline": one.claim.last_timely_payment_date,
        "facts": {"sent_by": one.claim.source},
    }


def _audit(one: _Entering, actor: str) -> dict[str, Any]:
    return {
        "subject": one.id,
        "actor": actor,
        "act": "registered",
        "facts": {"source": one.claim.source},
    }

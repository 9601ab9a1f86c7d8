"""One debtor freed of a claim for which others go on being liable."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.errors import ClaimHasEnded, Conflict, Fault, Invalid, NotFound
from domain.money import NOTHING
from domain.policy import Policy
from domain.write_off import NewWriteOff, WriteOffFacts, WriteOffRule, faults_of_proposal
from persistence.audit import note
from persistence.writing_off import faults_of_attachment

_LIABLE = text("""
select c.ending, b.debtor_id, b.discharged_on, b.limitation_date
from claims c join liabilities b on b.claim_id = c.id where c.id = :claim
order by b.debtor_id for no key update of c""")
_DISCHARGE = text("""
update liabilities set discharged_on = :on, discharge = :told
where claim_id = :claim and debtor_id = :debtor""").bindparams(bindparam("told", type_=JSONB))


@dataclass(frozen=True, slots=True)
class NewDischarge:
    """Whom a claim is owed by no more, and why."""

    claim_id: str
    debtor_id: int
    why: NewWriteOff
    explanation: str


async def discharge(
    connection: AsyncConnection, policy: Policy, wish: NewDischarge, on: date, actor: Actor
) -> None:
    """Write down that the debtor owes it no more: they get no letters about it from now on.

    Raises NotFound, NotAllowed, Invalid, ClaimHasEnded; Conflict when it is known already.
    """
    require(actor, Right.WORK_ON_TASKS)
    claim_id = wish.claim_id
    rows = (await connection.execute(_LIABLE, {"claim": claim_id})).mappings().all()
    own = _own(rows, wish)
    faults = list(_faults(policy.endings.write_off(on), wish, own, rows, on))
    number = wish.why.attachment_id
    faults += await faults_of_attachment(connection, claim_id, number, "write-off-document")
    if faults:
        raise Invalid(*faults)
    told = _told(policy.endings.write_off(on), wish, actor)
    values = {"claim": claim_id, "debtor": wish.debtor_id, "on": on, "told": told}
    await connection.execute(_DISCHARGE, values)
    known = {"debtor": wish.debtor_id, "reason": wish.why.reason}
    await note(connection, claim_id, actor.id, "debtor-discharged", **known)


def _own(rows: Sequence[RowMapping], wish: NewDischarge) -> RowMapping:
    """The liability that is to end."""
    own = next((row for row in rows if row["debtor_id"] == wish.debtor_id), None)
    if own is None:
        raise NotFound("debtor", wish.debtor_id)
    if own["ending"]:
        raise ClaimHasEnded(f"claim {wish.claim_id}")
    if own["discharged_on"]:
        raise Conflict(f"debtor {wish.debtor_id} is discharged already")
    return own


def _faults(
    rule: WriteOffRule,
    wish: NewDischarge,
    own: RowMapping,
    rows: Sequence[RowMapping],
    on: date,
) -> Iterator[Fault]:
    """Where nobody else is liable, the claim itself is to be given up."""
    facts = WriteOffFacts(NOTHING, own["limitation_date"], 1)
    yield from faults_of_proposal(rule, wish.why, facts, on)
    ground = rule.rule_for(wish.why.reason)
    if ground and not ground.is_personal:
        yield Fault("write-off-reason", "discharge-not-personal")
    if sum(row["discharged_on"] is None for row in rows) == 1:
        yield Fault("debtor", "discharge-last-one")
    if not wish.explanation.strip():
        yield Fault("reasons", "reasons-missing")


def _told(rule: WriteOffRule, wish: NewDischarge, actor: Actor) -> dict[str, Any]:
    why, ground = wish.why, rule.rule_for(wish.why.reason)
    return {
        "reason": why.reason,
        "legal_basis": ground.legal_basis if ground else "",
        "proved_on": why.on.isoformat() if why.on else None,
        "attachment": why.attachment_id,
        "journal": why.journal,
        "explanation": wish.explanation,
        "by": actor.id,
    }

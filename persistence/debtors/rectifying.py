"""What is wrong of a person put right, or not, by somebody who says why: one act, one row."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.errors import Fault, Invalid, NotFound
from domain.file_notes import read_prose
from domain.policy import Policy
from domain.rectification import PersonFacts, RectificationOutcome, RectifiedFact, overruled_by
from persistence.models import Debtor, Rectification
from persistence.trail.audit import note

LONGEST_REASON, LONGEST_SOURCE = 2000, 200
OVERTAKEN = "rectify-changed-meanwhile"

PERSON = """
select id, kind, name, address, is_protected, protected_until, overruled, erased_on
from debtors where id = :debtor"""
# A debtor has no claim to lock first: nothing of theirs is changed by it.
_LOCK = text(f"{PERSON} for update").columns(overruled=JSONB)


@dataclass(frozen=True, slots=True)
class Wish:
    """*then*: what is to stand; None: it was right, and stays. *seen*: the mark of what the asker
    had before them.
    """

    then: PersonFacts | None
    source: str
    reason: str
    seen: str


@dataclass(frozen=True, slots=True)
class Rectified:
    """*changed* is empty where it was refused."""

    number: int
    before: PersonFacts
    then: PersonFacts
    changed: tuple[RectifiedFact, ...]


async def rectify(
    connection: AsyncConnection, policy: Policy, debtor_id: int, wish: Wish, on: date, actor: Actor
) -> Rectified:
    """Letters that have not left take what stands from now on; those that left stay as they were.

    Raises NotFound and Invalid.
    """
    require(actor, Right.WORK_ON_TASKS)
    row = await _lock(connection, debtor_id)
    before = facts_of(row)
    source, reason = _words_of(wish)
    if wish.seen != before.mark:
        raise Invalid(Fault("", "rectify-changed-meanwhile"))
    then = before
    changed: tuple[RectifiedFact, ...] = ()
    if wish.then is not None:
        rule = policy.keeping.protection.on_or_first(on)
        then, changed = before.rectified(wish.then, row["kind"], rule, on)
        await _change(connection, debtor_id, then, overruled_by(before, then, row["overruled"]))
    values = {"source": source, "reason": reason, "decided_by": actor.id, "decided_on": on}
    values |= {"debtor_id": debtor_id} | _columns(before, then, changed)
    number = await _keep(connection, values)
    await _note(connection, debtor_id, number, changed, actor)
    return Rectified(number, before, then, changed)


def facts_of(row: Any) -> PersonFacts:
    """Of a row of debtors."""
    return PersonFacts(
        row["name"], tuple(row["address"]), row["is_protected"], row["protected_until"]
    )


async def _lock(connection: AsyncConnection, debtor_id: int) -> Any:
    row = (await connection.execute(_LOCK, {"debtor": debtor_id})).mappings().first()
    if row is None:
        raise NotFound("debtor", debtor_id)
    if row["erased_on"]:
        raise Invalid(Fault("", "rectify-erased"))
    return row


def _words_of(wish: Wish) -> tuple[str, str]:
    """Who said it and why. Raises Invalid with all that is wrong."""
    faults: list[Fault] = []
    found = []
    for field, said, longest in (
        ("source", wish.source, LONGEST_SOURCE), ("reason", wish.reason, LONGEST_REASON)
    ):  # fmt: skip
        try:
            found.append(read_prose(field, said, longest))
        except Invalid as wrong:
            faults += wrong.faults
    if faults:
        raise Invalid(*faults)
    return found[0], found[1]


async def _change(
    connection: AsyncConnection, debtor_id: int, then: PersonFacts, overruled: dict[str, Any]
) -> None:
    values = {
        "name": then.name,
        "address": list(then.address),
        "is_protected": then.is_protected,
        "protected_until": then.protected_until,
        "overruled": overruled,
    }
    await connection.execute(update(Debtor).where(Debtor.id == debtor_id).values(values))


def _columns(
    before: PersonFacts, then: PersonFacts, changed: tuple[RectifiedFact, ...]
) -> dict[str, Any]:
    outcome = RectificationOutcome.CORRECTED if changed else RectificationOutcome.REFUSED
    found: dict[str, Any] = {"outcome": outcome.value}
    for side, facts in (("was", before), ("became", then)):
        if RectifiedFact.NAME in changed:
            found[f"name_{side}"] = facts.name
        if RectifiedFact.ADDRESS in changed:
            found[f"address_{side}"] = list(facts.address)
        if RectifiedFact.PROTECTION in changed:
            found[f"protected_{side}"] = facts.is_protected
            found[f"until_{side}"] = facts.protected_until
    return found


async def _keep(connection: AsyncConnection, values: dict[str, Any]) -> int:
    made = insert(Rectification).values(values).returning(Rectification.id)
    return int((await connection.execute(made)).scalar_one())


async def _note(
    connection: AsyncConnection,
    debtor_id: int,
    number: int,
    changed: tuple[RectifiedFact, ...],
    actor: Actor,
) -> None:
    act = "rectified" if changed else "rectification-refused"
    facts = [fact.value for fact in changed]
    await note(connection, f"debtor-{debtor_id}", actor.id, act, rectification=number, facts=facts)

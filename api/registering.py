"""How a claim sent as JSON is read, judged and registered, alone or among many."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from api.house import House
from api.problems import code_of
from api.schemas.claims import BatchAnswer, BatchRow, RegisteredClaim
from api.sentences import view_faults
from domain.authority import Actor
from domain.claim_fields import canonical
from domain.errors import Fault, Invalid, Refusal
from domain.registration import NewClaim, read_claim
from persistence.idempotency import StoredAnswer
from persistence.registration import register

_ORE = "principal_ore"
_ORE_IN_A_KRONE = 100


async def register_one(
    connection: AsyncConnection,
    house: House,
    fields: Mapping[str, Any],
    actor: Actor,
    language: str,
) -> StoredAnswer:
    """Raises Invalid with all faults, Conflict when the reference is another claim's."""
    claim, warnings = read(fields, house)
    done = await register(connection, house.policy, claim, house.today, actor.id)
    view = RegisteredClaim(
        claim_id=done.claim_id, is_new=done.is_new, warnings=view_faults(warnings, language)
    )
    return StoredAnswer(201 if done.is_new else 200, view.model_dump(mode="json"))


async def register_many(
    connection: AsyncConnection, house: House, rows: list[Any], actor: Actor, language: str
) -> StoredAnswer:
    """A row that is refused holds no other back."""
    answers = [
        await _register_row(connection, house, number, fields, actor, language)
        for number, fields in enumerate(rows, start=1)
    ]
    count = dict.fromkeys(("registered", "known", "refused"), 0)
    for answer in answers:
        count[answer.status] += 1
    view = BatchAnswer(**count, rows=answers)
    return StoredAnswer(200, view.model_dump(mode="json"))


async def _register_row(
    connection: AsyncConnection,
    house: House,
    number: int,
    fields: Any,
    actor: Actor,
    language: str,
) -> BatchRow:
    try:
        claim, warnings = read(fields, house)
        async with connection.begin_nested():
            done = await register(connection, house.policy, claim, house.today, actor.id)
    except Invalid as invalid:
        return _refused(number, invalid.faults, language)
    except Refusal as refusal:
        fault = Fault("reference", f"problem-{code_of(refusal, 'registerClaim')}")
        return _refused(number, (fault,), language)
    return BatchRow(
        row=number,
        status="registered" if done.is_new else "known",
        claim_id=done.claim_id,
        faults=[],
        warnings=view_faults(warnings, language),
    )


def _refused(number: int, faults: tuple[Fault, ...], language: str) -> BatchRow:
    return BatchRow(
        row=number,
        status="refused",
        claim_id=None,
        faults=view_faults(faults, language),
        warnings=[],
    )


def read(fields: Any, house: House) -> tuple[NewClaim, tuple[Fault, ...]]:
    """The same reading as for files; only the principal is whole øre here, not text."""
    if not isinstance(fields, dict):
        raise Invalid(Fault("", "value-unfit"))
    own: list[Fault] = [
        Fault(name, "use-principal-ore")
        for name in fields
        if name != _ORE and canonical(name) == "principal"
    ]
    given = {name: v for name, v in fields.items() if canonical(name) != "principal"}
    ore = given.pop(_ORE, None)
    if type(ore) is int:
        given["principal"] = _kroner(ore)
    elif ore is not None:
        own.append(Fault(_ORE, "ore-not-whole"))
        given["principal"] = "1"  # so that the fault is told once
    try:
        claim, warnings = read_claim(given, house.policy, house.today)
    except Invalid as invalid:
        raise Invalid(*own, *(_renamed(fault) for fault in invalid.faults)) from None
    if own:
        raise Invalid(*own)
    return claim, warnings


def _kroner(ore: int) -> str:
    kroner, rest = divmod(abs(ore), _ORE_IN_A_KRONE)
    return f"{'-' if ore < 0 else ''}{kroner}.{rest:02d}"


def _renamed(fault: Fault) -> Fault:
    return replace(fault, field=_ORE) if fault.field == "principal" else fault

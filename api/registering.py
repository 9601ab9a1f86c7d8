"""How a claim sent as JSON is read, judged and registered, alone or among many."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from api.house import House
from api.schemas.claims import BatchAnswer, BatchRow, RegisteredClaim
from api.sentences import view_faults
from domain.authority import Actor
from domain.claim_fields import canonical
from domain.errors import Conflict, Fault, Invalid
from domain.registration import NewClaim, read_claim
from persistence.claims.bulk_registration import register_all
from persistence.claims.registration import Registered, register
from persistence.idempotency import StoredAnswer

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
    judged = _judge(rows, house)
    claims = [row.claim for row in judged if row.claim]
    outcomes = iter(await register_all(connection, house.policy, claims, house.today, actor.id))
    answers = [_answer(row, next(outcomes) if row.claim else None, language) for row in judged]
    count = Counter(answer.status for answer in answers)
    view = BatchAnswer(
        registered=count["registered"],
        known=count["known"],
        refused=count["refused"],
        rows=answers,
    )
    return StoredAnswer(200, view.model_dump(mode="json"))


@dataclass(frozen=True, slots=True)
class _Row:
    """One row, numbered from 1. *faults* of a row with a claim are only warnings."""

    number: int
    claim: NewClaim | None
    faults: tuple[Fault, ...]


def _judge(rows: list[Any], house: House) -> list[_Row]:
    judged: list[_Row] = []
    first: dict[tuple[str, str], int] = {}
    for number, fields in enumerate(rows, start=1):
        try:
            claim, warnings = read(fields, house)
        except Invalid as invalid:
            judged.append(_Row(number, None, invalid.faults))
            continue
        earlier = first.setdefault((claim.source, claim.reference), number)
        if earlier < number:
            twice = Fault("reference", "reference-twice", {"row": str(earlier)})
            judged.append(_Row(number, None, (twice,)))
        else:
            judged.append(_Row(number, claim, warnings))
    return judged


def _answer(row: _Row, outcome: Registered | Conflict | None, language: str) -> BatchRow:
    faults = view_faults(row.faults, language)
    if isinstance(outcome, Registered):
        return BatchRow(
            row=row.number,
            status="registered" if outcome.is_new else "known",
            claim_id=outcome.claim_id,
            faults=[],
            warnings=faults,
        )
    if outcome:
        faults = view_faults([Fault("reference", "reference-other-claim")], language)
    return BatchRow(row=row.number, status="refused", claim_id=None, faults=faults, warnings=[])


def read(fields: Any, house: House) -> tuple[NewClaim, tuple[Fault, ...]]:
    """The same reading as for files; only the principal is whole øre here, not text."""
    if not isinstance(fields, dict):
        raise Invalid(Fault("", "row-not-object"))
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

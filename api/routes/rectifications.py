"""What is wrong of a person put right by hand, and protections that are over."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import IdempotencyKey, LetterWriter, TheHouse
from api.once import fingerprint, once
from api.routes.describing import problems
from api.schemas.common import Number
from api.schemas.rectifications import (
    EndedProtection,
    EndedProtectionList,
    FactsView,
    RectificationBody,
    RectificationDone,
    RectificationForeseen,
    RectificationList,
    RectificationView,
    SpreadView,
)
from domain.rectification import PersonFacts, RectificationOutcome
from persistence.debtors.rectifications import (
    ended_protections,
    read_person,
    read_rectifications,
    read_spread,
)
from persistence.debtors.rectifying import Wish, rectify
from persistence.idempotency import StoredAnswer
from persistence.trail.audit import LOOKED, note

router = APIRouter(tags=["debtors"])
DebtorId = Annotated[Number, Path(examples=[3])]
_MOST = 200


@router.get(
    "/debtors/{debtor_id}/rectifications",
    operation_id="listRectifications",
    responses=problems(404, 422),
)
async def get_rectifications(
    debtor_id: DebtorId, house: TheHouse, actor: LetterWriter
) -> RectificationList:
    """List what was put right of a person, or was not, and why; the newest first, at most 200."""
    async with house.database.transaction() as connection:
        await read_person(connection, debtor_id)
        rows = await read_rectifications(connection, debtor_id, _MOST)
        await note(connection, f"debtor-{debtor_id}", actor.id, LOOKED)
    shown = RectificationView.model_fields
    items = [RectificationView(**{name: row[name] for name in shown}) for row in rows]
    return RectificationList(items=items)


@router.post(
    "/debtors/{debtor_id}/rectifications/preview",
    operation_id="foreseeRectification",
    responses=problems(404, 422),
)
async def post_preview(
    debtor_id: DebtorId, body: RectificationBody, house: TheHouse, actor: LetterWriter
) -> RectificationForeseen:
    """What it would change, and who has what is wrong. Nothing is done."""
    async with house.database.trial() as connection:
        wish = await _wish(connection, debtor_id, body)
        done = await rectify(connection, house.policy, debtor_id, wish, house.today, actor)
        spread = await read_spread(connection, debtor_id, done.before, done.changed)
    return RectificationForeseen(
        before=_facts(done.before),
        then=_facts(done.then),
        changed=list(done.changed),
        spread=SpreadView(**{name: spread[name] for name in SpreadView.model_fields}),
    )


@router.post(
    "/debtors/{debtor_id}/rectifications",
    operation_id="rectifyDebtor",
    status_code=201,
    responses=problems(404, 409, 422),
)
async def post_rectification(
    request: Request,
    debtor_id: DebtorId,
    body: RectificationBody,
    house: TheHouse,
    actor: LetterWriter,
    key: IdempotencyKey = None,
) -> RectificationDone:
    """Put right what is wrong of a person (GDPR article 16), or refuse to, with a reason.

    Letters yet to leave take what is right. Departments change it no more; the registers do when
    they tell something else than what was overruled. To undo it, put it right the other way.
    """

    async def act(connection: AsyncConnection) -> StoredAnswer:
        wish = await _wish(connection, debtor_id, body)
        done = await rectify(connection, house.policy, debtor_id, wish, house.today, actor)
        told = RectificationDone(rectification_id=done.number, changed=list(done.changed))
        return StoredAnswer(201, told.model_dump(mode="json"))

    said = fingerprint(request, body.model_dump(mode="json"))
    answer = await once(house, actor, key, said, act)
    return RectificationDone.model_validate(answer.response)


@router.get("/protections/ended", operation_id="listEndedProtections", responses=problems())
async def get_ended(house: TheHouse, _: LetterWriter) -> EndedProtectionList:
    """List whose protected address had its last day: it stays hidden until somebody looks."""
    async with house.database.transaction() as connection:
        rows = await ended_protections(connection, house.today, _MOST)
    items = [
        EndedProtection(
            debtor_id=row["id"], name=row["name"], protected_until=row["protected_until"]
        )
        for row in rows
    ]
    return EndedProtectionList(items=items)


async def _wish(connection: AsyncConnection, debtor_id: int, body: RectificationBody) -> Wish:
    now = (await read_person(connection, debtor_id)).facts
    is_refused = body.outcome is RectificationOutcome.REFUSED
    return Wish(None if is_refused else _then(now, body), body.source, body.reason, now.mark)


def _then(now: PersonFacts, body: RectificationBody) -> PersonFacts:
    """As it is now, but for what is said."""
    said = body.model_dump(include={"name", "address", "is_protected", "protected_until"})
    facts = {name: getattr(now, name) if value is None else value for name, value in said.items()}
    return PersonFacts(**facts | {"address": tuple(facts["address"])})


def _facts(facts: PersonFacts) -> FactsView:
    return FactsView(
        name=facts.name,
        address=list(facts.address),
        is_protected=facts.is_protected,
        protected_until=facts.protected_until,
    )

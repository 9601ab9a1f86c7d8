"""What the bailiff does about owners of what a hearing is about: asks, names, strikes, tells."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from api.distraints.bodies import owner_of
from api.once import Act
from api.pages.distraints.acts import TheSent, finish, renamed
from api.pages.forms import read_body, texts
from api.pages.routing import PageRoute
from api.schemas.common import Number
from api.schemas.distraint_owners import OwnerBody, PropertyBody, StruckBody, ToldBody
from domain.errors import Invalid
from persistence.distraints.owner_questions import ask_for_owners
from persistence.distraints.owners import (
    name_debtor_as_owner,
    name_owner,
    strike_owner,
    tell_by_hand,
)
from persistence.idempotency import StoredAnswer

router = APIRouter(route_class=PageRoute, prefix="/distraints")
OwnerId = Annotated[Number, Path()]
_FIELDS = {
    "national_id": "owner_number",
    "name": "owner_name",
    "address": "owner_address",
    "share": "owner_share",
}


@router.post("/{distraint_id}/property")  # noqa: FAST003 - what was sent takes it
async def ask(sent: TheSent) -> Response:
    typed = texts(sent.form, "number", "key")

    async def act(connection: AsyncConnection) -> StoredAnswer:
        number = read_body(PropertyBody, {"number": typed["number"]}).number
        await ask_for_owners(connection, sent.distraint_id, number, sent.actor, sent.house.today)
        return StoredAnswer(303, {})

    return await finish(sent, typed, act, "asked")


@router.post("/{distraint_id}/owners")  # noqa: FAST003 - what was sent takes it
async def name(sent: TheSent) -> Response:
    typed = texts(sent.form, "key", *_FIELDS.values())
    values: dict[str, Any] = {body: typed[form] for body, form in _FIELDS.items()}
    values["address"] = [line for line in typed["owner_address"].splitlines() if line.strip()]

    async def act(connection: AsyncConnection) -> StoredAnswer:
        on = sent.house.today
        owner = owner_of(read_body(OwnerBody, values), on)
        await name_owner(connection, sent.distraint_id, owner, sent.actor, on)
        return StoredAnswer(303, {})

    return await finish(sent, typed, _with_names(act, _FIELDS), "owner")


@router.post("/{distraint_id}/owners/{debtor_id}")  # noqa: FAST003 - what was sent takes it
async def name_debtor(sent: TheSent, debtor_id: OwnerId) -> Response:
    async def act(connection: AsyncConnection) -> StoredAnswer:
        house = sent.house
        await name_debtor_as_owner(
            connection, sent.distraint_id, debtor_id, sent.actor, house.today
        )
        return StoredAnswer(303, {})

    return await finish(sent, texts(sent.form, "key"), act, "owner")


@router.post("/{distraint_id}/owners/{debtor_id}/strike")  # noqa: FAST003 - what was sent takes it
async def strike(sent: TheSent, debtor_id: OwnerId) -> Response:
    field = f"why-{debtor_id}"
    typed = texts(sent.form, field, "key")

    async def act(connection: AsyncConnection) -> StoredAnswer:
        why = read_body(StruckBody, {"why": typed[field] or " "}).why
        await strike_owner(
            connection, sent.distraint_id, debtor_id, why, sent.actor, sent.house.today
        )
        return StoredAnswer(303, {})

    return await finish(sent, typed, _with_names(act, {"why": field}), "struck")


@router.post("/{distraint_id}/owners/{debtor_id}/told")  # noqa: FAST003 - what was sent takes it
async def tell(sent: TheSent, debtor_id: OwnerId) -> Response:
    fields = {"told_on": f"told_on-{debtor_id}", "how": f"how-{debtor_id}"}
    typed = texts(sent.form, "key", *fields.values())

    async def act(connection: AsyncConnection) -> StoredAnswer:
        values = {"told_on": typed[fields["told_on"]], "how": typed[fields["how"]] or " "}
        body = read_body(ToldBody, values)
        await tell_by_hand(
            connection, sent.distraint_id, debtor_id, body.told_on, body.how, sent.actor,
            sent.house.today,
        )  # fmt: skip
        return StoredAnswer(303, {})

    return await finish(sent, typed, _with_names(act, fields), "told")


def _with_names(act: Act, names: dict[str, str]) -> Act:
    """What is wrong is told at the fields that the page has."""

    async def named(connection: AsyncConnection) -> StoredAnswer:
        try:
            return await act(connection)
        except Invalid as wrong:
            raise renamed(wrong, names) from None

    return named

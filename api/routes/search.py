"""Debtors and claims by what a person types, and the views of the inbox one keeps."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import ValidationError
from sqlalchemy import RowMapping

from api.dependencies import TaskWorker, TheHouse, Viewer
from api.errors import faults_of
from api.inbox.query import InboxQuery
from api.routes.describing import problems
from api.schemas.common import Number
from api.schemas.inbox import (
    ClaimHit,
    DebtorHit,
    FilterBody,
    FilterList,
    FilterView,
    SearchTextBody,
    SearchView,
)
from domain.errors import Invalid
from persistence.debtors.searching import read_search, search
from persistence.tasks.saved_filters import NewFilter, forget_filter, read_filters, save_filter

router = APIRouter(tags=["tasks"])


@router.post("/search", operation_id="searchAll", responses=problems(422))
async def find(house: TheHouse, actor: Viewer, body: SearchTextBody) -> SearchView:
    """Find debtors and claims by name, address, CPR, CVR, claim number or payment reference.

    A look-up by CPR or CVR number is written in the audit trail.
    """
    async with house.database.transaction() as connection:
        found = await search(connection, read_search(body.text), actor)
    return SearchView(
        debtors=[_debtor(row) for row in found.debtors],
        claims=[_claim(row) for row in found.claims],
        is_exact=found.is_exact,
    )


@router.get("/filters", operation_id="listFilters", responses=problems())
async def get_filters(house: TheHouse, actor: TaskWorker) -> FilterList:
    """Your own views of the inbox, and those that colleagues share."""
    async with house.database.transaction() as connection:
        rows = await read_filters(connection, actor.id)
    names = FilterView.model_fields
    return FilterList(items=[FilterView(**{name: row[name] for name in names}) for row in rows])


@router.post("/filters", operation_id="saveFilter", status_code=201, responses=problems(409, 422))
async def keep_filter(house: TheHouse, actor: TaskWorker, body: FilterBody) -> FilterView:
    """Keep a view of the inbox under a name; the same name again replaces it."""
    try:
        wish = InboxQuery.model_validate(body.wish).wish()
    except ValidationError as wrong:
        raise Invalid(*faults_of(wrong.errors())) from None
    new = NewFilter(body.name.strip(), wish, body.is_shared, body.is_default)
    async with house.database.transaction() as connection:
        number = await save_filter(connection, actor.id, new)
    return FilterView(
        id=number, name=new.name, wish=wish, is_shared=new.is_shared, is_default=new.is_default,
        is_mine=True,
    )  # fmt: skip


@router.delete(
    "/filters/{filter_id}",
    operation_id="forgetFilter",
    status_code=204,
    responses=problems(404, 422),
)
async def drop_filter(
    filter_id: Annotated[Number, Path(examples=[3])], house: TheHouse, actor: TaskWorker
) -> Response:
    """Forget a view of your own."""
    async with house.database.transaction() as connection:
        await forget_filter(connection, actor.id, filter_id)
    return Response(status_code=204)


def _debtor(row: RowMapping) -> DebtorHit:
    address = [] if row["is_protected"] else row["address"]
    return DebtorHit(debtor_id=row["id"], kind=row["kind"], name=row["name"], address=address)


def _claim(row: RowMapping) -> ClaimHit:
    return ClaimHit(
        claim_id=row["id"],
        **{name: row[name] for name in ClaimHit.model_fields if name != "claim_id"},
    )

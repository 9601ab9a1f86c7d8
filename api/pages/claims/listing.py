"""The claims as a list, the newest first, narrowed by where they stand and what they are."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from api.cursors import read_cursor, write_cursor
from api.dependencies import CaseVisitor, TheHouse
from api.languages import DANISH, language_of
from api.pages.rendering import show
from api.pages.routing import PageRoute
from domain.claim import Stage
from domain.errors import Fault, Invalid
from domain.policy import Policy
from persistence.claims.reading import ClaimFilter, list_claims

router = APIRouter(route_class=PageRoute)
_PAGE = 50
Choice = Annotated[str, Query(max_length=100)]


@router.get("/claims")
async def show_claims(
    request: Request,
    house: TheHouse,
    _: CaseVisitor,
    stage: Choice = "",
    claim_type: Annotated[str, Query(alias="type", max_length=100)] = "",
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    if (stage and stage not in set(Stage)) or (
        claim_type and claim_type not in house.policy.claim_types
    ):
        raise Invalid(Fault("", "problem-not-found"))
    before = None if cursor is None else read_cursor(cursor, 1)[0]
    narrow = ClaimFilter(stage or None, claim_type or None)
    async with house.database.transaction() as connection:
        rows = await list_claims(connection, narrow, before, _PAGE + 1)
    page = rows[:_PAGE]
    chosen = {name: value for name, value in (("stage", stage), ("type", claim_type)) if value}
    more = chosen | {"cursor": write_cursor(page[-1]["serial"])} if len(rows) > _PAGE else None
    types = type_names(house.policy, language_of(request))
    facts = {
        "claims": page,
        "types": types,
        "stages": [one.value for one in Stage],
        "stage": stage,
        "claim_type": claim_type,
        "is_first": cursor is None,
        "following": more and f"/claims?{urlencode(more)}",
    }
    return show(request, "claims", facts)


def type_names(policy: Policy, language: str) -> dict[str, str]:
    """The types of claims by their code, in the reader's language."""
    return {
        code: one.name if language == DANISH else one.name_en
        for code, one in policy.claim_types.items()
    }

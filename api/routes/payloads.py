"""Opens for Temporal's own pages what we have sealed, to those who may steer."""

from fastapi import APIRouter

from api.dependencies import TheHouse
from api.doors.neighbours import NextDoor
from api.routes.describing import problems
from api.schemas.payloads import OpenedPayloads, SealedPayload, SealedPayloads
from domain.errors import Fault, Invalid
from sealing.keys import CannotOpen, KeyRing
from sealing.payloads import open_payload

router = APIRouter(prefix="/payloads", tags=["operation"])


@router.options("/decode", include_in_schema=False, status_code=204)
async def get_terms() -> None:
    """What a browser asks before it sends anything to another address than its page's."""


@router.post("/decode", operation_id="openPayloads", responses=problems(401, 403, 413, 422))
async def post_decode(sent: SealedPayloads, house: TheHouse, _: NextDoor) -> OpenedPayloads:
    """Open what is sealed. Temporal's pages and tools know this as a codec endpoint.

    Without keys nothing has been sealed, and everything comes back as it was.
    """
    ring = house.executions.ring
    opened = [_open(ring, number, payload) for number, payload in enumerate(sent.payloads)]
    return OpenedPayloads(payloads=opened)


def _open(ring: KeyRing | None, number: int, payload: SealedPayload) -> SealedPayload:
    """Raises Invalid, naming the payload that cannot be opened."""
    if ring is None:
        return payload
    try:
        return SealedPayload.model_validate(open_payload(ring, payload.model_dump()))
    except CannotOpen:
        raise Invalid(Fault(f"payloads[{number}]", "payload-unopenable")) from None

"""Calling a claim back from the recovery authority: what is proposed, what it does, then done."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import TheHouse, WriteVisitor
from api.house import House
from api.languages import language_of
from api.once import fingerprint, once
from api.pages.claims.foreseeing import foresee
from api.pages.forms import new_key
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.describing import ClaimId
from api.sentences import view_faults
from domain.errors import Fault, Invalid
from domain.file_notes import read_prose
from domain.recovery.actions import RULES, ActionKind, ActionReason
from domain.recovery.events import CALLS_FOR, recall_for
from persistence.idempotency import StoredAnswer
from persistence.recovery.recall_proposals import read_proposal
from persistence.recovery.recalling import Recall, recall_claim

router = APIRouter(route_class=PageRoute, prefix="/claims/{claim_id}")
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form."""

    reason: Annotated[str, Form(max_length=10)] = ""
    effective_on: Annotated[str, Form(max_length=10)] = ""
    reasons: Annotated[str, Form()] = ""
    key: Annotated[str, Form(max_length=100)] = ""

    @property
    def wish(self) -> Recall:
        """Raises Invalid."""
        reasons = read_prose("reasons", self.reasons, _LONGEST)
        return Recall(_reason(self.reason), reasons, _day(self.effective_on))


@router.get("/recall")
async def ask_for_recall(
    request: Request, house: TheHouse, _: WriteVisitor, claim_id: ClaimId
) -> Response:
    return await _show(request, house, claim_id, asdict(Typed(key=new_key())))


@router.post("/recall")
async def recall(
    request: Request,
    house: TheHouse,
    actor: WriteVisitor,
    claim_id: ClaimId,
    form: Annotated[Typed, Depends()],
) -> Response:
    async def act(connection: AsyncConnection) -> StoredAnswer:
        await recall_claim(connection, claim_id, form.wish, house.today, actor)
        return StoredAnswer(303, {})

    typed = asdict(form)
    try:
        await once(house, actor, form.key or new_key(), fingerprint(request, typed), act)
    except Invalid as wrong:
        return await _show(request, house, claim_id, typed, wrong.faults)
    return RedirectResponse(f"/claims/{claim_id}?said=recalled", 303)


def _reason(text: str) -> ActionReason:
    if text not in {reason.value for reason in CALLS_FOR.values()}:
        raise Invalid(Fault("reason", "recall-reason-missing"))
    return ActionReason(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid(Fault("effective_on", "recall-day-unreadable")) from error


async def _show(
    request: Request,
    house: House,
    claim_id: str,
    typed: dict[str, str],
    faults: tuple[Fault, ...] = (),
) -> Response:
    """The reason proposed is chosen already, unless another one was."""
    language = language_of(request)
    async with house.database.transaction() as connection:
        proposal = await read_proposal(connection, claim_id, house.today)
    foreseen = await foresee(house, claim_id, _nothing, language)
    chosen = typed.get("reason") or recall_for(proposal.events) or ""
    facts = {
        "foreseen": foreseen,
        "proposal": proposal,
        "events": [(event.value, reason.value) for event, reason in CALLS_FOR.items()],
        "rules": {rule.reason.value: rule for rule in RULES if rule.kind is ActionKind.RECALL
                  and rule.reason},
        "typed": typed | {"reason": str(chosen)},
        "faults": view_faults(faults, language),
    }  # fmt: skip
    return show(request, "recall", facts, 422 if faults else 200)


async def _nothing(_: AsyncConnection) -> None:
    """The claim stays where it is until the authority has answered."""

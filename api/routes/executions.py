"""Stories that do not go on as they should: which, why, and what is asked to be done about them."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from api.cursors import write_cursor
from api.dependencies import Steerer, TheHouse, Viewer
from api.execution_query import batch_acts, read_place
from api.languages import Language
from api.routes.describing import ClaimId, problems
from api.schemas.common import Number
from api.schemas.executions import (
    Accepted,
    BatchBody,
    BatchFailure,
    BatchMade,
    BatchStateBody,
    BatchView,
    DifferenceView,
    ExecutionView,
    MoveBody,
    MoveDecided,
    MoveDecisionBody,
    MoveProposed,
    PendingView,
    StepBody,
    StepView,
    TroubledQuery,
    TroubledStories,
    TroubledStory,
)
from api.views.executions import Execution, read_execution, why
from domain.errors import Fault, Invalid
from domain.executions.troubles import REMEDIES, Trouble
from persistence.executions.batches import ask_batch, move_batch, read_batch
from persistence.executions.stage_steps import decide_step, propose_step, state_of
from persistence.executions.steps import ask_step
from persistence.executions.troubles import count_troubled, list_troubled

router = APIRouter(tags=["executions"])
BatchId = Annotated[Number, Path(examples=[3])]
ProposalId = Annotated[Number, Path(examples=[3])]


@router.get("/executions", operation_id="listTroubledStories", responses=problems(422))
async def get_troubled(
    house: TheHouse, _: Viewer, language: Language, wish: Annotated[TroubledQuery, Query()]
) -> TroubledStories:
    """List the stories that do not go on, those that have stood still longest first."""
    now, after = house.clock(), read_place(wish.cursor)
    async with house.database.transaction() as connection:
        counts = await count_troubled(connection, now)
        rows = await list_troubled(connection, now, wish.trouble, after, wish.limit + 1)
    page, more = rows[: wish.limit], None
    if len(rows) > wish.limit:
        last = page[-1]
        more = write_cursor(last["since_us"], last["serial"], last["number"])
    items = [_troubled(row, language) for row in page]
    return TroubledStories(items=items, counts=dict(counts), next_cursor=more)


@router.get(
    "/claims/{claim_id}/execution", operation_id="readExecution", responses=problems(404, 422)
)
async def get_execution(house: TheHouse, _: Viewer, claim_id: ClaimId) -> ExecutionView:
    """Read what the tables and Temporal say of the claim's story, and where they differ."""
    async with house.database.transaction() as connection:
        return _view(await read_execution(connection, house, f"claim-{claim_id}"))


@router.post(
    "/claims/{claim_id}/execution/steps",
    operation_id="askExecutionStep",
    status_code=202,
    responses=problems(404, 409, 422),
)
async def post_step(house: TheHouse, actor: Steerer, claim_id: ClaimId, body: StepBody) -> Accepted:
    """Have the story looked at, nudged, tried again or rebuilt from its record."""
    story = f"claim-{claim_id}"
    async with house.database.transaction() as connection:
        await ask_step(connection, story, body.act, body.reason, actor, house.clock())
    return Accepted(story=story, act=body.act)


@router.post(
    "/claims/{claim_id}/stage-proposals",
    operation_id="proposeStageMove",
    status_code=201,
    responses=problems(404, 409, 422),
)
async def post_move(
    house: TheHouse, actor: Steerer, claim_id: ClaimId, body: MoveBody
) -> MoveProposed:
    """Propose to move the claim by hand; another supervisor must agree."""
    async with house.database.transaction() as connection:
        number = await propose_step(
            connection, claim_id, body.step, body.reason, actor, house.clock()
        )
    return MoveProposed(proposal=number)


@router.post(
    "/stage-proposals/{number}/decision",
    operation_id="decideStageMove",
    responses=problems(404, 409, 422),
)
async def post_decision(
    house: TheHouse, actor: Steerer, number: ProposalId, body: MoveDecisionBody
) -> MoveDecided:
    """Agree to a move that someone else proposed, or refuse it; one's own is taken back so."""
    async with house.database.transaction() as connection:
        claim_id = await decide_step(
            connection, number, actor, house.clock(), is_approved=body.is_approved
        )
        return MoveDecided(claim_id=claim_id, state=await state_of(connection, number))


@router.post(
    "/execution-batches",
    operation_id="askExecutionBatch",
    status_code=201,
    responses=problems(422),
)
async def post_batch(house: TheHouse, actor: Steerer, body: BatchBody) -> BatchMade:
    """Have one act done about all stories of the list, a thousand at most, some at a time."""
    if body.act not in batch_acts(body.trouble):
        raise Invalid(Fault("act", "problem-not-found"))
    async with house.database.transaction() as connection:
        number = await ask_batch(
            connection, body.trouble, body.act, body.reason, actor, house.clock()
        )
    return BatchMade(batch=number)


@router.get(
    "/execution-batches/{number}",
    operation_id="readExecutionBatch",
    responses=problems(404, 422),
)
async def get_batch(house: TheHouse, _: Viewer, number: BatchId) -> BatchView:
    """Read how far a batch has come, which stories failed, and why."""
    async with house.database.transaction() as connection:
        row, failed = await read_batch(connection, number)
    return _batch(row, failed)


@router.post(
    "/execution-batches/{number}/state",
    operation_id="steerExecutionBatch",
    responses=problems(404, 409, 422),
)
async def post_batch_state(
    house: TheHouse, actor: Steerer, number: BatchId, body: BatchStateBody
) -> BatchView:
    """Pause a batch, let it go on, or stop it for good: what has not been begun is dropped."""
    async with house.database.transaction() as connection:
        await move_batch(connection, number, body.state, actor, house.clock())
        row, failed = await read_batch(connection, number)
    return _batch(row, failed)


def _troubled(row: Any, language: str) -> TroubledStory:
    names = ("story", "claim_id", "trouble", "since", "stage")
    sentence = why(row["trouble"], row["facts"], language)
    remedies = list(REMEDIES[Trouble(row["trouble"])])
    return TroubledStory(**{name: row[name] for name in names}, why=sentence, remedies=remedies)


def _view(found: Execution) -> ExecutionView:
    facts, look, seen = found.facts, found.look, found.seen
    return ExecutionView(
        story=found.story,
        is_alive=facts["is_alive"],
        stage=facts["state"],
        waiting_for=facts["waiting_for"],
        next_on=facts["next_on"],
        seen_at=look and look["seen_at"],
        asked_at=found.asked_at,
        status=look and look["status"],
        has_answered=seen["has_answered"],
        waits_for=seen["waits_for"],
        history_length=seen["history_length"],
        build=seen["build"],
        pending=[_pending(one) for one in seen["pending"]],
        differences=[DifferenceView(**one) for one in seen["differences"]],
        troubles=[row["trouble"] for row in found.troubles],
        steps=[_step(row) for row in found.steps],
        moves=list(found.moves),
    )


def _pending(one: Any) -> PendingView:
    return PendingView(name=one["name"], attempts=one["attempts"], failure=one["failure"])


def _step(row: Any) -> StepView:
    return StepView(**{name: row[name] for name in StepView.model_fields})


def _batch(row: Any, failed: Any) -> BatchView:
    names = set(BatchView.model_fields) - {"batch", "failures"}
    failures = [BatchFailure(story=one["story"], trouble=one["trouble"]) for one in failed]
    told = {name: row[name] for name in names}
    return BatchView(batch=row["id"], failures=failures, **told)

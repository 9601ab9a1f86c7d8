"""The time machine: another policy tried on the past."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from api.dependencies import FigureReader, Steerer, TheHouse
from api.languages import Language
from api.routes.describing import problems
from api.schemas.common import Number
from api.schemas.trials import (
    NewTrialBody,
    TrialAsked,
    TrialDetails,
    TrialFigure,
    TrialList,
    TrialSample,
    TrialView,
)
from api.trial_wish import read_wish
from domain.replaying.trials import Side, share_done
from persistence.replaying.trials import (
    ask_for_trial,
    list_trials,
    read_figures,
    read_samples,
    read_trial,
    stop_trial,
)

router = APIRouter(prefix="/policy-trials", tags=["figures"])
TrialNumber = Annotated[Number, Path(examples=[3])]
_LATEST = 50


@router.post("", operation_id="tryPolicy", status_code=202, responses=problems(422))
async def post_trial(
    body: NewTrialBody, house: TheHouse, actor: Steerer, language: Language
) -> TrialAsked:
    """Let the past be lived again under another policy; it is reckoned as soon as it can be."""
    wish = read_wish(house, body, language)
    async with house.database.transaction() as connection:
        number = await ask_for_trial(connection, wish.trial, actor, house.clock())
    return TrialAsked(number=number)


@router.get("", operation_id="listPolicyTrials", responses=problems())
async def get_trials(house: TheHouse, _: FigureReader) -> TrialList:
    """The latest trials, and how far each has come."""
    async with house.database.transaction() as connection:
        rows = await list_trials(connection, _LATEST)
    return TrialList(items=[TrialView(**_facts(row)) for row in rows])


@router.get("/{trial_number}", operation_id="readPolicyTrial", responses=problems(404, 422))
async def get_trial(trial_number: TrialNumber, house: TheHouse, _: FigureReader) -> TrialDetails:
    """Its figures as far as it has come, and the first claims that would go differently."""
    async with house.database.transaction() as connection:
        row = await read_trial(connection, trial_number)
        figures = await read_figures(connection, trial_number)
        samples = [
            TrialSample(
                side=side, subject=one.subject, claim_type=one.claim_type, lost=one.lost,
                new=one.new,
            )
            for side in (Side.HISTORY, Side.OTHER)
            for one in await read_samples(connection, trial_number, side)
        ]  # fmt: skip
    told = [
        TrialFigure(side=side, claim_type=kind, measure=measure, month=month, number=number)
        for side, of_side in figures.items()
        for (kind, measure, month), number in sorted(of_side.items())
    ]
    return TrialDetails(**_facts(row), figures=told, samples=samples)


@router.post("/{trial_number}/stop", operation_id="stopPolicyTrial",
             status_code=204, responses=problems(404, 409, 422))  # fmt: skip
async def post_stop(trial_number: TrialNumber, house: TheHouse, actor: Steerer) -> None:
    """Stop it; what it has found by now stays."""
    async with house.database.transaction() as connection:
        await stop_trial(connection, trial_number, actor)


def _facts(row: Any) -> dict[str, Any]:
    names = ("name", "state", "since", "until", "people", "in_force", "asked_by", "asked_at")
    counts = ("claims", "differing", "changed")
    share = share_done(row.state, row.first, row.reached, row.last)
    told = {name: getattr(row, name) for name in names + counts}
    return told | {"number": row.id, "share_done": share}

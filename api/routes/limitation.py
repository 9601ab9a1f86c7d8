"""What is time-barred when, what moved a claim's date, and how such an event is written down."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from api.cursors import read_dated_cursor, write_dated_cursor
from api.dependencies import LetterWriter, Steerer, TheHouse, Viewer
from api.lapsing import narrowed
from api.routes.describing import ClaimId, problems
from api.schemas.limitation import (
    BandSum,
    ClaimLimitation,
    DepartmentSum,
    LapsingClaim,
    LapsingClaims,
    LapsingQuery,
    LiabilityLimitation,
    LimitationCorrectionBody,
    LimitationEventBody,
    LimitationEventView,
    LimitationRadar,
    MonthSum,
    RadarSum,
    TypeSum,
)
from api.views.sums import amounts
from domain.claim import Stage
from domain.limitation.radar import bands
from domain.policy import Policy
from persistence.claims.reading import require_claim
from persistence.limitation.by_hand import Told, correct_by_hand, note_by_hand
from persistence.limitation.events import Correction
from persistence.limitation.histories import LiabilityHistory, read_histories
from persistence.limitation.lapsing import list_lapsing
from persistence.limitation.radar import Radar, read_alarms, read_radar
from persistence.sums import Sum
from persistence.trail.audit import note

router = APIRouter(tags=["limitation"])


@router.get("/limitation", operation_id="readLimitationRadar", responses=problems())
async def get_radar(house: TheHouse, _: Viewer) -> LimitationRadar:
    """Read what is time-barred in which month if nothing is done, in claims and kroner."""
    async with house.database.transaction() as connection:
        radar = await read_radar(connection, house.policy, house.today)
        alarms = await read_alarms(connection)
    return _radar(radar, alarms, house.policy, house.today)


@router.get("/limitation/claims", operation_id="listLapsingClaims", responses=problems(422))
async def get_lapsing(
    house: TheHouse, _: Viewer, wish: Annotated[LapsingQuery, Query()]
) -> LapsingClaims:
    """List the claims behind a figure of the radar, those that are time-barred first."""
    policy, on = house.policy, house.today
    narrow = narrowed(
        policy, wish.month, wish.band, wish.claim_type, wish.department, is_leaving=wish.leaving
    )
    after = read_dated_cursor(wish.cursor)
    async with house.database.transaction() as connection:
        rows = await list_lapsing(connection, policy, narrow, on, after, wish.limit + 1)
    page = rows[: wish.limit]
    more = None
    if len(rows) > wish.limit:
        more = write_dated_cursor(page[-1]["limitation_date"], page[-1]["serial"])
    return LapsingClaims(items=[_lapsing(row) for row in page], next_cursor=more)


@router.get(
    "/claims/{claim_id}/limitation", operation_id="readLimitation", responses=problems(404, 422)
)
async def get_limitation(claim_id: ClaimId, house: TheHouse, actor: Viewer) -> ClaimLimitation:
    """Read what has moved the limitation date, for each who is liable."""
    async with house.database.transaction() as connection:
        await require_claim(connection, claim_id)
        await note(connection, claim_id, actor.id, "viewed")
        return await _limitation(connection, claim_id)


@router.post(
    "/claims/{claim_id}/limitation/events",
    operation_id="noteLimitation",
    status_code=201,
    responses=problems(404, 409, 422),
)
async def post_event(
    claim_id: ClaimId, body: LimitationEventBody, house: TheHouse, actor: LetterWriter
) -> ClaimLimitation:
    """Write down what moves the limitation date, with its proof. The same again adds nothing."""
    told = Told(body.kind, body.on, body.source, tuple(body.debtor_ids))
    async with house.database.transaction() as connection:
        await note_by_hand(connection, house.policy, claim_id, told, house.today, actor)
        return await _limitation(connection, claim_id)


@router.post(
    "/claims/{claim_id}/limitation/corrections",
    operation_id="correctLimitation",
    status_code=201,
    responses=problems(404, 409, 422),
)
async def post_correction(
    claim_id: ClaimId, body: LimitationCorrectionBody, house: TheHouse, actor: Steerer
) -> ClaimLimitation:
    """Put an error right: strike out an event, or say what the first date should have been."""
    wrong = Correction(body.reason, house.today, body.strikes, body.first_limitation_date)
    async with house.database.transaction() as connection:
        await correct_by_hand(connection, house.policy, claim_id, body.debtor_id, wrong, actor)
        return await _limitation(connection, claim_id)


async def _limitation(connection: AsyncConnection, claim_id: str) -> ClaimLimitation:
    histories = (await read_histories(connection, claim_id)).values()
    return ClaimLimitation(
        claim_id=claim_id,
        limitation_date=min(history.limitation_date for history in histories),
        liabilities=[_liability(history) for history in histories],
    )


def _liability(history: LiabilityHistory) -> LiabilityLimitation:
    struck = history.struck_out
    return LiabilityLimitation(
        debtor_id=history.debtor_id,
        first_limitation_date=history.registered,
        limitation_date=history.limitation_date,
        events=[
            LimitationEventView(
                number=event.number,
                kind=event.kind,
                on=event.on,
                source=event.source,
                limitation_date=event.moved_to or history.limitation_date,
                strikes=event.strikes,
                first_limitation_date=event.first,
                is_struck_out=event.number in struck,
            )
            for event in history.events
        ],
    )


def _radar(radar: Radar, alarms: Sequence[RowMapping], policy: Policy, on: date) -> LimitationRadar:
    by_band = radar.by("band")
    return LimitationRadar(
        on=on,
        ours=_sum(radar.ours),
        leaving=_sum(radar.leaving),
        at_the_authority=_sum(radar.at_the_authority),
        early=_sum(radar.early),
        months=_each(radar.by("month"), MonthSum, "month"),
        bands=[
            BandSum(
                band=band.number,
                days_from=band.low,
                days_to=band.high,
                **amounts(by_band.get(band.number, Sum())),
            )
            for band in bands(policy.limitation_radar_days)
        ],
        claim_types=_each(radar.by("claim_type"), TypeSum, "claim_type"),
        departments=_each(radar.by("department"), DepartmentSum, "department"),
        unoffered=RadarSum(
            claims=len(alarms), balance_ore=sum(row["balance_ore"] for row in alarms)
        ),
    )


def _each(sums: Mapping[Any, Sum], make: Callable[..., Any], name: str) -> list[Any]:
    return [make(**{name: key}, **amounts(total)) for key, total in sorted(sums.items())]


def _sum(total: Sum) -> RadarSum:
    return RadarSum(**amounts(total))


def _lapsing(row: RowMapping) -> LapsingClaim:
    return LapsingClaim(
        claim_id=row["id"],
        claim_type=row["claim_type"],
        department=row["department"],
        stage=Stage(row["stage"]),
        limitation_date=row["limitation_date"],
        balance_ore=row["balance_ore"],
        is_whole=row["is_whole"],
        debtor_name=row["debtor_name"],
        task_id=row["task_id"],
    )

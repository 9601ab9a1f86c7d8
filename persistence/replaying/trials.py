"""Trials of other policies on the past: asked for, taken on batch by batch, read again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.errors import Conflict, NotFound
from domain.replaying.trial_figures import Figures, Period
from domain.replaying.trials import (
    SAMPLE,
    Batch,
    OtherPolicy,
    People,
    Side,
    TrialState,
)
from domain.replaying.variants import Knobs
from persistence.models import PolicyTrial, PolicyTrialFigure, PolicyTrialSample
from persistence.outbox import START_TRIAL, tell
from persistence.trail.audit import note

_UNDER_WAY = (TrialState.WAITING.value, TrialState.RUNNING.value)


@dataclass(frozen=True, slots=True)
class NewTrial:
    """*name*: what the other policy is called; *in_force*: the version of the one in force."""

    name: str
    in_force: str
    other: OtherPolicy
    period: Period
    people: People


@dataclass(frozen=True, slots=True)
class Trial:
    """*first* and *last*: the numbers of the debtors; *reached*: of the last that is done."""

    number: int
    other: OtherPolicy
    period: Period
    people: People
    state: TrialState
    first: int
    reached: int
    last: int


async def ask_for_trial(
    connection: AsyncConnection, trial: NewTrial, actor: Actor, now: datetime
) -> int:
    """Its number; a worker takes it on. Raises NotAllowed."""
    require(actor, Right.STEER)
    other = trial.other
    values = {
        "name": trial.name,
        "asked_by": actor.id,
        "asked_at": now,
        "since": trial.period.since,
        "until": trial.period.until,
        "people": trial.people.value,
        "in_force": trial.in_force,
        "profile": other.profile,
        "policy_text": other.text,
        "knobs": other.knobs and other.knobs.to_json(),
        "state": TrialState.WAITING.value,
    }
    asked = insert(PolicyTrial).values(values).returning(PolicyTrial.id)
    number = int((await connection.execute(asked)).scalar_one())
    await tell(connection, f"policy-trial-{number}", START_TRIAL)
    await note(connection, f"policy-trial-{number}", actor.id, "policy-tried", name=trial.name)
    return number


async def try_again(connection: AsyncConnection) -> int:
    """Have every trial go on that is under way: whoever tried may be gone. How many they are."""
    under_way = (TrialState.WAITING.value, TrialState.RUNNING.value)
    found = select(PolicyTrial.id).where(PolicyTrial.state.in_(under_way)).order_by(PolicyTrial.id)
    numbers = (await connection.execute(found)).scalars().all()
    for number in numbers:
        await tell(connection, f"policy-trial-{number}", START_TRIAL)
    return len(numbers)


async def stop_trial(connection: AsyncConnection, number: int, actor: Actor) -> None:
    """What it has found by now stays. Raises NotAllowed, NotFound, Conflict when it is over."""
    require(actor, Right.STEER)
    trial = await find_trial(connection, number, is_locked=True)
    if trial.state.is_over:
        raise Conflict(f"policy trial {number} is over")
    await set_state(connection, number, TrialState.STOPPED)
    await note(connection, f"policy-trial-{number}", actor.id, "policy-trial-stopped")


async def find_trial(connection: AsyncConnection, number: int, *, is_locked: bool = False) -> Trial:
    """Raises NotFound."""
    found = select(PolicyTrial).where(PolicyTrial.id == number)
    row = (await connection.execute(found.with_for_update() if is_locked else found)).first()
    if row is None:
        raise NotFound("policy-trial", number)
    knobs = Knobs.from_json(row.knobs) if row.knobs else None
    return Trial(
        number, OtherPolicy(row.profile, row.policy_text, knobs), Period(row.since, row.until),
        People(row.people), TrialState(row.state), row.first, row.reached, row.last,
    )  # fmt: skip


async def read_trial(connection: AsyncConnection, number: int) -> Any:
    """The row of it, for those who look. Raises NotFound."""
    found = await connection.execute(select(PolicyTrial).where(PolicyTrial.id == number))
    if (row := found.first()) is None:
        raise NotFound("policy-trial", number)
    return row


async def list_trials(connection: AsyncConnection, limit: int) -> Sequence[Any]:
    """The latest first."""
    found = select(PolicyTrial).order_by(PolicyTrial.id.desc()).limit(limit)
    return (await connection.execute(found)).all()


async def begin_trial(connection: AsyncConnection, number: int, first: int, last: int) -> None:
    """*first* and *last*: the lowest and the highest number of a debtor."""
    values = {"first": first, "reached": first - 1, "last": last}
    begun = update(PolicyTrial).where(PolicyTrial.id == number)
    await connection.execute(begun.values(state=TrialState.RUNNING.value, **values))


async def set_state(connection: AsyncConnection, number: int, state: TrialState) -> None:
    moved = update(PolicyTrial).where(PolicyTrial.id == number)
    await connection.execute(moved.values(state=state.value))


async def take_batch(connection: AsyncConnection, number: int, batch: Batch) -> None:
    """Add what was found. The trial must be locked, and not have come so far before."""
    found = batch.findings
    for side, figures in found.figures.items():
        await _add_figures(connection, number, side, figures)
    await _keep_samples(connection, number, batch)
    moved = update(PolicyTrial).where(PolicyTrial.id == number)
    await connection.execute(
        moved.values(
            reached=batch.reached,
            claims=PolicyTrial.claims + found.claims,
            differing=PolicyTrial.differing + found.differing,
            changed=PolicyTrial.changed + found.changed,
        )
    )


async def _add_figures(
    connection: AsyncConnection, number: int, side: Side, figures: Figures
) -> None:
    names = ("claim_type", "measure", "month")
    rows: list[dict[str, Any]] = [
        dict(zip(names, map(str, cell), strict=True))
        | {"trial_id": number, "side": side.value, "number": count}
        for cell, count in sorted(figures.items())
        if count
    ]
    if rows:
        new = upsert(PolicyTrialFigure)
        added = new.on_conflict_do_update(
            index_elements=["trial_id", "side", "claim_type", "measure", "month"],
            set_={"number": PolicyTrialFigure.number + new.excluded.number},
        )
        await connection.execute(added, rows)


async def _keep_samples(connection: AsyncConnection, number: int, batch: Batch) -> None:
    """The first of each kind; all are counted."""
    of_trial = PolicyTrialSample.trial_id == number
    for side, found in batch.findings.samples.items():
        count = select(func.count()).where(of_trial, PolicyTrialSample.side == side.value)
        room = SAMPLE - int(await connection.scalar(count) or 0)
        rows = [
            {
                "trial_id": number,
                "side": side.value,
                "subject": one.claim_id,
                "claim_type": one.claim_type,
                "lost": one.lost,
                "new": one.new,
            }
            for one in found[: max(room, 0)]
        ]
        if rows:
            await connection.execute(insert(PolicyTrialSample), rows)


async def read_figures(connection: AsyncConnection, number: int) -> dict[Side, Figures]:
    """The sums of each side, as far as the trial has come."""
    found: dict[Side, Figures] = {side: Figures() for side in Side}
    rows = select(PolicyTrialFigure).where(PolicyTrialFigure.trial_id == number)
    for row in await connection.execute(rows):
        found[Side(row.side)][row.claim_type, row.measure, row.month] = row.number
    return found


async def read_samples(connection: AsyncConnection, number: int, side: Side) -> Sequence[Any]:
    found = select(PolicyTrialSample).where(
        PolicyTrialSample.trial_id == number, PolicyTrialSample.side == side.value
    )
    return (await connection.execute(found.order_by(PolicyTrialSample.id))).all()

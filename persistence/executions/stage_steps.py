"""A claim moved by hand: proposed with a reason, agreed to by another, heard as an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Proposal, Right, require, require_another_person
from domain.calendar import today
from domain.claim import Stage
from domain.decisions import Outcome, TaskKind
from domain.errors import Conflict, Fault, Invalid, NotFound
from domain.executions.stage_steps import (
    ANSWER_OF,
    Place,
    StageStep,
    StepProposalState,
    steps_from,
)
from persistence.claims.locking import lock, lock_living
from persistence.columns import every
from persistence.executions.steps import require_reason
from persistence.models import Claim, Decision, StageProposal, Task
from persistence.outbox import tell
from persistence.people.substituting import all_behind
from persistence.tasks.taking_back import IS_FINAL_ANSWER
from persistence.trail.audit import note

_PLACE = text(f"""
select c.stage, c.waiting_for, c.next_on, c.agreement_id is not null as has_agreement,
  c.ending is not null or c.is_withdrawn as is_over, t.id as task_id, t.kind, t.key,
  d.outcome, d.look_again_on,
  d.id is not null and not {IS_FINAL_ANSWER} as may_be_taken_back,
  exists (select from distraints h where h.claim_id = c.id and h.task_key = c.waiting_for
    and h.called_off_on is null) as has_hearing,
  exists (select from stage_proposals p where p.claim_id = c.id and p.state = 'approved'
    and p.waiting_for = c.waiting_for) as is_moved
from claims c left join tasks t on t.subject = c.id and t.key = c.waiting_for
left join decisions d on d.task_id = t.id where c.id = :claim""")
_PROPOSALS = text(f"""
select {every(StageProposal, "p")}, u.name as proposed_by_name, o.name as decided_by_name
from stage_proposals p join users u on u.id = p.proposed_by
left join users o on o.id = p.decided_by
where p.claim_id = :claim order by p.id desc limit :limit""")
_WAITING = text("""
select p.id, p.claim_id, p.step, p.reason, p.proposed_by, p.proposed_at,
  u.name as proposed_by_name
from stage_proposals p join users u on u.id = p.proposed_by
join claims c on c.id = p.claim_id and c.ending is null
where p.state = 'proposed' order by p.id limit :limit""")
_LOCKED = text(f"select {every(StageProposal)} from stage_proposals where id = :number for update")
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the claim's story stands, and which moves may be proposed from there."""

    place: Place
    waiting_for: str
    task_id: int | None
    next_on: date | None
    steps: tuple[StageStep, ...]


async def read_place(connection: AsyncConnection, claim_id: str) -> Standing:
    """Raises NotFound."""
    row = (await connection.execute(_PLACE, {"claim": claim_id})).mappings().first()
    if row is None:
        raise NotFound("claim", claim_id)
    place = Place(
        stage=Stage(row["stage"]),
        question=TaskKind(row["kind"]) if row["kind"] else None,
        answer=Outcome(row["outcome"]) if row["outcome"] else None,
        has_agreement=row["has_agreement"],
        has_hearing=row["has_hearing"],
        is_over=row["is_over"],
    )
    is_settled = row["may_be_taken_back"] or row["is_moved"]
    steps = () if is_settled else tuple(steps_from(place))
    return Standing(place, row["waiting_for"], row["task_id"], row["next_on"], steps)


async def propose_step(
    connection: AsyncConnection,
    claim_id: str,
    step: StageStep,
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    """The proposal's number. Raises NotAllowed, NotFound, ClaimHasEnded, Invalid; Conflict when one
    stands already.
    """
    require(actor, Right.STEER)
    await lock_living(connection, claim_id)
    require_reason(reason)
    standing = await read_place(connection, claim_id)
    if step not in standing.steps:
        raise Invalid(Fault("step", "stage-step-not-allowed"))
    if any(one["state"] == "proposed" for one in await proposals_of(connection, claim_id)):
        raise Conflict(f"a move of claim {claim_id} was proposed")
    values: dict[str, Any] = {"claim_id": claim_id, "step": step.value}
    values |= {"waiting_for": standing.waiting_for}
    values |= {"reason": reason.strip(), "proposed_by": actor.id, "proposed_at": now}
    made = insert(StageProposal).values(values).returning(StageProposal.id)
    number = int((await connection.execute(made)).scalar_one())
    told = {"step": step.value, "proposal": number, "reasons": reason.strip()}
    await note(connection, claim_id, actor.id, "stage-step-proposed", **told)
    return number


async def decide_step(
    connection: AsyncConnection, number: int, actor: Actor, now: datetime, *, is_approved: bool
) -> str:
    """Who proposed may refuse their own, as taking it back; the claim's id.

    Raises NotAllowed, NotFound, ClaimHasEnded; Conflict when it was decided, or when the claim has
    gone on since.
    """
    require(actor, Right.STEER)
    claim_id = await _claim_of(connection, number)
    await lock(connection, claim_id)
    row = (await connection.execute(_LOCKED, {"number": number})).mappings().one()
    if row["state"] != StepProposalState.PROPOSED:
        raise Conflict(f"proposal {number} was decided")
    if is_approved:
        await _require_second(connection, row, actor, today(now))
        state = await _move(connection, row, actor, now)
    else:
        state = StepProposalState.REFUSED
    values = {"state": state.value, "decided_by": actor.id, "decided_at": now}
    decided = update(StageProposal).where(StageProposal.id == number)
    await connection.execute(decided.values(values))
    await note(connection, claim_id, actor.id, f"stage-step-{state}", proposal=number)
    return claim_id


async def proposals_of(connection: AsyncConnection, claim_id: str) -> Sequence[RowMapping]:
    """The latest first."""
    values = {"claim": claim_id, "limit": _SHOWN}
    return (await connection.execute(_PROPOSALS, values)).mappings().all()


async def waiting_steps(connection: AsyncConnection) -> Sequence[RowMapping]:
    """What waits for a second person, the oldest first; a hundred at most."""
    return (await connection.execute(_WAITING, {"limit": 100})).mappings().all()


async def state_of(connection: AsyncConnection, number: int) -> StepProposalState:
    """What became of a proposal that there is."""
    found = text("select state from stage_proposals where id = :number")
    return StepProposalState((await connection.execute(found, {"number": number})).scalar_one())


async def _claim_of(connection: AsyncConnection, number: int) -> str:
    found = text("select claim_id from stage_proposals where id = :number")
    claim_id = await connection.scalar(found, {"number": number})
    if claim_id is None:
        raise NotFound("proposal", number)
    return str(claim_id)


async def _require_second(
    connection: AsyncConnection, row: RowMapping, actor: Actor, on: date
) -> None:
    behind = await all_behind(connection, actor.id, on)
    require_another_person(actor, behind, Proposal(row["proposed_by"]))


async def _move(
    connection: AsyncConnection, row: RowMapping, actor: Actor, now: datetime
) -> StepProposalState:
    """A claim that has gone on since is left alone."""
    standing = await read_place(connection, row["claim_id"])
    step = StageStep(row["step"])
    if standing.waiting_for != row["waiting_for"] or step not in standing.steps:
        return StepProposalState.OVERTAKEN
    if step is StageStep.STOP_WAITING:
        await _stop_waiting(connection, row, standing, today(now))
    else:
        await _answer(connection, row, standing, actor, now)
    return StepProposalState.APPROVED


async def _answer(
    connection: AsyncConnection, row: RowMapping, standing: Standing, actor: Actor, now: datetime
) -> None:
    """As anyone's answer to the open question, whoever has it; it cannot be taken back."""
    outcome = ANSWER_OF[StageStep(row["step"])]
    # The story looks again when the day is over: it is over already.
    day = today(now) - timedelta(days=1) if outcome is Outcome.KEEP else None
    decision = {
        "task_id": standing.task_id,
        "outcome": outcome.value,
        "look_again_on": day,
        "reasons": row["reason"],
        "decided_by": row["proposed_by"],
        "decided_at": now,
        "facts": {"stage_proposal": row["id"], "approved_by": actor.id},
    }
    await connection.execute(insert(Decision).values(decision))
    closed = update(Task).where(Task.id == standing.task_id).values(state="decided")
    await connection.execute(closed)
    told: dict[str, Any] = {"outcome": outcome.value, "on": day and day.isoformat()}
    payload = {"task": standing.waiting_for, "answer": told | {"agreement": None}}
    await tell(connection, f"claim-{row['claim_id']}", "task_decided", payload)


async def _stop_waiting(
    connection: AsyncConnection, row: RowMapping, standing: Standing, on: date
) -> None:
    """The wait for the promised day is out already; the record is told so, and reads it so."""
    place, day = standing.place, on - timedelta(days=1)
    assert place.answer, "only an answer makes a story wait for a day"
    assert place.question, "and only a question has one"
    key = f"{place.answer}{row['waiting_for'].removeprefix(place.question)}"
    stopped = update(StageProposal).where(StageProposal.id == row["id"])
    await connection.execute(stopped.values(until_key=key, until_day=day))
    moved = update(Claim).where(Claim.id == row["claim_id"]).values(next_on=day)
    await connection.execute(moved)
    payload = {"key": key, "deadline": day.isoformat()}
    # The time an act gives has another end: what this message tells stories since the first build.
    await tell(connection, f"claim-{row['claim_id']}", "letter_sent", payload)

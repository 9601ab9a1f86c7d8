"""A distraint hearing is held: its minutes, what it costs, and what the claim's story hears."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.calendar import today
from domain.decisions import OUTCOMES_WITH_A_DAY, Outcome
from domain.distraints.distraint import (
    AT_A_HEARING,
    INTERRUPTING,
    TAKING,
    AssetKind,
    DistraintEvent,
    faults_of_assets,
    interrupting_days,
)
from domain.errors import Conflict, Fault, Invalid, NotFound
from domain.limitation.dates import LimitationKind
from domain.money import Money
from domain.policy import Policy
from persistence.agreements.terms import NewAgreement
from persistence.claims.facts import read_facts
from persistence.distraints.money import charge_hearing, cost_of
from persistence.distraints.notices import faults_of_time
from persistence.distraints.owners import faults_of_owners
from persistence.distraints.setting import open_proceeding
from persistence.limitation.events import note_limitation
from persistence.models import DistraintAsset, DistraintMinutes, DistraintNote
from persistence.tasks.answers import NewDecision
from persistence.tasks.deciding import Decided, decide
from persistence.trail.audit import note

_MOST_ASSETS = 20
# Where an adjourned hearing goes on, it began with the last one that was not.
_BEGAN = text("""
select starts_at from distraint_hearings where distraint_id = :distraint and not is_adjourned
order by number desc limit 1""")
_MADE = text("""
select d.claim_id, m.held_on, m.outcome from distraints d
join distraint_minutes m on m.distraint_id = d.id where d.id = :distraint""")
_LOCK = text("select id from claims where id = :claim for no key update")


@dataclass(frozen=True, slots=True)
class NewAsset:
    """What is taken, in the bailiff's words, and what it is thought to be worth."""

    kind: AssetKind
    description: str
    value: Money


@dataclass(frozen=True, slots=True)
class NewMinutes:
    """*on*: the day to go on, or by which the money is here. *agreement* goes with agreement."""

    outcome: Outcome
    text: str
    present: str = ""
    assets: tuple[NewAsset, ...] = ()
    on: date | None = None
    agreement: NewAgreement | None = None


async def hold_hearing(
    connection: AsyncConnection,
    policy: Policy,
    distraint_id: int,
    minutes: NewMinutes,
    actor: Actor,
    now: datetime,
) -> Decided:
    """Write the minutes, charge the court fee, move the limitation, and tell the story.

    It cannot be taken back. Raises Invalid, NotAllowed, NotFound, TaskTaken, AlreadyDecided,
    ClaimHasEnded; Conflict when it was called off.
    """
    require(actor, Right.HOLD_DISTRAINT_HEARINGS)
    on = today(now)
    proceeding, task = await open_proceeding(connection, distraint_id, actor, on)
    faults = [*_faults(minutes, on), *await faults_of_time(connection, proceeding, now)]
    faults += await faults_of_owners(connection, policy, distraint_id, minutes.outcome, on)
    if faults:
        raise Invalid(*faults)
    await _charge_and_write(connection, policy, proceeding, minutes, actor, on)
    if minutes.outcome in INTERRUPTING:
        await _interrupt(connection, policy, proceeding, on)
    day = minutes.on if minutes.outcome in OUTCOMES_WITH_A_DAY else None
    decision = NewDecision(minutes.outcome, minutes.text, day, minutes.agreement)
    decided = await decide(connection, policy, task.id, decision, actor, now, on)
    told = {"distraint": distraint_id, "outcome": minutes.outcome.value}
    await note(connection, task.claim_id, actor.id, "distraint-held", **told)
    return decided


async def _interrupt(
    connection: AsyncConnection, policy: Policy, proceeding: Any, on: date
) -> None:
    began = (await connection.execute(_BEGAN, {"distraint": proceeding.id})).scalar_one()
    began_on = min(today(began), on)
    for day in interrupting_days(policy.distraint_rule(on), began_on, on):
        source = f"udlægsforretning {day.isoformat()}, nr. {proceeding.id}"
        kind = LimitationKind.DISTRAINT
        await note_limitation(connection, policy, proceeding.claim_id, kind, day, source)


def _faults(minutes: NewMinutes, on: date) -> Iterator[Fault]:
    if minutes.outcome not in AT_A_HEARING:
        yield Fault("outcome", "outcome-does-not-fit", {"kind": "distraint"})
    if not minutes.text.strip():
        yield Fault("text", "minutes-missing")
    if minutes.outcome in OUTCOMES_WITH_A_DAY:
        if minutes.on is None:
            yield Fault("look_again_on", "day-missing")
        elif minutes.on < on:
            yield Fault("look_again_on", "day-is-past")
    if (minutes.outcome is Outcome.AGREEMENT) != (minutes.agreement is not None):
        yield Fault("months", "agreement-does-not-fit")
    yield from _faults_in_assets(minutes)


def _faults_in_assets(minutes: NewMinutes) -> Iterator[Fault]:
    yield from faults_of_assets(minutes.outcome, tuple(one.kind for one in minutes.assets))
    if len(minutes.assets) > _MOST_ASSETS:
        yield Fault("assets", "list-too-long", {"limit": str(_MOST_ASSETS)})
    if any(not one.description.strip() for one in minutes.assets):
        yield Fault("assets", "asset-without-words")


async def _charge_and_write(
    connection: AsyncConnection,
    policy: Policy,
    proceeding: Any,
    minutes: NewMinutes,
    actor: Actor,
    on: date,
) -> None:
    facts = await read_facts(connection, proceeding.claim_id, on)
    cost = await cost_of(
        connection, policy, facts, proceeding.starts_at, on,
        is_outside=proceeding.is_outside, is_fee_new=False,
    )  # fmt: skip
    row = {
        "distraint_id": proceeding.id,
        "hearing_id": proceeding.hearing_id,
        "outcome": minutes.outcome.value,
        "text": minutes.text,
        "present": minutes.present,
        "owed_ore": cost.owed.ore,
        "court_fee_entry_id": await charge_hearing(connection, facts, policy, cost, on),
        "held_by": actor.id,
        "held_on": on,
    }
    made = await connection.execute(insert(DistraintMinutes).returning(DistraintMinutes.id), row)
    number = int(made.scalar_one())
    if minutes.assets:
        rows = [_asset(number, one) for one in minutes.assets]
        await connection.execute(insert(DistraintAsset), rows)


def _asset(minutes_id: int, asset: NewAsset) -> dict[str, Any]:
    return {
        "minutes_id": minutes_id,
        "kind": asset.kind.value,
        "description": asset.description.strip(),
        "value_ore": asset.value.ore,
    }


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What happened on a day to a distraint that was made, in the bailiff's words."""

    event: DistraintEvent
    happened_on: date
    words: str = ""


async def note_event(
    connection: AsyncConnection, distraint_id: int, new: NewEvent, actor: Actor, on: date
) -> None:
    """Write down what happened to a distraint that was made.

    Raises NotFound, NotAllowed, Invalid; Conflict when nothing was taken.
    """
    require(actor, Right.HOLD_DISTRAINT_HEARINGS)
    made = (await connection.execute(_MADE, {"distraint": distraint_id})).first()
    if made is None:
        raise NotFound("distraint", distraint_id)
    await connection.execute(_LOCK, {"claim": made.claim_id})
    if made.outcome not in TAKING:
        raise Conflict(f"nothing was taken in distraint {distraint_id}")
    if new.happened_on < made.held_on:
        raise Invalid(Fault("happened_on", "event-before-the-hearing"))
    if new.happened_on > on and new.event is not DistraintEvent.SALE_SET:
        raise Invalid(Fault("happened_on", "event-to-come"))
    row = {
        "distraint_id": distraint_id,
        "event": new.event.value,
        "happened_on": new.happened_on,
        "text": new.words,
        "noted_by": actor.id,
    }
    await connection.execute(insert(DistraintNote), row)
    told = {"distraint": distraint_id, "event": new.event.value}
    await note(connection, made.claim_id, actor.id, "distraint-event", **told)

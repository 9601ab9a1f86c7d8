"""Distraints as clients and pages see them: their state, and the days that count."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from api.schemas.distraint_owners import OwnerView, PropertyView
from api.schemas.distraints import (
    Deadline,
    DistraintSummary,
    DistraintView,
    DistraintWeek,
    HeldHearing,
    NotedEvent,
    State,
    TakenAsset,
    WaitingClaim,
)
from api.views.claims import masked
from domain.calendar import COPENHAGEN, start_of
from domain.distraints.distraint import (
    TAKING,
    AssetKind,
    is_near,
    lapses_on,
    lien_until,
    objection_until,
)
from domain.policy import Policy
from persistence.distraints.owners import as_told
from persistence.distraints.reading import (
    Proceeding,
    read_hearings,
    read_liens,
    read_taken,
    read_waiting,
)

_WEEK = timedelta(days=7)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


async def view_week(
    connection: AsyncConnection, policy: Policy, day: date, on: date
) -> DistraintWeek:
    first = monday_of(day)
    hearings = await read_hearings(connection, start_of(first), start_of(first + _WEEK))
    waiting = await read_waiting(connection, on)
    liens, taken = await read_liens(connection), await read_taken(connection)
    return DistraintWeek(
        first=first,
        hearings=[view_summary(row) for row in hearings],
        waiting=[_waiting(policy, row, on) for row in waiting],
        ahead=sorted(_ahead(policy, liens, taken, on), key=lambda one: (one.until, one.claim_id)),
    )


def view_summary(row: RowMapping) -> DistraintSummary:
    return DistraintSummary(**_summary(row, row["id"]))


def _summary(row: RowMapping, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "claim_id": row["claim_id"],
        "claim_type": row["claim_type"],
        "state": state_of(row),
        "starts_at": row["starts_at"].astimezone(COPENHAGEN),
        "place": row["place"],
        "is_outside": row["is_outside"],
        "bailiff": row["bailiff"],
        "debtors": names_of(row),
        "balance_ore": row["balance_ore"],
        "outcome": row["outcome"],
    }


def state_of(row: RowMapping) -> State:
    """Of a proceeding or of a hearing in a list, which is never called off."""
    if row["outcome"]:
        return "held"
    if row.get("called_off_on"):
        return "off"
    state = row["state"] if "state" in row else row["task_state"]
    if state == "open":
        return "scheduled"
    return "over" if row.get("ending") else "off"


def names_of(row: RowMapping) -> list[str]:
    return [debtor["name"] for debtor in row["debtors"] or ()]


def _waiting(policy: Policy, row: RowMapping, on: date) -> WaitingClaim:
    return WaitingClaim(
        task_id=row["task_id"],
        claim_id=row["id"],
        debtors=names_of(row),
        balance_ore=row["balance_ore"],
        lien_until=lien_until(policy.distraint_rule(on), row["due_date"], row["opened_on"]),
        is_held=row["is_held"],
    )


def _ahead(
    policy: Policy, liens: Sequence[RowMapping], taken: Sequence[RowMapping], on: date
) -> Iterator[Deadline]:
    """What is lost soon, and where an objection may still come."""
    rule = policy.distraint_rule(on)
    for row in liens:
        ordered = row["ordered_on"] or row["notified_on"]
        until = lien_until(rule, row["due_date"], ordered)
        is_longer = until != lien_until(rule, row["due_date"], None)
        if is_near(rule, until, on):
            yield _deadline("lien-ordered" if is_longer else "lien", row, until, on)
    for row in taken:
        if row["ending"] or row["is_released"]:
            continue
        lapse = first_lapse(policy, row, on)
        if lapse and is_near(rule, lapse, on):
            yield _deadline("lapse", row, lapse, on)
        objection = objection_until(rule, row["held_on"])
        if objection >= on:
            yield _deadline("objection", row, objection, on)


def first_lapse(policy: Policy, row: RowMapping, on: date) -> date | None:
    """When the first of what was taken is lost by time alone."""
    rule = policy.distraint_rule(on)
    days = [lapses_on(rule, AssetKind(a["kind"]), row["held_on"]) for a in row["assets"] or ()]
    return min((day for day in days if day), default=None)


def _deadline(kind: Any, row: RowMapping, until: date, on: date) -> Deadline:
    return Deadline(
        kind=kind,
        claim_id=row["claim_id"],
        distraint_id=row["id"],
        debtors=names_of(row),
        until=until,
        is_over=until < on,
    )


def to_cancel(taken: Sequence[RowMapping]) -> list[RowMapping]:
    """Distraints in property that have fallen away and still stand in the land register."""
    return [
        row
        for row in taken
        if row["outcome"] == "property-taken"
        and not row["is_cancelled"]
        and (row["ending"] or row["is_released"])
    ]


def view_distraint(policy: Policy, found: Proceeding, on: date) -> DistraintView:
    row = found.row
    rule, held_on = policy.distraint_rule(on), row["held_on"]
    is_taken = row["outcome"] in TAKING
    return DistraintView(
        **_summary(row, row["id"]),
        task_id=row["task_id"],
        ordered_on=row["ordered_on"],
        demanded_on=row["demanded_on"],
        called_off_on=row["called_off_on"],
        expected_ore=row["expected_ore"],
        court_fee_ore=row["court_fee_ore"],
        lien_until=lien_until(rule, row["due_date"], row["ordered_on"]),
        objection_until=objection_until(rule, held_on) if is_taken else None,
        lapses_on=first_lapse(policy, row, on) if is_taken else None,
        minutes=row["text"],
        present=row["present"],
        held_on=held_on,
        assets=[TakenAsset(**asset) for asset in row["assets"] or ()],
        hearings=[_hearing(one) for one in found.hearings],
        events=[_event(one) for one in found.notes],
        owners=[view_owner(one) for one in found.owners],
        properties=[PropertyView(**one) for one in found.properties],
    )


def _event(row: RowMapping) -> NotedEvent:
    copied = {name: row[name] for name in ("event", "happened_on", "text")}
    return NotedEvent(**copied, noted_by=row["name"])


def view_owner(row: Any) -> OwnerView:
    copied = ("debtor_id", "name", "share", "source", "is_liable", "letter_id", "told_on")
    days = {name: row[name] for name in ("planned_on", "dispatched_on", "delivered_on", "told_how")}
    return OwnerView(
        **{name: row[name] for name in copied},
        **days,
        national_id=masked(row["national_id"]),
        letter_state=row["state"],
        is_told=row["is_liable"] or as_told(row).is_proved,
    )


def _hearing(row: RowMapping) -> HeldHearing:
    starts_at: datetime = row["starts_at"]
    return HeldHearing(
        number=row["number"],
        starts_at=starts_at.astimezone(COPENHAGEN),
        place=row["place"],
        is_outside=row["is_outside"],
        reason=row["reason"],
        is_adjourned=row["is_adjourned"],
    )

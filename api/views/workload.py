"""Who has how much to do, and how soon answers come, as programs see it."""

from datetime import date
from typing import Any

from sqlalchemy import RowMapping

from api.schemas.workload import (
    EnquiryLoad,
    HoldLoad,
    KindLoad,
    PersonLoad,
    ResponseTimeView,
    WaitingTask,
    WorkloadView,
)
from domain.authority import APPROVALS
from persistence.steering.workload import LATELY, Workload
from reports.response_times import ResponseTime

_FIGURES = ("received", "answered", "overdue", "median_days", "ninetieth_days", "within_goal")


def workload_view(work: Workload, times: list[ResponseTimeView], on: date) -> WorkloadView:
    return WorkloadView(
        on=on,
        decided_since=on - LATELY,
        people=[_person(row) for row in work.people],
        kinds=[_kind(row) for row in work.kinds],
        oldest=[_waiting(row) for row in work.oldest],
        holds=[_hold(row) for row in work.holds],
        enquiries=EnquiryLoad(**work.enquiries),
        response_times=times,
    )


def _person(row: RowMapping) -> PersonLoad:
    about = {name: row[name] or None for name in ("person", "name", "role", "team", "substitute")}
    return PersonLoad(**about, **_named(row, "open", "overdue", "oldest", "decided"))


def _kind(row: RowMapping) -> KindLoad:
    told = _named(row, "kind", "open", "overdue", "oldest", "largest_ore", "median_days")
    return KindLoad(**told, balance_ore=row["ore"], needs_second_person=row["kind"] in APPROVALS)


def _waiting(row: RowMapping) -> WaitingTask:
    told = _named(row, "kind", "claim_id", "opened_on", "due_on", "holder")
    return WaitingTask(task_id=row["id"], **told)


def _hold(row: RowMapping) -> HoldLoad:
    told = _named(row, "reason", "claims", "oldest", "median_days", "long", "longer", "past")
    return HoldLoad(balance_ore=row["ore"], **told)


def time_view(one: ResponseTime) -> ResponseTimeView:
    figures = {name: getattr(one.figures, name) for name in _FIGURES}
    return ResponseTimeView(kind=one.kind, channel=one.channel, goal_days=one.goal_days, **figures)


def _named(row: RowMapping, *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}

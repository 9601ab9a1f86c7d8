"""Who may do what: one table of rights by role, and the rule that a second person must agree.

Above which amounts a second person must agree is the council's to say: it stands in the policy.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from domain.decisions import TaskKind
from domain.errors import NotAllowed


class Role(StrEnum):
    CASEWORKER = "caseworker"  # sagsbehandler
    SUPERVISOR = "supervisor"  # teamleder
    BAILIFF = "bailiff"  # pantefoged
    DEPARTMENT = "department"  # fagafdeling
    FINANCE = "finance"  # økonomi
    AUDITOR = "auditor"  # revision
    SYSTEM = "system"  # fagsystem, API-klient


class Right(StrEnum):
    SEE_CLAIMS = "see-claims"
    SEE_FIGURES = "see-figures"
    SEE_AUDIT = "see-audit"
    SEE_PROTECTED = "see-protected"
    REGISTER_CLAIMS = "register-claims"
    BOOK_PAYMENTS = "book-payments"
    ANSWER_TASKS = "answer-tasks"
    WORK_ON_TASKS = "work-on-tasks"
    ASSIGN_TASKS = "assign-tasks"
    HOLD_CLAIMS = "hold-claims"
    WITHDRAW_CLAIMS = "withdraw-claims"
    APPROVE_WRITE_OFFS = "approve-write-offs"
    APPROVE_LARGE_WRITE_OFFS = "approve-large-write-offs"
    APPROVE_REFUNDS = "approve-refunds"
    HOLD_DISTRAINT_HEARINGS = "hold-distraint-hearings"
    ANSWER_CONSULTATIONS = "answer-consultations"
    STEER = "steer"


_READING = frozenset({Right.SEE_CLAIMS, Right.SEE_FIGURES})
_MEETING = {Right.ANSWER_TASKS, Right.WORK_ON_TASKS, Right.HOLD_CLAIMS, Right.SEE_PROTECTED}
_DAILY = _READING | _MEETING
_OF_OTHERS = frozenset({Right.HOLD_DISTRAINT_HEARINGS, Right.ANSWER_CONSULTATIONS})

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.CASEWORKER: _DAILY
    | {Right.REGISTER_CLAIMS, Right.BOOK_PAYMENTS, Right.WITHDRAW_CLAIMS, Right.APPROVE_WRITE_OFFS},
    Role.SUPERVISOR: frozenset(Right) - _OF_OTHERS,
    Role.BAILIFF: _DAILY | {Right.HOLD_DISTRAINT_HEARINGS},
    Role.DEPARTMENT: frozenset({Right.ANSWER_CONSULTATIONS}),
    Role.FINANCE: _READING | {Right.ANSWER_TASKS, Right.BOOK_PAYMENTS, Right.APPROVE_REFUNDS},
    Role.AUDITOR: _READING | {Right.SEE_AUDIT},
    Role.SYSTEM: frozenset({Right.REGISTER_CLAIMS, Right.BOOK_PAYMENTS, Right.WITHDRAW_CLAIMS}),
}


WORKERS = sorted(role.value for role, rights in RIGHTS.items() if Right.ANSWER_TASKS in rights)
"""The roles of those who answer tasks."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person, or a program that calls on its own behalf."""

    id: str
    role: Role
    name: str = field(default="", compare=False)
    department: str | None = field(default=None, compare=False)
    """Whose consultations someone of a department answers."""


HOUSE = Actor("rettidig", Role.SYSTEM)
"""What the house does by itself."""


def may(actor: Actor, right: Right) -> bool:
    return right in RIGHTS[actor.role]


def require(actor: Actor, right: Right) -> None:
    """Raises NotAllowed when the actor's role lacks the right."""
    if not may(actor, right):
        raise NotAllowed(f"{actor.role} lacks {right}")


def may_read_address(actor: Actor, *, is_protected: bool) -> bool:
    """Who writes letters and visits people needs an address that is protected; others do not."""
    return not is_protected or may(actor, Right.SEE_PROTECTED)


def right_to_decide(kind: TaskKind) -> Right:
    """What it takes to answer such a task, besides being one who answers tasks at all."""
    match kind:
        case TaskKind.WRITE_OFF_APPROVAL | TaskKind.WRITE_OFF_BATCH | TaskKind.DISCHARGE_APPROVAL:
            return Right.APPROVE_WRITE_OFFS
        case TaskKind.DISTRAINT | TaskKind.AFTER_DISTRAINT:
            return Right.HOLD_DISTRAINT_HEARINGS
        case TaskKind.UNPLACED_PAYMENT | TaskKind.BANK_FILE:
            return Right.BOOK_PAYMENTS
        case TaskKind.POST_STOPPED | TaskKind.LIMITATION_UNOFFERED:
            return Right.STEER
        case TaskKind.REFUND_APPROVAL:
            return Right.APPROVE_REFUNDS
        case _:
            return Right.WORK_ON_TASKS


_APPROVING = frozenset({Right.APPROVE_WRITE_OFFS, Right.APPROVE_REFUNDS})
APPROVALS = frozenset(kind for kind in TaskKind if right_to_decide(kind) in _APPROVING)
"""The tasks in which a second person agrees to what another has proposed."""


def kinds_for(actor: Actor) -> list[TaskKind]:
    """The tasks the actor may answer."""
    return [kind for kind in TaskKind if may(actor, right_to_decide(kind))]


def require_second_person(actor: Actor, proposer: str) -> None:
    """Raises NotAllowed when someone would approve their own proposal."""
    if actor.id == proposer:
        raise NotAllowed("the proposal must be approved by a second person")


@dataclass(frozen=True, slots=True)
class Proposal:
    """*behalf*: those whose work *by* did with it, absent or having asked them to."""

    by: str
    behalf: frozenset[str] = frozenset()

    @property
    def people(self) -> frozenset[str]:
        return self.behalf | {self.by}


def require_another_person(
    actor: Actor, stands_in_for: Collection[str], proposal: Proposal
) -> None:
    """Raises NotAllowed unless two people who act for nobody in common propose and approve.

    *stands_in_for*: all whom the actor stands in for on the day, through others too.
    """
    for person in proposal.people:
        require_second_person(actor, person)
        if person in stands_in_for:
            raise NotAllowed("the approver stands in for who proposed")

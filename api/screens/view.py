"""One task as one person sees it: what the page of it is made from."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from api.house import House
from api.screens import words
from api.screens.kinds import Screen, screen_of
from api.screens.plans import Plan, plan_of, proposal_of
from api.screens.typed import Typed
from domain.agreements.ability import Proposal, ProposalKind
from domain.agreements.recommendation import Recommendation
from domain.authority import Actor, Right, may, right_to_decide
from domain.decisions import TaskKind
from domain.endings.write_off import Approval
from domain.errors import Fault
from domain.money import Money
from persistence.agreements.assessing import recommendation_for
from persistence.endings.batch_approval import approval_of_batch
from persistence.enquiries.reading_consultations import consultations_of_task
from persistence.people.substituting import absent_behind
from persistence.recovery.dossiers import Handover, read_handover
from persistence.tasks.delegations import delegations_of, who_may_be_asked
from persistence.tasks.drafts import read_draft
from persistence.tasks.facts import CaseFacts, decision_on, read_case
from persistence.tasks.inbox import read_task
from persistence.tasks.question_facts import question_facts
from persistence.tasks.second_person import is_second_person

NOT_FOR_THIS_READER = {"task-not-for-role", "task-own-proposal", "task-needs-team-leader"}


@dataclass(frozen=True, slots=True)
class Shown:
    """*typed*: what stands in the form. *why_not*: the code of why the reader may not answer."""

    task: RowMapping
    case: CaseFacts | None
    question: Mapping[str, Any]
    decision: RowMapping | None
    typed: Typed
    draft_at: str | None
    why_not: str | None
    plan: Plan | None = None
    handover: Handover | None = None
    """Of a question about a transfer: what speaks for and against it today."""
    proposal: tuple[Proposal, str] | None = None
    """What could be proposed, and where its limits come from."""
    advised: Recommendation | None = None
    approval: Approval | None = None
    """Who must agree to give up so much, where the task asks for that."""
    faults: tuple[Fault, ...] = ()
    consultations: Sequence[RowMapping] = ()
    asked: Sequence[RowMapping] = ()
    colleagues: Sequence[tuple[str, str]] = ()
    notices: tuple[str, ...] = field(default=())
    """Codes of what the reader must know first: the case has changed, another was quicker."""

    @property
    def kind(self) -> TaskKind:
        return TaskKind(self.task["kind"])

    @property
    def screen(self) -> Screen:
        return screen_of(self.kind)

    @property
    def version(self) -> str:
        """Another one when the form no longer shows what is."""
        state = (self.task["state"], *(self.case.state if self.case else ()))
        return hashlib.sha256(repr(state).encode()).hexdigest()[:12]


async def look(
    connection: AsyncConnection,
    house: House,
    task_id: int,
    actor: Actor,
    language: str,
    typed: Typed | None = None,
) -> Shown:
    """Read the task; the form holds *typed*, or else the reader's draft."""
    on = house.today
    task = await read_task(connection, task_id, on)
    case = await read_case(connection, task_id, task["claim_id"], on) if task["claim_id"] else None
    question = await question_facts(connection, task)
    why_not = await _why_not(connection, house, task, actor, question)
    draft = await read_draft(connection, task_id, actor.id)
    kept = Typed.of_draft(draft["fields"]) if draft else Typed()
    shown = Shown(
        task,
        case,
        question,
        await decision_on(connection, task_id),
        kept if typed is None else typed,
        words.clock_time(draft["updated_at"], language) if draft else None,
        why_not,
        approval=approval_of(house, task, question),
        consultations=await consultations_of_task(connection, task_id),
        asked=await delegations_of(connection, task_id),
        colleagues=() if why_not else await who_may_be_asked(connection, task, actor.id),
    )
    return await _as_open(connection, house, shown) if shown.task["state"] == "open" else shown


async def _as_open(connection: AsyncConnection, house: House, shown: Shown) -> Shown:
    """What is worked out only while there is something to answer."""
    handover = await _handover(connection, house, shown.task, house.today)
    return await _with_plan(connection, house, replace(shown, handover=handover))


async def _handover(
    connection: AsyncConnection, house: House, task: RowMapping, on: date
) -> Handover | None:
    """Asked whether to transfer, or what to do about a transfer that was refused."""
    is_refused = "refused_act" in task["facts"]
    is_asked = TaskKind(task["kind"]) is TaskKind.ASSESSMENT or is_refused
    if not is_asked:
        return None
    return await read_handover(connection, house.policy, task["claim_id"], on)


async def _why_not(
    connection: AsyncConnection,
    house: House,
    task: RowMapping,
    actor: Actor,
    question: Mapping[str, Any],
) -> str | None:
    on = house.today
    if task["state"] != "open":
        return f"task-is-{task['state']}"
    kind = TaskKind(task["kind"])
    if not (may(actor, Right.ANSWER_TASKS) and may(actor, right_to_decide(kind))):
        return "task-not-for-role"
    if not await is_second_person(connection, task, actor, on):
        return "task-own-proposal"
    if (needed := approval_of(house, task, question)) and not may(actor, needed.right):
        return "task-needs-team-leader"
    holder = task["claimed_by"]
    if holder in {None, actor.id} or await absent_behind(connection, actor.id, holder, on):
        return None
    return "task-taken-by"


def approval_of(house: House, task: RowMapping, question: Mapping[str, Any]) -> Approval | None:
    """Who must agree to give so much up, where the task asks for that."""
    rule = house.policy.endings.write_off(house.today)
    match task["kind"]:
        case TaskKind.WRITE_OFF_APPROVAL | TaskKind.DISCHARGE_APPROVAL:
            return rule.approval_of(Money(task["balance_ore"]))
        case TaskKind.WRITE_OFF_BATCH:
            return approval_of_batch(rule, question["batch"], question["batch_rows"])
        case _:
            return None


async def _with_plan(connection: AsyncConnection, house: House, shown: Shown) -> Shown:
    """A plan stands on the page as soon as months, an amount or an income have been typed."""
    typed, policy, on = shown.typed, house.policy, house.today
    claim_id = shown.task["claim_id"]
    if shown.kind is TaskKind.ASSESSMENT:
        return replace(shown, advised=await recommendation_for(connection, policy, claim_id, on))
    if shown.kind is not TaskKind.DIALOGUE or not shown.case:
        return shown
    proposal = proposal_of(policy, typed, shown.case.claims, claim_id, on)
    shown = replace(shown, proposal=proposal)
    is_fixed = proposal[0].kind is ProposalKind.BY_TABLE
    if not (is_fixed or typed.one("months") or typed.one("monthly")):
        return shown
    return replace(shown, plan=await plan_of(connection, policy, typed, claim_id, on))

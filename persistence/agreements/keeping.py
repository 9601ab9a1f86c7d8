"""What a person does with an agreement that runs or has broken: take it up again, write a note."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.agreements.ability import Income
from domain.agreements.acceptance import Acceptance
from domain.authority import Actor, Right, require
from domain.decisions import Outcome
from domain.errors import Conflict, Fault, Invalid
from domain.file_notes import LONGEST_NOTE, FileOwner, NoteKind, read_prose
from domain.money import Money
from domain.policy import Policy
from domain.record import AgreementOutcome
from persistence.agreements.covered_claims import lock_claims_of
from persistence.agreements.ending import debtor_of
from persistence.agreements.reading import AgreementFile, read_agreement
from persistence.agreements.terms import NewAgreement
from persistence.files.notes import NewNote, write_note
from persistence.tasks.answers import NewDecision
from persistence.tasks.deciding import Decided, decide
from persistence.trail.audit import note


@dataclass(frozen=True, slots=True)
class Reinstatement:
    """*months*, *monthly* or, by the table, *income* decides the new plan, from *first_due* on."""

    first_due: date
    reasons: str
    months: int | None = None
    monthly: Money | None = None
    has_low_income: bool = False
    acceptance: Acceptance | None = None
    income: Income | None = None

    def over(self, claims: Sequence[RowMapping]) -> NewAgreement:
        """The agreement it wishes for."""
        return NewAgreement(
            tuple(claim["id"] for claim in claims), self.first_due, self.months, self.monthly,
            self.has_low_income, self.income, self.acceptance,
        )  # fmt: skip

    @property
    def told(self) -> dict[str, Any]:
        """What they can pay is kept with the decision."""
        if self.income is None:
            return {}
        return {"income_ore": self.income.yearly.ore, "has_children": self.income.has_children}


async def reinstate(
    connection: AsyncConnection,
    policy: Policy,
    agreement_id: str,
    wish: Reinstatement,
    actor: Actor,
    now: datetime,
    on: date,
) -> Decided:
    """A new plan for what is left of a broken agreement, as the answer to the talk about it.

    Raises Conflict while no claim of it waits for a talk, or when it has been taken up before;
    otherwise as `decide` does.
    """
    require(actor, Right.WORK_ON_TASKS)
    await lock_claims_of(connection, agreement_id)
    file = await read_agreement(connection, agreement_id)
    free = claims_to_take_up(file)
    asked = next((claim for claim in free if claim["dialogue"]), None)
    if asked is None:
        raise Conflict(f"agreement {agreement_id} is not waiting to be taken up")
    agreement = replace(wish.over(free), follows=agreement_id)
    answer = NewDecision(Outcome.AGREEMENT, wish.reasons, agreement=agreement, facts=wish.told)
    decided = await decide(connection, policy, asked["dialogue"], answer, actor, now, on)
    facts = {"anew": decided.agreement_id}
    await note(connection, agreement_id, actor.id, "agreement-reinstated", **facts)
    return decided


def claims_to_take_up(file: AgreementFile) -> list[RowMapping]:
    """What of a broken agreement could be in a new one: what nobody has done anything with since.

    None where it is not broken, or has been taken up already.
    """
    agreement = file.agreement
    if agreement["state"] != AgreementOutcome.BROKEN.value or agreement["followed_by"]:
        return []
    return [
        claim
        for claim in file.claims
        if not (claim["ending"] or claim["agreement_id"] or claim["is_withdrawn"])
        and claim["stage"] in {"dialogue", "reminder", "demand"}
    ]


def same_instalments(file: AgreementFile) -> Money:
    """What was paid a month: the most usual instalment of the old plan."""
    amounts = [one.instalment.amount for one in file.progress.instalments]
    if not amounts:
        raise Invalid(Fault("monthly", "agreement-nothing-owed"))
    return amounts[0]


async def write_agreement_note(
    connection: AsyncConnection, agreement_id: str, words: str, actor: Actor, on: date
) -> int:
    """In the debtor's file, under the agreement's number."""
    told = read_prose("text", words, LONGEST_NOTE)
    debtor_id = await debtor_of(connection, agreement_id)
    new = NewNote(NoteKind.NOTE, f"{agreement_id}: {told}")
    return await write_note(connection, FileOwner(debtor_id=debtor_id), new, actor, on)

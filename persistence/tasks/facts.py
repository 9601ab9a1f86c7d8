"""What a person needs to see to answer a task: the people, their claims, letters and talks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound
from persistence.claims.standings import read_standing
from persistence.debtors.numbers import with_numbers

# All that the debtor of the claim owes here, the claim itself first.
_CLAIMS = text("""
select c.id, c.claim_type, c.description, c.period_start, c.period_end, c.balance_ore, c.stage,
  c.due_date, c.limitation_date, c.agreement_id, c.is_withdrawn
from claims c where c.debtor_id = (select debtor_id from claims where id = :claim)
  and c.ending is null
order by c.id <> :claim, c.balance_ore desc, c.id limit 50""")

_DEBTORS = text("""
select d.id, d.kind, d.name, d.national_id, d.sealed_number, d.address, d.language, d.is_protected,
  d.status
from liabilities b join debtors d on d.id = b.debtor_id join claims c on c.id = b.claim_id
where b.claim_id = :claim order by d.id <> c.debtor_id, d.id""")

_LETTERS = text("""
select l.id, l.letter, l.state, l.claim_id, l.requested_on, l.dispatched_on, l.deadline
from letters l join claims c on c.id = l.claim_id
where c.debtor_id = (select debtor_id from claims where id = :claim)
order by l.id desc limit 6""")

_TALKS = text("""
select d.id, d.decided_at, d.outcome, d.reasons, t.kind, t.claim_id, u.name
from decisions d join tasks t on t.id = d.task_id join claims c on c.id = t.claim_id
join users u on u.id = d.decided_by
where c.debtor_id = (select debtor_id from claims where id = :claim) and t.id <> :task
order by d.id desc limit 6""")

_PLAN = text("""
select g.id, g.signed_on, g.owed_ore, g.paid_ore,
  (select jsonb_agg(jsonb_build_object('number', i.number, 'due_on', i.due_on,
      'amount_ore', i.amount_ore, 'is_paid', i.total_ore <= g.paid_ore) order by i.number)
    from instalments i where i.agreement_id = g.id) as instalments
from agreements g join claims c on c.agreement_id = g.id
where c.id = :claim and g.state = 'active'""").columns(instalments=JSONB)

_DECISION = """
select d.id, d.task_id, d.outcome, d.reasons, d.look_again_on, d.agreement_id, d.decided_by,
  d.decided_at, u.name as decided_by_name, t.kind, t.claim_id, b.name as debtor_name,
  greatest(0, extract(epoch from d.undoable_until - clock_timestamp()))::float as seconds_left
from decisions d join tasks t on t.id = d.task_id join users u on u.id = d.decided_by
left join claims c on c.id = t.claim_id left join debtors b on b.id = c.debtor_id
"""
_BY_ID, _BY_TASK = (text(f"{_DECISION} where d.{column} = :number") for column in ("id", "task_id"))


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """*standing*: the claim's columns, and what its standing follows from."""

    standing: RowMapping
    debtors: Sequence[Any]
    claims: Sequence[RowMapping]
    letters: Sequence[RowMapping]
    talks: Sequence[RowMapping]
    agreement: RowMapping | None

    @property
    def state(self) -> tuple[object, ...]:
        """What must not have changed between a form being shown and it being sent."""
        claim = self.standing
        holds = [hold["id"] for hold in claim["holds"] or ()]
        return (*(claim[x] for x in ("stage", "balance_ore", "agreement_id", "ending")), *holds)


async def read_case(
    connection: AsyncConnection, task_id: int, claim_id: str, on: date
) -> CaseFacts:
    """The same number of questions however much somebody owes."""
    of_claim = {"claim": claim_id}

    async def rows(query: Any, **more: int) -> Sequence[RowMapping]:
        return (await connection.execute(query, of_claim | more)).mappings().all()

    agreements = await rows(_PLAN)
    return CaseFacts(
        standing=await read_standing(connection, claim_id, on),
        debtors=with_numbers(connection, await rows(_DEBTORS), "task"),
        claims=await rows(_CLAIMS),
        letters=await rows(_LETTERS),
        talks=await rows(_TALKS, task=task_id),
        agreement=agreements[0] if agreements else None,
    )


async def read_decision(connection: AsyncConnection, decision_id: int) -> RowMapping:
    """The decision with who made it and how many seconds are left to take it back."""
    found = (await connection.execute(_BY_ID, {"number": decision_id})).mappings().first()
    if found is None:
        raise NotFound("decision", decision_id)
    return found


async def decision_on(connection: AsyncConnection, task_id: int) -> RowMapping | None:
    """As `read_decision`, for the task's; None while it has none."""
    return (await connection.execute(_BY_TASK, {"number": task_id})).mappings().first()

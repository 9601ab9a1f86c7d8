"""What a claim's page shows beside its standing: letters, tasks, agreements and holds, old and new.

Each is one question, however much has happened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Executable, RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.file_notes import FileOwner
from persistence.claims.reading import read_debtors, read_ledger
from persistence.claims.standings import read_standing
from persistence.claims.timeline import SUBJECTS, Event, read_timeline
from persistence.distraints.summaries import distraints_of_claim
from persistence.files.attachments import read_attachments
from persistence.files.notes import colleagues, read_notes
from persistence.limitation.histories import LiabilityHistory, read_histories

_LETTERS = text(f"""
with {SUBJECTS}
select l.id, l.letter, l.state, l.channel, l.planned_on, l.dispatched_on, l.delivered_on,
  l.deadline, l.goes_with, b.name as debtor_name,
  (select e.reason from letter_events e where e.letter_id = coalesce(l.goes_with, l.id)
    and e.event = 'receipt' order by e.id desc limit 1) as receipt
from letters l join debtors b on b.id = l.debtor_id
where l.claim_id = :claim or l.subject in (select subject from subjects)
order by l.id desc""")
_TASKS = text("""
select t.id, t.kind, t.state, t.opened_on, t.due_on, c.name as claimed_by_name,
  d.id as decision_id, d.outcome, d.reasons, d.look_again_on, d.decided_at,
  p.name as decided_by_name
from tasks t left join users c on c.id = t.claimed_by left join decisions d on d.task_id = t.id
  left join users p on p.id = d.decided_by
where t.claim_id = :claim order by (t.state <> 'open'), t.id desc""")
_AGREEMENTS = text(f"""
with {SUBJECTS}
select g.id, g.state, g.signed_on, g.ended_on, g.owed_ore, g.paid_ore,
  (select jsonb_agg(jsonb_build_object('number', i.number, 'due_on', i.due_on,
      'amount_ore', i.amount_ore, 'is_paid', i.total_ore <= g.paid_ore,
      'missing_ore', greatest(least(i.amount_ore, i.total_ore - g.paid_ore), 0))
    order by i.number) from instalments i where i.agreement_id = g.id) as instalments
from agreements g where g.id in (select subject from subjects) order by g.id desc
""").columns(instalments=JSONB)
_HOLDS = text("""
select h.id, h.reason, h.note, h.since, h.until, h.released_on, h.suspension_id,
  coalesce(p.name, h.placed_by) as placed_by_name,
  coalesce(r.name, h.released_by) as released_by_name,
  h.released_on is null and (h.until is null or h.until >= :on) as is_in_force
from holds h left join users p on p.id = h.placed_by left join users r on r.id = h.released_by
where h.claim_id = :claim order by h.id desc""")
_IN_TRAY = text("""
select l.id, l.letter, l.planned_on, l.deadline, b.name as debtor_name
from letters l join debtors b on b.id = l.debtor_id
where l.claim_id = :claim and l.state = 'requested' order by l.id""")


@dataclass(frozen=True, slots=True)
class Case:
    """A claim with all that belongs to it, as it was read in one transaction."""

    claim: dict[str, Any]
    debtors: Sequence[RowMapping]
    ledger: Sequence[RowMapping]
    events: Sequence[Event]
    letters: Sequence[dict[str, Any]]
    tasks: Sequence[dict[str, Any]]
    agreements: Sequence[dict[str, Any]]
    holds: Sequence[dict[str, Any]]
    notes: Sequence[RowMapping]
    attachments: Sequence[RowMapping]
    colleagues: Sequence[RowMapping]
    limitation: Mapping[int, LiabilityHistory]
    distraints: Sequence[RowMapping]


async def read_case(connection: AsyncConnection, claim_id: str, on: date) -> Case:
    """Raises NotFound."""
    owner = FileOwner(claim_id)
    return Case(
        claim=dict(await read_standing(connection, claim_id, on)),
        debtors=await read_debtors(connection, claim_id),
        ledger=await read_ledger(connection, claim_id),
        events=await read_timeline(connection, claim_id),
        letters=await _of_claim(connection, _LETTERS, claim=claim_id),
        tasks=await _of_claim(connection, _TASKS, claim=claim_id),
        agreements=await _of_claim(connection, _AGREEMENTS, claim=claim_id),
        holds=await _of_claim(connection, _HOLDS, claim=claim_id, on=on),
        notes=await read_notes(connection, owner),
        attachments=await read_attachments(connection, owner),
        colleagues=await colleagues(connection),
        limitation=await read_histories(connection, claim_id),
        distraints=await distraints_of_claim(connection, claim_id),
    )


async def letters_in_tray(connection: AsyncConnection, claim_id: str) -> list[dict[str, Any]]:
    """The letters about the claim that have been asked for and have not left."""
    return await _of_claim(connection, _IN_TRAY, claim=claim_id)


async def _of_claim(
    connection: AsyncConnection, question: Executable, **values: object
) -> list[dict[str, Any]]:
    return [dict(row) for row in (await connection.execute(question, values)).mappings()]

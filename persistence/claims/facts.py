"""All that an act must know about a claim, in one question, with the claim locked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.decisions import Answer, Outcome
from domain.errors import NotFound
from domain.ledger import EntryKind
from domain.money import NOTHING, Money
from domain.record import Hold
from persistence.columns import every
from persistence.models import Claim
from persistence.tasks.taking_back import IS_FINAL_ANSWER, is_final

IS_GIVEN_UP = f"""exists (select from write_offs w where w.claim_id = c.id
    and w.state = 'approved' and w.batch_id is not null and w.booked_on is null
    and {is_final("write_offs", "w.id")})"""
"""In SQL: whether the claim *c* is to end as a small amount that was given up."""

_QUERY = f"""
select {every(Claim, "c")},
  (select jsonb_build_object('deadline', a.deadline) from acts a
    where a.subject = c.id and a.key = :key) as act,
  (select jsonb_build_object('outcome', d.outcome, 'on', d.look_again_on,
      'agreement', d.agreement_id)
    from tasks t join decisions d on d.task_id = t.id
    where t.subject = c.id and t.key = :key and {IS_FINAL_ANSWER}) as answer,
  (select coalesce(max(n.story_number), 0) from recovery_notices n where n.claim_id = c.id)
    as news,
  (select jsonb_object_agg(h.id, jsonb_build_object('since', h.since, 'until', h.until))
    from holds h where h.claim_id = c.id and h.released_on is null
      and (h.until is null or h.until >= :on)) as holds,
  (select jsonb_build_object('is_waiting', bool_or(l.state in ('requested', 'undelivered')),
      'deadline', max(l.deadline))
    from letters l where l.subject = c.id and l.key = :after and l.state <> 'cancelled') as letter,
  exists (select from agreements g where g.id = c.agreement_id and g.state = 'active'
    and g.ended_by is null and not g.bears_interest) as is_interest_resting,
  {IS_GIVEN_UP} as is_given_up,
  (select jsonb_agg(jsonb_build_array(t.booked_on, t.is_back) order by t.ledger_seq, t.id)
    from transfers t where t.claim_id = c.id) as moves,
  (select jsonb_agg(jsonb_build_object('id', e.id, 'kind', e.kind, 'ore', e.amount_ore,
      'on', e.effective_on, 'from', e.period_start, 'to', e.period_end,
      'covered', coalesce((select jsonb_agg(jsonb_build_array(p.effective_on, v.amount_ore))
        from ledger_coverage v join ledger_entries p on p.id = v.payment_entry_id
        where v.debt_entry_id = e.id), '[]'::jsonb)) order by e.seq)
    from ledger_entries e where e.claim_id = c.id) as entries
from claims c where """
_JSON = dict.fromkeys(("act", "answer", "holds", "letter", "moves", "entries"), JSONB)
_FACTS = text(f"{_QUERY} c.id = :claim for no key update of c").columns(**_JSON)
_FACTS_OF_MANY = text(f"{_QUERY} c.id = any(:claims) order by c.id").columns(**_JSON)


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """A ledger line with what has been paid on it: (value date, øre)."""

    id: int
    kind: str
    amount: Money
    effective_on: date
    period_start: date | None
    period_end: date | None
    covered: tuple[tuple[date, int], ...]

    @property
    def open(self) -> Money:
        return self.amount - Money(sum(ore for _, ore in self.covered))

    def open_on(self, day: date) -> Money:
        """What of it was unpaid at the end of *day*."""
        return self.amount - Money(sum(ore for on, ore in self.covered if on <= day))


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """*claim* holds the columns of the claim's row."""

    claim: RowMapping
    is_acted: bool
    acted_deadline: date | None
    answer: Answer | None
    holds: dict[int, Hold]
    is_letter_waiting: bool
    letter_deadline: date | None
    news: int  # how much the story has been told by the recovery authority
    moves: tuple[tuple[date, bool], ...]
    """The days on which it went to the recovery authority (False) and came back (True)."""
    entries: tuple[EntryFacts, ...]
    is_given_up: bool  # as a small amount, and not yet closed

    @property
    def id(self) -> str:
        return str(self.claim["id"])

    @property
    def balance(self) -> Money:
        return Money(self.claim["balance_ore"])

    def principal_on(self, day: date) -> Money:
        """What of the principal is unpaid with us at the end of *day*.

        Nothing while it lies with the recovery authority, which adds interest of its own. What it
        was raised by later counts from then on.
        """
        moved = [is_back for on, is_back in self.moves if on <= day]
        if moved and not moved[-1]:
            return NOTHING
        principal = [e for e in self.entries if e.kind == EntryKind.PRINCIPAL]
        owed = principal[:1] + [e for e in principal[1:] if e.effective_on <= day]
        return sum((e.open_on(day) for e in owed), NOTHING)


async def read_facts(
    connection: AsyncConnection, claim_id: str, on: date, key: str = "", after: str | None = None
) -> ClaimFacts:
    """Lock the claim and read what an act *key* that comes after the act *after* must know."""
    values = {"claim": claim_id, "key": key, "after": after or "", "on": on}
    row = (await connection.execute(_FACTS, values)).mappings().first()
    if row is None:
        raise NotFound("claim", claim_id)
    return _claim_facts(row)


async def look_at_facts(
    connection: AsyncConnection, claim_ids: Collection[str], on: date
) -> dict[str, ClaimFacts]:
    """By claim, as they are at this moment: nothing is locked, so nothing may be done by them."""
    values = {"claims": sorted(claim_ids), "key": "", "after": "", "on": on}
    rows = (await connection.execute(_FACTS_OF_MANY, values)).mappings()
    return {row["id"]: _claim_facts(row) for row in rows}


def _claim_facts(row: RowMapping) -> ClaimFacts:
    letter, act = row["letter"] or {}, row["act"]
    return ClaimFacts(
        claim=row,
        is_acted=act is not None,
        acted_deadline=_day(act and act["deadline"]),
        answer=_answer(row["answer"]),
        holds={int(number): _hold(hold) for number, hold in (row["holds"] or {}).items()},
        is_letter_waiting=bool(letter.get("is_waiting")),
        letter_deadline=_day(letter.get("deadline")),
        news=row["news"],
        moves=tuple((date.fromisoformat(on), is_back) for on, is_back in row["moves"] or ()),
        entries=tuple(_entry(entry) for entry in row["entries"] or ()),
        is_given_up=row["is_given_up"],
    )


def _day(text_: str | None) -> date | None:
    return date.fromisoformat(text_) if text_ else None


def _answer(json: dict[str, Any] | None) -> Answer | None:
    if json is None:
        return None
    return Answer(Outcome(json["outcome"]), _day(json["on"]), json["agreement"])


def _hold(json: dict[str, Any]) -> Hold:
    return Hold(date.fromisoformat(json["since"]), _day(json["until"]))


def _entry(json: dict[str, Any]) -> EntryFacts:
    return EntryFacts(
        id=json["id"],
        kind=json["kind"],
        amount=Money(json["ore"]),
        effective_on=date.fromisoformat(json["on"]),
        period_start=_day(json["from"]),
        period_end=_day(json["to"]),
        covered=tuple((date.fromisoformat(on), ore) for on, ore in json["covered"]),
    )


__all__ = ["ClaimFacts", "EntryFacts", "read_facts"]

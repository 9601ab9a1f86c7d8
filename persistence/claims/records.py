"""Where a story begins from: its record, rebuilt from the facts.

A new claim, one taken over mid-life from another system, and one whose execution was lost are the
same thing here: what has been done is in the tables, and a story repeats none of it.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, TextualSelect, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import TownClock
from domain.claim import Stage
from domain.deadlines import grace_day
from domain.decisions import Answer, Outcome
from domain.errors import NotFound
from domain.held_time import moved_deadline, span_of
from domain.letters import Letter
from domain.money import Money
from domain.policy import Policy
from domain.record import AgreementOutcome, AgreementRecord, ClaimRecord, Hold, Life, News
from persistence.claims.facts import IS_GIVEN_UP
from persistence.claims.telling import is_settled
from persistence.columns import every
from persistence.models import Agreement, Claim
from persistence.tasks.taking_back import IS_FINAL_ANSWER

_OF_CLAIM = f"""
select {every(Claim, "c")},
  (select jsonb_agg(jsonb_build_object('key', a.key, 'facts', a.facts,
      'on', case when l.deadline > a.deadline then coalesce(l.left_on, a.done_on)
        else a.done_on end,
      'deadline', coalesce(l.deadline, a.deadline), 'is_waiting', coalesce(l.is_late, false))
      order by a.id)
    from acts a left join (
      select key, max(deadline) as deadline, max(dispatched_on) as left_on,
        bool_or(state = 'undelivered' or (state = 'requested' and planned_on < :on)) as is_late
      from letters where subject = c.id and state <> 'cancelled' group by key
    ) l on l.key = a.key where a.subject = c.id) as acts,
  (select jsonb_object_agg(t.key, jsonb_build_object('outcome', d.outcome,
      'on', d.look_again_on, 'agreement', d.agreement_id, 'kind', t.kind,
      'decided_on', (d.decided_at at time zone 'Europe/Copenhagen')::date))
    from tasks t join decisions d on d.task_id = t.id
    where t.subject = c.id and {IS_FINAL_ANSWER}) as answers,
  (select jsonb_object_agg(g.id, g.state) from decisions d
    join tasks t on t.id = d.task_id join agreements g on g.id = d.agreement_id
    where t.subject = c.id and g.state <> 'active') as agreements,
  (select jsonb_object_agg(n.story_number, n.kind) from recovery_notices n
    where n.claim_id = c.id and n.story_number is not null) as news,
  (select jsonb_agg(to_jsonb(h)) from holds h where h.claim_id = c.id) as holds,
  (select jsonb_object_agg(p.until_key, p.until_day) from stage_proposals p
    where p.claim_id = c.id and p.state = 'approved' and p.until_key is not null) as stopped,
  {IS_GIVEN_UP} as is_given_up
from claims c where """
_OF_AGREEMENT = f"""
select {every(Agreement, "g")},
  (select jsonb_agg(jsonb_build_object('due', i.due_on, 'total', i.total_ore) order by i.number)
    from instalments i where i.agreement_id = g.id) as instalments,
  (select jsonb_agg(jsonb_build_object('key', a.key, 'facts', a.facts,
      'on', case when l.deadline > a.deadline then coalesce(l.dispatched_on, a.done_on)
        else a.done_on end,
      'deadline', coalesce(l.deadline, a.deadline), 'is_waiting', false) order by a.id)
    from acts a left join letters l on l.subject = a.subject and l.key = a.key
    where a.subject = g.id) as acts,
  (select jsonb_agg(to_jsonb(h)) from holds h join claims c on c.id = h.claim_id
    where c.agreement_id = g.id and h.reason <> 'agreement') as holds
from agreements g where """


def _claims(condition: str) -> TextualSelect:
    parts = ("acts", "answers", "agreements", "news", "holds", "stopped")
    return text(_OF_CLAIM + condition).columns(**dict.fromkeys(parts, JSONB))


def _agreements(condition: str) -> TextualSelect:
    parts = ("instalments", "acts", "holds")
    return text(_OF_AGREEMENT + condition).columns(**dict.fromkeys(parts, JSONB))


_CLAIM, _CLAIMS = _claims("c.id = :subject"), _claims("c.id = any(:subjects) order by c.serial")
_AGREEMENT = _agreements("g.id = :subject")
_AGREEMENTS = _agreements("g.id = any(:subjects) order by g.id")


async def claim_record(
    connection: AsyncConnection, policy: Policy, claim_id: str, clock: TownClock, on: date
) -> ClaimRecord:
    """The record from which the claim's story goes on, as the facts are on the town's day *on*."""
    return _claim(await _read(connection, _CLAIM, claim_id, on), policy, clock, on)


async def claim_records(
    connection: AsyncConnection, policy: Policy, ids: Sequence[str], clock: TownClock, on: date
) -> list[ClaimRecord]:
    """As `claim_record`, of many claims at once; those there are not are left out."""
    values = {"subjects": list(ids), "on": on}
    rows = (await connection.execute(_CLAIMS, values)).mappings()
    return [_claim(row, policy, clock, on) for row in rows]


def _claim(row: RowMapping, policy: Policy, clock: TownClock, on: date) -> ClaimRecord:
    acts = row["acts"] or []
    record = ClaimRecord(
        id=row["id"],
        clock=clock,
        letters=tuple(Letter(name) for name in row["letters"]),
        transfer_notice_with=_letter(row["transfer_notice_with"]),
        answers={key: _answer(json) for key, json in (row["answers"] or {}).items()},
        agreements={k: AgreementOutcome(v) for k, v in (row["agreements"] or {}).items()},
        news={int(number): News(kind) for number, kind in (row["news"] or {}).items()},
        is_with_collector=Stage(row["stage"]).is_with_the_collector,
        is_settled=is_settled(policy, row, Money(row["balance_ore"]), on),
        is_withdrawn=row["is_withdrawn"],
        is_written_off=row["is_given_up"],
        reopenings=sum(act["key"].startswith("reopened-") for act in acts),
    )
    _count_rounds(record, acts)
    spans = _remember_acts(record, acts, row["holds"] or [], on)
    record.acts |= dict(_agreed_days(row["answers"] or {}, spans))
    record.acts |= {key: _day(day) for key, day in (row["stopped"] or {}).items()}
    return record


async def agreement_record(
    connection: AsyncConnection, agreement_id: str, clock: TownClock, on: date
) -> AgreementRecord:
    return _agreement(await _read(connection, _AGREEMENT, agreement_id, on), clock, on)


async def agreement_records(
    connection: AsyncConnection, ids: Sequence[str], clock: TownClock, on: date
) -> list[AgreementRecord]:
    """As `agreement_record`, of many agreements at once."""
    rows = (await connection.execute(_AGREEMENTS, {"subjects": list(ids)})).mappings()
    return [_agreement(row, clock, on) for row in rows]


def _agreement(row: RowMapping, clock: TownClock, on: date) -> AgreementRecord:
    instalments = row["instalments"] or []
    record = AgreementRecord(
        id=row["id"],
        clock=clock,
        grace_until=tuple(grace_day(_day(i["due"]), row["grace_days"]) for i in instalments),
        covered=sum(1 for i in instalments if i["total"] <= row["paid_ore"]),
        is_dissolved=row["state"] == AgreementOutcome.DISSOLVED,
    )
    _remember_acts(record, row["acts"] or [], row["holds"] or [], on)
    return record


async def _read(connection: AsyncConnection, query: Any, subject: str, on: date) -> RowMapping:
    values = {"subject": subject, "on": on} if query is _CLAIM else {"subject": subject}
    row = (await connection.execute(query, values)).mappings().first()
    if row is None:
        raise NotFound("story", subject)
    return row


def _count_rounds(record: ClaimRecord, acts: list[dict[str, Any]]) -> None:
    """Which dialogue the claim is in, and how much of the authority's news lies behind it."""
    for act in acts:
        name, _, rest = act["key"].partition("-")
        if name == "dialogue":
            record.rounds = int(rest)
        if name in {"dialogue", "transfer"}:
            record.news_read = act["facts"].get("news", record.news_read)
    exceptions = [(k, a.outcome) for k, a in record.answers.items() if k.startswith("exception")]
    record.rejections = sum("news" in key and o is Outcome.RETRY for key, o in exceptions)
    record.refusals = sum("refusal" in key for key, _ in exceptions)


def _remember_acts(
    life: Life, acts: list[dict[str, Any]], holds: list[dict[str, Any]], on: date
) -> list[tuple[date, date]]:
    """The times in which its clock stood still: a letter that left later counts from then."""
    spans: list[tuple[date, date]] = []
    for json in holds:
        hold = Hold(_day(json["since"]), _maybe_day(json["until"]))
        span = span_of(hold, _maybe_day(json["released_on"]), on)
        if span is None:
            life.hold(json["id"], hold)
        else:
            spans.append(span)
            life.known_holds.add(json["id"])
            life.released[json["id"]] = span[1]
    for act in acts:
        deadline = _maybe_day(act["deadline"])
        if deadline and not act["is_waiting"]:
            deadline = moved_deadline(deadline, _day(act["on"]), spans)
        life.acts[act["key"]] = None if act["is_waiting"] else deadline
    return spans


def _agreed_days(
    answers: dict[str, dict[str, Any]], spans: list[tuple[date, date]]
) -> Iterator[tuple[str, date]]:
    """The days that answers gave, which a hold moves too. Under the keys the story waits by."""
    for key, answer in answers.items():
        if answer["on"]:
            decided = _day(answer["decided_on"])
            later = [span for span in spans if span[0] >= decided]
            wait = f"{answer['outcome']}{key.removeprefix(answer['kind'])}"
            yield wait, moved_deadline(_day(answer["on"]), decided, later)


def _letter(name: str | None) -> Letter | None:
    return Letter(name) if name else None


def _day(iso: str) -> date:
    return date.fromisoformat(iso)


def _maybe_day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None


def _answer(json: dict[str, Any]) -> Answer:
    return Answer(Outcome(json["outcome"]), _maybe_day(json["on"]), json["agreement"])

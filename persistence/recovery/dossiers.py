"""What is known of claims that may go to the recovery authority, for one of them or thousands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import HoldReason, Stage
from domain.errors import NotFound
from domain.ledger import EntryKind
from domain.letters import Letter
from domain.limitation.dates import LimitationEvent, LimitationKind, standing_events
from domain.money import Money
from domain.policy import Policy
from domain.recovery.claim import RecoveryClaim
from domain.recovery.description_lint import Known
from domain.recovery.dossier import Dossier, DossierFacts, SentLetter
from domain.recovery.requirements import dossier_of
from domain.recovery.split import ClaimToSplit, DebtLine, Demanded, Share, recovery_claims_of
from domain.situation import HoldFact
from persistence.claims.timely import TIMELY_DAY
from persistence.recovery.sent_claims import read_sent_claims

_KINDS = ", ".join(f"'{letter}'" for letter in Letter if letter.level or letter is Letter.DEMAND)

# A person who accepted a letter as delivered has said why: the decision is the proof.
_READ = text(f"""
select c.id, c.claim_type, c.description, c.stage, c.period_start, c.period_end,
  c.origination_date, c.due_date, c.letters as life,
  {TIMELY_DAY} as last_timely_payment_date,
  c.transfer_notice_with,
  (select g.id from agreements g where g.id = c.agreement_id and g.state = 'active') as agreement,
  (select jsonb_agg(jsonb_build_array(e.seq, e.kind, e.amount_ore, e.effective_on,
      e.period_start, e.period_end, coalesce(v.covered, 0), coalesce(v.corrected, 0))
      order by e.seq)
    from ledger_entries e left join lateral (select sum(o.amount_ore)::bigint as covered,
        sum(o.amount_ore) filter (where p.kind = 'correction')::bigint as corrected
      from ledger_coverage o join ledger_entries p on p.id = o.payment_entry_id
      where o.debt_entry_id = e.id) v on true
    where e.claim_id = c.id and e.kind in ('principal', 'interest', 'fee', 'court-fee')) as lines,
  (select jsonb_agg(jsonb_build_array(b.debtor_id, b.limitation_date, d.name, d.address,
      (select jsonb_agg(jsonb_build_array(n.kind, n.happened_on, n.id, n.strikes_id) order by n.id)
        from limitation_events n where n.claim_id = b.claim_id and n.debtor_id = b.debtor_id))
      order by b.debtor_id <> c.debtor_id, b.debtor_id)
    from liabilities b join debtors d on d.id = b.debtor_id
    where b.claim_id = c.id and b.discharged_on is null) as shares,
  (select jsonb_agg(jsonb_build_array(l.id, l.letter, l.debtor_id, l.state, l.key, l.planned_on,
      l.dispatched_on, l.delivered_on, l.deadline, case when l.state = 'delivered' then
        (select max(s.id) from tasks t join decisions s on s.task_id = t.id
          where t.subject = 'letter-' || l.id and s.outcome = 'done') end) order by l.id)
    from letters l where l.claim_id = c.id and l.letter in ({_KINDS})) as post,
  (select jsonb_agg(jsonb_build_array(h.reason, h.since, h.until) order by h.id)
    from holds h where h.claim_id = c.id and h.released_on is null
      and (h.until is null or h.until >= :on)) as holds,
  (select max(m.moved_on) from recovery_claims r join recovery_moves m on m.reference = r.reference
    where r.claim_id = c.id and r.recalled_for = 'HAFT' and m.kind = 'recalled'
      and m.state = 'done') as debtor_added_on,
  (select count(*) from transfers t where t.claim_id = c.id and not t.is_back) as sent_before
from claims c where c.id = any(:claims) order by c.id
""").columns(lines=JSONB, shares=JSONB, post=JSONB, holds=JSONB)


@dataclass(frozen=True, slots=True)
class Handover:
    """*sent*: the claims as they went, while the claim is at the authority; else empty."""

    dossier: Dossier
    sent: tuple[RecoveryClaim, ...]


async def recovery_claims(
    connection: AsyncConnection, policy: Policy, claim_id: str, on: date
) -> tuple[RecoveryClaim, ...]:
    """The claim as the recovery authority will see it: the main claim first, then its related.

    What has been handed over is told as it was then, whatever has been paid since. Raises
    NotFound for an unknown claim.
    """
    facts = await _facts_of(connection, claim_id, on)
    sent = await _sent(connection, facts)
    return sent or recovery_claims_of(facts.claim, policy, on)


async def read_handover(
    connection: AsyncConnection, policy: Policy, claim_id: str, on: date
) -> Handover:
    """The dossier, and what has gone to the authority already. Raises NotFound."""
    facts = await _facts_of(connection, claim_id, on)
    return Handover(dossier_of(facts, policy, on), await _sent(connection, facts))


async def _sent(connection: AsyncConnection, facts: DossierFacts) -> tuple[RecoveryClaim, ...]:
    if not facts.stage.is_with_the_collector:
        return ()
    return await read_sent_claims(connection, facts.claim.id)


async def _facts_of(connection: AsyncConnection, claim_id: str, on: date) -> DossierFacts:
    facts = next(await read_dossier_facts(connection, [claim_id], on), None)
    if facts is None:
        raise NotFound("claim", claim_id)
    return facts


async def read_dossier_facts(
    connection: AsyncConnection, claim_ids: Sequence[str], on: date
) -> Iterator[DossierFacts]:
    """Of each of these claims, in one question; thousands at a time are well.

    One is made when the one before it is done with: to keep them all would cost more than to read.
    """
    values = {"claims": list(claim_ids), "on": on}
    rows = (await connection.execute(_READ, values)).mappings().all()
    return map(_facts, rows)


def _facts(row: RowMapping) -> DossierFacts:
    notice = row["transfer_notice_with"]
    shares = row["shares"] or ()
    return DossierFacts(
        claim=_claim(row),
        stage=Stage(row["stage"]),
        letters_of_life=tuple(Letter(letter) for letter in row["life"]),
        notice_with=Letter(notice) if notice else None,
        letters=tuple(_letter(letter) for letter in row["post"] or ()),
        debtors=tuple(Known(one[0], one[2], tuple(one[3])) for one in shares),
        agreement=row["agreement"],
        holds=tuple(_hold(hold) for hold in row["holds"] or ()),
        debtor_added_on=row["debtor_added_on"],
    )


def _claim(row: RowMapping) -> ClaimToSplit:
    is_there = Stage(row["stage"]).is_with_the_collector
    return ClaimToSplit(
        id=row["id"],
        claim_type=row["claim_type"],
        description=row["description"],
        period_start=row["period_start"],
        period_end=row["period_end"],
        originated_on=row["origination_date"],
        due_on=row["due_date"],
        last_timely_on=row["last_timely_payment_date"],
        lines=tuple(_line(line) for line in row["lines"] or ()),
        shares=tuple(_share(share) for share in row["shares"] or ()),
        demanded=_demanded(row["post"] or ()),
        attempt=row["sent_before"] + (0 if is_there else 1),
    )


def _line(line: Sequence[Any]) -> DebtLine:
    seq, kind, ore, on, start, end, covered, corrected = line
    return DebtLine(
        seq,
        EntryKind(kind),
        Money(ore - corrected),
        Money(ore - covered),
        date.fromisoformat(on),
        _day(start),
        _day(end),
    )


def _share(share: Sequence[Any]) -> Share:
    debtor_id, limitation, _, _, events = share
    return Share(debtor_id, date.fromisoformat(limitation), _heeded(events or ()))


def _heeded(events: Sequence[Sequence[Any]]) -> tuple[LimitationEvent, ...]:
    """What has been struck out has moved nothing; a correction is no event of the debt's own."""
    told = tuple(
        LimitationEvent(LimitationKind(kind), date.fromisoformat(on), strikes=strikes, number=id_)
        for kind, on, id_, strikes in events
    )
    standing = standing_events(told)
    return tuple(event for event in standing if event.kind is not LimitationKind.CORRECTION)


def _letter(letter: Sequence[Any]) -> SentLetter:
    id_, kind, debtor_id, state, _, _, sent, delivered, deadline, decision = letter
    return SentLetter(
        id_,
        Letter(kind),
        debtor_id,
        state,
        _day(sent),
        _day(delivered),
        date.fromisoformat(deadline),
        decision,
    )


def _demanded(post: Sequence[Sequence[Any]]) -> tuple[Demanded, ...]:
    """One for each letter that has left: all debtors' copies together, by the last of them."""
    left: dict[str, Demanded] = {}
    for _, _, _, _, key, planned, sent, _, deadline, _ in post:
        if sent is not None:
            one = Demanded(*map(date.fromisoformat, (planned, sent, deadline)))
            before = left.get(key, one)
            left[key] = Demanded(
                one.planned_on,
                max(one.sent_on, before.sent_on),
                max(one.deadline, before.deadline),
            )
    return tuple(left.values())


def _hold(hold: Sequence[Any]) -> HoldFact:
    reason, since, until = hold
    return HoldFact(HoldReason(reason), date.fromisoformat(since), _day(until))


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None

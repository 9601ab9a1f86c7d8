"""What is known of claims that may go to the recovery authority, for one of them or thousands."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound
from domain.ledger import EntryKind
from domain.limitation import LimitationEvent, LimitationKind
from domain.money import Money
from domain.policy import Policy
from domain.recovery_claim import RecoveryClaim
from domain.recovery_split import ClaimToSplit, DebtLine, Demanded, Share, recovery_claims_of

_READ = text("""
select c.id, c.claim_type, c.description, c.stage, c.period_start, c.period_end,
  c.origination_date, c.due_date, c.last_timely_payment_date,
  (select jsonb_agg(jsonb_build_array(e.seq, e.kind, e.amount_ore, e.effective_on,
      e.period_start, e.period_end, coalesce(v.covered, 0), coalesce(v.corrected, 0))
      order by e.seq)
    from ledger_entries e left join lateral (select sum(o.amount_ore)::bigint as covered,
        sum(o.amount_ore) filter (where p.kind = 'correction')::bigint as corrected
      from ledger_coverage o join ledger_entries p on p.id = o.payment_entry_id
      where o.debt_entry_id = e.id) v on true
    where e.claim_id = c.id and e.kind in ('principal', 'interest', 'fee', 'court-fee')) as lines,
  (select jsonb_agg(jsonb_build_array(b.debtor_id, b.limitation_date,
      (select jsonb_agg(jsonb_build_array(n.kind, n.happened_on) order by n.happened_on, n.id)
        from limitation_events n where n.claim_id = b.claim_id and n.debtor_id = b.debtor_id))
      order by b.debtor_id <> c.debtor_id, b.debtor_id)
    from liabilities b where b.claim_id = c.id) as shares,
  (select jsonb_agg(jsonb_build_array(s.planned_on, s.sent_on, s.deadline) order by s.sent_on)
    from (select l.planned_on, max(l.dispatched_on) as sent_on, max(l.deadline) as deadline
      from letters l where l.claim_id = c.id and l.state in ('dispatched', 'delivered')
        and l.letter in ('demand', 'courtesy-notice', 'first-reminder', 'second-reminder',
          'transfer-notice')
      group by l.key, l.planned_on) s where s.sent_on is not null) as demanded,
  (select count(*) from transfers t where t.claim_id = c.id and not t.is_back) as sent_before
from claims c where c.id = any(:claims) order by c.id
""").columns(lines=JSONB, shares=JSONB, demanded=JSONB)

_THERE = {"transfer", "recovery"}


async def recovery_claims(
    connection: AsyncConnection, policy: Policy, claim_id: str, on: date
) -> tuple[RecoveryClaim, ...]:
    """The claim as the recovery authority will see it: the main claim first, then its related.

    Raises NotFound for an unknown claim.
    """
    rows = (await connection.execute(_READ, {"claims": [claim_id]})).mappings().all()
    if not rows:
        raise NotFound("claim", claim_id)
    return recovery_claims_of(claim_to_split(rows[0]), policy, on)


def claim_to_split(row: RowMapping) -> ClaimToSplit:
    is_there = row["stage"] in _THERE
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
        demanded=tuple(Demanded(*map(_day, days)) for days in row["demanded"] or ()),
        attempt=row["sent_before"] + (0 if is_there else 1),
    )


def _line(line: Sequence[Any]) -> DebtLine:
    seq, kind, ore, on, start, end, covered, corrected = line
    return DebtLine(
        seq,
        EntryKind(kind),
        Money(ore - corrected),
        Money(ore - covered),
        _day(on),
        _day(start) if start else None,
        _day(end) if end else None,
    )


def _share(share: Sequence[Any]) -> Share:
    debtor_id, limitation, events = share
    moved = (LimitationEvent(LimitationKind(kind), _day(on)) for kind, on in events or ())
    return Share(debtor_id, _day(limitation), tuple(moved))


def _day(written: str) -> date:
    return date.fromisoformat(written)

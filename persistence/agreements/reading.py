"""All that is known of one agreement: its plan, its claims, the yes it rests on, its letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.agreements.plan_progress import Progress
from domain.errors import NotFound
from persistence.agreements.plan_sums import progress_of
from persistence.claims.timely import TIMELY_DAY
from persistence.columns import every
from persistence.models import Agreement

_AGREEMENT = text(f"""
select {every(Agreement, "g")}, d.name as debtor_name, u.name as ended_by_name,
  (select f.id from agreements f where f.follows = g.id order by f.id desc limit 1) as followed_by,
  (select jsonb_agg(jsonb_build_object('number', i.number, 'due', i.due_on, 'ore', i.amount_ore)
      order by i.number) from instalments i where i.agreement_id = g.id) as instalments
from agreements g join debtors d on d.id = g.debtor_id left join users u on u.id = g.ended_by
where g.id = :agreement""").columns(instalments=JSONB)
_CLAIMS = text(f"""
select c.id, c.claim_type, c.description, k.owed_ore, c.balance_ore, c.stage, c.ending,
  c.limitation_date, c.is_withdrawn, c.agreement_id,
  {TIMELY_DAY} as timely_until,
  (select t.id from tasks t where t.subject = c.id and t.kind = 'dialogue' and t.state = 'open'
    order by t.id desc limit 1) as dialogue
from agreement_claims k join claims c on c.id = k.claim_id
where k.agreement_id = :agreement order by c.id""")
_YESES = text("""
select a.id, a.accepted_by, a.acknowledged, a.given_on, a.attachment_id, a.recorded_at,
  coalesce(u.name, a.recorded_by) as recorded_by_name, f.name as file_name
from acknowledgements a left join users u on u.id = a.recorded_by
left join attachments f on f.id = a.attachment_id
where a.agreement_id = :agreement order by a.id""")
_MONEY = text("""
select e.effective_on, sum(-e.amount_ore)::bigint as ore
from agreement_claims k join ledger_entries e on e.claim_id = k.claim_id
join agreements g on g.id = k.agreement_id
where k.agreement_id = :agreement and e.kind in ('payment', 'refund', 'charge-back')
  and e.booked_on >= g.signed_on and (g.ended_on is null or e.booked_on <= g.ended_on)
group by e.effective_on order by e.effective_on""")
_LETTERS = text("""
select l.id, l.letter, l.state, l.planned_on, l.dispatched_on, l.deadline
from letters l where l.subject = :agreement order by l.id desc""")
_FILES = text("""
select a.id, a.name, a.attached_on from attachments a
where a.debtor_id = (select debtor_id from agreements where id = :agreement)
  or a.claim_id in (select claim_id from agreement_claims where agreement_id = :agreement)
order by a.id desc limit 50""")


@dataclass(frozen=True, slots=True)
class AgreementFile:
    """*money*: what came in on its claims while it ran, by the day it was paid."""

    agreement: RowMapping
    claims: Sequence[RowMapping]
    yeses: Sequence[RowMapping]
    money: Sequence[RowMapping]
    letters: Sequence[RowMapping]
    files: Sequence[RowMapping]

    @property
    def progress(self) -> Progress:
        return progress_of(self.agreement)

    @property
    def alive(self) -> list[RowMapping]:
        """The claims it covers now."""
        own = self.agreement["id"]
        return [one for one in self.claims if one["agreement_id"] == own and not one["ending"]]


async def read_agreement(connection: AsyncConnection, agreement_id: str) -> AgreementFile:
    """In as many questions however long it has lasted. Raises NotFound."""
    values = {"agreement": agreement_id}

    async def rows(query: Any) -> Sequence[RowMapping]:
        return (await connection.execute(query, values)).mappings().all()

    found = await rows(_AGREEMENT)
    if not found:
        raise NotFound("agreement", agreement_id)
    return AgreementFile(
        found[0],
        claims=await rows(_CLAIMS),
        yeses=await rows(_YESES),
        money=await rows(_MONEY),
        letters=await rows(_LETTERS),
        files=await rows(_FILES),
    )

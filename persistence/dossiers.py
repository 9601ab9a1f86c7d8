"""A claim of ours as the recovery authority will see it (until the dossier has its own)."""

from datetime import date
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.money import Money
from domain.policy import Policy
from domain.recovery_claim import Part, RecoveryClaim, RecoveryLiability

_READ = text("""
select c.*,
  (select jsonb_object_agg(k.part, jsonb_build_array(k.amount, k.open)) from (
    select case e.kind when 'principal' then 'principal' when 'interest' then 'interest'
        else 'fee' end as part, sum(e.amount_ore)::bigint as amount,
      sum(e.amount_ore - coalesce((select sum(v.amount_ore) from ledger_coverage v
        where v.debt_entry_id = e.id), 0))::bigint as open
    from ledger_entries e where e.claim_id = c.id
      and e.kind in ('principal', 'interest', 'fee', 'court-fee') group by 1) k) as parts,
  (select jsonb_agg(jsonb_build_array(b.debtor_id, b.limitation_date)
      order by b.debtor_id <> c.debtor_id, b.debtor_id)
    from liabilities b where b.claim_id = c.id) as debtors,
  (select count(*) from transfers t where t.claim_id = c.id and not t.is_back)
    + case when c.stage in ('transfer', 'recovery') then 0 else 1 end as attempt
from claims c where c.id = :claim""").columns(parts=JSONB, debtors=JSONB)
_SUFFIX = {Part.PRINCIPAL: "", Part.INTEREST: "-R", Part.FEE: "-G"}


async def recovery_claims(
    connection: AsyncConnection, policy: Policy, claim_id: str, _on: date
) -> tuple[RecoveryClaim, ...]:
    """The main claim first, then what is related to it."""
    row = (await connection.execute(_READ, {"claim": claim_id})).mappings().one()
    found = row["parts"]
    parts = [part for part in Part if part is Part.PRINCIPAL or found.get(part, (0, 0))[1] > 0]
    return tuple(_claim(policy, row, part, *found.get(part, (0, 0))) for part in parts)


def _claim(policy: Policy, row: RowMapping, part: Part, ore: int, left: int) -> RecoveryClaim:
    main = row["id"] if row["attempt"] == 1 else f"{row['id']}.{row['attempt']}"
    code = policy.claim_type(row["claim_type"]).recovery_code
    types = {Part.PRINCIPAL: code, Part.INTEREST: "REOPKOM", Part.FEE: "KFOPGEB"}
    return RecoveryClaim(
        main + _SUFFIX[part], part, types[part], Money(ore), Money(left),
        row["description"] if part is Part.PRINCIPAL else "",
        row["period_start"], row["period_end"], row["origination_date"], row["due_date"],
        row["last_timely_payment_date"], tuple(_liability(one) for one in row["debtors"]),
        None if part is Part.PRINCIPAL else main,
    )  # fmt: skip


def _liability(pair: list[Any]) -> RecoveryLiability:
    return RecoveryLiability(pair[0], date.fromisoformat(pair[1]))

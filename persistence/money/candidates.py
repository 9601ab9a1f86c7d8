"""The claims a payment may have been meant for, found in one question and weighed by the domain."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound
from domain.matching import Candidate, OpenClaim, PaymentClues, rank
from domain.money import Money
from persistence.columns import every
from persistence.debtors.lookup import lookup_values
from persistence.models import Payment

_PAYMENT = text(f"""
select {every(Payment, "p")},
  (select jsonb_agg(jsonb_build_object('claim_id', placed.claim_id, 'ore', placed.ore)
    order by placed.claim_id)
  from (select e.claim_id, -sum(e.amount_ore)::bigint as ore from ledger_entries e
    where e.payment_id = p.id group by e.claim_id having sum(e.amount_ore) <> 0) placed) as placed,
  (select t.facts ->> 'case' from tasks t where t.subject = 'payment-' || p.id
    order by t.id desc limit 1) as "case",
  (select jsonb_agg(jsonb_build_object('state', r.state, 'ore', r.amount_ore) order by r.id)
    from refunds r where r.payment_id = p.id) as refunds
from payments p where p.id = :payment""")

_UNPLACED = text("""
select p.id, p.unused_ore, p.amount_ore, p.paid_on, p.payer, p.text,
  exists (select from refunds r where r.payment_id = p.id
    and r.state in ('proposed', 'approved')) as is_to_be_refunded
from payments p where p.unused_ore > 0 order by p.paid_on, p.id limit 200""")

# Only what takes money. What the payer wrote comes first, that equal amounts never crowd it out.
_PLAUSIBLE = text("""
select c.id, c.payment_reference, d.name, c.balance_ore, c.principal_ore,
  c.agreement_id, (d.national_id_hash = any(:hashes) or d.national_id = any(:numbers)) is true
    as is_named,
  (select i.amount_ore from instalments i join agreements g on g.id = i.agreement_id
    where g.id = c.agreement_id and i.total_ore > g.paid_ore order by i.number limit 1)
    as instalment_ore
from claims c join debtors d on d.id = c.debtor_id
where c.ending is null and c.balance_ore > 0 and (
  c.payment_reference = any(:references) or c.id = any(:claims)
  or c.agreement_id = any(:agreements)
  or d.national_id_hash = any(:hashes) or d.national_id = any(:numbers)
  or lower(d.name) = lower(:payer) or c.balance_ore = :ore
  or :has_words and (string_to_array(lower(d.name), ' ') @> cast(:words as text[])
    or string_to_array(lower(d.name), ' ') <@ cast(:words as text[])))
order by not (c.payment_reference = any(:references) or c.id = any(:claims)
  or coalesce(c.agreement_id = any(:agreements), false)
  or (d.national_id_hash = any(:hashes) or d.national_id = any(:numbers)) is true),
  c.balance_ore <> :ore, c.id limit 200""")


async def read_money(connection: AsyncConnection, payment_id: int) -> RowMapping:
    """The payment's row, and what lies on which claim as *placed*. Raises NotFound."""
    row = (await connection.execute(_PAYMENT, {"payment": payment_id})).mappings().first()
    if row is None:
        raise NotFound("payment", payment_id)
    return row


async def unplaced_payments(connection: AsyncConnection) -> Sequence[RowMapping]:
    """Money that lies on no claim, or not wholly, the oldest first; two hundred at most."""
    return (await connection.execute(_UNPLACED)).mappings().all()


async def find_candidates(connection: AsyncConnection, payment: RowMapping) -> Sequence[Candidate]:
    """Best first, as the claims are now."""
    clues = PaymentClues(
        Money(payment["unused_ore"]),
        payment["payer"],
        payment["text"],
        tuple(payment["payment_references"]),
    )
    words = clues.payer.lower().replace(",", " ").split()
    values = {
        "references": [*clues.references, *clues.near_references],
        "claims": list(clues.claim_numbers),
        "agreements": list(clues.agreement_numbers),
        "payer": clues.payer,
        "ore": clues.amount.ore,
        "words": words,
        "has_words": len(words) > 1,
        **lookup_values(connection, clues.national_ids),
    }
    rows = (await connection.execute(_PLAUSIBLE, values)).all()
    return rank(clues, [_open_claim(row) for row in rows])


def _open_claim(row: Any) -> OpenClaim:
    return OpenClaim(
        row.id, row.payment_reference, row.is_named, row.name, Money(row.balance_ore),
        Money(row.principal_ore), row.agreement_id,
        Money(row.instalment_ore) if row.instalment_ore else None,
    )  # fmt: skip

"""Who always pays, but late: found, offered help, and followed to see whether it helped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor
from domain.calendar import add_months
from domain.claim import Ending, Stage
from domain.house_rules import PreventionRule
from domain.letters import Letter
from domain.policy import Policy
from persistence.post.correspondence import write_by_hand

# A claim was late when a reminder of it left. Whoever has joined direct debit needs no offer.
_LATE = """exists (select from letters l where l.claim_id = c.id and l.letter = any(:reminders)
    and l.dispatched_on is not null)"""
_FOUND = text(f"""
with late as (
  select c.debtor_id, count(*) as claims, max(c.serial) as latest,
    percentile_disc(0.5) within group (order by c.ended_on - c.last_timely_payment_date) as days,
    mode() within group (order by extract(day from c.ended_on))::int as payday,
    array_agg(distinct c.claim_type) as types
  from claims c where c.ending = :paid and c.ended_on >= :since and {_LATE}
  group by c.debtor_id having count(*) >= :late
)
select d.id as debtor_id, d.name, d.language, f.claims, f.days, f.payday, f.types, c.id as claim_id,
  (select max(l.requested_on) from letters l where l.debtor_id = d.id and l.letter = :offer)
    as offered_on
from late f join debtors d on d.id = f.debtor_id join claims c on c.serial = f.latest
where d.status = 'alive'
  and not exists (select from mandates m where m.debtor_id = d.id and m.ended_on is null)
  and not exists (select from liabilities b join claims o on o.id = b.claim_id
    where b.debtor_id = d.id and (o.ending = any(:unpaid) or o.stage = any(:beyond)))
order by f.claims desc, f.days desc, d.id limit :limit""")
_EFFECT = text(f"""
with offered as (
  select debtor_id, min(dispatched_on) as on_day from letters
  where letter = :offer and dispatched_on is not null group by debtor_id
), claim as (
  select o.debtor_id, c.last_timely_payment_date >= o.on_day as is_after, {_LATE} as is_late
  from offered o join claims c on c.debtor_id = o.debtor_id
  where c.last_timely_payment_date >= o.on_day - make_interval(months => :months)
    and c.last_timely_payment_date < least(o.on_day + make_interval(months => :months), :on)
)
select (select count(*) from offered) as offered,
  (select count(*) from offered o where exists (select from mandates m
    where m.debtor_id = o.debtor_id and m.began_on >= o.on_day)) as joined,
  count(*) filter (where not is_after) as before,
  count(*) filter (where not is_after and is_late) as late_before,
  count(*) filter (where is_after) as after,
  count(*) filter (where is_after and is_late) as late_after
from claim""")
_REMINDERS = [Letter.FIRST_REMINDER.value, Letter.SECOND_REMINDER.value]
_UNPAID = [Ending.WRITTEN_OFF.value, Ending.SETTLED.value]
_BEYOND = [
    stage.value for stage in (Stage.WRITE_OFF, Stage.TRANSFER, Stage.RECOVERY, Stage.ENFORCEMENT)
]
_OFFER = Letter.DIRECT_DEBIT_INVITATION
MOST = 200


@dataclass(frozen=True, slots=True)
class Effect:
    """Claims that fell due to those who had the offer, before it and after: all, and reminded."""

    offered: int
    joined: int
    before: int
    late_before: int
    after: int
    late_after: int


async def find_late_payers(
    connection: AsyncConnection, rule: PreventionRule, on: date
) -> Sequence[RowMapping]:
    """Those who were late most often come first, `MOST` of them at most."""
    values = {
        "paid": Ending.PAID.value,
        "since": add_months(on, -rule.months),
        "late": rule.late_claims,
        "reminders": _REMINDERS,
        "unpaid": _UNPAID,
        "beyond": _BEYOND,
        "offer": _OFFER.value,
        "limit": MOST,
    }
    return (await connection.execute(_FOUND, values)).mappings().all()


async def read_effect(connection: AsyncConnection, rule: PreventionRule, on: date) -> Effect:
    values: dict[str, Any] = {
        "offer": _OFFER.value,
        "reminders": _REMINDERS,
        "months": rule.effect_months,
        "on": on,
    }
    return Effect(**(await connection.execute(_EFFECT, values)).mappings().one())


async def offer_direct_debit(
    connection: AsyncConnection,
    policy: Policy,
    rule: PreventionRule,
    debtors: Sequence[int],
    on: date,
    actor: Actor,
    words: Callable[[RowMapping], str],
) -> int:
    """Lay the letter in the tray for those of *debtors* who always pay late and had no offer.

    *words*: what the letter says besides, by what is known of a late payer. Returns how many
    letters. Who has had one within the rule's months gets no other.
    """
    again_from = add_months(on, -rule.months)
    count = 0
    for row in await find_late_payers(connection, rule, on):
        is_new = row["offered_on"] is None or row["offered_on"] < again_from
        if row["debtor_id"] in debtors and is_new:
            letters = await write_by_hand(
                connection, policy, row["claim_id"], _OFFER, words(row), on, actor
            )
            count += len(letters)
    return count

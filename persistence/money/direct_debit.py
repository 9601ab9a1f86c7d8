"""Mandates as Betalingsservice tells of them, and what it is asked to collect by them."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import RowMapping, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.models import CollectionRow, Mandate

_DEBTOR = text("select id from debtors where id = :debtor")

# A debtor who has joined is collected from on the due day: once for each, of what is owed then.
_REQUEST = text("""
insert into collections (claim_id, mandate, amount_ore, due_on, delivery_id, state)
select c.id, m.number, c.balance_ore, c.due_date, :delivery, 'requested'
from claims c join lateral (select number from mandates m where m.debtor_id = c.debtor_id
  and m.began_on <= c.due_date and (m.ended_on is null or m.ended_on > c.due_date)
  order by m.began_on desc, m.number limit 1) m on true
where c.ending is null and not c.is_withdrawn and c.agreement_id is null and c.stage = 'demand'
  and c.balance_ore > 0 and c.due_date between :first and :last
  and not exists (select from holds h where h.claim_id = c.id and h.released_on is null
    and (h.until is null or h.until >= :on))
order by c.id on conflict do nothing""")
_WAITING = text("""
select k.id, k.claim_id, k.mandate, k.amount_ore, k.due_on, k.delivery_id, m.debtor_id
from collections k join mandates m on m.number = k.mandate
where k.state = 'requested' order by k.delivery_id, k.id""")
_SETTLE = text("""
update collections set state = :state, payment_id = coalesce(:payment, payment_id)
where claim_id = :claim and due_on = :due""")
_COLLECTED = text("""
select p.id from payments p where p.channel = 'betalingsservice' and p.claim_id = :claim
  and p.amount_ore = :ore and p.paid_on = :paid
  and not exists (select from payouts o where o.payment_id = p.id and o.kind = 'charge-back')
order by p.id limit 1""")


def customer_number(debtor_id: int) -> str:
    """What a debtor types to join: our number for them, in fifteen digits."""
    return f"{debtor_id:015d}"


async def keep_mandate(
    connection: AsyncConnection, number: str, customer: str, began_on: date, ended_on: date | None
) -> bool:
    """Whether we know the customer; the same word again changes nothing."""
    debtor = int(customer) if customer.strip().isdecimal() else 0
    if (await connection.execute(_DEBTOR, {"debtor": debtor})).first() is None:
        return False
    values = {"number": number, "debtor_id": debtor, "began_on": began_on, "ended_on": ended_on}
    new = insert(Mandate).values(values)
    ended = new.on_conflict_do_update(index_elements=["number"], set_={"ended_on": ended_on})
    await connection.execute(ended)
    return True


async def request_collections(
    connection: AsyncConnection, first: date, last: date, on: date, delivery_id: str
) -> None:
    """Lay what falls due from *first* to *last* into the delivery, once for each claim and day."""
    values = {"first": first, "last": last, "on": on, "delivery": delivery_id}
    await connection.execute(_REQUEST, values)


async def waiting_collections(connection: AsyncConnection) -> Sequence[RowMapping]:
    """What has not left yet, delivery by delivery."""
    return (await connection.execute(_WAITING)).mappings().all()


async def mark_delivered(connection: AsyncConnection, delivery_id: str) -> None:
    waiting = (CollectionRow.delivery_id == delivery_id, CollectionRow.state == "requested")
    await connection.execute(update(CollectionRow).where(*waiting).values(state="sent"))


async def settle_collection(
    connection: AsyncConnection,
    claim_id: str,
    due_on: date | None,
    state: str,
    payment_id: int | None = None,
) -> None:
    values = {"claim": claim_id, "due": due_on, "state": state, "payment": payment_id}
    await connection.execute(_SETTLE, values)


async def find_collected(
    connection: AsyncConnection, claim_id: str, ore: int, paid_on: date | None
) -> int | None:
    """The payment that Betalingsservice takes back."""
    values = {"claim": claim_id, "ore": ore, "paid": paid_on}
    return (await connection.execute(_COLLECTED, values)).scalar()

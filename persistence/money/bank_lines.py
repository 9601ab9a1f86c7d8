"""A bank's file line by line: staged once, and each line with what became of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from sqlalchemy import RowMapping, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound
from persistence.models import BankLine

_CHUNK_BYTES = 4 * 1024 * 1024
_COLUMNS = (
    "file_id", "row", "kind", "amount_ore", "currency", "booked_on", "entry_reference", "body",
    "outcome",
)  # fmt: skip
_CONTENT = text("""
select substring(content from :first for :length) from files where id = :file""")
_NEXT = (
    select(BankLine.row, BankLine.body)
    .where(BankLine.file_id == bindparam("file"), BankLine.row > bindparam("after"))
    .order_by(BankLine.row)
    .limit(bindparam("most"))
)
_OUTCOME = text("""
update bank_lines set outcome = :outcome where file_id = :file and row = any(:rows)""")

# A statement sent again in another file is still one statement.
_STATEMENT = text("""
insert into bank_statements (file_id, message, statement, account, currency, last_day,
  opening_ore, closing_ore, booked_ore)
select :file_id, :message, :statement, :account, :currency, :last_day, :opening_ore,
  :closing_ore, :booked_ore
where not exists (select from bank_statements s where s.account = :account
  and s.message = :message and s.statement = :statement and s.last_day = :last_day
  and s.booked_ore = :booked_ore and s.closing_ore is not distinct from :closing_ore)""")

# The other kind of message tells the same payment by the same key; each is told twice at most.
_CONFIRM = text("""
update payments set confirmed_by = :reference where id = (select id from payments
  where bank_key = :key and channel <> :message and confirmed_by is null limit 1) returning id""")

# A bank's advice itemises what its statement tells in one sum.
_ITEMISED = text("""
update payments p set confirmed_by = :reference || '#' || p.id from bank_lines l
where p.file_id = l.file_id and p.file_row = l.row and p.confirmed_by is null
  and p.channel = 'advice' and l.booked_on = :booked_on
  and l.entry_reference = :entry and l.body ->> 'account' = :account
  and (select sum(o.amount_ore) from bank_lines o where o.booked_on = :booked_on
    and o.entry_reference = :entry and o.body ->> 'account' = :account
    and o.body ->> 'message' = 'advice' and o.outcome = 'payment') = :ore
returning p.id""")
_LUMP = text("""
select p.id from payments p join bank_lines l on l.file_id = p.file_id and l.row = p.file_row
where p.channel = 'statement' and p.unused_ore >= :ore and l.booked_on = :booked_on
  and l.entry_reference = :entry and l.body ->> 'account' = :account
  and (l.body ->> 'is_whole_entry')::boolean and (l.body ->> 'batch_count')::int > 1
limit 1 for no key update of p""")

# Betalingsservice pays a day's collections as one sum, which its own file itemises.
_COLLECTED = text("""
update payments set confirmed_by = :reference || '#' || id
where channel = 'betalingsservice' and booked_on = :booked_on and confirmed_by is null
  and (select sum(o.amount_ore) from payments o where o.channel = 'betalingsservice'
    and o.booked_on = :booked_on and o.confirmed_by is null) = :ore
returning id""")

# By what the bank said of the payment then; else by reference and amount, if only one has them.
_REVERSED = text("""
select p.id, p.file_id is not null and l.body ->> 'end_to_end_id' = :end_to_end as is_named
from payments p left join bank_lines l on l.file_id = p.file_id and l.row = p.file_row
where p.amount_ore = :ore and p.booked_on <= :booked_on
  and (l.body ->> 'end_to_end_id' = :end_to_end and :end_to_end <> ''
    or p.payment_references && cast(:references as text[]))
  and not exists (select from payouts o where o.payment_id = p.id and o.kind = 'charge-back')
order by is_named desc, p.id desc limit 2""")
_PAID_OUT = text("select id from payouts where source_reference = any(:references)")


@dataclass(frozen=True, slots=True)
class NewLine:
    """*body*: the transaction as it was read, as JSON."""

    kind: str
    amount_ore: int
    currency: str
    booked_on: date
    entry_reference: str
    body: str


async def spool_content(connection: AsyncConnection, file_id: int, into: IO[bytes]) -> None:
    """Copy the file as it came, piece by piece, and rewind. Raises NotFound."""
    first = 1
    while True:
        values = {"file": file_id, "first": first, "length": _CHUNK_BYTES}
        piece = await connection.scalar(_CONTENT, values)
        if piece is None:
            raise NotFound("file", file_id)
        into.write(piece)
        first += len(piece)
        if len(piece) < _CHUNK_BYTES:
            into.seek(0)
            return


async def stage_lines(
    connection: AsyncConnection, file_id: int, first_row: int, lines: Sequence[NewLine]
) -> None:
    """Write the lines down, in the transaction that is open, none of them booked yet."""
    raw = (await connection.get_raw_connection()).driver_connection
    assert raw is not None
    records = [
        (
            file_id,
            row,
            one.kind,
            one.amount_ore,
            one.currency,
            one.booked_on,
            one.entry_reference,
            one.body,
            "waiting",
        )
        for row, one in enumerate(lines, start=first_row)
    ]
    await raw.copy_records_to_table("bank_lines", records=records, columns=_COLUMNS)


async def keep_statement(connection: AsyncConnection, **statement: Any) -> None:
    await connection.execute(_STATEMENT, statement)


async def next_lines(
    connection: AsyncConnection, file_id: int, after: int, most: int
) -> Sequence[RowMapping]:
    """*row* and *body* of the lines after row *after*."""
    values = {"file": file_id, "after": after, "most": most}
    return (await connection.execute(_NEXT, values)).mappings().all()


async def set_outcomes(
    connection: AsyncConnection, file_id: int, outcomes: Mapping[int, str]
) -> None:
    """*outcomes*: by row."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, outcome in outcomes.items():
        rows[outcome].append(row)
    for outcome, some in rows.items():
        values = {"file": file_id, "outcome": outcome, "rows": some}
        await connection.execute(_OUTCOME, values)


async def confirm(
    connection: AsyncConnection, bank_key: str, message: str, source_reference: str
) -> bool:
    """Whether the other kind of message told this payment already; it is told twice at most."""
    values = {"key": bank_key, "message": message, "reference": source_reference}
    return (await connection.execute(_CONFIRM, values)).first() is not None


async def confirm_items(
    connection: AsyncConnection,
    source_reference: str,
    entry: str,
    account: str,
    booked_on: date,
    ore: int,
) -> bool:
    """Whether advices have itemised this entry already, to the øre."""
    values = {
        "reference": source_reference, "entry": entry, "account": account,
        "booked_on": booked_on, "ore": ore,
    }  # fmt: skip
    return (await connection.execute(_ITEMISED, values)).first() is not None


async def confirm_collected(
    connection: AsyncConnection, source_reference: str, booked_on: date, ore: int
) -> bool:
    """Whether it is what Betalingsservice collected that day, which it has told already."""
    values = {"reference": source_reference, "booked_on": booked_on, "ore": ore}
    return (await connection.execute(_COLLECTED, values)).first() is not None


async def find_lump(
    connection: AsyncConnection, entry: str, account: str, booked_on: date, ore: int
) -> int | None:
    """The payment that holds the whole entry of which *ore* is an item, if it is unplaced still."""
    values = {"entry": entry, "account": account, "booked_on": booked_on, "ore": ore}
    return (await connection.execute(_LUMP, values)).scalar()


async def find_reversed(
    connection: AsyncConnection,
    end_to_end_id: str,
    references: Iterable[str],
    ore: int,
    booked_on: date,
) -> int | None:
    """The payment the bank takes back; None where none or more than one may be meant."""
    values = {
        "end_to_end": end_to_end_id, "references": list(references), "ore": ore,
        "booked_on": booked_on,
    }  # fmt: skip
    found = (await connection.execute(_REVERSED, values)).all()
    is_clear = len(found) == 1 or (len(found) > 1 and found[0].is_named != found[1].is_named)
    return found[0].id if is_clear else None


async def is_payout(connection: AsyncConnection, *references: str) -> bool:
    """Whether the money that left is a payout of ours."""
    values = {"references": [one for one in references if one]}
    return (await connection.execute(_PAID_OUT, values)).first() is not None

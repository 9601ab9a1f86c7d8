"""The same øre summed in two ways, and each place where the two do not agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.reconciling.figures import Figure

MOST_NAMED = 100  # of each check: who has more has other troubles than a long list


@dataclass(frozen=True, slots=True)
class Difference:
    """*check* names what does not agree (``difference-<check>`` says it), *where* the place."""

    check: str
    where: str
    expected_ore: int
    found_ore: int

    @property
    def ore(self) -> int:
        return self.found_ore - self.expected_ore


# Each gives: where, expected, found; and nothing when all is well.
_OF_BOOKS = {
    "claim": """
      select c.id as place, coalesce(e.ore, 0) as expected, c.balance_ore as found
      from claims c left join (select claim_id, sum(amount_ore)::bigint as ore
        from ledger_entries group by claim_id) e on e.claim_id = c.id
      where c.balance_ore <> coalesce(e.ore, 0)""",
    "coverage": """
      select e.claim_id || ', ' || e.seq as place, -e.amount_ore as expected,
        coalesce(k.ore, 0) as found
      from ledger_entries e left join (select payment_entry_id, sum(amount_ore)::bigint as ore
        from ledger_coverage group by payment_entry_id) k on k.payment_entry_id = e.id
      where e.kind not in ('principal', 'interest', 'fee', 'court-fee')
        and coalesce(k.ore, 0) <> -e.amount_ore""",
    "payment": """
      select p.source_reference as place,
        p.amount_ore + coalesce(e.ore, 0) - coalesce(o.ore, 0) as expected, p.unused_ore as found
      from payments p
      left join (select payment_id, sum(amount_ore)::bigint as ore from ledger_entries
        where payment_id is not null group by payment_id) e on e.payment_id = p.id
      left join (select payment_id, sum(amount_ore)::bigint as ore from payouts
        group by payment_id) o on o.payment_id = p.id
      where p.unused_ore <> p.amount_ore + coalesce(e.ore, 0) - coalesce(o.ore, 0)""",
}
_OF_BANK = {
    "statement": """
      select account || ' ' || statement as place, opening_ore + booked_ore as expected,
        closing_ore as found
      from bank_statements where message = 'statement' and last_day between :since and :until
        and opening_ore + booked_ore <> closing_ore""",
    "statement-gap": """
      select account || ' ' || statement as place, before as expected, opening_ore as found
      from (select *, lag(closing_ore) over (partition by account order by last_day, id) as before
        from bank_statements where message = 'statement' and last_day <= :until) s
      where last_day >= :since and before <> opening_ore""",
    "file": """
      select f.name as place, l.ore as expected, coalesce(p.ore, 0) as found
      from files f
      join (select file_id, coalesce(sum(amount_ore) filter (where outcome = 'payment'), 0)::bigint
          as ore from bank_lines group by file_id
        having bool_or(booked_on between :since and :until)) l on l.file_id = f.id
      left join (select file_id, sum(amount_ore)::bigint as ore from payments group by file_id) p
        on p.file_id = f.id
      where l.ore <> coalesce(p.ore, 0)""",
    "waiting": """
      select f.name || ', ' || l.row as place, 0::bigint as expected, l.amount_ore as found
      from bank_lines l join files f on f.id = l.file_id
      where l.outcome = 'waiting' and f.state = 'done'
        and l.booked_on between :since and :until""",
}
_FIRST = "select * from ({}) d order by place limit :most"
_BOOKS = {check: text(_FIRST.format(sql)) for check, sql in _OF_BOOKS.items()}
_BANK = {check: text(_FIRST.format(sql)) for check, sql in _OF_BANK.items()}

_BALANCES = text("""
select c.claim_type as part, coalesce(not lay.is_back, false) as is_there,
  sum(c.balance_ore)::bigint as ore
from claims c left join (select distinct on (claim_id) claim_id, is_back from transfers
  order by claim_id, ledger_seq desc, id desc) lay on lay.claim_id = c.id
group by 1, 2""")
_UNUSED = text("select coalesce(sum(unused_ore), 0)::bigint from payments")
_LAST_DAY = text("""
select greatest((select max(booked_on) from ledger_entries),
  (select max(booked_on) from transfers), (select max(booked_on) from payments),
  (select max(booked_on) from payouts))""")


async def differences_of_books(
    connection: AsyncConnection, until: date, cells: Mapping[tuple[Figure, str], int]
) -> list[Difference]:
    """Of claims and payments one by one, and of *cells* where nothing was booked after *until*."""
    found = []
    for check, statement in _BOOKS.items():
        rows = await connection.execute(statement, {"most": MOST_NAMED})
        found += [Difference(check, *row) for row in rows]
    last_day = (await connection.execute(_LAST_DAY)).scalar()
    if last_day is None or last_day <= until:
        found += await _of_what_is_kept(connection, cells)
    return found


async def _of_what_is_kept(
    connection: AsyncConnection, cells: Mapping[tuple[Figure, str], int]
) -> list[Difference]:
    """Against the balances that the database's triggers keep, apart from any sum of ours."""
    kept = {(Figure.MONEY_CLOSING, ""): (await connection.execute(_UNUSED)).scalar_one()}
    for row in await connection.execute(_BALANCES):
        kept[Figure.THERE_CLOSING if row.is_there else Figure.CLOSING, row.part] = row.ore
    compared = sorted(kept.keys() | {key for key in cells if key[0] in _KEPT})
    return [
        Difference(_KEPT[figure], part, cells.get((figure, part), 0), kept.get((figure, part), 0))
        for figure, part in compared
        if cells.get((figure, part), 0) != kept.get((figure, part), 0)
    ]


_KEPT = {
    Figure.CLOSING: "balances",
    Figure.THERE_CLOSING: "balances-there",
    Figure.MONEY_CLOSING: "unplaced",
}


async def bank_differences(
    connection: AsyncConnection, since: date, until: date
) -> list[Difference]:
    """Of the statements and files with a day in the period."""
    days = {"since": since, "until": until, "most": MOST_NAMED}
    return [
        Difference(check, *row)
        for check, statement in _BANK.items()
        for row in await connection.execute(statement, days)
    ]

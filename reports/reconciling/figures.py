"""Each figure of the reconciliation, and which rows of the books it is the sum of.

A figure is defined once: the same rows give its sum and, one by one, its lines.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.notation import read_choice
from persistence.endings.write_off_books import REVERSED


class Figure(StrEnum):
    """Signed as it moves the sum it stands in: what lessens it is negative."""

    OPENING = "opening"  # arrears of claims that lie with us
    NEW = "new"
    INTEREST = "interest"
    FEES = "fees"
    PAID = "paid"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged-back"
    CORRECTED = "corrected"
    ROUNDED = "rounded"
    WRITTEN_OFF = "written-off"
    TRANSFERRED = "transferred"
    RECALLED = "recalled"
    CLOSING = "closing"
    THERE_OPENING = "there-opening"  # of claims that lie with the recovery authority
    THERE_TRANSFERRED = "there-transferred"
    THERE_RECALLED = "there-recalled"
    THERE_BOOKED = "there-booked"
    THERE_CLOSING = "there-closing"
    MONEY_OPENING = "money-opening"  # money without a place
    MONEY_IN = "money-in"
    MONEY_PLACED = "money-placed"
    MONEY_OUT = "money-out"
    MONEY_CLOSING = "money-closing"
    TRAIL_IN = "trail-in"  # the money of the period, and where each øre of it is now
    TRAIL_PLACED = "trail-placed"
    TRAIL_UNPLACED = "trail-unplaced"
    TRAIL_OUT = "trail-out"
    BANK_OPENING = "bank-opening"  # as the bank tells it
    BANK_BOOKED = "bank-booked"
    BANK_CLOSING = "bank-closing"
    BANK_LINES = "bank-lines"


@dataclass(frozen=True, slots=True)
class Rows:
    """*sql* selects rank, id, source, subject, kind, booked_on, ore, part and what *of* asks for.

    (rank, id) is the order of the rows; *part* is the column of the table the figure stands in.
    """

    sql: str
    of: dict[Figure, str]


_PERIOD = "between :since and :until"
AFTERWARDS = "cast(:until as date) + 1"
_ENTRY = """1 as rank, e.id, 'entry' as source, e.claim_id as subject, e.kind, e.booked_on,
  e.amount_ore as ore, c.claim_type as part"""
CLAIMS = "claims"
"""Where the claims behind the lines are looked up: any relation with their id and claim_type."""


def lay_when(day: str) -> str:
    """The last way of each claim before *day*, there or back, with ``is_back``."""
    return f"""(select distinct on (claim_id) claim_id, is_back from transfers
      where booked_on < {day} order by claim_id, ledger_seq desc, id desc)"""


def _stood(day: str, here: Figure, there: Figure) -> Rows:
    """What claims owed when *day* began, by where they lay then."""
    return Rows(
        f"""select {_ENTRY}, coalesce(not lay.is_back, false) as is_there
          from ledger_entries e join claims c on c.id = e.claim_id
          left join {lay_when(day)} lay on lay.claim_id = e.claim_id
          where e.booked_on < {day}""",
        {here: "not is_there", there: "is_there"},
    )


# Each time a claim lay with the authority is a stay: of its entries, those after the transfer and
# not after the next way, there or back, were booked there.
def moved(claims: str = CLAIMS, also: str = "", days: str = _PERIOD) -> Rows:
    """What was booked on the *days*, by where the claims lay then.

    *also*: columns of *claims*, as ``, c.debtor_id``, to be told with each line.
    """
    return Rows(
        f"""select {_ENTRY}{also}, s.claim_id is not null as is_there,
            e.rule = '{REVERSED}' as is_reversal
          from ledger_entries e join {claims} c on c.id = e.claim_id
          left join (select claim_id, is_back, ledger_seq as since, lead(ledger_seq) over
              (partition by claim_id order by ledger_seq, id) as until from transfers) s
            on s.claim_id = e.claim_id and not s.is_back and e.seq > s.since
            and e.seq <= coalesce(s.until, e.seq)
          where e.booked_on {days}""",
        _MOVES,
    )


_MOVES = {
    Figure.THERE_BOOKED: "is_there",
    Figure.NEW: "not is_there and kind = 'principal'",
    Figure.INTEREST: "not is_there and kind = 'interest'",
    Figure.FEES: "not is_there and kind in ('fee', 'court-fee')",
    Figure.PAID: "not is_there and kind = 'payment'",
    Figure.REFUNDED: "not is_there and kind = 'refund'",
    Figure.CHARGED_BACK: "not is_there and kind = 'charge-back'",
    Figure.CORRECTED: "not is_there and kind = 'correction' and not is_reversal",
    Figure.ROUNDED: "not is_there and kind = 'rounding'",
    Figure.WRITTEN_OFF: "not is_there and (kind = 'write-off' or is_reversal)",
}


# What leaves one side comes to the other.
def carried(claims: str = CLAIMS, also: str = "") -> Rows:
    """Claims that went there or came back in the period, with all that was owed on them."""
    return Rows(
        f"""select 1 as rank, t.id, 'transfer' as source, t.claim_id as subject,
            case when t.is_back then 'recalled' else 'transferred' end as kind, t.booked_on,
            case when t.is_back = side.is_there then -t.amount_ore else t.amount_ore end as ore,
            c.claim_type as part{also}, t.is_back, side.is_there
          from transfers t join {claims} c on c.id = t.claim_id
          cross join (values (true), (false)) side (is_there)
          where t.booked_on {_PERIOD}""",
        {
            Figure.TRANSFERRED: "not is_there and not is_back",
            Figure.RECALLED: "not is_there and is_back",
            Figure.THERE_TRANSFERRED: "is_there and not is_back",
            Figure.THERE_RECALLED: "is_there and is_back",
        },
    )


def _money(days: str, part: str, of: dict[Figure, str]) -> Rows:
    """Each øre that came, was placed on a claim or taken from it, or left again."""
    return Rows(
        f"""select m.*, {part} as part from (
          select 1 as rank, id, 'payment' as source, source_reference as subject, channel as kind,
            booked_on, amount_ore as ore from payments
          union all select 2, id, 'entry', claim_id, kind, booked_on, amount_ore
            from ledger_entries where payment_id is not null
          union all select 3, id, 'payout', source_reference, kind, booked_on, -amount_ore
            from payouts) m
        where booked_on {days}""",
        of,
    )


_TRAIL = Rows(
    f"""select l.*, p.channel as part from payments p cross join lateral (
        select 1 as rank, p.id, 'payment' as source, p.source_reference as subject,
          p.channel as kind, p.booked_on, p.amount_ore as ore
        union all select 2, e.id, 'entry', e.claim_id, e.kind, e.booked_on, -e.amount_ore
          from ledger_entries e where e.payment_id = p.id
        union all select 3, o.id, 'payout', o.source_reference, o.kind, o.booked_on, o.amount_ore
          from payouts o where o.payment_id = p.id
        union all select 4, p.id, 'payment', p.source_reference, p.channel, p.booked_on,
          p.unused_ore where p.unused_ore <> 0) l
      where p.booked_on {_PERIOD}""",
    {
        Figure.TRAIL_IN: "rank = 1",
        Figure.TRAIL_PLACED: "rank = 2",
        Figure.TRAIL_OUT: "rank = 3",
        Figure.TRAIL_UNPLACED: "rank = 4",
    },
)

_STATEMENTS = Rows(
    f"""select 1 as rank, s.id, 'statement' as source, s.statement as subject, l.step as kind,
        s.last_day as booked_on, l.ore, s.account as part
      from (select *, row_number() over later = 1 as is_last, row_number() over earlier = 1
          as is_first from bank_statements where message = 'statement' and last_day {_PERIOD}
        window earlier as (partition by account order by last_day, id),
          later as (partition by account order by last_day desc, id desc)) s
      cross join lateral (values ('opening', coalesce(s.opening_ore, 0), s.is_first),
        ('booked', s.booked_ore, true), ('closing', coalesce(s.closing_ore, 0), s.is_last))
        l (step, ore, is_counted)
      where l.is_counted""",
    {
        Figure.BANK_OPENING: "kind = 'opening'",
        Figure.BANK_BOOKED: "kind = 'booked'",
        Figure.BANK_CLOSING: "kind = 'closing'",
    },
)

_BANK_LINES = Rows(
    f"""select l.file_id as rank, l.row as id, 'bank-line' as source, f.name as subject, l.kind,
        l.booked_on, l.amount_ore as ore, l.outcome as part
      from bank_lines l join files f on f.id = l.file_id where l.booked_on {_PERIOD}""",
    {Figure.BANK_LINES: "true"},
)

ALL_ROWS = (
    _stood(":since", Figure.OPENING, Figure.THERE_OPENING),
    moved(),
    carried(),
    _stood(AFTERWARDS, Figure.CLOSING, Figure.THERE_CLOSING),
    _money("< :since", "''", {Figure.MONEY_OPENING: "true"}),
    _money(
        _PERIOD,
        "kind",
        {
            Figure.MONEY_IN: "source = 'payment'",
            Figure.MONEY_PLACED: "source = 'entry'",
            Figure.MONEY_OUT: "source = 'payout'",
        },
    ),
    _money("<= :until", "''", {Figure.MONEY_CLOSING: "true"}),
    _TRAIL,
    _STATEMENTS,
    _BANK_LINES,
)


def read_figure(name: str) -> Figure:
    """Raises Invalid, saying which there are."""
    return read_choice(Figure, name, "figure", "reconciliation-figure-unknown")

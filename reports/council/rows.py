"""Which rows each figure of the council's report is the sum of.

The reconciliation's figures are asked for in its own words; here they are told by type of claim,
debtor, age and stage too. A figure is defined once: the same rows give its sum and its lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from persistence.endings.write_off_figures import ENTRIES_GIVEN_UP
from reports.council.figures import CouncilFigure
from reports.reconciling.figures import AFTERWARDS, Figure, carried, lay_when, moved


@dataclass(frozen=True, slots=True)
class CouncilRows:
    """*sql* selects rank, id, source, subject, kind, booked_on, ore, what a figure is told by
    (claim_type, debtor_kind, age, stage, part), and what the conditions of *of* ask for.
    """

    sql: str
    of: Mapping[CouncilFigure, str]


_AGE = "(cast(:bands as text[]))[1 + width_bucket(c.due_date, cast(:{} as date[]))]"
_BY = "claim_type, debtor_kind, age, stage"
_ALSO = "".join(f", c.{name}" for name in _BY.split(", "))


def _left_after(days: str) -> str:
    """From which stage a claim went first on *days*: where it stood before."""
    return f"""(select distinct on (claim_id) claim_id, coalesce(stage_from, '') as stage
      from stage_moves where moved_on {days} order by claim_id, moved_on, id)"""


# Each claim as it was before the period and at its end, but for those that were settled before it.
# The database holds a balance to the sum of its ledger, so that what was owed is the balance less
# what has been booked since: little is to be read.
_PARTED = f"""
select c.id, c.serial, c.claim_type, c.debtor_id, d.kind as debtor_kind, c.due_date, c.ending,
  c.ended_on, h.claim_id is not null as is_held,
  {_AGE.format("edges_before")} as age_before, {_AGE.format("edges")} as age,
  coalesce(sb.stage, c.stage) as stage_before, coalesce(s.stage, c.stage) as stage,
  c.balance_ore - coalesce(e.since_opening, 0) as owed_before,
  c.balance_ore - coalesce(e.since_closing, 0) as owed,
  coalesce(not lb.is_back, false) as was_there, coalesce(not l.is_back, false) as is_there
from claims c join debtors d on d.id = c.debtor_id
left join (select claim_id, sum(amount_ore)::bigint as since_opening,
    coalesce(sum(amount_ore) filter (where booked_on > :until), 0)::bigint as since_closing
  from ledger_entries where booked_on >= :since group by claim_id) e on e.claim_id = c.id
left join {_left_after(">= :since")} sb on sb.claim_id = c.id
left join {_left_after("> :until")} s on s.claim_id = c.id
left join {lay_when(":since")} lb on lb.claim_id = c.id
left join {lay_when(AFTERWARDS)} l on l.claim_id = c.id
left join (select distinct claim_id from holds where since <= :until
    and coalesce(until, :until) >= :until and coalesce(released_on > :until, true)) h
  on h.claim_id = c.id
where c.balance_ore <> 0 or e.claim_id is not null or c.ended_on >= :since"""

_CLAIM = "1 as rank, serial as id, 'claim' as source, parted.id as subject, '' as kind"
_THEN = "claim_type, debtor_kind, age_before as age, stage_before as stage, '' as part"
_NOW = "claim_type, debtor_kind, age, stage, '' as part"
_NOWHERE = "'' as claim_type, debtor_kind, '' as age, '' as stage, '' as part"
_STOOD = f"""select {_CLAIM}, cast(:since as date) - 1 as booked_on, owed_before as ore, {_THEN},
  was_there as is_there, debtor_id from parted where owed_before <> 0"""
_STANDS = f"""select {_CLAIM}, cast(:until as date) as booked_on, owed as ore, {_NOW}, is_there,
  is_held, debtor_id from parted where owed <> 0"""


def _bridged(rows_of: Mapping[Figure, str]) -> dict[CouncilFigure, str]:
    return {CouncilFigure(figure.value): condition for figure, condition in rows_of.items()}


_STOOD_BEFORE = CouncilRows(
    _STOOD, {CouncilFigure.OPENING: "not is_there", CouncilFigure.THERE_OPENING: "is_there"}
)
_STOOD_AFTER = CouncilRows(
    _STANDS, {CouncilFigure.CLOSING: "not is_there", CouncilFigure.THERE_CLOSING: "is_there"}
)
_HELD = CouncilRows(_STANDS, {CouncilFigure.HELD: "not is_there and is_held"})
# What was owed when the period began leaves the age and stage it had, and comes to those it has.
_SHIFTED = CouncilRows(
    """select case when is_new then 2 else 1 end as rank, serial as id, 'claim' as source,
        parted.id as subject, case when is_new then 'came' else 'left' end as kind,
        cast(:until as date) as booked_on,
        case when is_new then owed_before else -owed_before end as ore,
        claim_type, debtor_kind, case when is_new then age else age_before end as age,
        case when is_new then stage else stage_before end as stage, '' as part,
        was_there as is_there
      from parted cross join (values (true), (false)) side (is_new)
      where owed_before <> 0 and (age, stage) <> (age_before, stage_before)""",
    {CouncilFigure.SHIFTED: "not is_there", CouncilFigure.THERE_SHIFTED: "is_there"},
)
_MOVED, _CARRIED = moved("parted", _ALSO), carried("parted", _ALSO)
_LINE = f"rank, id, source, subject, kind, booked_on, ore, {_BY}, '' as part, is_there"
_MOVES = CouncilRows(f"select {_LINE}, is_reversal from ({_MOVED.sql}) r", _bridged(_MOVED.of))
_WAYS = CouncilRows(f"select {_LINE}, is_back from ({_CARRIED.sql}) r", _bridged(_CARRIED.of))
_ANY = """(select c.id, c.claim_type, d.kind as debtor_kind, '' as age, '' as stage
  from claims c join debtors d on d.id = c.debtor_id)"""
_YEAR = moved(_ANY, _ALSO, "between :year_before and :until")
_BILLED = CouncilRows(
    f"select {_LINE} from ({_YEAR.sql}) r where {_YEAR.of[Figure.NEW]}",
    {CouncilFigure.BILLED: "true"},
)
_COVERED = CouncilRows(
    f"""select r.id as rank, k.debt_entry_id as id, r.source, r.subject, d.kind, r.booked_on,
        -k.amount_ore as ore, {_BY}, '' as part
      from (select * from ({_MOVED.sql}) m where {_MOVED.of[Figure.PAID]}) r
      join ledger_coverage k on k.payment_entry_id = r.id
      join ledger_entries d on d.id = k.debt_entry_id""",
    {
        CouncilFigure.PAID_PRINCIPAL: "kind = 'principal'",
        CouncilFigure.PAID_INTEREST: "kind = 'interest'",
        CouncilFigure.PAID_FEES: "kind in ('fee', 'court-fee')",
    },
)


def _debtors(claims: str, of: Mapping[CouncilFigure, str]) -> CouncilRows:
    return CouncilRows(
        f"""select 1 as rank, debtor_id as id, 'debtor' as source, debtor_id::text as subject,
            '' as kind, booked_on, ore, {_NOWHERE}, is_there
          from (select debtor_id, debtor_kind, booked_on, is_there, sum(ore)::bigint as ore
            from ({claims}) o group by 1, 2, 3, 4) s""",
        of,
    )


_GIVEN_UP = CouncilRows(
    f"""select 1 as rank, x.id, 'entry' as source, x.claim_id as subject, x.kind, x.booked_on,
        x.ore, x.reason as part, p.claim_type, p.debtor_kind, p.age, p.stage
      from (select e.id, e.claim_id, e.kind, e.booked_on, -e.amount_ore as ore,
          coalesce(w.reason, '') as reason {ENTRIES_GIVEN_UP}) x
      join parted p on p.id = x.claim_id""",
    {CouncilFigure.GIVEN_UP: "true"},
)
_PAID_UP = CouncilRows(
    f"""select 1 as rank, p.serial as id, 'claim' as source, p.id as subject, '' as kind,
        p.ended_on as booked_on, greatest(p.ended_on - p.due_date, 0)::bigint as ore, {_NOW}
      from parted p where p.ending = 'paid' and p.ended_on between :since and :until""",
    {CouncilFigure.DAYS_TO_PAY: "true"},
)
_AGREEMENTS = CouncilRows(
    f"""select 1 as rank, substring(a.id from '[0-9]+')::bigint as id, 'agreement' as source,
        a.id as subject, a.state as kind, a.booked_on, a.owed_ore as ore, a.step, {_NOWHERE}
      from (select a.id, a.state, a.owed_ore, d.kind as debtor_kind, l.* from agreements a
          join debtors d on d.id = a.debtor_id cross join lateral (values
            ('before', a.signed_on < :since and coalesce(a.ended_on >= :since, true), :since),
            ('made', a.signed_on between :since and :until, a.signed_on),
            ('ended', a.ended_on between :since and :until, a.ended_on),
            ('standing', a.signed_on <= :until and coalesce(a.ended_on > :until, true), :until))
          l (step, is_so, booked_on)) a
      where a.is_so""",
    {
        CouncilFigure.AGREEMENTS_BEFORE: "step = 'before'",
        CouncilFigure.AGREEMENTS_MADE: "step = 'made'",
        CouncilFigure.AGREEMENTS_KEPT: "step = 'ended' and kind = 'kept'",
        CouncilFigure.AGREEMENTS_BROKEN: "step = 'ended' and kind = 'broken'",
        CouncilFigure.AGREEMENTS_DISSOLVED: "step = 'ended' and kind not in ('kept', 'broken')",
        CouncilFigure.AGREEMENTS: "step = 'standing'",
    },
)

ALL_COUNCIL_ROWS = (
    _STOOD_BEFORE,
    _SHIFTED,
    _MOVES,
    _WAYS,
    _STOOD_AFTER,
    _debtors(_STOOD, {CouncilFigure.DEBTORS_BEFORE: "not is_there"}),
    _debtors(
        _STANDS,
        {CouncilFigure.DEBTORS: "not is_there", CouncilFigure.THERE_DEBTORS: "is_there"},
    ),
    _HELD,
    _BILLED,
    _COVERED,
    _GIVEN_UP,
    _PAID_UP,
    _AGREEMENTS,
)
BEFORE_ALL = f"with parted as {{}} ({_PARTED})"
"""What the rows are told from; whether ``parted`` is kept is for who asks to say."""

"""A claim's life as a picture: what happened on a scale of days, and how long nothing did."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.calendar import add_months
from domain.calendar import today as day_of
from persistence.claims.timeline import Event

LETTERS, MONEY, DECISIONS, NOTES = "letters", "money", "decisions", "notes"
LANES = (LETTERS, MONEY, DECISIONS, NOTES)
WAITS, HELD, RIGHTS = "waits", "held", "rights"
_GROUPS = (
    (LETTERS, ("letter-", "act-letter")),
    (MONEY, ("payment", "refund", "charge-back", "correction-")),
    (NOTES, ("note", "attachment")),
)
LEFT, WIDTH, TOP = 132, 828, 28
_ROW, _PADDING, _MARK, _MOST_ROWS = 14, 10, 13, 6
_MARGIN_DAYS = 4
_MOST_AHEAD = timedelta(days=92)  # of a right that lasts; the bar of a longer one ends at the edge
_MOST_TICKS = 12
_TICK_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)


def group_of(name: str) -> str:
    """The lane of an event called *name*: whatever is no letter, money or note was decided."""
    for lane, beginnings in _GROUPS:
        if name in beginnings or name.startswith(tuple(b for b in beginnings if b[-1] == "-")):
            return lane
    return DECISIONS


@dataclass(frozen=True, slots=True)
class Mark:
    """One event. *number* is its place in the list below the picture."""

    number: int
    lane: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A time in which something ran or stood still; *is_open* while it still does."""

    lane: str
    x: float
    y: float
    width: float
    is_open: bool


@dataclass(frozen=True, slots=True)
class Lane:
    name: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Picture:
    """In the picture's own units. *today_x*: None once it is over. *next_x*: None if unknown."""

    lanes: Sequence[Lane]
    marks: Sequence[Mark]
    bars: Sequence[Bar]
    ticks: Sequence[tuple[float, date]]
    today_x: float | None
    next_x: float | None
    height: float


@dataclass(frozen=True, slots=True)
class Span:
    """A time from a day to another; *until* None while it lasts."""

    lane: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class _Scale:
    """The same length for every day: nothing is drawn nearer than it was."""

    first: date
    days: int

    def x(self, day: date) -> float:
        place = min(max((day - self.first).days, 0), self.days)
        return round(LEFT + place * WIDTH / self.days, 1)


def picture(
    events: Sequence[Event],
    spans: Sequence[Span],
    today: date,
    next_on: date | None = None,
    ended_on: date | None = None,
) -> Picture:
    """Every event is one mark; those of about one day stand above each other."""
    scale = _scale(events, spans, ended_on or today, next_on)
    marks, lanes, y = [], [], float(TOP)
    for lane in LANES:
        rows = _rows([(n, scale.x(e.on)) for n, e in enumerate(events) if _is_in(lane, e)])
        height = (max((row for _, _, row in rows), default=0) + 1) * _ROW + _PADDING
        marks += [_mark(lane, number, x, y, height, row) for number, x, row in rows]
        lanes.append(Lane(lane, y, height))
        y += height
    bars = []
    for lane in (WAITS, HELD, *({RIGHTS} & {span.lane for span in spans})):
        bars += [_bar(span, scale, y, ended_on or today) for span in spans if span.lane == lane]
        lanes.append(Lane(lane, y, _ROW + _PADDING))
        y += _ROW + _PADDING
    today_x = None if ended_on else scale.x(today)
    next_x = scale.x(next_on) if next_on and next_on >= today else None
    return Picture(lanes, marks, bars, _ticks(scale), today_x, next_x, y + _PADDING)


def _is_in(lane: str, event: Event) -> bool:
    return group_of(event.name) == lane


def _scale(
    events: Sequence[Event], spans: Iterable[Span], today: date, next_on: date | None
) -> _Scale:
    days = [today, *(event.on for event in events), *(span.since for span in spans)]
    ahead = [min(s.until, today + _MOST_AHEAD) for s in spans if s.lane == RIGHTS and s.until]
    last = max(*days, *ahead, next_on or today)
    first = min(days) - timedelta(days=_MARGIN_DAYS)
    return _Scale(first, max((last - first).days + _MARGIN_DAYS, 1))


def _rows(places: Iterable[tuple[int, float]]) -> list[tuple[int, float, int]]:
    """The lowest row in which a mark does not cover the one before it."""
    taken: list[float] = []
    found = []
    for number, x in places:
        free = (n for n, before in enumerate(taken) if x - before >= _MARK)
        row = next(free, len(taken))
        if row == len(taken) and row < _MOST_ROWS:
            taken.append(x)
        row = min(row, _MOST_ROWS - 1)
        taken[row] = x
        found.append((number, x, row))
    return found


def _mark(lane: str, number: int, x: float, y: float, height: float, row: int) -> Mark:
    return Mark(number, lane, x, y + height - _PADDING / 2 - _ROW / 2 - row * _ROW)


def _bar(span: Span, scale: _Scale, y: float, today: date) -> Bar:
    begin, end = scale.x(span.since), scale.x(span.until or today)
    is_open = span.until is None or span.until >= today
    return Bar(span.lane, begin, y + _PADDING / 2, round(max(end - begin, 2.0), 1), is_open)


def _ticks(scale: _Scale) -> list[tuple[float, date]]:
    """Firsts of months, as many as can be read beside each other."""
    last = scale.first + timedelta(days=scale.days)
    months = (last.year - scale.first.year) * 12 + last.month - scale.first.month
    step = next((n for n in _TICK_MONTHS if months / n <= _MOST_TICKS), _TICK_MONTHS[-1])
    first = add_months(scale.first.replace(day=1), 1)
    while step > 1 and (first.month - 1) % min(step, 12):
        first = add_months(first, 1)
    return [(scale.x(day), day) for day in _each(first, last, step)]


def _each(day: date, last: date, months: int) -> Iterator[date]:
    while day <= last:
        yield day
        day = add_months(day, months)


def spans_of(
    events: Sequence[Event], holds: Iterable[Mapping[str, Any]], tasks: Iterable[Mapping[str, Any]]
) -> list[Span]:
    """When the debtor had time, when an answer was awaited, and when the clock stood still."""
    sent = [
        Span(WAITS, event.on, date.fromisoformat(event.facts["deadline"]))
        for event in events
        if event.name == "letter-dispatched" and event.facts.get("deadline")
    ]
    asked = [Span(WAITS, task["opened_on"], _answered(task)) for task in tasks if task["opened_on"]]
    held = [Span(HELD, hold["since"], hold["released_on"] or hold["until"]) for hold in holds]
    return [*sent, *asked, *held]


def _answered(task: Mapping[str, Any]) -> date | None:
    if task["state"] == "open":
        return None
    decided: Any = task["decided_at"]
    return day_of(decided) if decided else task["opened_on"]

"""The picture of a claim's life keeps to the scale of days, however much or little happened."""

from datetime import date, timedelta

import pytest

from api.pages.claims.timeline_picture import (
    HELD,
    LANES,
    LEFT,
    WAITS,
    WIDTH,
    Span,
    group_of,
    picture,
    spans_of,
)
from persistence.claims.timeline import Event

FIRST = date(2026, 1, 1)


def event(days, name="payment", **facts):
    return Event(FIRST + timedelta(days=days), name, "", facts)


def draw(events, spans=(), today=60, next_on=None, ended_on=None):
    return picture(events, list(spans), FIRST + timedelta(days=today), next_on, ended_on)


def test_every_event_has_one_mark_in_its_lane():
    names = ("registered", "letter-dispatched", "payment", "note", "decision", "hold")
    events = [event(day, name) for day in range(40) for name in names]
    drawn = draw(events)
    assert sorted(mark.number for mark in drawn.marks) == list(range(len(events)))
    for mark in drawn.marks:
        assert mark.lane == group_of(events[mark.number].name)


def test_marks_of_one_day_do_not_cover_each_other():
    drawn = draw([event(3) for _ in range(5)])
    assert len({(mark.x, mark.y) for mark in drawn.marks}) == 5


def test_idle_time_is_as_long_as_it_was():
    drawn = draw([event(0), event(10), event(50)])
    a, b, c = (mark.x for mark in drawn.marks)
    assert (c - b) / (b - a) == pytest.approx(4, abs=0.05)


def test_all_lies_within_the_picture():
    far = FIRST + timedelta(days=4000)
    spans = [Span(WAITS, FIRST, None), Span(HELD, FIRST, far)]
    drawn = draw([event(0), event(900)], spans, today=950, next_on=FIRST + timedelta(days=990))
    places = [mark.x for mark in drawn.marks] + [drawn.today_x, drawn.next_x]
    places += [bar.x + bar.width for bar in drawn.bars] + [x for x, _ in drawn.ticks]
    assert all(LEFT <= x <= LEFT + WIDTH for x in places)
    assert all(lane.y < mark.y < lane.y + lane.height for mark in drawn.marks
               for lane in drawn.lanes if lane.name == mark.lane)  # fmt: skip


@pytest.mark.parametrize("days", [1, 20, 90, 400, 2000, 12_000])
def test_there_are_few_enough_ticks_to_read_and_each_is_the_first_of_a_month(days):
    ticks = draw([event(0)], today=days).ticks
    assert len(ticks) <= 13
    assert all(day.day == 1 for _, day in ticks)


def test_of_a_claim_that_ended_the_picture_ends_with_it():
    drawn = draw([event(0), event(30)], today=3000, ended_on=FIRST + timedelta(days=30))
    assert drawn.today_x is None
    assert drawn.marks[1].x > LEFT + WIDTH * 0.8


def test_every_name_has_a_lane():
    groups = {
        name: group_of(name)
        for name in ("act-letter", "letter-requested", "refund", "correction-fee", "charge-back",
                     "notice", "act-task", "registered", "attachment", "never-heard-of")
    }  # fmt: skip
    assert set(groups.values()) == set(LANES)
    assert groups["notice"] == "decisions"
    assert groups["act-letter"] == "letters"


def test_what_is_waited_for_and_what_stands_still_are_bars():
    events = [event(0, "letter-dispatched", deadline="2026-01-15"), event(1)]
    task = {"opened_on": FIRST, "state": "open", "decided_at": None}
    hold = {"since": FIRST, "released_on": None, "until": date(2026, 2, 1)}
    spans = spans_of(events, [hold], [task, task | {"state": "cancelled"}])
    assert [(span.lane, span.until) for span in spans] == [
        (WAITS, date(2026, 1, 15)), (WAITS, None), (WAITS, FIRST), (HELD, date(2026, 2, 1)),
    ]  # fmt: skip
    assert [bar.is_open for bar in draw(events, spans, today=20).bars] == [
        False, True, False, True,
    ]  # fmt: skip

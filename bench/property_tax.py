"""Two million claims that fall due on one day, lived in seconds: all at once, and each in its turn.

A simulation of events by the policy's letters and calendar; the same seed gives the same day. The
country is its municipalities, each with its own file, post room and night. One claim in a
hundred is followed and stands for a hundred.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from bench.property_tax_needs import needs_of
from bench.property_tax_picture import draw
from domain.calendar import COPENHAGEN, start_of, working_day_from
from domain.deadlines import dispatch_day, letter_deadline
from domain.letters import Letter
from domain.policy import LetterStep, Policy
from domain.record import spread_of, wide_spread_of
from policies.loading import load_policy
from workers.addressing import Pace

PICTURE = Path("docs/pictures/property-tax-day.svg")
_TYPE = "property-tax"
_CLAIMS, _MUNICIPALITIES, _STANDS_FOR = 2_000_000, 98, 100
_ARRIVE_ON, _FALL_DUE_ON = date(2026, 6, 22), date(2026, 8, 3)
_EVENING, _MORNING = time(18), time(6)
_SEED = 2026
# Assumptions of this day, none of them a rule: who pays when, in per cent.
_BY_DIRECT_DEBIT, _BY_HAND, _AFTER_A_REMINDER = 70, 20, 50


@dataclass(frozen=True, slots=True)
class Plan:
    """*nights*: over how many the files come. *letters_per_hour*: of one post room; None for any.

    *begins_a_second*: first steps of one file. *spread_minutes*: of the night, as the settings say.
    """

    name: str
    nights: int
    begins_a_second: float
    spread_minutes: int | None
    letters_per_hour: int | None


class Day:
    """What happens in each minute of the summer, over the whole country."""

    def __init__(self, plan: Plan, policy: Policy, seed: int = _SEED) -> None:
        self.plan, self._random = plan, Random(seed)
        rule = policy.post_rule(_ARRIVE_ON)
        self._opens, self._closes = rule.opens_at_hour, rule.closes_at_hour
        steps = policy.claim_type(_TYPE).steps.on(_ARRIVE_ON)
        self._steps: tuple[LetterStep, ...] = steps or ()
        self._post: dict[tuple[int, date, int], int] = {}
        self._open_from: dict[int, datetime] = {}
        self.happenings: dict[str, Counter[datetime]] = {
            name: Counter() for name in ("starts", "timers", "letters", "settled", "tasks")
        }

    def live(self) -> None:
        """Round by round, so that the letters of each round stand in line by when they came."""
        waiting = sorted(self._arrive())
        for step, following in pairwise((*self._steps, None)):
            assert step
            waiting = sorted(self._write(step, waiting))
            waiting = sorted(self._fall_due(step, following, waiting))

    def _note(self, name: str, moment: datetime) -> None:
        minute = moment.replace(second=0, microsecond=0)
        self.happenings[name][minute] += _STANDS_FOR

    def _arrive(self) -> Iterator[tuple[datetime, int]]:
        """Each claim's first step, in its turn after its file came in the evening."""
        for number in range(_CLAIMS // _STANDS_FOR):
            town, place = number % _MUNICIPALITIES, number // _MUNICIPALITIES * _STANDS_FOR
            evening = _ARRIVE_ON + timedelta(days=town % self.plan.nights)
            seconds = place / self.plan.begins_a_second
            moment = datetime.combine(evening, _EVENING, COPENHAGEN) + timedelta(seconds=seconds)
            self._note("starts", moment)
            yield moment, number

    def _write(
        self, step: LetterStep, waiting: list[tuple[datetime, int]]
    ) -> Iterator[tuple[datetime, int]]:
        """When the time a letter gives is out, for each claim that asks for one."""
        for moment, number in waiting:
            asked_on = moment.date()
            self._leave(moment, number % _MUNICIPALITIES)
            out = letter_deadline(step.letter, dispatch_day(asked_on), step.days, _FALL_DUE_ON)
            yield start_of(out + timedelta(days=1)) + self._spread(number), number

    def _spread(self, number: int) -> timedelta:
        life, minutes = f"2026-{number * _STANDS_FOR:06d}", self.plan.spread_minutes
        if minutes is None:
            return timedelta(seconds=spread_of(life))
        return wide_spread_of(life, minutes)

    def _leave(self, asked_at: datetime, town: int) -> None:
        """In the first hour in which the town's post room is open and has room."""
        at = max(asked_at, self._open_from.get(town, asked_at))
        day, hour = at.date(), at.hour + 1
        while not self._takes(town, day, hour):
            hour += 1
            if hour >= self._closes:
                day, hour = day + timedelta(days=1), self._opens
        self._open_from[town] = datetime.combine(day, time(hour - 1), COPENHAGEN)
        minute = self._random.randrange(60)
        self._note("letters", datetime.combine(day, time(hour, minute), COPENHAGEN))

    def _takes(self, town: int, day: date, hour: int) -> bool:
        if not self._opens <= hour < self._closes or working_day_from(day) != day:
            return False
        left = self._post.get((town, day, hour), 0)
        if self.plan.letters_per_hour and left + _STANDS_FOR > self.plan.letters_per_hour:
            return False
        self._post[town, day, hour] = left + _STANDS_FOR
        return True

    def _fall_due(
        self, step: LetterStep, following: LetterStep | None, waiting: list[tuple[datetime, int]]
    ) -> Iterator[tuple[datetime, int]]:
        """Who has paid ends; of the others the timer fires, and the next step is taken."""
        for moment, number in waiting:
            if paid_at := self._pays(step, moment):
                self._note("settled", paid_at)
                continue
            self._note("timers", moment)
            if following:
                yield moment, number
            else:
                self._note("tasks", moment)

    def _pays(self, step: LetterStep, deadline: datetime) -> datetime | None:
        lot = self._random.randrange(100)
        if step.letter is not Letter.DEMAND:
            return self._by_hand(deadline, 14) if lot < _AFTER_A_REMINDER else None
        if lot < _BY_DIRECT_DEBIT:
            minutes = self._random.randrange(240)  # the bank's file of the due day, read in turn
            due = datetime.combine(_FALL_DUE_ON, _MORNING, COPENHAGEN)
            return due + timedelta(minutes=minutes)
        return self._by_hand(deadline, 21) if lot < _BY_DIRECT_DEBIT + _BY_HAND else None

    def _by_hand(self, deadline: datetime, days: int) -> datetime:
        day = deadline.date() - timedelta(days=1 + self._random.randrange(days))
        minutes = self._random.randrange(8 * 60, 20 * 60)
        return start_of(day) + timedelta(minutes=minutes)


def plans(policy: Policy) -> tuple[Plan, Plan]:
    """All files in one evening, with settings that nobody has touched; and each in its turn.

    There the post keeps the policy's own pace.
    """
    at_once = Plan("at once", 1, Pace().begins_a_second, None, None)
    pace = policy.post_rule(_ARRIVE_ON).letters_per_hour
    return at_once, replace(at_once, name="in turn", nights=5, begins_a_second=2,
                            spread_minutes=450, letters_per_hour=pace)  # fmt: skip


def peaks(day: Day) -> dict[str, int]:
    """The worst of each: in the units in which each is asked about."""
    starts, timers, settled = (day.happenings[n] for n in ("starts", "timers", "settled"))
    return {
        "starts_per_s": round(max(starts.values()) / 60),
        "timers_per_minute": max(timers.values()),
        "letters_per_hour": max(hourly(day.happenings["letters"]).values()),
        "settled_per_s": round(max(settled.values()) / 60),
        "days_of_post": len({minute.date() for minute in day.happenings["letters"]}),
        "letters": day.happenings["letters"].total(),
        "tasks": day.happenings["tasks"].total(),
    }


def hourly(minutes: Counter[datetime]) -> Counter[datetime]:
    hours = Counter[datetime]()
    for minute, count in minutes.items():
        hours[minute.replace(minute=0)] += count
    return hours


async def run(*, is_small: bool) -> dict[str, Any]:
    """Both plans; *is_small* draws no picture."""
    policy = load_policy("skanderborg")
    days = [Day(plan, policy) for plan in plans(policy)]
    for day in days:
        await asyncio.to_thread(day.live)
    found: dict[str, Any] = {}
    for day in days:
        found[day.plan.name] = peaks(day) | needs_of(day.happenings, _CLAIMS)
    _print(found)
    if not is_small:
        rows = {day.plan.name: {n: hourly(c) for n, c in day.happenings.items()} for day in days}
        await asyncio.to_thread(draw, rows, PICTURE)
    return found


def _print(found: dict[str, dict[str, Any]]) -> None:
    names = list(found)
    print(f"{'':28}" + "".join(f"{name:>16}" for name in names))
    for figure in found[names[0]]:
        print(f"{figure:28}" + "".join(f"{found[name][figure]:>16,}" for name in names))

"""Deadlines are dates on a Danish calendar; timers are moments. This is where they meet."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from danish_banking_holidays import DanishBankingCalendar

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
_BANKS = DanishBankingCalendar()
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TownClock:
    """How the town's time runs beside the real clock: *speed* town seconds a real second.

    Production runs at speed 1. The demo runs faster, and when it starts again its time goes on
    from where it stopped, so a claim that sleeps must be told the new clock.
    """

    real_start: datetime = _EPOCH
    town_start: datetime = _EPOCH
    speed: float = 1.0

    def town_time(self, real: datetime) -> datetime:
        return self.town_start + (real - self.real_start) * self.speed

    def real_length(self, town: timedelta) -> timedelta:
        return town / self.speed


REAL_TIME = TownClock()


def today(now: datetime) -> date:
    """The date in Denmark at the moment *now* (aware)."""
    return now.astimezone(COPENHAGEN).date()


def start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, COPENHAGEN)


def time_left(deadline: date, now: datetime) -> timedelta:
    """The debtor may pay until midnight at the end of the day of the deadline."""
    return start_of(deadline + timedelta(days=1)) - now


def is_working_day(day: date) -> bool:
    """Neither weekend, public holiday, nor a day on which Danish banks are closed."""
    return not _BANKS.is_holiday(day)


def working_day_from(day: date) -> date:
    """*day* itself, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def working_days_after(day: date, number: int) -> date:
    """The *number*-th working day after *day*; 0 is *day* itself or the next working day."""
    day = working_day_from(day)
    for _ in range(number):
        day = working_day_from(day + timedelta(days=1))
    return day


def working_days_between(first: date, last: date) -> int:
    """How many working days *last* comes after *first*; 0 on the same day and before it."""
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(map(is_working_day, days))


def add_months(anchor: date, months: int) -> date:
    """*anchor* moved by whole months, to the month's last day where the day does not exist."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    day = min(anchor.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day)


def working_days_before(day: date, number: int) -> date:
    """The *number*-th working day before *day*."""
    for _ in range(number):
        day -= timedelta(days=1)
        while not is_working_day(day):
            day -= timedelta(days=1)
    return day

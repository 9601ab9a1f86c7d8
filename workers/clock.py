"""The only call to the real time: what the town's clock shows now."""

from datetime import UTC, datetime

from domain.calendar import TownClock


def real_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # the one edge where time comes in


class Clock:
    """The town's time, for entry points; everything below takes the time as a parameter."""

    def __init__(self, town: TownClock) -> None:
        self.town = town

    def now(self) -> datetime:
        return self.town.town_time(real_now())

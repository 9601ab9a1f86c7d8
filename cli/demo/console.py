"""The demo's console: a picture that moves on a terminal, a line a week anywhere else."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from rich.console import Console as Terminal
from rich.console import Group as Stack
from rich.console import RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from cli.demo.figures import BankDay, Figures, Group
from cli.words import Words
from domain.calendar import COPENHAGEN, today
from domain.claim import Ending, Stage
from domain.money import Money

_BAR_WIDTH = 28
_LOOK_EVERY_SECONDS = 0.5
_WEEK = timedelta(days=7)
_STYLES = {"paid": "green", "withdrawn": "cyan", "settled": "blue", "written-off": "magenta"}


class Console:
    """*read* is asked for the figures again and again; *links* stand under the picture."""

    def __init__(self, say: Words, read: Callable[[], Awaitable[Figures]]) -> None:
        self._say, self._read = say, read
        self.terminal = Terminal(highlight=False)
        self.links: list[str] = []
        self.latest: Figures | None = None

    async def show(self) -> None:
        """Until called off."""
        if self.terminal.is_terminal:
            await self._show_picture()
        else:
            await self._show_lines()

    async def _show_picture(self) -> None:
        with Live(console=self.terminal, auto_refresh=False) as live:
            while True:
                before, self.latest = self.latest, await self._read()
                live.update(self._picture(self.latest, before), refresh=True)
                await asyncio.sleep(_LOOK_EVERY_SECONDS)

    async def _show_lines(self) -> None:
        next_line = last_day = date.min
        while True:
            self.latest = await self._read()
            for bank_day in reversed(self.latest.bank_days):
                if bank_day.day > last_day:
                    last_day = bank_day.day
                    print(self._bank_line(bank_day), flush=True)
            if today(self.latest.at) >= next_line:
                next_line = today(self.latest.at) + _WEEK
                print(self.line(self.latest), flush=True)
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    def line(self, now: Figures) -> str:
        """One week in one line."""
        stages = " ".join(f"{s.value}={_of(now.stages, s.value).claims}" for s in _LIVING)
        endings = " ".join(f"{e.value}={_of(now.endings, e.value).claims}" for e in Ending)
        return self._say(
            "demo-line",
            day=today(now.at).isoformat(),
            stages=stages,
            endings=endings,
            letters=now.count("letters"),
            payments=now.count("payments"),
            tasks=now.open_tasks,
            files=now.count("files"),
        )

    def _bank_line(self, day: BankDay) -> str:
        """What came with one day's file."""
        return self._say(
            "demo-bank-day",
            day=day.day.isoformat(),
            file=day.name,
            payments=day.payments,
            paid=Money(day.ore),
            unplaced=day.unplaced,
            bounced=day.bounced,
        )

    def _picture(self, now: Figures, before: Figures | None) -> RenderableType:
        clock = now.at.astimezone(COPENHAGEN)
        title = Text(f"{self._say.day(clock.date(), 'full')}  {clock:%H:%M}", style="bold")
        links = [Text(link, style="dim") for link in self.links]
        return Stack(
            title,
            Text(),
            self._stages(now, before),
            Text(),
            self._endings(now),
            Text(),
            *self._flow(now),
            Text(),
            *links,
        )

    def _stages(self, now: Figures, before: Figures | None) -> Table:
        say = self._say
        table = Table(box=None, pad_edge=False)
        table.add_column(say("demo-column-stage"))
        for code in ("demo-column-claims", "demo-column-kroner"):
            table.add_column(say(code), justify="right")
        table.add_column("")
        most = max((group.claims for group in now.stages.values()), default=1)
        for stage in _LIVING:
            group = _of(now.stages, stage.value)
            change = group.claims - _of(before.stages, stage.value).claims if before else 0
            bar = Text("█" * round(_BAR_WIDTH * group.claims / most), style="yellow")
            bar.append(f" {change:+d}" if change else "", style="dim")
            name = say(f"demo-stage-{stage.value}")
            table.add_row(name, str(group.claims), _kroner(group), bar)
        return table

    def _endings(self, now: Figures) -> Table:
        table = Table(box=None, pad_edge=False, show_header=False)
        for ending in Ending:
            group = _of(now.endings, ending.value)
            name = Text(self._say(f"demo-ending-{ending.value}"), style=_STYLES[ending.value])
            table.add_row(name, str(group.claims), _kroner(group))
        return table

    def _flow(self, now: Figures) -> list[Text]:
        say = self._say
        paid = Money(now.count("paid_ore"))
        kinds = ", ".join(f"{count} {say.name('task', kind)}" for kind, count in now.tasks.items())
        return [
            Text(say("demo-letters", letters=now.count("letters"), paper=now.count("on_paper"))),
            Text(say("demo-payments", payments=now.count("payments"), paid=paid)),
            *(Text(f"  {self._bank_line(day)}", style="dim") for day in now.bank_days),
            Text(say("demo-files", files=now.count("files"), last=now.flow["last_file"] or "-")),
            Text(
                say("demo-agreements", agreements=now.count("agreements"), holds=now.count("holds"))
            ),
            Text(say("demo-tasks", tasks=now.open_tasks, kinds=kinds or "-")),
        ]


_LIVING = tuple(stage for stage in Stage if stage is not Stage.ENDED)


def _of(groups: dict[str, Group], name: str) -> Group:
    return groups.get(name, Group())


def _kroner(group: Group) -> str:
    return f"{group.ore // 100:,} kr.".replace(",", ".")

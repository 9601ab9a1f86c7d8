"""The time machine on a terminal: the past under one policy or two, and whether it is as it was."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cli.doors import Door
from cli.ending import FAILED
from cli.words import Words
from domain.money import Money
from domain.replaying.trial_figures import Difference, Figures, Measure
from domain.replaying.trials import ASSUMED, Findings, People, Side, period_of, total
from policies.loading import load_policy
from workers.time_machine import TimeMachine, batches

_WIDTH = 120
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """*policy*: None is the one in force; *against*: None compares with what happened alone."""

    months: int
    policy: str | None
    against: str | None
    people: People
    is_json: bool


async def show(asked: Asked, say: Words) -> int:
    """1 when the policy in force does not make what happened. Raises Invalid, NotFound."""
    async with Door.open() as door:
        in_force = load_policy(asked.policy) if asked.policy else door.policy
        other = load_policy(asked.against) if asked.against else None
        machine = TimeMachine(in_force, other, period_of(asked.months, door.today), asked.people)
        found = Findings()
        with _progress() as bar:
            task = bar.add_task(say("replay-running"), total=1.0)
            async for batch, share in batches(door.database, machine):
                found.add(batch.findings)
                bar.update(task, completed=share)
    if asked.is_json:
        print(json.dumps(to_json(machine, found), ensure_ascii=False))
    else:
        _print(machine, found, say)
    return FAILED if found.differing else 0


def to_json(machine: TimeMachine, found: Findings) -> dict[str, Any]:
    """Figures by side, type of claim and measure; what differs as claims with their rows."""
    sides = [Side.HISTORY, Side.IN_FORCE] + ([Side.OTHER] if machine.other else [])
    return {
        "since": machine.period.since.isoformat(),
        "until": machine.period.until.isoformat(),
        "policies": [machine.in_force.version] + ([machine.other.version] if machine.other else []),
        "claims": found.claims,
        "differing": found.differing,
        "changed": found.changed,
        "figures": {side.value: _by_type(found.figures[side]) for side in sides},
        "samples": {
            side.value: [one.facts for one in some] for side, some in found.samples.items()
        },
    }


def _by_type(figures: Figures) -> dict[str, dict[str, int]]:
    types = sorted({claim_type for claim_type, *_ in figures})
    return {
        one: {measure.value: total(figures, measure, one) for measure in Measure} for one in types
    }


def _progress() -> Progress:
    """On the other stream, so that what is printed can be piped."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))


def _print(machine: TimeMachine, found: Findings, say: Words) -> None:
    out = Console(highlight=False, markup=False, width=_WIDTH)
    period = machine.period
    out.print(say("replay-period", since=period.since, until=period.until, claims=found.claims))
    out.print(_table(machine, found, say))
    if machine.other:
        out.print(say("replay-changed", count=found.changed))
        for assumption in (machine.people, *ASSUMED):
            out.print(f"- {say(f'trial-assumes-{assumption}')}")
    out.print(say("replay-differing" if found.differing else "replay-exact", count=found.differing))
    for difference in found.samples[Side.HISTORY][:_SHOWN]:
        for line in _lines(difference, say):
            out.print(line, soft_wrap=True)


def _table(machine: TimeMachine, found: Findings, say: Words) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(say("trial-measure"), min_width=34)
    sides = [Side.HISTORY, Side.IN_FORCE] + ([Side.OTHER] if machine.other else [])
    for side in sides:
        table.add_column(say(f"trial-side-{side}"), justify="right", min_width=16)
    if machine.other:
        table.add_column(say("trial-difference"), justify="right", min_width=16)
    for measure in Measure:
        numbers = [total(found.figures[side], measure) for side in sides]
        cells = [_shown(measure, number) for number in numbers]
        if machine.other:
            cells.append(_shown(measure, numbers[-1] - numbers[1]))
        table.add_row(say(f"trial-measure-{measure}"), *cells)
    return table


def _shown(measure: Measure, number: int) -> str:
    return str(Money(number)) if measure is Measure.FEES_ORE else f"{number:,}".replace(",", ".")


def _lines(difference: Difference, say: Words) -> Iterator[str]:
    for code, rows in (("replay-lost", difference.lost), ("replay-new", difference.new)):
        for key, on in rows:
            yield say(code, claim=difference.claim_id, key=key, on=on)

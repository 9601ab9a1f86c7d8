"""The strategy's decisions as programs read them: values as they are, not as people say them."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from api.schemas.strategy import (
    Plain,
    StrategyChange,
    StrategyDecision,
    StrategyGoal,
    StrategyRow,
    StrategyTable,
    StrategyValue,
)
from domain.distraints.rules import LegalPeriod
from domain.money import Money
from persistence.endings.write_off_figures import ReasonFigures
from reports.strategy import Change, Decision, Rows, Value


def decision_view(decision: Decision) -> StrategyDecision:
    return StrategyDecision(
        name=decision.name,
        since=decision.since,
        source=decision.source,
        values=[_named(line.name, line.value) for line in decision.lines],
        tables=[_table(rows) for rows in decision.tables],
    )


def change_view(change: Change) -> StrategyChange:
    before, now = decision_view(change.before), decision_view(change.now)
    return StrategyChange(claim_type=change.subject, before=before, now=now)


def goal_view(one: ReasonFigures) -> StrategyGoal:
    return StrategyGoal(
        reason=one.reason or "",
        claims=one.claims,
        amount_ore=one.amount.ore,
        goal_claims=one.goal_claims,
        goal_ore=None if one.goal_amount is None else one.goal_amount.ore,
        is_over=one.is_over,
    )


def _table(rows: Rows) -> StrategyTable:
    told = [
        StrategyRow(values=list(map(_named, rows.names, row)), source=source)
        for row, source in zip(rows.rows, rows.sources, strict=True)
    ]
    return StrategyTable(name=rows.name, rows=told)


def _named(name: str, value: Value) -> StrategyValue:
    told = list(map(_plain, value)) if isinstance(value, tuple) else _plain(value)
    return StrategyValue(name=name, value=told)


def _plain(value: Value) -> Plain:
    if isinstance(value, tuple):
        return ", ".join(str(_plain(one)) for one in value)
    match value:
        case None | bool() | int():
            return value
        case _:
            return next(say(value) for kind, say in _WAYS.items() if isinstance(value, kind))


def _period(period: LegalPeriod) -> str:
    """As ISO 8601 has it."""
    return f"P{period.months}M" if period.months else f"P{period.days}D"


_WAYS: dict[type, Callable[[Any], Plain]] = {
    Money: lambda one: int(one.ore),
    LegalPeriod: _period,
    Enum: lambda one: str(one.value),
    Decimal: str,
    date: date.isoformat,
    str: str,
}

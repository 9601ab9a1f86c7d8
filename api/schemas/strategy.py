"""The policy in force as programs read it: each figure with its day and its source."""

from datetime import date

from pydantic import Field

from api.schemas.common import Body, Day, View
from api.schemas.workload import ResponseTimeView

Plain = str | int | bool | None


class StrategyQuery(Body):
    on: Day | None = Field(default=None, description="As it was, or will be, on that day.")


class StrategyValue(View):
    """*value*: amounts in whole øre, days as dates, numbers with decimals as text."""

    name: str
    value: Plain | list[Plain]


class StrategyRow(View):
    values: list[StrategyValue]
    source: str


class StrategyTable(View):
    name: str
    rows: list[StrategyRow]


class StrategyDecision(View):
    """*since* none: it holds until the policy says otherwise."""

    name: str
    since: date | None
    source: str
    values: list[StrategyValue]
    tables: list[StrategyTable]


class StrategyType(View):
    claim_type: str
    decisions: list[StrategyDecision]


class StrategyChange(View):
    """*before* and *now* are what differs. *claim_type* none: it is about all."""

    claim_type: str | None
    before: StrategyDecision
    now: StrategyDecision


class StrategyGoal(View):
    """What a reason has cost this year beside the most it should; *reason* empty: not told."""

    reason: str
    claims: int
    amount_ore: int
    goal_claims: int | None
    goal_ore: int | None
    is_over: bool


class Strategy(View):
    municipality: str
    version: str
    on: date
    decisions: list[StrategyDecision]
    claim_types: list[StrategyType]
    changes: list[StrategyChange]
    goals: list[StrategyGoal]
    response_times: list[ResponseTimeView] = Field(description="Of this year.")

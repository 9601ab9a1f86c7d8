"""What is asked of the flow of claims: the same words for the page and for programs."""

from datetime import date, timedelta

from domain.claim import Stage
from domain.errors import Fault, Invalid
from domain.policy import Policy
from domain.steering.flow import AGE_STEPS_DAYS
from persistence.steering.flow import FlowFilter
from persistence.steering.teams import team_called

KINDS = ("person", "company")
_LATELY = timedelta(days=30)


def narrowed(
    policy: Policy,
    claim_type: str = "",
    department: str = "",
    kind: str = "",
    age: int | None = None,
    team: str = "",
) -> FlowFilter:
    """Raises Invalid for a type, a kind or an age that there is not."""
    wrong = {
        "type": bool(claim_type) and claim_type not in policy.claim_types,
        "kind": bool(kind) and kind not in KINDS,
        "age": age is not None and not 0 <= age <= len(AGE_STEPS_DAYS),
    }
    if any(wrong.values()):
        raise Invalid(*(Fault(name, "problem-not-found") for name, is_so in wrong.items() if is_so))
    of_team = team_called(policy, team) if team else None
    return FlowFilter(claim_type or None, department or None, kind or None, age, of_team)


def lately(on: date) -> date:
    """The first day of the period whose moves are shown where none is asked for."""
    return on - _LATELY


def read_stage(text: str) -> Stage:
    """Raises Invalid; what has ended stands nowhere."""
    if text not in set(Stage) - {Stage.ENDED}:
        raise Invalid(Fault("stage", "problem-not-found"))
    return Stage(text)

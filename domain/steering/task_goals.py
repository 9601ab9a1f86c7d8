"""Within how many working days people should answer what they are asked."""

from domain.authority import APPROVALS
from domain.decisions import TaskKind
from domain.policy import Policy


def goal_days(policy: Policy, kind: TaskKind) -> int | None:
    """None where the day follows from the matter itself, and the policy has no number of days."""
    days = {
        TaskKind.DIALOGUE: policy.dialogue_days,
        TaskKind.OBJECTION: policy.dialogue_days,
        TaskKind.ASSESSMENT: policy.assessment_days,
        TaskKind.EXCEPTION: policy.exception_days,
        **dict.fromkeys(APPROVALS, policy.approval_days),
    }
    return days.get(kind)

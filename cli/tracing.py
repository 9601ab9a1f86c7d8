"""Whether and how a process tells traces, as the operator has set it."""

from domain.policy import Policy
from settings import Settings
from traces.exporting import Telling


def telling(
    chosen: Settings, policy: Policy, process: str, build_id: str | None = None
) -> Telling | None:
    """None when nobody collects them."""
    if chosen.traces is None:
        return None
    return Telling(chosen.traces, chosen.traces_share, process, policy.municipality, build_id)

"""How the counterparts of the demo's town behave."""

from dataclasses import replace
from pathlib import Path

from cli.demo.grounds import FIRST_MORNING
from domain.calendar import today
from domain.dated import Dated, Entry
from domain.house_rules import StatementRule
from domain.policy import Policy
from gateways.bank.sandbox import IBAN
from gateways.digital_post.sandbox import SandboxDigitalPost
from gateways.physical_post.sandbox import SandboxPhysicalPost
from gateways.ports import PostOutcome
from gateways.post_sandbox import PostBehaviour
from gateways.recovery_authority.sandbox import RecoveryBehaviour, SandboxRecoveryAuthority

_NOON = 12  # the town's bank sends the day before in the morning


def watchful(policy: Policy) -> Policy:
    """The same policy for a town whose bank is the sandbox's: reminders wait for its statements."""
    rule = StatementRule((IBAN,), expected_by_hour=_NOON)
    entry = Entry(today(FIRST_MORNING), rule, "Byens bank")
    return replace(policy, statements=Dated((entry,)))


def teach(world: Path) -> None:
    """Some cannot be reached digitally, some not at all; the authority says no now and then."""
    SandboxDigitalPost(world).behave(PostBehaviour(share_failing=0.06, seed=7))
    returned = PostOutcome.RETURNED.value
    SandboxPhysicalPost(world).behave(
        PostBehaviour(minutes_to_receipt=3000, share_failing=0.3, failing_as=returned, seed=8)
    )
    SandboxRecoveryAuthority(world).behave(
        RecoveryBehaviour(share_rejected=0.06, share_in_hearing=0.06, days_to_end=35)
    )

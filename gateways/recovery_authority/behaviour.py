"""What the sandbox's authority is to be like."""

from dataclasses import dataclass

from gateways.journal import share


@dataclass(frozen=True, slots=True)
class RecoveryBehaviour:
    """Shares from 0 to 1 fall on what is sent always alike; days are the town's.

    While it has the claim it pays *share_recovered* of it out every *days_between_payouts*, and
    after *days_to_end* the rest; it recovers nothing of what it returns or writes off.
    """

    is_out: bool = False
    days_to_receipt: int = 1
    share_rejected: float = 0.0
    share_in_hearing: float = 0.0
    days_in_hearing: int = 10
    share_lost: float = 0.0  # answers that never come, unless the same is sent again
    share_garbled: float = 0.0  # answers that cannot be read
    share_doubled: float = 0.0  # answers that come twice
    share_late: float = 0.0  # answers that come after what happened later
    days_late: int = 20
    days_between_payouts: int = 15
    share_recovered: float = 0.5
    days_to_end: int = 30
    yearly_interest: float = 0.0575  # that it adds itself, and tells of once a month
    share_returned: float = 0.1
    share_written_off: float = 0.1
    months_kept: int = 3  # in which what it told can be fetched (GST 06)
    seed: int = 1

    def falls(self, what: str, name: str, part: float) -> bool:
        return share(self.seed, f"{what}-{name}") < part

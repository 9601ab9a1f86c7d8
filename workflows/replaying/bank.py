"""No agreement is broken again before the bank has told of the days in which they could pay."""

from datetime import timedelta
from typing import TYPE_CHECKING

from domain.calendar import working_days_after, working_days_before
from domain.orders import CloseAgreement
from domain.record import AgreementOutcome, AgreementRecord, Verdict

if TYPE_CHECKING:
    from workflows.replaying.replay import Replay

_A_DAY = timedelta(days=1)


def awaits_the_bank(replay: "Replay", order: CloseAgreement) -> Verdict | None:
    """As the real act: tomorrow, when the statement that is missing may have come."""
    if order.outcome is not AgreementOutcome.BROKEN:
        return None
    until = replay.agreed[order.subject].reminded_until or order.on - _A_DAY
    rule = replay.policy.statements.on(until)
    needed = working_days_before(until + _A_DAY, 1)
    if rule is None or replay.bank.has_told(rule.accounts, needed, order.on):
        return None
    return _look_again(replay.agreements[order.subject].record, order)


def _look_again(record: AgreementRecord, order: CloseAgreement) -> Verdict:
    key = f"reminder-{record.covered + 1}"
    return Verdict(
        is_done=False,
        covered=record.covered,
        postponed={key: working_days_after(order.on, 1)},
    )

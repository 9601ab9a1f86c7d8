"""What a letter that is written again costs, by the same rules as when it was written."""

from typing import TYPE_CHECKING

from domain.deadlines import dispatch_day
from domain.fees import reminder_fee
from domain.letters import Letter
from domain.money import Money
from domain.orders import WriteLetter
from domain.replaying.pasts import Fee
from workflows.replaying.lives import LivedClaim

if TYPE_CHECKING:
    from workflows.replaying.replay import Replay


def charge_for(replay: "Replay", order: WriteLetter) -> None:
    """Of an agreement's letter the first of its claims that may be charged bears the fee."""
    if order.subject in replay.lived:
        _charge_claim(replay, replay.lived[order.subject], order)
    else:
        any(
            _charge(replay, lived, order, lived.balance)
            for lived in sorted(replay.alive(order.subject), key=lambda one: one.past.id)
        )


def _charge_claim(replay: "Replay", lived: LivedClaim, order: WriteLetter) -> None:
    past = lived.past
    step = replay.policy.letter_step(past.claim_type, order.letter, past.begun_on)
    if step.has_fee and not _is_shared(replay, lived, order):
        _charge(replay, lived, order, lived.owed_at(order))


def _charge(replay: "Replay", lived: LivedClaim, order: WriteLetter, owed: Money) -> bool:
    planned = dispatch_day(order.on)
    kind = replay.policy.claim_type(lived.past.claim_type)
    fee = reminder_fee(kind, order.letter, planned, owed, lived.earlier, has_kept_agreement=False)
    if fee:
        posted = Fee(lived.past.id, order.letter.value, order.on, fee.amount.ore)
        lived.charge(posted, planned)
    return fee is not None


def _is_shared(replay: "Replay", lived: LivedClaim, order: WriteLetter) -> bool:
    """Letters that leave as one have one fee between them.

    Which of those that are written in one night bears it is as it was, where they were so before.
    """
    planned = dispatch_day(order.on)
    merges = replay.policy.post_rule(planned).merges
    if order.letter not in merges:
        return False
    others = [other for other in replay.lived.values() if _is_with(other, lived)]
    charged = [fee for other in others for fee in other.fees]
    if lived.was_done_on(order.key) == order.on:
        is_ours = any(fee.letter == order.letter and fee.on == order.on for fee in lived.past.fees)
        if is_ours:
            return False
        charged += [fee for other in others for fee in other.past.fees]
    return any(Letter(fee.letter) in merges and dispatch_day(fee.on) == planned for fee in charged)


def _is_with(other: LivedClaim, lived: LivedClaim) -> bool:
    """Whether one debtor owes both, and may still be written to about the other."""
    is_another = other is not lived and not other.is_ended
    return is_another and not set(other.past.debtors).isdisjoint(lived.past.debtors)

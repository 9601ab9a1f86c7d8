"""One letter, one fee: what left to a debtor as one, and how much they were spared by that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping

from domain.errors import NotFound
from domain.fees import reminder_fee
from domain.letters import Letter
from domain.merging import Waiting, merge
from domain.money import NOTHING, Money
from domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Sending:
    """Letters that left as one, or will: *rows* has the one whose words it has first.

    *alone*: the fees they would have cost by themselves; *fee*: what they cost.
    """

    rows: tuple[RowMapping, ...]
    alone: Money
    fee: Money

    @property
    def has_left(self) -> bool:
        return self.rows[0]["dispatched_on"] is not None

    @property
    def spared(self) -> Money:
        return max(self.alone - self.fee, NOTHING) if len(self.rows) > 1 else NOTHING


def sendings(policy: Policy, rows: Sequence[RowMapping], on: date) -> list[Sending]:
    """The letters of one debtor as they left, and as those in the tray would leave; in order."""
    groups: dict[int, list[RowMapping]] = {}
    leaders = _leaders_of_tray(policy, rows, on)
    for row in rows:
        leader = leaders.get(row["id"], row["goes_with"] or row["id"])
        groups.setdefault(leader, []).append(row)
    return [
        _sending(policy, sorted(group, key=lambda row: row["id"] != leader))
        for leader, group in groups.items()
    ]


def _leaders_of_tray(policy: Policy, rows: Sequence[RowMapping], on: date) -> dict[int, int]:
    """For each letter that waits, the one whose words it will have, if all leave on their day."""
    leaders: dict[int, int] = {}
    waiting = [row for row in rows if row["state"] == "requested"]
    for day in sorted({max(row["planned_on"], on) for row in waiting}):
        tray = [_waiting(row) for row in waiting if max(row["planned_on"], on) == day]
        for sending in merge(tray, policy.post_rule(day).merges):
            leaders |= dict.fromkeys(sending.ids, sending.leader.id)
    return leaders


def _waiting(row: RowMapping) -> Waiting:
    bound = row["goes_with"] or (row["id"] if row["template"] else None)
    return Waiting(
        row["id"], 0, Letter(row["letter"]), row["claim_id"], row["subject"], row["kept_ore"], bound
    )


def _sending(policy: Policy, rows: Sequence[RowMapping]) -> Sending:
    kept = [Money(row["kept_ore"]) for row in rows if row["kept_ore"]]
    is_waiting = rows[0]["state"] == "requested"
    fee = sum(kept[:1] if is_waiting else kept, NOTHING)
    return Sending(tuple(rows), sum((_alone(policy, row) for row in rows), NOTHING), fee)


def _alone(policy: Policy, row: Any) -> Money:
    """What the letter was charged, or would have been if it had left by itself."""
    letter = Letter(row["letter"])
    if row["charged_ore"]:
        return Money(row["charged_ore"])
    if not letter.is_reminder or row["subject"] != row["claim_id"]:
        return NOTHING
    try:
        step = policy.letter_step(row["claim_type"], letter, row["registered_on"])
    except NotFound:
        return NOTHING
    earlier = [(date.fromisoformat(day), Money(ore)) for day, ore in row["earlier"] or ()]
    fee = reminder_fee(
        policy.claim_type(row["claim_type"]), letter, row["planned_on"], Money(row["owed_ore"]),
        earlier, has_kept_agreement=False,
    )  # fmt: skip
    return fee.amount if fee and step.has_fee else NOTHING

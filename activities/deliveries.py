"""What is sent to the recovery authority for an action of ours: checked first by its own rules."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import RowMapping

from domain.errors import GatewayRejected
from domain.ledger import EntryKind
from domain.money import NOTHING, Money
from domain.recovery.actions import (
    ActionKind,
    ActionReason,
    EffectiveDay,
    RecoveryState,
    rule_of,
)
from domain.recovery.claim import Part
from domain.recovery.refusals import Asked, Undone, claim_refusal, refusal
from domain.recovery.shares import LyingPart, shares
from gateways.ports import RecoveryAction, RecoveryDelivery
from persistence.recovery.sent_claims import claims_of, lying_of

AUTHORITY = "recovery-authority"
_NOTHING_THERE, _UNKNOWN = "498", "429"
_PARTS = {
    EntryKind.PRINCIPAL: Part.PRINCIPAL,
    EntryKind.INTEREST: Part.INTEREST,
    EntryKind.FEE: Part.FEE,
    EntryKind.COURT_FEE: Part.FEE,
}
Row = Mapping[str, Any] | RowMapping
"""An action that waits, as `persistence.recovery.actions.waiting_actions` has it."""


def delivery_of(row: Row) -> RecoveryDelivery:
    kind = ActionKind(row["kind"])
    match kind:
        case ActionKind.CREATE:
            actions = [_new(row)]
        case ActionKind.RECALL | ActionKind.APPROVE:
            actions = [_change(row, kind, _main(row)["reference"], NOTHING)]
        case ActionKind.RAISE_PRINCIPAL:
            actions = [_raised(row)]
        case _:
            actions = [
                _change(row, kind, reference, Money(ore)) for reference, ore in row["moves"] or ()
            ]
    return RecoveryDelivery(f"action-{row['id']}", tuple(actions))


def check_delivery(row: Row, on: date) -> None:
    """Raises GatewayRejected with the authority's code for what it would refuse.

    Asked once, before it is sent first: what was sent and not answered may have been done.
    """
    if not row["parts"]:
        raise GatewayRejected(AUTHORITY, _UNKNOWN, "")
    delivery = delivery_of(row)
    if not delivery.actions:
        raise GatewayRejected(AUTHORITY, _NOTHING_THERE, "")
    for action in delivery.actions:
        if code := _refusal(row, action, on):
            raise GatewayRejected(AUTHORITY, code, "")


def moves_of(row: Row) -> list[tuple[str, Money]]:
    """What an action that lessens or adds is to move of each claim there."""
    if row["kind"] == ActionKind.WRITE_UP or row["undone_id"]:
        return [(reference, Money(ore)) for reference, ore in row["undone"] or ()]
    covered: dict[Part, Money] = {}
    for kind, ore in (row["covered"] or {}).items():
        part = _PARTS[EntryKind(kind)]
        covered[part] = covered.get(part, NOTHING) + Money(ore)
    parts = [
        LyingPart(part["reference"], Part(part["part"]), Money(part["left_ore"]))
        for part in row["parts"] or ()
        if part["state"] == RecoveryState.RECEIVED
    ]
    return list(shares(Money(row["amount_ore"]), covered, parts))


def _new(row: Row) -> RecoveryAction:
    main, *related = claims_of(row["parts"])
    resends = row["parts"][0]["resends"]
    return RecoveryAction(
        ActionKind.RESEND if resends else ActionKind.CREATE,
        main.reference,
        undoes=resends,
        claim=main,
        related=tuple(related),
        national_ids=row["national_ids"],
    )


def _main(row: Row) -> dict[str, Any]:
    """Of the claim's latest stay there."""
    mains: list[dict[str, Any]] = [part for part in row["parts"] if part["parent"] is None]
    return mains[-1]


def _change(row: Row, kind: ActionKind, reference: str, amount: Money) -> RecoveryAction:
    reason = _reason(row, kind)
    undoes = f"action-{row['undone_id']}" if row["undone_id"] else None
    remark = row["facts"].get("remark", "")
    day = _effective_on(row, kind, reason)
    return RecoveryAction(kind, reference, reason, amount.ore, day, undoes, remark)


def _raised(row: Row) -> RecoveryAction:
    """The claim as it was sent, but for its principal: the new one, not the difference (FHI)."""
    reference = row["facts"]["reference"]
    [part] = [part for part in row["parts"] if part["reference"] == reference]
    [sent] = claims_of([part])
    return RecoveryAction(
        ActionKind.RAISE_PRINCIPAL,
        reference,
        claim=replace(sent, principal=Money(row["amount_ore"])),
        national_ids=row["national_ids"],
    )


def _refusal(row: Row, action: RecoveryAction, on: date) -> str | None:
    if action.claim and action.kind is not ActionKind.RAISE_PRINCIPAL:
        parents = frozenset({action.claim.parent} if action.claim.parent else ())
        return claim_refusal([action.claim, *action.related], parents)
    [part] = [part for part in row["parts"] if part["reference"] == action.reference]
    asked = Asked(
        action.kind,
        on,
        action.reason,
        Money(action.amount_ore),
        action.effective_on,
        _undone(row, action.reference),
        action.claim.principal if action.claim else NOTHING,
    )
    return refusal(asked, lying_of(part))


def _reason(row: Row, kind: ActionKind) -> ActionReason | None:
    """A write-down without a reason reports a payment, if it names one."""
    told = row["facts"].get("reason")
    match kind:
        case ActionKind.RECALL:
            return ActionReason(told or ActionReason.FEJL)
        case ActionKind.WRITE_DOWN:
            plain = ActionReason.INDB if row["paid_on"] else ActionReason.REGU
            return ActionReason(told) if told else plain
        case _:
            return None


def _effective_on(row: Row, kind: ActionKind, reason: ActionReason | None) -> date | None:
    rule = rule_of(kind, reason)
    if rule is None or rule.day is not EffectiveDay.NEEDED:
        return None
    told = row["facts"].get("effective_on")
    day: date | None = date.fromisoformat(told) if told else row["paid_on"]
    return day


def _undone(row: Row, reference: str) -> Undone | None:
    done = dict(row["undone"] or ())
    if row["undone_id"] is None or reference not in done:
        return None
    kind, told = ActionKind(row["undone_kind"]), row["undone_reason"]
    of_money = ActionReason.INDB if kind is ActionKind.WRITE_DOWN else None
    return Undone(kind, ActionReason(told) if told else of_money, Money(done[reference]))

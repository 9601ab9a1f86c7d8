"""What is sent to the recovery authority for an action of ours: checked first by its own rules."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from domain.errors import GatewayRejected
from domain.ledger import EntryKind
from domain.money import NOTHING, Money
from domain.recovery_actions import (
    ActionKind,
    ActionReason,
    EffectiveDay,
    RecoveryState,
    rule_of,
)
from domain.recovery_claim import Part
from domain.recovery_refusals import Asked, Lying, Undone, claim_refusal, refusal
from domain.recovery_shares import LyingPart, shares
from gateways.ports import RecoveryAction, RecoveryDelivery
from persistence.recovery_claims import claims_of

AUTHORITY = "recovery-authority"
_NOTHING_THERE = "498"
_PARTS = {
    EntryKind.PRINCIPAL: Part.PRINCIPAL,
    EntryKind.INTEREST: Part.INTEREST,
    EntryKind.FEE: Part.FEE,
    EntryKind.COURT_FEE: Part.FEE,
}
Row = Mapping[str, Any]
"""An action that waits, as `persistence.recovery.waiting_actions` has it."""


def delivery_of(row: Row, on: date) -> RecoveryDelivery:
    """Raises GatewayRejected with the authority's code for what it would refuse."""
    kind = ActionKind(row["kind"])
    match kind:
        case ActionKind.CREATE:
            actions = [_new(row)]
        case ActionKind.RECALL | ActionKind.APPROVE:
            actions = [_on_main(row, kind, on)]
        case _:
            actions = list(_changes(row, kind, on))
    if not actions:
        raise GatewayRejected(AUTHORITY, _NOTHING_THERE, "")
    return RecoveryDelivery(f"action-{row['id']}", tuple(actions))


def moves_of(row: Row) -> list[tuple[str, Money]]:
    """What an action that lessens or adds is to move of each claim there."""
    if row["kind"] == ActionKind.WRITE_UP:
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
    if code := claim_refusal([main, *related], frozenset({main.parent} if main.parent else ())):
        raise GatewayRejected(AUTHORITY, code, "")
    return RecoveryAction(
        ActionKind.RESEND if resends else ActionKind.CREATE,
        main.reference,
        undoes=resends,
        claim=main,
        related=tuple(related),
        national_ids={int(id_): number for id_, number in row["national_ids"].items()},
    )


def _on_main(row: Row, kind: ActionKind, on: date) -> RecoveryAction:
    main = next((part for part in row["parts"] or () if part["parent"] is None), None)
    if main is None:
        raise GatewayRejected(AUTHORITY, "530", "")
    return _checked(row, kind, main, NOTHING, on)


def _changes(row: Row, kind: ActionKind, on: date) -> Iterator[RecoveryAction]:
    parts = {part["reference"]: part for part in row["parts"] or ()}
    for reference, ore in row["moves"] or ():
        yield _checked(row, kind, parts[reference], Money(ore), on)


def _checked(
    row: Row, kind: ActionKind, part: Mapping[str, Any], amount: Money, on: date
) -> RecoveryAction:
    reason = _reason(row, kind)
    day = _effective_on(row, kind, reason)
    asked = Asked(kind, on, reason, amount, day, _undone(row, part["reference"]))
    recalled = part["recalled_for"]
    lying = Lying(
        RecoveryState(part["state"]),
        Part(part["part"]),
        Money(part["principal_ore"]),
        Money(part["left_ore"]),
        recalled_for=ActionReason(recalled) if recalled else None,
    )
    if code := refusal(asked, lying):
        raise GatewayRejected(AUTHORITY, code, "")
    undoes = f"action-{row['undone_id']}" if row["undone_id"] else None
    remark = row["facts"].get("remark", "")
    return RecoveryAction(kind, part["reference"], reason, amount.ore, day, undoes, remark)


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
    return Undone(ActionKind(row["undone_kind"]), ActionReason.INDB, Money(done[reference]))

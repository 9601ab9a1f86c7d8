"""What the sandbox's authority knows of each claim, and what it has moved on it, day by day."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime

from domain.money import NOTHING, Money
from domain.recovery.actions import ActionKind, ActionReason, RecoveryState
from domain.recovery.claim import Part, RecoveryClaim
from domain.recovery.refusals import Asked, Lying, Undone
from gateways.journal import Body, Page
from gateways.ports import NoticeKind, RecoveryAction, RecoveryStatementLine
from gateways.recovery_authority.paying_out import owe, pay_out

_CLAIM = "claim-"
_STATES_AFTER = {
    NoticeKind.RETURNED: RecoveryState.RETURNED,
    NoticeKind.WRITTEN_OFF: RecoveryState.WRITTEN_OFF,
}


@dataclass(frozen=True, slots=True)
class Change:
    """A delivery that has changed the claim, and whether another has taken that back.

    *undoes*: the delivery that it took back itself.
    """

    delivery: str
    kind: ActionKind
    reason: ActionReason | None
    ore: int
    is_undone: bool = False
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class KnownClaim:
    """*stay*: the delivery that brought it. *busy_until*: when its latest action is answered.

    *moves*: the day, a column of the statement, and øre. *related* go where it goes.
    """

    reference: str
    state: RecoveryState
    part: Part
    principal_ore: int
    ore: int
    stay: str
    parent: str | None = None
    related: tuple[str, ...] = ()
    busy_until: float = 0.0
    recalled_for: ActionReason | None = None
    recovered_ore: int = 0
    changes: tuple[Change, ...] = ()
    moves: tuple[tuple[str, str, int], ...] = field(default=(), repr=False)

    def lying(self, now: datetime) -> Lying:
        return Lying(
            self.state, self.part, Money(self.principal_ore), Money(self.ore),
            now.timestamp() < self.busy_until, self.recalled_for,
        )  # fmt: skip

    def moved(self, on: date, column: str, ore: int) -> "KnownClaim":
        return replace(self, moves=(*self.moves, (on.isoformat(), column, ore)))

    def changed(self, done: Change) -> "KnownClaim":
        """What *done* takes back is undone, and what that had taken back stands again."""
        taken = next((one for one in self.changes if one.delivery == done.undoes), None)
        back = {done.delivery if taken is None else taken.delivery}
        again = {taken.undoes} if taken and taken.undoes else set()
        changes = tuple(
            replace(
                one, is_undone=(one.is_undone or one.delivery in back) and one.delivery not in again
            )
            for one in self.changes
        )
        return replace(self, changes=(*changes, done))

    def undone(self, delivery: str | None) -> Undone | None:
        change = next((one for one in self.changes if one.delivery == delivery), None)
        if change is None:
            return None
        return Undone(change.kind, change.reason, Money(change.ore), change.is_undone)


def asked(action: RecoveryAction, claim: KnownClaim | None, received_on: date) -> Asked:
    return Asked(
        action.kind,
        received_on,
        action.reason,
        Money(action.amount_ore),
        action.effective_on,
        claim.undone(action.undoes) if claim else None,
        action.claim.principal if action.claim else NOTHING,
    )


def entered(claim: RecoveryClaim, stay: str, related: tuple[str, ...]) -> KnownClaim:
    return KnownClaim(
        claim.reference, RecoveryState.RECEIVED, claim.part, claim.principal.ore,
        claim.amount.ore, stay, claim.parent, related,
    )  # fmt: skip


def find_claim(page: Page, reference: str) -> KnownClaim | None:
    body = page.noted(f"{_CLAIM}{reference}")
    return _read(body) if body else None


def _read(body: Body) -> KnownClaim:
    told = body | {
        "state": RecoveryState(body["state"]),
        "part": Part(body["part"]),
        "related": tuple(body["related"]),
        "recalled_for": _reason(body["recalled_for"]),
        "changes": tuple(_change(one) for one in body["changes"]),
        "moves": tuple((on, column, ore) for on, column, ore in body["moves"]),
    }
    return KnownClaim(**told)


def _change(body: Body) -> Change:
    return Change(**body | {"kind": ActionKind(body["kind"]), "reason": _reason(body["reason"])})


def _reason(text: str | None) -> ActionReason | None:
    return ActionReason(text) if text else None


def keep_claim(page: Page, claim: KnownClaim) -> None:
    page.note(f"{_CLAIM}{claim.reference}", asdict(claim))


def statement(page: Page, until: date) -> Iterator[RecoveryStatementLine]:
    """A line for each claim that was received by the end of *until*."""
    for body in page.noted_like(_CLAIM):
        claim = _read(body)
        moves = [(column, ore) for on, column, ore in claim.moves if on <= until.isoformat()]
        sums = {
            name: sum(ore for column, ore in moves if column == name)
            for name in ("came", "recalled", "down", "up", "recovered")
        }
        if moves:
            yield RecoveryStatementLine(
                claim.reference, **{f"{name}_ore": ore for name, ore in sums.items()}
            )


def happen(page: Page, event: Body) -> Body | None:
    """An event whose day has come, told as it turns out; None if its claim is gone by then.

    Events of no stay are answers, which were true when they were given.
    """
    kind = NoticeKind(event["kind"])
    if kind is NoticeKind.REVERSED:
        owe(page, date.fromisoformat(event["on"]), -event["ore"])
    if "stay" not in event:
        return pay_out(page, event) if kind is NoticeKind.PAYOUT else event
    claim = find_claim(page, event["claim"])
    if claim is None or claim.stay != event["stay"]:
        return None
    if event.get("enters"):
        return _enter(page, claim, event)
    if claim.state is not RecoveryState.RECEIVED:
        return None
    if kind in _STATES_AFTER:
        keep_claim(page, replace(claim, state=_STATES_AFTER[kind]))
        return event
    return event if kind is NoticeKind.INTEREST else _recover(page, claim, event)


def _enter(page: Page, claim: KnownClaim, event: Body) -> Body | None:
    """The hearing is over, and the claim received."""
    if claim.state is not RecoveryState.IN_HEARING:
        return None
    on = date.fromisoformat(event["on"])
    received = replace(claim, state=RecoveryState.RECEIVED, busy_until=0.0)
    keep_claim(page, received.moved(on, "came", claim.ore))
    return event


def _recover(page: Page, claim: KnownClaim, event: Body) -> Body:
    """A payout covers no more than is left; the last one settles the claim."""
    is_last = NoticeKind(event["kind"]) is NoticeKind.SETTLED or event["ore"] >= claim.ore
    ore = claim.ore if is_last else event["ore"]
    state = RecoveryState.SETTLED if is_last else claim.state
    covered = replace(
        claim, state=state, ore=claim.ore - ore, recovered_ore=claim.recovered_ore + ore
    )
    on = date.fromisoformat(event["on"])
    keep_claim(page, covered.moved(on, "recovered", ore))
    owe(page, on, ore)
    kind = NoticeKind.SETTLED if is_last else NoticeKind.PAID
    return event | {"kind": kind.value, "ore": ore}

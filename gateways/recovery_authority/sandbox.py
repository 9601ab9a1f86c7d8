"""A recovery authority that answers days later, rejects, hears, recovers, returns and settles."""

import asyncio
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from domain.calendar import today
from domain.errors import GatewayUnavailable
from gateways.journal import Body, Journal, Offer, Page, share
from gateways.ports import ActionKind, NoticeKind, RecoveryAction, RecoveryNotice
from gateways.recovery_authority.register import (
    ClaimState,
    KnownClaim,
    Refusal,
    find_claim,
    happen,
    keep_claim,
    reason_to_refuse,
)

_BEHAVIOUR = "behaviour"
_INCOMPLETE = ("R_7_1", "stamdata mangler")
_UNUSUAL = ("R_4_2", "hovedstol uden for det sædvanlige")


@dataclass(frozen=True, slots=True)
class RecoveryBehaviour:
    """Shares from 0 to 1 fall on a claim sent always alike; days are the town's.

    While it has the claim it pays *share_recovered* of it out every *days_between_payouts*, and
    after *days_to_end* the rest; it recovers nothing of what it returns or writes off.
    """

    is_out: bool = False
    days_to_receipt: int = 1
    share_rejected: float = 0.0
    share_in_hearing: float = 0.0
    days_in_hearing: int = 10
    share_lost: float = 0.0  # answers that never come
    days_between_payouts: int = 15
    share_recovered: float = 0.5
    days_to_end: int = 30
    share_returned: float = 0.1
    share_written_off: float = 0.1
    seed: int = 1


class SandboxRecoveryAuthority:
    """What it will say of a claim is decided when it is said: the claim may be recalled before."""

    name = "recovery-authority"

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder / f"{self.name}.sqlite")

    async def submit(self, action: RecoveryAction, now: datetime) -> None:
        await asyncio.to_thread(self._take, action, now)

    async def notices(self, after: int, now: datetime) -> list[RecoveryNotice]:
        return await asyncio.to_thread(self._notices, after, now)

    def _take(self, action: RecoveryAction, now: datetime) -> None:
        """Taken together with its answer, so that no action is left without."""
        with self._journal.open() as page:
            behaviour = self._answering(page)
            if page.take(action.action_id, now, asdict(action)):
                page.tell_due(now, lambda event: happen(page, event))
                _Answer(page, behaviour, action, now).give()

    def _notices(self, after: int, now: datetime) -> list[RecoveryNotice]:
        with self._journal.open() as page:
            self._answering(page)
            page.tell_due(now, lambda event: happen(page, event))
            return [_notice(number, told) for number, told in page.told(after)]

    def _answering(self, page: Page) -> RecoveryBehaviour:
        behaviour = _behaviour(page)
        if behaviour.is_out:
            raise GatewayUnavailable(self.name)
        return behaviour

    def behave(self, behaviour: RecoveryBehaviour) -> None:
        """From now on, in every process."""
        with self._journal.open() as page:
            page.note(_BEHAVIOUR, asdict(behaviour))

    def behaviour(self) -> RecoveryBehaviour:
        with self._journal.open() as page:
            return _behaviour(page)

    def sent(self) -> list[Offer]:
        """All actions that arrived, and how often each was offered."""
        with self._journal.open() as page:
            return page.offers()


class _Answer:
    """One action, and what the authority will say to it."""

    def __init__(
        self, page: Page, behaviour: RecoveryBehaviour, action: RecoveryAction, now: datetime
    ) -> None:
        self._page, self._behaviour, self._action, self._now = page, behaviour, action, now
        self._ore = int(action.payload.get("amount_ore") or 0)

    def give(self) -> None:
        claim = find_claim(self._page, self._action.claim_reference)
        refusal = reason_to_refuse(self._action.kind, self._ore, claim, self._now)
        if refusal:
            self._say(NoticeKind.REJECTED, self._behaviour.days_to_receipt, refusal)
        elif claim is None or self._action.kind is ActionKind.CREATE:
            self._enter()
        else:
            self._change(claim)

    def _enter(self) -> None:
        """Through the entry filter: rejected, heard first, or received."""
        behaviour, days = self._behaviour, self._behaviour.days_to_receipt
        draw = share(behaviour.seed, f"entry-{self._action.action_id}")
        claim = KnownClaim(
            self._action.claim_reference, ClaimState.RECEIVED, self._ore, self._action.action_id
        )
        if draw < behaviour.share_rejected:
            self._keep(replace(claim, state=ClaimState.REJECTED), days)
            self._say(NoticeKind.REJECTED, days, _INCOMPLETE)
            return
        if draw < behaviour.share_rejected + behaviour.share_in_hearing:
            self._say(NoticeKind.IN_HEARING, days, _UNUSUAL)
            days += behaviour.days_in_hearing
        self._keep(claim, days)
        self._say(NoticeKind.EXECUTED, days)
        self._plan(days)

    def _change(self, claim: KnownClaim) -> None:
        days = self._behaviour.days_to_receipt
        self._say(NoticeKind.EXECUTED, days)
        if self._action.kind is ActionKind.RECALL:
            self._keep(replace(claim, state=ClaimState.RECALLED), days)
            return
        down = -self._ore if self._action.kind is ActionKind.WRITE_UP else self._ore
        left, claim = claim.ore - down, replace(claim, down_ore=claim.down_ore + down)
        state = ClaimState.RECEIVED if left else ClaimState.SETTLED
        self._keep(replace(claim, state=state, ore=left), days)
        if not left:
            self._tell(days, NoticeKind.SETTLED)

    def _plan(self, days: int) -> None:
        """What will become of the claim once it is received, if nothing comes between."""
        behaviour, end = self._behaviour, days + self._behaviour.days_to_end
        stay = {"stay": self._action.action_id}
        draw = share(behaviour.seed, f"end-{self._action.action_id}")
        if draw < behaviour.share_returned:
            self._tell(end, NoticeKind.RETURNED, text="sendt retur", **stay)
        elif draw < behaviour.share_returned + behaviour.share_written_off:
            self._tell(end, NoticeKind.WRITTEN_OFF, text="afskrevet", **stay)
        else:
            payout = round(self._ore * behaviour.share_recovered)
            pause = behaviour.days_between_payouts
            for day in range(days + pause, end, pause) if payout else ():
                self._tell(day, NoticeKind.PAID, ore=payout, **stay)
            self._tell(end, NoticeKind.SETTLED, **stay)

    def _keep(self, claim: KnownClaim, days: int) -> None:
        """No other action on the claim before this one is answered."""
        busy_until = (self._now + timedelta(days=days)).timestamp()
        keep_claim(self._page, replace(claim, busy_until=busy_until))

    def _say(self, kind: NoticeKind, days: int, reason: Refusal = ("", "")) -> None:
        """The answer to the action itself, which may get lost."""
        lost = share(self._behaviour.seed, f"lost-{self._action.action_id}")
        if lost >= self._behaviour.share_lost:
            code, text = reason
            self._tell(days, kind, action=self._action.action_id, code=code or None, text=text)

    def _tell(self, days: int, kind: NoticeKind, **more: str | int | None) -> None:
        at = self._now + timedelta(days=days)
        notice: Body = {"action": None, "code": None, "text": "", "ore": 0, **more}
        told = {"claim": self._action.claim_reference, "kind": kind.value}
        self._page.will_tell(at, notice | told | {"on": today(at).isoformat()})


def _behaviour(page: Page) -> RecoveryBehaviour:
    return RecoveryBehaviour(**(page.noted(_BEHAVIOUR) or {}))


def _notice(number: int, told: Body) -> RecoveryNotice:
    return RecoveryNotice(
        number=number,
        action_id=told["action"],
        claim_reference=told["claim"],
        kind=NoticeKind(told["kind"]),
        on=date.fromisoformat(told["on"]),
        code=told["code"],
        text=told["text"],
        amount_ore=told["ore"],
    )

"""A recovery authority that answers days later, rejects, hears, recovers, returns and settles."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from domain.calendar import today
from domain.errors import GatewayUnavailable
from gateways.journal import Journal, Offer, share
from gateways.ports import ActionKind, NoticeKind, RecoveryAction, RecoveryNotice


@dataclass(frozen=True, slots=True)
class RecoveryBehaviour:
    """Shares from 0 to 1 fall on a claim always alike; days are the town's."""

    is_out: bool = False
    days_to_receipt: int = 1
    share_rejected: float = 0.0
    share_in_hearing: float = 0.0
    days_in_hearing: int = 10
    days_to_end: int = 30
    share_returned: float = 0.1
    share_written_off: float = 0.1
    seed: int = 1


class SandboxRecoveryAuthority:
    """Knows of each claim its balance and whether it is received, pending or gone."""

    name = "recovery-authority"

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder / f"{self.name}.sqlite")

    async def submit(self, action: RecoveryAction, now: datetime) -> None:
        behaviour = self.behaviour()
        if behaviour.is_out:
            raise GatewayUnavailable(self.name)
        if not self._journal.take(action.action_id, now, asdict(action)):
            return
        match action.kind:
            case ActionKind.CREATE:
                self._receive(action, behaviour, now)
            case ActionKind.WRITE_DOWN:
                self._write_down(action, behaviour, now)
            case ActionKind.RECALL:
                self._give_back(action, behaviour, now)

    async def notices(self, after: int, now: datetime) -> list[RecoveryNotice]:
        if self.behaviour().is_out:
            raise GatewayUnavailable(self.name)
        return [self._notice(number, told) for number, told in self._journal.told(after, now)]

    @staticmethod
    def _notice(number: int, told: dict[str, Any]) -> RecoveryNotice:
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

    def _receive(self, action: RecoveryAction, behaviour: RecoveryBehaviour, now: datetime) -> None:
        ref, days = action.claim_reference, behaviour.days_to_receipt
        if (self._claim(ref) or {}).get("state") == "received":
            self._tell(now, days, action, NoticeKind.REJECTED, code="486", text="ikke unik")
            return
        draw = share(behaviour.seed, f"entry-{action.action_id}")
        if draw < behaviour.share_rejected:
            self._tell(
                now, days, action, NoticeKind.REJECTED, code="R_7_1", text="stamdata mangler"
            )
            return
        if draw < behaviour.share_rejected + behaviour.share_in_hearing:
            self._tell(now, days, action, NoticeKind.IN_HEARING, code="R_4_2", text="i høring")
            days += behaviour.days_in_hearing
        self._keep(ref, "received", int(action.payload.get("amount_ore") or 0))
        self._tell(now, days, action, NoticeKind.EXECUTED)
        self._recover(action, behaviour, now, days)

    def _recover(
        self, action: RecoveryAction, behaviour: RecoveryBehaviour, now: datetime, days: int
    ) -> None:
        """What will become of the claim, unless it is recalled before."""
        draw = share(behaviour.seed, f"end-{action.claim_reference}")
        end = days + behaviour.days_to_end
        owed = int(action.payload.get("amount_ore") or 0)
        if draw < behaviour.share_returned:
            self._tell(now, end, action, NoticeKind.RETURNED, text="sendt retur")
        elif draw < behaviour.share_returned + behaviour.share_written_off:
            self._tell(now, end, action, NoticeKind.WRITTEN_OFF, text="afskrevet")
        else:
            half = owed // 2
            self._tell(now, end - behaviour.days_to_end // 2, action, NoticeKind.PAID, ore=half)
            self._tell(now, end, action, NoticeKind.SETTLED, ore=owed - half)

    def _write_down(
        self, action: RecoveryAction, behaviour: RecoveryBehaviour, now: datetime
    ) -> None:
        claim = self._claim(action.claim_reference) or {"state": "unknown", "ore": 0}
        ore = int(action.payload.get("amount_ore") or 0)
        days = behaviour.days_to_receipt
        if claim["state"] != "received":
            self._tell(now, days, action, NoticeKind.REJECTED, code="498", text="ikke hos os")
        elif ore > claim["ore"]:
            self._tell(now, days, action, NoticeKind.REJECTED, code="469", text="for stort beløb")
        else:
            self._keep(action.claim_reference, "received", claim["ore"] - ore)
            self._tell(now, days, action, NoticeKind.EXECUTED)
            if ore == claim["ore"]:
                self._tell(now, days, action, NoticeKind.SETTLED)

    def _give_back(
        self, action: RecoveryAction, behaviour: RecoveryBehaviour, now: datetime
    ) -> None:
        claim = self._claim(action.claim_reference)
        days = behaviour.days_to_receipt
        if claim is None or claim["state"] != "received":
            self._tell(now, days, action, NoticeKind.REJECTED, code="530", text="ikke hos os")
            return
        self._keep(action.claim_reference, "recalled", claim["ore"])
        self._tell(now, days, action, NoticeKind.EXECUTED)

    def _tell(  # a notice has as many parts
        self,
        now: datetime,
        days: int,
        action: RecoveryAction,
        kind: NoticeKind,
        code: str | None = None,
        text: str = "",
        ore: int = 0,
    ) -> None:
        at = now + timedelta(days=days)
        self._journal.will_tell(
            at,
            {
                "action": action.action_id,
                "claim": action.claim_reference,
                "kind": kind.value,
                "on": today(at).isoformat(),
                "code": code,
                "text": text,
                "ore": ore,
            },
        )

    def _claim(self, reference: str) -> dict[str, Any] | None:
        return self._journal.noted(f"claim-{reference}")

    def _keep(self, reference: str, state: str, ore: int) -> None:
        self._journal.note(f"claim-{reference}", {"state": state, "ore": ore})

    def behave(self, behaviour: RecoveryBehaviour) -> None:
        """From now on, in every process."""
        self._journal.note("behaviour", asdict(behaviour))

    def behaviour(self) -> RecoveryBehaviour:
        return RecoveryBehaviour(**(self._journal.noted("behaviour") or {}))

    def sent(self) -> list[Offer]:
        """All actions that arrived, and how often each was offered."""
        return self._journal.offers()

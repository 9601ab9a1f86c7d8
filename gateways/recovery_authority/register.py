"""What the sandbox's authority knows of each claim, and which actions that forbids."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum

from gateways.journal import Body, Page
from gateways.ports import ActionKind, NoticeKind


class ClaimState(StrEnum):
    REJECTED = "rejected"
    RECEIVED = "received"
    RECALLED = "recalled"
    RETURNED = "returned"
    SETTLED = "settled"
    WRITTEN_OFF = "written-off"


@dataclass(frozen=True, slots=True)
class KnownClaim:
    """*stay*: the action that brought it. *busy_until*: when its latest action is answered.

    *down_ore*: what payments to its claimant have written it down by.
    """

    reference: str
    state: ClaimState
    ore: int
    stay: str = ""
    busy_until: float = 0.0
    down_ore: int = 0


Refusal = tuple[str, str]
"""The authority's own code, and its words for a person."""

_BUSY = ("418", "tidligere aktion er ikke afsluttet")
_TAKEN = ("486", "fordringshavers reference er ikke unik")
_NOTHING = ("408", "nedskrivning skal være over 0")
_NOT_HERE_TO_WRITE_DOWN = ("498", "fordringen er returneret eller tilbagekaldt")
_NOT_WRITTEN_DOWN = ("469", "beløbet svarer ikke til nedskrivningen")
_NOT_HERE = ("530", "henviser til en tilbagekaldt fordring")
_REJECTED = ("428", "henviser til en afvist fordring")
_UNKNOWN = ("429", "henviser til en ukendt aktion")
# The authority's own code for this is not known to us; the rule is (GST 03).
_TOO_MUCH = ("", "nedskrivning er større end saldoen")

_STATES_AFTER = {
    NoticeKind.RETURNED: ClaimState.RETURNED,
    NoticeKind.WRITTEN_OFF: ClaimState.WRITTEN_OFF,
}
_NEEDS = {
    ActionKind.RECALL: {ClaimState.RECEIVED},
    ActionKind.WRITE_UP: {ClaimState.RECEIVED, ClaimState.SETTLED},
}
_MAY_COME_AGAIN = {ClaimState.REJECTED, ClaimState.RECALLED, ClaimState.RETURNED}


def find_claim(page: Page, reference: str) -> KnownClaim | None:
    body = page.noted(f"claim-{reference}")
    if body is None:
        return None
    return KnownClaim(**{"reference": reference, **body, "state": ClaimState(body["state"])})


def keep_claim(page: Page, claim: KnownClaim) -> None:
    page.note(f"claim-{claim.reference}", asdict(claim))


def reason_to_refuse(
    kind: ActionKind, ore: int, claim: KnownClaim | None, now: datetime
) -> Refusal | None:
    """Why the authority will not do it, if so, whatever the claim's own facts."""
    if claim and now.timestamp() < claim.busy_until:
        return _BUSY
    if kind is ActionKind.CREATE:
        return _TAKEN if claim and claim.state not in _MAY_COME_AGAIN else None
    if claim is None:
        return _UNKNOWN
    if claim.state is ClaimState.REJECTED:
        return _REJECTED
    if claim.state not in _NEEDS.get(kind, set(ClaimState)):
        return _NOT_HERE
    return None if kind is ActionKind.RECALL else _reason_not_to_change(kind, ore, claim)


def _reason_not_to_change(kind: ActionKind, ore: int, claim: KnownClaim) -> Refusal | None:
    """What is undone must have been done."""
    if kind is ActionKind.WRITE_UP:
        return None if 0 < ore <= claim.down_ore else _NOT_WRITTEN_DOWN
    if claim.state is not ClaimState.RECEIVED:
        return _NOT_HERE_TO_WRITE_DOWN
    if ore <= 0:
        return _NOTHING
    return _TOO_MUCH if ore > claim.ore else None


def happen(page: Page, event: Body) -> Body | None:
    """An event whose day has come, told as it turns out; None if its claim is gone by then.

    Events of no stay are answers, which were true when they were given.
    """
    if "stay" not in event:
        return event
    claim = find_claim(page, event["claim"])
    if claim is None or claim.state is not ClaimState.RECEIVED or claim.stay != event["stay"]:
        return None
    kind = NoticeKind(event["kind"])
    if kind in _STATES_AFTER:
        keep_claim(page, replace(claim, state=_STATES_AFTER[kind]))
        return event
    return _recover(page, claim, event)


def _recover(page: Page, claim: KnownClaim, event: Body) -> Body:
    """A payout covers no more than is left; the last one settles the claim."""
    is_last = NoticeKind(event["kind"]) is NoticeKind.SETTLED or event["ore"] >= claim.ore
    ore = claim.ore if is_last else event["ore"]
    state = ClaimState.SETTLED if is_last else claim.state
    keep_claim(page, replace(claim, state=state, ore=claim.ore - ore))
    kind = NoticeKind.SETTLED if is_last else NoticeKind.PAID
    return event | {"kind": kind.value, "ore": ore}

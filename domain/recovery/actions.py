"""What may be asked of the recovery authority, for which reasons, and what that does there.

The table is the authority's own (fact sheet § 3.5, GST 03 and 04); what it refuses, and with which
code, stands in `recovery_refusals`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActionKind(StrEnum):
    CREATE = "create"  # OPRETFORDRING
    RESEND = "resend"  # GENINDSENDFORDRING
    WRITE_DOWN = "write-down"  # NEDSKRIV
    RECALL = "recall"  # TILBAGEKALD
    RAISE = "raise"  # OPSKRIVNINGREGULERING (OR)
    UNDO_RAISE = "undo-raise"  # NEDSKRIVNINGANNULLERETOPSKRIVNINGREGULERING (NAOR)
    WRITE_UP = "write-up"  # OPSKRIVNINGANNULLERETNEDSKRIVNINGINDBETALING (OANI)
    UNDO_CORRECTION = "undo-correction"  # OPSKRIVNINGOMGJORTNEDSKRIVNINGREGULERING (OONR)
    UNDO_WRITE_UP = "undo-write-up"  # NEDSKRIVNINGANNULLERETOPSKRIVNINGINDBETALING (NAOI)
    RAISE_PRINCIPAL = "raise-principal"  # AENDRFORDRING, FejlagtigHovedstolIndberetning (FHI)
    APPROVE = "approve"  # fastholdt i høring


class ActionReason(StrEnum):
    """As the authority writes them."""

    INDB = "INDB"  # indbetaling
    REGU = "REGU"  # regulering
    BORD = "BORD"  # betalingsordning indgået
    BORT = "BORT"  # bortfald
    FEJL = "FEJL"  # fejlagtig oversendt
    HENS = "HENS"  # henstand
    KLAG = "KLAG"  # klage med opsættende virkning
    HAFT = "HAFT"  # hæftelsesforhold: en skyldner skal til


class EffectiveDay(StrEnum):
    """Whether the action must name its day of effect (virkningsdato)."""

    NEEDED = "needed"
    REFUSED = "refused"
    AUTOMATIC = "automatic"  # the authority sets it; we name none


class RecoveryState(StrEnum):
    """How it stands at the authority with one claim sent to it."""

    ASKED = "asked"  # sent, or about to be, and not answered
    IN_HEARING = "in-hearing"  # not received yet: it is still ours
    RECEIVED = "received"
    REJECTED = "rejected"
    RECALLED = "recalled"
    RETURNED = "returned"
    SETTLED = "settled"
    WRITTEN_OFF = "written-off"

    @property
    def is_there(self) -> bool:
        return self is RecoveryState.RECEIVED


@dataclass(frozen=True, slots=True)
class ActionRule:
    """*code*: the authority's name (MFAktionKode). *undoes*: what such an action takes back.

    *keeps_cover*: whether what was recovered before a recall stays paid. *may_come_again*: whether
    the claim may be sent once more after such a recall, with its old facts.
    """

    kind: ActionKind
    code: str
    reason: ActionReason | None = None
    day: EffectiveDay = EffectiveDay.AUTOMATIC
    undoes: tuple[ActionKind, ActionReason | None] | None = None
    keeps_cover: bool = True
    may_come_again: bool = False
    source: str = "GST 03"


_K, _R, _D = ActionKind, ActionReason, EffectiveDay
RULES = (
    ActionRule(_K.CREATE, "OPRETFORDRING", source="GST 01"),
    ActionRule(_K.RESEND, "GENINDSENDFORDRING", source="GST 04"),
    ActionRule(_K.WRITE_DOWN, "NEDSKRIV", _R.INDB, _D.NEEDED),
    ActionRule(_K.WRITE_DOWN, "NEDSKRIV", _R.REGU, _D.REFUSED),
    # GST 04c lets only FEJL follow it; rule 539 lists it among what may come again, and that is
    # what a machine answers.
    ActionRule(_K.RECALL, "TILBAGEKALD", _R.BORD, may_come_again=True, source="GST 04a"),
    ActionRule(_K.RECALL, "TILBAGEKALD", _R.BORT, _D.NEEDED, source="GST 04b"),
    ActionRule(_K.RECALL, "TILBAGEKALD", _R.FEJL, _D.REFUSED, keeps_cover=False, source="GST 04c"),
    ActionRule(_K.RECALL, "TILBAGEKALD", _R.HENS, may_come_again=True, source="GST 04a"),
    ActionRule(_K.RECALL, "TILBAGEKALD", _R.KLAG, may_come_again=True, source="GST 04a"),
    ActionRule(_K.RECALL, "TILBAGEKALD", _R.HAFT, may_come_again=True, source="GST 04b"),
    ActionRule(_K.RAISE, "OPSKRIVNINGREGULERING"),
    ActionRule(
        _K.UNDO_RAISE, "NEDSKRIVNINGANNULLERETOPSKRIVNINGREGULERING", undoes=(_K.RAISE, None)
    ),
    ActionRule(
        _K.WRITE_UP,
        "OPSKRIVNINGANNULLERETNEDSKRIVNINGINDBETALING",
        undoes=(_K.WRITE_DOWN, _R.INDB),
    ),
    ActionRule(
        _K.UNDO_CORRECTION,
        "OPSKRIVNINGOMGJORTNEDSKRIVNINGREGULERING",
        undoes=(_K.WRITE_DOWN, _R.REGU),
    ),
    ActionRule(
        _K.UNDO_WRITE_UP,
        "NEDSKRIVNINGANNULLERETOPSKRIVNINGINDBETALING",
        undoes=(_K.WRITE_UP, None),
    ),
    ActionRule(_K.RAISE_PRINCIPAL, "AENDRFORDRING"),
    # The claimant answers a hearing in the portal (GST 02); no name for it is published.
    ActionRule(_K.APPROVE, "GODKENDHOERING", source="GST 02"),
)
_BY_ASKED = {(rule.kind, rule.reason): rule for rule in RULES}
RECALL_REASONS = tuple(rule.reason for rule in RULES if rule.kind is _K.RECALL and rule.reason)
LESSENING = frozenset({_K.WRITE_DOWN, _K.UNDO_RAISE, _K.UNDO_WRITE_UP})
ADDING = frozenset({_K.WRITE_UP, _K.UNDO_CORRECTION, _K.RAISE})


def rule_of(kind: ActionKind, reason: ActionReason | None = None) -> ActionRule | None:
    """None when the authority knows no such action for such a reason."""
    return _BY_ASKED.get((kind, reason))

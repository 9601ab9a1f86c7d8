"""What lies at the recovery authority, as clients see it."""

from datetime import date

from pydantic import Field

from api.schemas.common import Body, Day, Line, Named, Number, Ore, View
from domain.recovery.actions import ActionKind, ActionReason
from domain.recovery.books import Movement
from domain.recovery.claim import Part


class RecallBody(Body):
    """Why the claim is called back. *effective_on* goes with a lapsed claim (BORT) alone."""

    reason: ActionReason = Field(examples=["HENS"])
    effective_on: Day | None = None
    reasons: Named = Field(examples=["Respite until June was granted on 16 March."])


class RecallAsked(View):
    action_id: int
    claim_id: str


class DebtorBody(Body):
    """Who owes the claim too, and why they were not on it from the start."""

    cpr_cvr: Named = Field(description="CPR (10 digits) or CVR (8 digits).")
    name: Named = Field(examples=["Karlo Prøvesen"])
    address: list[Line] = Field(default=[], max_length=7, examples=[["Åvej 4", "8660 Skanderborg"]])
    reasons: Named = Field(examples=["The parents live together."])


class DebtorAdded(View):
    claim_id: str
    debtor_id: int


class CorrectionBody(Body):
    """A new one names the claim there and an amount; taking one back (`undo-…`) only *undoes*.

    *amount_ore* is by how much; of `raise-principal` the right principal, not the difference.
    """

    kind: ActionKind = Field(examples=["write-down"])
    reference: Named | None = Field(default=None, examples=["2026-000123"])
    amount_ore: Ore | None = None
    undoes: Number | None = None
    reasons: Named = Field(examples=["The child had left in January."])


class CorrectionMade(View):
    action_id: int
    claim_id: str


class DoneCorrection(View):
    """One that may be taken back, whole. *is_sent*: the authority knows of it."""

    action_id: int
    kind: ActionKind
    undone_by: ActionKind
    amount_ore: int
    made_on: date
    is_sent: bool


class CorrectablePart(View):
    """One claim there. *offers*: what the authority would accept now."""

    reference: str
    part: Part
    principal_ore: int
    left_ore: int
    owed_ore: int = Field(description="Of it, in our own books.")
    most_ore: int = Field(description="What it can be written down by.")
    offers: list[ActionKind]
    undoable: list[DoneCorrection]


class CorrectableView(View):
    """*busy_with*: what has not been answered; until it is, the authority takes nothing (418)."""

    claim_id: str
    busy_with: ActionKind | None
    has_waiting_raise: bool
    parts: list[CorrectablePart]


class MovedView(View):
    """In øre. *base* is what we have given to recover, *left* what is still to be recovered."""

    came_ore: int
    recalled_ore: int
    down_ore: int
    up_ore: int
    base_ore: int
    recovered_ore: int
    left_ore: int


class BooksDifference(View):
    """A claim there of which the two books do not say the same."""

    reference: str
    claim_id: str | None = Field(description="Nothing when it is not known to us.")
    columns: list[Movement]
    ours: MovedView
    theirs: MovedView


class BooksView(View):
    """*theirs* is nothing until the authority has told its book of the month."""

    ours: MovedView
    theirs: MovedView | None
    differences: list[BooksDifference]


class PendingAction(View):
    action_id: int
    claim_id: str
    kind: ActionKind
    amount_ore: int
    requested_on: date
    submitted_on: date | None


class HeardClaim(View):
    """In hearing: not received, so it is ours, and its limitation runs."""

    claim_id: str
    amount_ore: int
    decided_by: date | None = Field(description="When the authority must have decided.")
    limitation_date: date
    task_id: int | None


class RefusedAction(View):
    """Refused or unclear, and a person's to answer. *points_at*: the field the code means."""

    task_id: int
    claim_id: str | None
    kind: ActionKind | None
    code: str | None
    points_at: str | None
    text: str
    due_on: date


class PayoutView(View):
    """*covered_ore*: what we were told was recovered since the payout before. *task_id* asks why
    the two are not the same."""

    paid_on: date
    amount_ore: int
    covered_ore: int
    task_id: int | None


class InterestView(View):
    """What the authority has added in the month itself: no debt to us."""

    month: date
    claims: int
    amount_ore: int


class RecoveryView(View):
    """*unpaid_ore*: recovered, and to come with the next payout."""

    until: date = Field(description="The day at whose end the books are compared.")
    claims: int
    left_ore: int
    pending: list[PendingAction]
    in_hearing: list[HeardClaim]
    refused: list[RefusedAction]
    books: BooksView
    unpaid_ore: int
    payouts: list[PayoutView]
    interest: list[InterestView]

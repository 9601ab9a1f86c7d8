"""All that is known of one debtor, and what is said to them, as clients see it."""

from datetime import date
from typing import Literal

from pydantic import Field

from api.schemas.claims import HoldView
from api.schemas.common import Body, Day, Number, Prose, Sentence, View
from api.schemas.distraints import DistraintStanding
from api.schemas.enquiries import EnquirySummary
from domain.claim import Ending, Stage
from domain.decisions import Outcome, TaskKind
from domain.file_notes import NoteKind
from domain.letters import Letter
from domain.rectification import RectifiedFact

GROUP = Literal["ours", "agreement", "collector", "enforcement", "ended"]


class HandlerView(View):
    """Who last decided or wrote something about the debtor."""

    id: str
    name: str
    on: date


class MandateView(View):
    number: str
    began_on: date
    ended_on: date | None


class OwedClaim(View):
    """One of the debtor's claims: where it stands, and what comes next."""

    id: str
    claim_type: str
    claim_type_name: str
    group: GROUP
    stage: Stage
    ending: Ending | None
    balance_ore: int
    due_date: date
    limitation_date: date
    where: Sentence
    next: Sentence
    next_on: date | None
    holds: list[HoldView]


class AgreementView(View):
    id: str
    state: str
    signed_on: date
    ended_on: date | None
    owed_ore: int
    paid_ore: int
    instalments: int
    covered: int = Field(description="How many instalments are paid.")
    due_on: date | None = Field(description="When the next one that is missing is due.")
    missing_ore: int | None
    claim_ids: list[str]


class SentLetter(View):
    """One letter in the post, about one claim or several."""

    letter_id: int
    letter: Letter
    state: str
    channel: str
    claim_ids: list[str]
    planned_on: date
    dispatched_on: date | None
    delivered_on: date | None
    deadline: date
    fee_ore: int
    spared_ore: int = Field(description="Fees that were spared because it left as one.")


class CoDebtor(View):
    id: int
    name: str
    claim_ids: list[str]


class DebtorPayment(View):
    payment_id: int
    paid_on: date
    payer: str
    text: str
    amount_ore: int
    unused_ore: int
    claim_ids: list[str]


class DebtorTask(View):
    id: int
    kind: TaskKind
    claim_id: str
    claim_type_name: str
    balance_ore: int
    due_on: date
    claimed_by: str | None
    claimed_by_name: str | None


class Said(View):
    """One entry of what was said between the debtor and us, whatever it was about."""

    on: date
    kind: Literal["note", "call", "meeting", "enquiry", "dialogue"]
    who: str
    text: str
    claim_id: str | None
    outcome: Outcome | None = None
    look_again_on: date | None = None
    enquiry: EnquirySummary | None = None


class MonthOwed(View):
    month: str = Field(examples=["2026-03"])
    owed_ore: int


class DebtorDetails(View):
    """Everything about one person or company. A CPR number lacks its last four digits."""

    id: int
    kind: Literal["person", "company"]
    national_id: str
    name: str
    address: list[str] = Field(
        description="Empty also where it is protected and your role does not need it."
    )
    language: Literal["da", "en"]
    is_protected: bool
    protected_until: date | None = Field(description="Its last day, where it is known.")
    by_hand: list[RectifiedFact] = Field(description="Facts that a person has put right.")
    status: str = Field(description="As the registers last told.")
    owed_ore: int
    at_collector_ore: int = Field(description="Of it, with the state's collector.")
    spared_ore: int = Field(description="Fees spared by letters that have left as one.")
    last_handler: HandlerView | None
    mandates: list[MandateView]
    claims: list[OwedClaim]
    agreements: list[AgreementView]
    letters: list[SentLetter]
    co_debtors: list[CoDebtor]
    payments: list[DebtorPayment]
    unplaced: list[DebtorPayment] = Field(description="Money without a place, from that name.")
    tasks: list[DebtorTask]
    said: list[Said] = Field(description="The latest first.")
    distraints: list[DistraintStanding] = Field(description="The latest first.")
    months: list[MonthOwed]


class DialogueAnswer(Body):
    """An agreement is made on the task itself."""

    task_id: Number
    outcome: Literal["promise", "not-reached", "go-on"]
    look_again_on: Day | None = None


class ConversationBody(Body):
    """What was said, once for all claims, and what it means for each dialogue."""

    kind: NoteKind = NoteKind.CALL
    text: Prose = Field(min_length=1, examples=["Betaler begge krav på fredag."])
    answers: list[DialogueAnswer] = Field(default=[], max_length=100)


class DialogueResult(View):
    task_id: int
    is_answered: bool
    why_not: Sentence | None


class ConversationHeld(View):
    note_id: int
    results: list[DialogueResult] = Field(description="One for each answer, in order.")

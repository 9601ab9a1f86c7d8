"""What the council has decided to do about each type of claim, as dated data with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.agreements.assessment_rules import AssessmentRule, IncomeTable
from domain.dated import Dated
from domain.deadlines import deadline_after, dispatch_day
from domain.distraints.rules import CourtFeeRule, DistraintRule
from domain.endings.rules import EndingRules
from domain.enquiries import EnquiryChannel
from domain.errors import NotFound
from domain.house_rules import (
    DirectDebitRule,
    EnquiryRule,
    LegalLimits,
    PostRoomRule,
    PreventionRule,
    StatementRule,
)
from domain.keeping.retention import KeepingRules
from domain.letters import Letter
from domain.limitation.law import LimitationLaw
from domain.money import NOTHING, Money
from domain.recovery.entry_filter import NO_FILTER, EntryFilter, RelatedCodes


class Regime(StrEnum):
    """Which law fees and interest follow."""

    FEE_ACT = "fee-act"  # gebyrloven
    INTEREST_ACT = "interest-act"  # renteloven
    NONE = "none"


class DayCount(StrEnum):
    """How many days a year of daily interest has. Practice differs, so it is named."""

    ACTUAL_360 = "actual/360"
    ACTUAL_365 = "actual/365"


class Route(StrEnum):
    """Who enforces a claim that dialogue did not settle (GIL § 1 a)."""

    RECOVERY_AUTHORITY = "recovery-authority"  # restanceinddrivelsesmyndigheden
    MUNICIPALITY = "municipality"  # kommunens egen pantefoged


@dataclass(frozen=True, slots=True)
class LetterStep:
    """A letter on the way from demand to dialogue, and the days it gives the debtor.

    *days* are calendar days from dispatch; a deadline on a closing day moves to the next
    working day.
    """

    letter: Letter
    days: int
    has_fee: bool = False
    carries_transfer_notice: bool = False


@dataclass(frozen=True, slots=True)
class FeeRule:
    """The reminder fee the council has decided, within the law's limits.

    *max_count* fees for the same claim at least *min_days_apart* days apart; *none_below*: no fee
    while less than this is owed.
    """

    amount: Money
    legal_maximum: Money
    max_count: int | None
    min_days_apart: int
    none_below: Money
    legal_basis: str = ""


@dataclass(frozen=True, slots=True)
class InterestRule:
    """Either *percent_per_month*, for each commenced month, or a margin on the reference rate."""

    percent_per_month: Decimal | None = None
    margin_percent: Decimal | None = None
    day_count: DayCount | None = None
    legal_basis: str = ""


@dataclass(frozen=True, slots=True)
class AgreementRule:
    """What the council offers a debtor who cannot pay at once."""

    is_offered: bool
    minimum_instalment: Money = NOTHING
    max_months: int = 0
    max_months_low_income: int = 0
    grace_days: int = 0
    catch_up_days: int = 0
    by_income_table: bool = False
    reminder_has_fee: bool = False
    bears_interest: bool = False  # while it is kept


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """Who enforces a claim whose period ends within *period_from* and *period_until*.

    *from_day*: in force for claims handled from that day. The first rule that fits decides; None
    fits any day.
    """

    route: Route
    period_until: date | None = None
    period_from: date | None = None
    from_day: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class SmallAmounts:
    """*tolerance*: a remainder this small settles the claim."""

    tolerance: Money


@dataclass(frozen=True, slots=True)
class ClaimType:
    """*is_civil*: owed under private law (civilretligt krav), not under a public act."""

    code: str
    name: str
    name_en: str
    legal_basis: str
    department: str
    recovery_code: str  # fordringstype hos restanceinddrivelsesmyndigheden
    regime: Regime
    is_civil: bool
    has_distraint_right: bool  # udpantningsret
    has_priority_right: bool  # fortrinsret
    limitation_years: int
    limitation_basis: str
    payment_days: int  # days to pay a demand without a fixed due date
    steps: Dated[tuple[LetterStep, ...]]
    fee: Dated[FeeRule]
    interest: Dated[InterestRule]
    agreement: Dated[AgreementRule]
    small_amounts: Dated[SmallAmounts]
    routing: tuple[RoutingRule, ...]
    related_codes: Dated[RelatedCodes]
    source: str
    team: str = ""  # whose its claims are while nobody has a task of them


@dataclass(frozen=True, slots=True)
class Policy:
    """One municipality's strategy in one version: all the figures the house works by."""

    version: str
    municipality: str
    creditor_number: str  # FIK-kreditornummer
    sender: tuple[str, ...]
    phone: str
    dialogue_days: int  # working days a caseworker has for a dialogue task
    assessment_days: int
    approval_days: int
    exception_days: int
    snooze_days: int  # how many days a task may be put off at most
    consultation_days: int  # that a department usually has
    refund_second_person_above: Money
    coverage_order: Dated[tuple[str, ...]]
    reference_rates: Dated[Decimal]  # Nationalbankens referencesats, percent a year
    limitation_alarm_months: tuple[int, ...]
    limitation_radar_days: tuple[int, ...]  # the bands before a limitation date, widest first
    limitation_offer_days: int  # so long before it a person must have been asked
    hearing_days: int  # days in which the recovery authority decides what it hears us about
    receipt_days: int  # working days a letter's receipt may take before a person looks
    notices: Dated[tuple[LetterStep, ...]]  # letters outside the way to the dialogue
    claim_types: dict[str, ClaimType]
    limitation: LimitationLaw
    legal_limits: dict[Regime, Dated[LegalLimits]]
    distraint_fee: Dated[FeeRule]
    court_fee: Dated[CourtFeeRule]
    distraint: Dated[DistraintRule]
    statements: Dated[StatementRule]
    direct_debit: Dated[DirectDebitRule]
    post_room: Dated[PostRoomRule]
    enquiries: Dated[EnquiryRule]
    prevention: Dated[PreventionRule]
    income_table: Dated[IncomeTable]  # statens, om betalingsevne
    assessment: Dated[AssessmentRule]
    endings: EndingRules
    keeping: KeepingRules
    source: str  # of the figures that have none of their own
    entry_filter: EntryFilter = NO_FILTER
    """The recovery authority's rules: the same for every municipality, from a file of its own."""

    def letter_step(self, code: str, letter: Letter, on: date) -> LetterStep:
        """How *letter* is written about a claim of type *code* registered on *on*.

        Raises NotFound for a letter the policy does not know.
        """
        steps = (self.claim_type(code).steps.on(on) or ()) + (self.notices.on(on) or ())
        for step in steps:
            if step.letter is letter:
                return step
        raise NotFound("letter", f"{letter} for {code}")

    def reply_deadline(self, on: date) -> date:
        """Until when an offer made on the day *on* stands."""
        steps = [one for one in self.notices.on(on) or () if one.letter is Letter.AGREEMENT_OFFER]
        return deadline_after(dispatch_day(on), steps[0].days) if steps else on

    def post_rule(self, on: date) -> PostRoomRule:
        """How letters leave on the day *on*, or by the first rule there is."""
        return self.post_room.on_or_first(on)

    def distraint_rule(self, on: date) -> DistraintRule:
        """How the town enforces on the day *on*, or by the first rule there is."""
        return self.distraint.on(on) or self.distraint.entries[0].value

    def answer_due(self, channel: EnquiryChannel, received_on: date) -> date:
        """Until when an enquiry that came by *channel* shall be answered."""
        return self.enquiries.on_or_first(received_on).due(channel, received_on)

    @property
    def departments(self) -> tuple[str, ...]:
        return tuple(sorted({kind.department for kind in self.claim_types.values()}))

    def claim_type(self, code: str) -> ClaimType:
        """Raises NotFound for a type the policy does not know."""
        if code not in self.claim_types:
            raise NotFound("claim-type", code)
        return self.claim_types[code]

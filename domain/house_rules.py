"""What is decided about the house's own work: bank, post, direct debit, answers, court fees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.calendar import working_days_after
from domain.enquiries import EnquiryChannel
from domain.letters import Letter
from domain.money import Money


@dataclass(frozen=True, slots=True)
class StatementRule:
    """The accounts whose statement of the last bank day must be in before anybody is pressed.

    *accounts*: IBANs; *expected_by_hour*: the hour of a working day from which one is missing.
    """

    accounts: tuple[str, ...]
    expected_by_hour: int


@dataclass(frozen=True, slots=True)
class DirectDebitRule:
    """Who we are to Betalingsservice, and when it must know what to collect.

    What falls due between *working_days_before* and *working_days_ahead* from today is asked for.
    """

    supplier: str
    pbs_number: str
    debtor_group: str
    working_days_before: int
    working_days_ahead: int


@dataclass(frozen=True, slots=True)
class PostRoomRule:
    """How letters leave, and what they must be like.

    *merges*: letters to one debtor that leave as one, with one fee. Letters leave between two
    hours of a working day, *letters_per_hour* at most. More than *brake_percent* above what was
    foreseen stops the post, but never fewer than *brake_from* letters. *nudge_days*: working days
    before an instalment is due on which its debtor is told; 0: never. *most_lix*: the highest LIX
    of a text.
    """

    merges: tuple[Letter, ...]
    opens_at_hour: int
    closes_at_hour: int
    letters_per_hour: int
    brake_percent: int
    brake_from: int
    nudge_days: int
    most_lix: int


@dataclass(frozen=True, slots=True)
class ResponseGoal:
    """Within how many working days an enquiry that came by *channel* is answered."""

    channel: EnquiryChannel
    working_days: int


@dataclass(frozen=True, slots=True)
class EnquiryRule:
    """*goals*: one for each channel."""

    goals: tuple[ResponseGoal, ...]

    def due(self, channel: EnquiryChannel, received_on: date) -> date:
        [days] = [goal.working_days for goal in self.goals if goal.channel is channel]
        return working_days_after(received_on, days)


@dataclass(frozen=True, slots=True)
class PreventionRule:
    """Who is offered help to pay in time, and how it is seen whether it helped.

    *late_claims*: so many claims paid after a reminder within *months*, and none that was not paid.
    *effect_months*: so long before and after the offer their claims are compared.
    """

    late_claims: int
    months: int
    effect_months: int


@dataclass(frozen=True, slots=True)
class LegalLimits:
    """The most a law lets the council decide; None where the law sets no limit."""

    reminder_fee: Money
    reminder_count: int | None = None
    reminder_days_apart: int | None = None
    percent_per_month: Decimal | None = None
    margin_percent: Decimal | None = None

"""The letters a municipality sends about a claim, and what kind of effect each has."""

from enum import StrEnum


class Letter(StrEnum):
    DEMAND = "demand"  # opkrævning
    COURTESY_NOTICE = "courtesy-notice"  # påmindelse
    FIRST_REMINDER = "first-reminder"  # rykker 1
    SECOND_REMINDER = "second-reminder"  # rykker 2
    TRANSFER_NOTICE = "transfer-notice"  # underretning om overdragelse
    AGREEMENT_OFFER = "agreement-offer"  # tilbud om betalingsaftale
    AGREEMENT_CONFIRMATION = "agreement-confirmation"  # bekræftelse på betalingsaftale
    INSTALMENT_NUDGE = "instalment-nudge"  # påmindelse om et afdrag, før det forfalder
    AGREEMENT_REMINDER = "agreement-reminder"  # aftalerykker
    AGREEMENT_BROKEN = "agreement-broken"  # aftalen er bortfaldet
    AGREEMENT_ENDED = "agreement-ended"  # vi har afsluttet aftalen
    HOLD_CONFIRMED = "hold-confirmed"  # sagen ligger i bero
    HOLD_ENDED = "hold-ended"  # sagen fortsætter
    OBJECTION_RECEIVED = "objection-received"  # indsigelse modtaget
    OBJECTION_ANSWERED = "objection-answered"  # svar på indsigelse
    DISTRAINT_NOTICE = "distraint-notice"  # underretning om udlægsforretning
    OWNER_NOTICE = "owner-notice"  # underretning til ejer, der ikke skylder
    HEARING_OFF = "hearing-off"  # udlægsforretningen er aflyst
    WRITE_OFF_DECISION = "write-off-decision"  # afgørelse om afskrivning
    WRITE_OFF_REVERSED = "write-off-reversed"  # afskrivningen er omgjort, pengene skyldes igen
    DISCHARGE_GRANTED = "discharge-granted"  # fritaget for kravet; de andre hæfter fortsat
    REFUND_NOTICE = "refund-notice"  # besked om tilbagebetaling
    ENQUIRY_REPLY = "enquiry-reply"  # svar på henvendelse
    DIRECT_DEBIT_INVITATION = "direct-debit-invitation"  # oplysning om Betalingsservice

    @property
    def is_reminder(self) -> bool:
        """Whether a reminder fee may be charged for it (gebyrloven § 2, renteloven § 9 b)."""
        return self in _REMINDERS

    @property
    def presses(self) -> bool:
        """Whether it must never reach someone who has paid; a demand or an answer may."""
        return self in _PRESSING

    @property
    def asks_for_payment(self) -> bool:
        """Whether there is nothing to say in it once all is paid, and not while a hold is on."""
        return self in _ASKING

    @property
    def hangs_on_a_debt(self) -> bool:
        """Whether there is nothing to tell once the debt is gone, whoever it is written to."""
        return self.asks_for_payment or self is Letter.OWNER_NOTICE

    @property
    def is_written_by_hand(self) -> bool:
        """Whether a person asks for it and writes what is particular in it."""
        return self in _BY_HAND

    @property
    def has_legal_effect(self) -> bool:
        """Whether a deadline with effect in law runs from it (Digital Post: legalNotification)."""
        return self in _WITH_EFFECT

    @property
    def level(self) -> int:
        """Of letters that leave as one, the one with the highest level gives the words."""
        return _LEVELS.index(self) if self in _LEVELS else 0


_LEVELS = (
    Letter.DEMAND,
    Letter.COURTESY_NOTICE,
    Letter.FIRST_REMINDER,
    Letter.SECOND_REMINDER,
    Letter.TRANSFER_NOTICE,
)
_REMINDERS = {Letter.FIRST_REMINDER, Letter.SECOND_REMINDER, Letter.AGREEMENT_REMINDER}
_PRESSING = {
    Letter.COURTESY_NOTICE,
    Letter.FIRST_REMINDER,
    Letter.SECOND_REMINDER,
    Letter.TRANSFER_NOTICE,
    Letter.INSTALMENT_NUDGE,
    Letter.AGREEMENT_REMINDER,
    Letter.AGREEMENT_BROKEN,
    Letter.AGREEMENT_ENDED,
    Letter.HOLD_ENDED,
    Letter.DISTRAINT_NOTICE,
}
_ASKING = _PRESSING | {
    Letter.DEMAND,
    Letter.AGREEMENT_CONFIRMATION,
    Letter.WRITE_OFF_REVERSED,
}
_BY_HAND = {
    Letter.AGREEMENT_OFFER,
    Letter.OBJECTION_ANSWERED,
    Letter.ENQUIRY_REPLY,
    Letter.DIRECT_DEBIT_INVITATION,
}
_WITH_EFFECT = {
    Letter.TRANSFER_NOTICE,
    Letter.DISTRAINT_NOTICE,
    Letter.OWNER_NOTICE,
    Letter.AGREEMENT_BROKEN,
    Letter.AGREEMENT_ENDED,
    Letter.OBJECTION_ANSWERED,
    Letter.WRITE_OFF_DECISION,
    Letter.WRITE_OFF_REVERSED,
    Letter.DISCHARGE_GRANTED,
}

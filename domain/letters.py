"""The letters a municipality sends about a claim, and what kind of effect each has."""

from enum import StrEnum


class Letter(StrEnum):
    DEMAND = "demand"  # opkrævning
    COURTESY_NOTICE = "courtesy-notice"  # påmindelse
    FIRST_REMINDER = "first-reminder"  # rykker 1
    SECOND_REMINDER = "second-reminder"  # rykker 2
    TRANSFER_NOTICE = "transfer-notice"  # underretning om overdragelse
    AGREEMENT_CONFIRMATION = "agreement-confirmation"  # bekræftelse på betalingsaftale
    AGREEMENT_REMINDER = "agreement-reminder"  # aftalerykker
    AGREEMENT_BROKEN = "agreement-broken"  # aftalen er bortfaldet
    DISTRAINT_NOTICE = "distraint-notice"  # underretning om udlægsforretning

    @property
    def is_reminder(self) -> bool:
        """Whether a reminder fee may be charged for it (gebyrloven § 2, renteloven § 9 b)."""
        return self in _REMINDERS

    @property
    def presses(self) -> bool:
        """Whether it must never reach someone who has paid; a demand or a confirmation may."""
        return self not in {Letter.DEMAND, Letter.AGREEMENT_CONFIRMATION}

    @property
    def has_legal_effect(self) -> bool:
        """Whether a deadline with effect in law runs from it (Digital Post: legalNotification)."""
        return self in _WITH_EFFECT


_REMINDERS = {Letter.FIRST_REMINDER, Letter.SECOND_REMINDER, Letter.AGREEMENT_REMINDER}
_WITH_EFFECT = {Letter.TRANSFER_NOTICE, Letter.DISTRAINT_NOTICE, Letter.AGREEMENT_BROKEN}

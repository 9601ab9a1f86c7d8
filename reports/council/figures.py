"""What the council's report counts, and by what each figure is told."""

from enum import StrEnum

from domain.notation import read_choice


class CouncilFigure(StrEnum):
    """The bridges are signed as in the reconciliation; the others are positive.

    Each is øre and a number of lines; *days-to-pay* is days and a number of claims.
    """

    OPENING = "opening"  # arrears of claims that lie with us, a claim a line
    SHIFTED = "shifted"  # what is older, or elsewhere, when the period ends
    NEW = "new"
    INTEREST = "interest"
    FEES = "fees"
    PAID = "paid"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged-back"
    CORRECTED = "corrected"
    ROUNDED = "rounded"
    WRITTEN_OFF = "written-off"
    TRANSFERRED = "transferred"
    RECALLED = "recalled"
    CLOSING = "closing"
    THERE_OPENING = "there-opening"  # of claims that lie with the recovery authority
    THERE_SHIFTED = "there-shifted"
    THERE_TRANSFERRED = "there-transferred"
    THERE_RECALLED = "there-recalled"
    THERE_BOOKED = "there-booked"
    THERE_CLOSING = "there-closing"
    DEBTORS_BEFORE = "debtors-before"  # who owes the arrears, a debtor a line
    DEBTORS = "debtors"
    THERE_DEBTORS = "there-debtors"
    HELD = "held"  # of the closing arrears: the clock stands still
    BILLED = "billed"  # new claims of the twelve months that end with the period
    PAID_PRINCIPAL = "paid-principal"  # what the money that was paid has covered
    PAID_INTEREST = "paid-interest"
    PAID_FEES = "paid-fees"
    GIVEN_UP = "given-up"  # by reason
    DAYS_TO_PAY = "days-to-pay"  # from the due date until all was paid
    AGREEMENTS_BEFORE = "agreements-before"  # in force, with what was owed when they were made
    AGREEMENTS_MADE = "agreements-made"
    AGREEMENTS_KEPT = "agreements-kept"
    AGREEMENTS_BROKEN = "agreements-broken"
    AGREEMENTS_DISSOLVED = "agreements-dissolved"
    AGREEMENTS = "agreements"


class Dimension(StrEnum):
    """By what a figure is told; each of them sums to the whole."""

    TOTAL = "total"
    TYPE = "type"
    KIND = "kind"  # of the debtor: person or company
    AGE = "age"
    STAGE = "stage"
    REASON = "reason"


def _from(first: CouncilFigure, last: CouncilFigure) -> tuple[CouncilFigure, ...]:
    order = list(CouncilFigure)
    return tuple(order[order.index(first) : order.index(last) + 1])


BRIDGE = _from(CouncilFigure.OPENING, CouncilFigure.CLOSING)
"""The first and the others but the last sum to the last, in whole and in each part."""
BRIDGE_THERE = _from(CouncilFigure.THERE_OPENING, CouncilFigure.THERE_CLOSING)
PAID_FOR = _from(CouncilFigure.PAID_PRINCIPAL, CouncilFigure.PAID_FEES)
"""They sum to what was paid."""
AGREEMENTS = _from(CouncilFigure.AGREEMENTS_BEFORE, CouncilFigure.AGREEMENTS)

_OF_CLAIMS = (Dimension.TYPE, Dimension.KIND, Dimension.AGE, Dimension.STAGE)
_OF_DEBTORS = {
    *(CouncilFigure.DEBTORS_BEFORE, CouncilFigure.DEBTORS, CouncilFigure.THERE_DEBTORS),
    *AGREEMENTS,
}


def dimensions_of(figure: CouncilFigure) -> tuple[Dimension, ...]:
    """Besides the whole. A debtor owes of several types, so that only kinds of debtors sum."""
    if figure in _OF_DEBTORS:
        return (Dimension.KIND,)
    if figure is CouncilFigure.GIVEN_UP:
        return (*_OF_CLAIMS, Dimension.REASON)
    if figure is CouncilFigure.BILLED:  # when they were new they were of no age
        return (Dimension.TYPE, Dimension.KIND)
    return _OF_CLAIMS


def read_council_figure(name: str) -> CouncilFigure:
    """Raises Invalid, saying which there are."""
    return read_choice(CouncilFigure, name, "figure", "reconciliation-figure-unknown")


def read_dimension(name: str) -> Dimension:
    """Raises Invalid, saying which there are."""
    return read_choice(Dimension, name, "by", "reconciliation-figure-unknown")

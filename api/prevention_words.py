"""What an offer says beside direct debit: that a bill may fall due on another day of the month."""

from collections.abc import Callable

from sqlalchemy import RowMapping

from domain.policy import Policy
from letters.catalogue import sentence


def other_due_day(policy: Policy) -> Callable[[RowMapping], str]:
    """For each late payer the words of the letter, in their language: after the day they pay on."""

    def words(row: RowMapping) -> str:
        told = {"day": row["payday"], "phone": policy.phone}
        return sentence("prevention-other-day", row["language"], **told)

    return words


def no_words(_: RowMapping) -> str:
    """The letter as it is."""
    return ""

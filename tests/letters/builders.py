"""Letters for tests: to nobody who exists, about nothing that happened."""

from dataclasses import replace

from domain.letters import Letter
from letters.content import LetterContent
from letters.situations import OFFICE, PLAN, day_care, plain, waste

DAY_CARE, WASTE = day_care(), waste()
__all__ = ["DAY_CARE", "OFFICE", "PLAN", "WASTE", "a_letter"]


def a_letter(letter: Letter, language: str = "da", **changes) -> LetterContent:
    return replace(plain(letter, language), **changes)

"""What a trial says in a reader's language: figures, months, and what was done with a claim."""

from collections.abc import Iterable
from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from api.languages import DANISH
from api.sentences import amount_in_words
from domain.decisions import TaskKind
from domain.letters import Letter
from domain.money import Money
from domain.replaying.trial_figures import Measure
from letters.catalogue import sentence

_ACTS = ("close", "transfer", "recall")


class TrialWords:
    def __init__(self, language: str) -> None:
        self._language = language
        self._locale = "da_DK" if language == DANISH else "en_GB"

    def number(self, measure: Measure, number: int) -> str:
        if measure is Measure.FEES_ORE:
            return amount_in_words(Money(number), self._language)
        return str(format_decimal(number, locale=self._locale))

    def difference(self, measure: Measure, number: int) -> str:
        sign = "+" if number > 0 else ""
        return f"{sign}{self.number(measure, number)}"

    def scale(self, measure: Measure, number: int) -> str:
        """Beside a picture: kroner without øre."""
        shown = number / 100 if measure is Measure.FEES_ORE else number
        return str(format_decimal(shown, locale=self._locale))

    def month(self, month: str) -> str:
        day = date.fromisoformat(f"{month}-01")
        return str(format_date(day, "MMM yy", locale=self._locale))

    def moves(self, lost: Iterable[tuple[str, str]], new: Iterable[tuple[str, str]]) -> list[str]:
        """What was done on another day, not at all, or only now: in the order of the days."""
        before, now = dict(lost), dict(new)
        keys = sorted(before | now, key=lambda key: min(before.get(key, "9"), now.get(key, "9")))
        return [self._move(key, before.get(key), now.get(key)) for key in keys]

    def _move(self, key: str, before: str | None, now: str | None) -> str:
        what = self._what(key)
        if before and now:
            values = {"before": self._day(before), "now": self._day(now)}
            return self._say("time-machine-move-day", what=what, **values)
        code = "time-machine-move-new" if now else "time-machine-move-lost"
        return self._say(code, what=what, on=self._day(str(now or before)))

    def _day(self, iso: str) -> str:
        return str(format_date(date.fromisoformat(iso), "medium", locale=self._locale))

    def _what(self, key: str) -> str:
        if key.startswith("fee "):
            _, letter, ore, _ = key.split(" ")
            amount = amount_in_words(Money(int(ore)), self._language)
            return self._say("time-machine-row-fee", amount=amount, letter=self._letter(letter))
        if key.startswith("reminder-"):
            return self._say("time-machine-row-reminder", number=key.partition("-")[2])
        if letter := _longest(key, [one.value for one in Letter]):
            return self._letter(letter)
        if act := next((one for one in _ACTS if key.startswith(one)), None):
            return self._say(f"time-machine-row-{act}")
        kind = _longest(key, [one.value for one in TaskKind])
        return self._say(f"word-task-{kind}") if kind else key

    def _letter(self, letter: str) -> str:
        return self._say(f"word-letter-{letter}")

    def _say(self, code: str, **values: object) -> str:
        return sentence(code, self._language, **values)


def _longest(key: str, names: list[str]) -> str:
    """The longest of *names* with which the key begins."""
    return max((one for one in names if key.startswith(one)), key=len, default="")

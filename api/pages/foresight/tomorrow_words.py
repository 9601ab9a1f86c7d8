"""What comes, and why or why not, in the words of a reader."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.dates import format_date

from api.languages import DANISH
from api.sentences import amount_in_words
from domain.foresight.foreseen import ForeseenKind, WhyNot
from domain.money import Money
from letters.catalogue import sentence

_NAMED = {
    ForeseenKind.LETTER: "word-letter",
    ForeseenKind.FEE: "word-letter",
    ForeseenKind.TASK: "word-task",
    ForeseenKind.HOLD_END: "word-hold",
}


class TomorrowWords:
    def __init__(self, language: str) -> None:
        self._language = language
        self._locale = "da_DK" if language == DANISH else "en_GB"

    def what(self, row: Mapping[str, Any]) -> str:
        """As "rykker 1", "dialog med skyldneren", "gebyr for rykker 1, 100,00 kr."."""
        kind = ForeseenKind(row["kind"])
        if kind in _NAMED:
            name = self._say(f"{_NAMED[kind]}-{row['what']}")
        else:
            name = self._say(f"tomorrow-{kind}-{row['what']}", amount=self._amount(row))
        if kind is ForeseenKind.FEE and row["fee_ore"]:
            return self._say("tomorrow-fee-of", name=name, amount=self._money(row["fee_ore"]))
        return name

    def because(self, row: Mapping[str, Any]) -> str:
        """Which time is out then, and which time this gives; or what it hangs on."""
        told = [self._ground(row)]
        if row["kind"] == ForeseenKind.LETTER and row["deadline"] and row["deadline"] > row["day"]:
            told.append(self._say("forecast-gives", deadline=self.day(row["deadline"])))
        return " ".join(told)

    def why_not(self, row: Mapping[str, Any]) -> str:
        """Why it does not come, as all is now; and when it does instead."""
        why, facts = WhyNot(row["why_now"]), row["facts"]
        told = [self._say(f"tomorrow-why-{why}", **self._values(facts if row["why"] else {}))]
        if row["instead_on"]:
            told.append(self._say("tomorrow-instead", day=self.day(row["instead_on"])))
        return " ".join(told)

    def day(self, day: date) -> str:
        return str(format_date(day, "d. MMMM y" if self._language == DANISH else "d MMMM y",
                               locale=self._locale))  # fmt: skip

    def weekday(self, day: date) -> str:
        """As "tirsdag 3. marts"."""
        form = "EEEE d. MMMM" if self._language == DANISH else "EEEE d MMMM"
        return str(format_date(day, form, locale=self._locale))

    def _ground(self, row: Mapping[str, Any]) -> str:
        kind, after = ForeseenKind(row["kind"]), row["after"]
        if row["letter_id"]:
            return self._say("tomorrow-in-tray", day=self.day(row["asked_on"]))
        if kind in {ForeseenKind.LETTER, ForeseenKind.TASK, ForeseenKind.TRANSFER} and after:
            code = "forecast-after-day" if row["until"] else "forecast-after"
            until = self.day(row["until"]) if row["until"] else ""
            return self._say(code, what=self._named(after), until=until)
        if kind is ForeseenKind.LETTER and row["subject"] != row["claim_id"]:
            return self._say(f"tomorrow-because-{row['what']}")
        return self._say(f"tomorrow-because-{kind}")

    def _values(self, facts: Mapping[str, Any]) -> dict[str, str]:
        reason, until = facts.get("reason"), facts.get("until")
        end = self._say("tomorrow-until", day=self.day(date.fromisoformat(until))) if until else ""
        return {
            "reason": f": {self._say(f'word-hold-{reason}')}" if reason else "",
            "until": end,
            "claim": str(facts.get("with", "")),
        }

    def _named(self, key: str) -> str:
        """The letter or the task that the act *key* was."""
        name = key.rstrip("0123456789").rstrip("-")
        for kind in ("letter", "task"):
            try:
                return self._say(f"word-{kind}-{name}")
            except KeyError:
                continue
        return self._say("tomorrow-what-was-decided")

    def _amount(self, row: Mapping[str, Any]) -> str:
        return self._money(row["facts"]["ore"]) if "ore" in row["facts"] else ""

    def _money(self, ore: int) -> str:
        return amount_in_words(Money(ore), self._language)

    def _say(self, code: str, **values: object) -> str:
        return sentence(code, self._language, **values)

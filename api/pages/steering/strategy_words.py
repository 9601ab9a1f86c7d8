"""The policy's own names and values in a reader's language."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from api.languages import DANISH
from api.sentences import amount_in_words
from domain.agreements.assessment_rules import Advice
from domain.claim import HoldReason
from domain.distraints.rules import LegalPeriod
from domain.endings.suspension import Need
from domain.endings.write_off import WriteOffReason
from domain.enquiries import EnquiryChannel
from domain.letters import Letter
from domain.money import Money
from letters.catalogue import sentence
from reports.strategy import Value

# Words that other pages have already; the others are the strategy's own.
_KNOWN: Mapping[type[StrEnum], str] = {
    Advice: "assess-way",
    EnquiryChannel: "word-enquiry",
    HoldReason: "word-hold",
    Letter: "word-letter",
    Need: "suspension-ask",
    WriteOffReason: "word-write-off",
}
_LISTS = {"coverage_order": "word-entry"}  # of codes that no set of values holds


class StrategyWords:
    def __init__(self, language: str) -> None:
        self._language = language
        self._locale = "da_DK" if language == DANISH else "en_GB"

    def line(self, decision: str, name: str) -> str:
        return self._say(f"strategy-{kebab(decision)}-{kebab(name)}")

    def subject(self, decision: str) -> str:
        return self._say(f"strategy-subject-{kebab(decision)}")

    def table(self, name: str) -> str:
        return self._say(f"strategy-table-{kebab(name)}")

    def column(self, name: str) -> str:
        return self._say(f"strategy-column-{kebab(name)}")

    def value(self, value: Value, name: str = "") -> str:
        """As people read it; *name* tells what a list of bare codes consists of."""
        if value is None or value in ((), ""):
            return self._say("strategy-nothing")
        if isinstance(value, tuple):
            return ", ".join(self._item(one, name) for one in value)
        return next(say(value) for kind, say in self._ways.items() if isinstance(value, kind))

    @property
    def _ways(self) -> dict[type, Callable[[Any], str]]:
        """How values of each kind are said: the first that fits, so narrow ones come first."""
        return {
            bool: lambda one: self._say("strategy-yes" if one else "strategy-no"),
            Money: lambda one: amount_in_words(one, self._language),
            LegalPeriod: self._period,
            StrEnum: self._enum,
            int: lambda one: str(format_decimal(one, locale=self._locale)),
            Decimal: lambda one: str(format_decimal(one, locale=self._locale)),
            date: lambda one: str(format_date(one, "long", locale=self._locale)),
            str: str,
        }

    def _item(self, one: Value, name: str) -> str:
        known = _LISTS.get(name)
        return self._say(f"{known}-{one}") if known else self.value(one)

    def _enum(self, value: StrEnum) -> str:
        kind = type(value)
        own = f"strategy-{kebab(kind.__name__)}"
        return self._say(f"{_KNOWN.get(kind, own)}-{value.replace('/', '-')}")

    def _period(self, period: LegalPeriod) -> str:
        unit, count = ("months", period.months) if period.months else ("days", period.days)
        values = {unit: str(count), "basis": period.legal_basis}
        return sentence(f"strategy-period-{unit}", self._language, **values)

    def _say(self, code: str) -> str:
        return sentence(code, self._language)


def kebab(name: str) -> str:
    """``max_count`` and ``DayCount`` as codes have them."""
    apart = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
    return apart.lstrip("-").replace("_", "-")

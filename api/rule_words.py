"""By which rule a line stands in the books, in the reader's language.

The books say it in code and figures, so that they mean the same for ever; people read it here.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal

from api.languages import DANISH
from api.sentences import in_words_of
from letters.catalogue import codes, sentence

_FIGURE = r"-?[0-9]+(?:\.[0-9]+)?"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_PATTERNS = {
    "monthly": re.compile(
        rf"(?P<percent>{_FIGURE}) % a commenced month, in force since (?P<since>{_DAY})"
    ),
    "yearly": re.compile(
        rf"(?P<reference>{_FIGURE}) % since (?P<since>{_DAY}) \+ (?P<margin>{_FIGURE}) % a year, "
        r"(?P<days>\S+)"
    ),
    "court-fee": re.compile(rf"court fee in force since (?P<since>{_DAY})"),
    "fee": re.compile(rf"(?P<letter>[a-z-]+) fee in force since (?P<since>{_DAY})"),
    "written-off": re.compile(r"write-off (?P<reason>[a-z-]+)"),
}
_WORDS = {"letter": "word-letter-", "reason": "word-write-off-"}


def rule_in_words(rule: str, language: str) -> str:
    """A rule that is not known here is shown as it stands in the books."""
    for name, pattern in _PATTERNS.items():
        if found := pattern.fullmatch(rule):
            return sentence(f"account-rule-{name}", language, **_told(found.groupdict(), language))
    code = f"account-rule-{rule}"
    return sentence(code, language) if code in codes(language) else rule


def _told(parts: Mapping[str, str], language: str) -> dict[str, str]:
    return {name: _value(name, text, language) for name, text in parts.items()}


def _value(name: str, text: str, language: str) -> str:
    if name == "since":
        return in_words_of(date.fromisoformat(text), language)
    if name in _WORDS:
        return sentence(_WORDS[name] + text, language)
    if name == "days":
        code = f"account-days-{text.replace('/', '-')}"
        return sentence(code, language) if code in codes(language) else text
    return str(format_decimal(Decimal(text), locale="da_DK" if language == DANISH else "en_GB"))

"""What the commands say, in the reader's language."""

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from domain.money import Money
from letters.catalogue import sentence

DANISH, ENGLISH = "da", "en"


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences of ``locale/<language>``, with dates and amounts as its readers write them."""

    language: str = DANISH

    def __call__(self, code: str, **values: object) -> str:
        return sentence(code, self.language, **{k: self._shown(v) for k, v in values.items()})

    def name(self, kind: str, code: str) -> str:
        """The name people use for a code of ours: ``name("letter", "demand")``."""
        return sentence(f"word-{kind}-{code}", self.language)

    def day(self, day: date, form: str = "medium") -> str:
        locale = "da_DK" if self.language == DANISH else "en_GB"
        return str(format_date(day, format=form, locale=locale))

    def _shown(self, value: object) -> object:
        match value:
            case date():
                return self.day(value)
            case Money() if self.language == ENGLISH:
                return f"DKK {value.ore / 100:,.2f}"
            case _:
                return value


def words(*, is_english: bool) -> Words:
    return Words(ENGLISH if is_english else DANISH)

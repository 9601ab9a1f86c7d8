"""What people call the figures of the council's report, their parts and its sections."""

from datetime import date, datetime

from babel.dates import format_date, format_datetime

from domain.calendar import COPENHAGEN
from domain.policy import Policy
from letters.catalogue import codes, sentence
from reports.council.figures import CouncilFigure, Dimension

_KINDS = {
    Dimension.KIND: "flow-kind-",
    Dimension.AGE: "council-age-",
    Dimension.STAGE: "stage-",
    Dimension.REASON: "word-write-off-",
}


class CouncilWords:
    """In one language, ``da`` or ``en``; types of claim are named by the policy."""

    def __init__(self, policy: Policy, language: str) -> None:
        self.policy, self.language = policy, language
        self.locale = "da_DK" if language == "da" else "en_GB"

    def __call__(self, code: str, **values: object) -> str:
        return sentence(f"council-{code}", self.language, **values)

    def figure(self, figure: CouncilFigure) -> str:
        return sentence(f"figure-{figure}", self.language)

    def dimension(self, by: Dimension) -> str:
        return sentence(f"council-by-{by}", self.language)

    def part(self, by: Dimension, part: str) -> str:
        """What is newer than the catalogue is shown as it is: a report must not fail for it."""
        if by is Dimension.TYPE:
            return self._claim_type(part)
        if by is Dimension.REASON and not part:
            part = "untold"
        code = f"{_KINDS[by]}{part}" if by in _KINDS else ""
        words = sentence(code, self.language) if code in codes(self.language) else part
        return words[:1].upper() + words[1:]

    def day(self, day: date) -> str:
        return str(format_date(day, "long", locale=self.locale))

    def moment(self, at: datetime) -> str:
        form = "d. MMMM y 'kl.' HH.mm" if self.language == "da" else "d MMMM y, HH:mm"
        return str(format_datetime(at, form, tzinfo=COPENHAGEN, locale=self.locale))

    def _claim_type(self, code: str) -> str:
        claim_type = self.policy.claim_types.get(code)
        if claim_type is None:
            return code
        return claim_type.name if self.language == "da" else claim_type.name_en

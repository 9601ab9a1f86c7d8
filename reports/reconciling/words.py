"""What people call the figures of the reconciliation, their parts and what does not fit."""

from babel.numbers import format_decimal

from domain.policy import Policy
from letters.catalogue import codes, sentence
from reports.reconciling.checks import Difference
from reports.reconciling.figures import Figure
from reports.reconciling.lines import Line
from reports.reconciling.report import Bridge


class ReconciliationWords:
    """In one language, ``da`` or ``en``; types of claim are named by the policy."""

    def __init__(self, policy: Policy, language: str) -> None:
        self.policy, self.language = policy, language

    def __call__(self, code: str, **values: object) -> str:
        return sentence(f"reconciliation-{code}", self.language, **values)

    def figure(self, figure: Figure) -> str:
        return sentence(f"figure-{figure}", self.language)

    def bridge(self, bridge: Bridge) -> str:
        return sentence(f"bridge-{bridge.name}", self.language)

    def part(self, figure: Figure, part: str) -> str:
        """A type of claim, a channel, a kind or an outcome; an account is called as it is."""
        return self._claim_type(part) or self._known(_PARTS.get(figure, "account"), part)

    def source(self, line: Line) -> str:
        return sentence(f"source-{line.source}", self.language)

    def kind(self, line: Line) -> str:
        return self._known(_KINDS.get(line.source, line.source), line.kind)

    def difference(self, difference: Difference) -> str:
        """The place, what it should be, and what is there, to the øre."""
        where = self._claim_type(difference.where) or difference.where
        what = sentence(f"difference-{difference.check}", self.language, where=where)
        return self(
            "differs",
            what=what,
            expected=self.amount(difference.expected_ore),
            found=self.amount(difference.found_ore),
            ore=difference.ore,
        )

    def amount(self, ore: int) -> str:
        """Kroner with two decimals, without the currency."""
        locale = "da_DK" if self.language == "da" else "en_GB"
        return str(format_decimal(ore / 100, format="#,##0.00", locale=locale))

    def _claim_type(self, code: str) -> str | None:
        claim_type = self.policy.claim_types.get(code)
        if claim_type is None:
            return None
        return claim_type.name if self.language == "da" else claim_type.name_en

    def _known(self, kind: str, code: str) -> str:
        """What is newer than the catalogue is shown as it is: a page must not fail for it."""
        name = f"word-{kind}-{code}"
        return sentence(name, self.language) if name in codes(self.language) else code


_PARTS = {
    Figure.MONEY_IN: "channel",
    Figure.MONEY_PLACED: "entry",
    Figure.MONEY_OUT: "payout",
    Figure.BANK_LINES: "outcome",
    **dict.fromkeys((Figure.TRAIL_IN, Figure.TRAIL_PLACED), "channel"),
    **dict.fromkeys((Figure.TRAIL_UNPLACED, Figure.TRAIL_OUT), "channel"),
}
_KINDS = {"payment": "channel", "bank-line": "bank-line"}

"""Each rule a line of the account can rest on is told in the reader's own language."""

import re
from datetime import date
from pathlib import Path

import pytest

from api.rule_words import rule_in_words
from domain.endings.write_off import WriteOffReason
from domain.fees import court_fee, distraint_fee
from domain.interest import interest_due
from domain.letters import Letter
from domain.money import Money
from letters.catalogue import codes
from policies.loading import load_policy

POLICY = load_policy("skanderborg")
ON = date(2026, 6, 1)
ROOT = Path(__file__).parents[2]
OWED = Money.kroner(5000)


def interest_rules():
    for kind in POLICY.claim_types.values():
        posted = interest_due(
            kind, POLICY.reference_rates, date(2025, 11, 3), lambda _: OWED, None, ON
        )
        yield from {posting.rule for posting in posted}


def rules():
    """Those that are made of a policy's figures, and those that are words of our own."""
    yield from set(interest_rules())
    yield court_fee(POLICY, ON, OWED).rule
    yield distraint_fee(POLICY, ON).rule
    yield from (f"{letter} fee in force since 2021-01-01" for letter in Letter)
    yield from (f"write-off {reason}" for reason in WriteOffReason)
    yield from written_in_code()


def written_in_code():
    """What acts name as the rule of a line, read from the acts themselves."""
    named = re.compile(
        r"(?:Reason\(|_ONE_FEE = |CALLED_OFF = |REVERSED = |NOT_SENT = |rule: str = |rule = "
        r'|payment\.paid_on, |_AUTHORITY, |EntryKind\.[A-Z_]+, )"([a-z-]+)"'
    )
    for folder in ("persistence", "activities"):
        for file in (ROOT / folder).rglob("*.py"):
            yield from named.findall(file.read_text(encoding="utf-8"))
    yield "registration"
    yield "agreement"


RULES = sorted(set(rules()))


def test_the_rules_of_the_acts_have_been_found():
    assert {"paid-earlier", "charge-back", "recovered", "withdrawn", "small-amount"} <= set(RULES)


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_told_in_words(rule, language):
    told = rule_in_words(rule, language)
    assert told != rule
    assert "{" not in told
    if language == "da":
        assert not re.search(r"\b(since|fee|month|year|force)\b", told)


def test_figures_and_days_are_written_as_readers_write_them():
    rule = "1.60 % since 2026-01-01 + 8 % a year, actual/360"
    assert rule_in_words(rule, "da") == (
        "Referencesats 1,6 % fra 1. januar 2026 + 8 procentpoint om året, faktiske dage/360"
    )
    assert "1 January 2026" in rule_in_words("court fee in force since 2026-01-01", "en")


def test_a_rule_that_is_newer_than_the_words_is_shown_as_it_is():
    assert rule_in_words("moon-tax", "da") == "moon-tax"


def test_both_languages_know_the_same_rules():
    danish, english = (
        {code for code in codes(language) if code.startswith("account-rule-")}
        for language in ("da", "en")
    )
    assert danish == english

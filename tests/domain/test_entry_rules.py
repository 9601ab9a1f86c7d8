"""The entry filter, rule by rule, as the table says and as the authority's own pages say."""

import re
import tomllib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import NotFound
from domain.money import Money
from domain.recovery.claim import Part, RecoveryClaim, RecoveryLiability
from domain.recovery.entry_check import UNKNOWN_TYPE, filter_findings
from domain.recovery.entry_filter import Consequence
from domain.recovery.entry_filter_rules import CHECKS
from policies.entry_filter import load_entry_filter

FILTER = load_entry_filter()
TABLE = tomllib.loads(
    (Path(__file__).parent / "situations" / "entry_filter.toml").read_text(encoding="utf-8"),
    parse_float=Decimal,
)
SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "recovery"
SAMPLE_FILES = sorted(SAMPLES.glob("*.txt")) if SAMPLES.is_dir() else []
MAIN = "2026-000001"
# The samples' other types: none of ours go there.
NOT_OURS = {
    "KFTILDA", "KFTØFIN", "KFGEDAI", "KFTBBSF", "KFOMDAG",
    "FOFAKFY", "FOERSMF", "FOERSUF", "FOSAOMK", "FOSODOM", "FOFMLØN",
}  # fmt: skip


def claim_of(code, fields):
    """The type's own claim with what is otherwise; "-" is a field that is not filled in."""
    own = TABLE["base"][code] | fields
    own = {name: None if value == "-" else value for name, value in own.items()}
    share = RecoveryLiability(
        1, own["limitation_date"], own.get("judged_on"), own.get("settled_on")
    )
    return RecoveryClaim(
        reference=MAIN,
        part=Part.PRINCIPAL,
        type_code=code,
        principal=Money(int(Decimal(own["principal"]) * 100)),
        amount=Money(int(Decimal(own["amount"]) * 100)),
        description=own.get("description", ""),
        period_start=own["period_start"],
        period_end=own["period_end"],
        originated_on=own["originated_on"],
        due_on=own["due_on"],
        last_timely_on=own["last_timely_on"],
        liabilities=(share,),
        parent=own.get("parent") or None,
    )


def findings_of(code, fields, received=TABLE["received"]):
    fields = dict(fields)
    main_due = fields.pop("main_due_on", None)
    claim = claim_of(code, fields)
    if claim.parent is None and code in {"KFDAINS", "KFSKFRI"}:
        return filter_findings(FILTER, (claim,), received)
    main = claim_of("KFDAINS", {"due_on": main_due} if main_due else {})
    found = filter_findings(FILTER, (main, claim), received)
    return list(found[len(filter_findings(FILTER, (main,), received)) :])


@pytest.mark.parametrize("row", TABLE["situation"], ids=[r["name"] for r in TABLE["situation"]])
def test_a_rule_is_kept_or_broken_as_the_table_says(row):
    received = row.get("received", TABLE["received"])
    found = {
        f.rule: f.consequence.value
        for f in findings_of(row["type"], row.get("given", {}), received)
    }
    assert found.get(row["rule"], "kept") == row["expect"]


@pytest.mark.parametrize("code", sorted(TABLE["base"]))
def test_what_is_filled_in_rightly_is_let_in(code):
    assert not findings_of(code, {})


def test_every_rule_in_force_is_in_the_table_of_situations():
    tried = {row["rule"] for row in TABLE["situation"]}
    used = {
        rule.id
        for code in ("KFDAINS", "KFSKFRI", "GEDAINS", "REOPKOM", "REOPDAG", "KFOPREN")
        for rule in FILTER.rules(code, TABLE["received"])
    }
    assert used <= tried


def test_a_type_that_is_not_known_is_a_finding_of_its_own():
    claim = claim_of("KFDAINS", {})
    unknown = RecoveryClaim(**{n: getattr(claim, n) for n in claim.__slots__} | {"type_code": ""})
    [finding] = filter_findings(FILTER, (unknown,), TABLE["received"])
    assert (finding.rule, finding.consequence) == (UNKNOWN_TYPE, Consequence.REJECTED)
    with pytest.raises(NotFound):
        FILTER.type("KFUKEND")


def test_each_debtors_limitation_is_looked_at():
    claim = claim_of("KFDAINS", {})
    good, bad = claim.liabilities[0], RecoveryLiability(2, date(2028, 12, 31))
    both = RecoveryClaim(
        **{n: getattr(claim, n) for n in claim.__slots__} | {"liabilities": (good, bad)}
    )
    [finding] = filter_findings(FILTER, (both,), TABLE["received"])
    assert (finding.rule, finding.debtor_id) == ("R_2_3a", 2)


@given(st.dates(date(2018, 1, 1), date(2030, 12, 31)))
def test_no_rule_of_a_type_holds_twice_on_a_day(day):
    for code in FILTER.types:
        ids = [rule.id for rule in FILTER.rules(code, day)]
        assert len(ids) == len(set(ids))
        assert set(ids) <= set(CHECKS)


@given(st.integers(-400, 400), st.sampled_from(["due_on", "last_timely_on", "originated_on"]))
def test_nothing_that_lies_on_or_after_the_day_of_receipt_comes_in(days, field):
    day = TABLE["received"] + timedelta(days=days)
    rules = {f.rule for f in findings_of("KFDAINS", {field: day})}
    expected = {"due_on": "R_5_1", "last_timely_on": "R_5_2", "originated_on": "R_5_3"}[field]
    assert (expected in rules) is (days >= 0)


HEADING = re.compile(r"Filterregler for ([A-ZÆØÅ]+)")
CHAPTER = re.compile(r"\d+(\.\d+)*\.?\s+[”A-ZÆØÅ]|Bilag \d")
NUMBER = re.compile(r"\s*(R_\d+_\d+[ab]?)\b(.*)")
THEN = re.compile(r"Fordringen (afvises|sendes i)")


def rows_of_sample(text):
    """By type: the rules of the authority's own page, each with what becomes of a claim.

    Two numbers on lines of their own share the words that stand between or above them.
    """
    found, code = {}, None
    lines = [line for line in text.splitlines() if line.strip()]
    for n, line in enumerate(lines):
        if heading := HEADING.search(line):
            code = None if heading[1] in NOT_OURS else heading[1]
        elif CHAPTER.match(line):
            code = None
        number = NUMBER.match(line)
        if code is None or number is None:
            continue
        own, below = number[2].strip(), lines[n + 1]
        around = [below, lines[n - 1]] if not NUMBER.match(below) else [lines[n - 1]]
        words = [line, *around] if own in {"", "høring"} else [line, lines[n + 1]]
        then = next(filter(None, map(THEN.search, words)))
        outcome = "rejected" if then[1] == "afvises" else "in-hearing"
        found.setdefault(code, {})[number[1]] = outcome
    return found


@pytest.mark.skipif(not SAMPLE_FILES, reason="the authority's own pages are not on this machine")
@pytest.mark.parametrize("file", SAMPLE_FILES, ids=lambda file: file.stem)
def test_the_table_has_the_rules_of_the_authoritys_own_page(file):
    pages = rows_of_sample(file.read_text(encoding="utf-8"))
    assert pages or "tvaergaaende" in file.stem  # of the cross-cutting types none are ours
    for code, rules in pages.items():
        ours = {rule.id: rule.otherwise.value for rule in FILTER.rules(code, TABLE["received"])}
        assert ours == rules, code

"""Each rule of each type of the entry filter, kept and broken, as a jurist can read it."""

import tomllib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from domain.money import Money
from domain.recovery.claim import Part, RecoveryClaim, RecoveryLiability
from domain.recovery.entry_check import filter_findings
from domain.recovery.entry_filter import EntryFilter
from policies.entry_filter import load_entry_filter

FILTER = load_entry_filter()
TABLE = tomllib.loads(
    (Path(__file__).parent / "situations" / "entry_filter_types.toml").read_text(encoding="utf-8"),
    parse_float=Decimal,
)
BASES = {code: name for name in TABLE["base"] for code in TABLE["groups"][name]}
ROWS = [
    (code, row)
    for row in TABLE["situation"]
    for code in TABLE["groups"].get(row["types"], [row["types"]])
]
MAIN = "2026-000001"


def claim_of(code, given):
    fields = TABLE["base"][BASES[code]] | given
    fields = {name: None if value == "-" else value for name, value in fields.items()}
    judged, settled = fields.get("judged_on"), fields.get("settled_on")
    share = RecoveryLiability(1, fields["limitation_date"], judged, settled)
    days = ("period_start", "period_end", "originated_on", "due_on", "last_timely_on")
    return RecoveryClaim(
        reference=f"{MAIN}-2" if fields.get("parent") else MAIN,
        part=Part.PRINCIPAL,
        type_code=code,
        principal=Money(int(Decimal(fields["principal"]) * 100)),
        amount=Money(int(Decimal(fields["amount"]) * 100)),
        description=fields.get("description", ""),
        liabilities=(share,),
        parent=fields.get("parent") or None,
        **{name: fields[name] for name in days},
    )


def filter_that_takes(code, arts):
    """As ours, had the type only these kinds of recovery."""
    kind = FILTER.type(code)
    rules = tuple(replace(r, arts=tuple(arts)) if r.id == "R_1_1" else r for r in kind.rules)
    return EntryFilter(
        FILTER.source, FILTER.common, {**FILTER.types, code: replace(kind, rules=rules)}
    )


def outcome(code, row):
    given, received = dict(row["given"]), row.get("received", TABLE["received"])
    due = given.pop("main_due_on", None)
    claim = claim_of(code, given)
    rules = filter_that_takes(code, row["type_takes"]) if "type_takes" in row else FILTER
    main = claim
    if BASES[code] != "hovedfordringer":
        main = claim_of("KFDAINS", {"due_on": due} if due else {})
    before = filter_findings(rules, (main,), received)
    found = filter_findings(rules, (main, claim), received)[len(before) :]
    return next((f.consequence.value for f in found if f.rule == row["rule"]), "kept")


@pytest.mark.parametrize(
    ("code", "row"), ROWS, ids=[f"{code}, {row['rule']}: {row['name']}" for code, row in ROWS]
)
def test_the_rule_says_of_the_type_what_the_table_says(code, row):
    assert outcome(code, row) == row["expect"]


@pytest.mark.parametrize("code", sorted(FILTER.types))
def test_every_rule_of_the_type_has_a_row_that_keeps_and_one_that_breaks_it(code):
    told = {(row["rule"], row["expect"]) for of, row in ROWS if of == code}
    for rule in (*FILTER.common, *FILTER.types[code].rules):
        assert (rule.id, "kept") in told, rule.id
        assert (rule.id, rule.otherwise.value) in told, rule


@pytest.mark.parametrize("code", sorted(FILTER.types))
def test_a_claim_of_the_type_that_is_filled_in_rightly_is_let_in(code):
    claim = claim_of(code, {})
    main = claim if claim.parent is None else claim_of("KFDAINS", {})
    assert not filter_findings(FILTER, (main, claim), TABLE["received"])


def test_the_groups_say_which_types_are_assumed():
    """No annex of the authority's about them has been read: their rows are assumptions."""
    assumed = {code for code, kind in FILTER.types.items() if "ntagelse" in kind.source}
    assert assumed == {*TABLE["groups"]["uden-bilag"], "KFOPGEB", "KFCVGEB"}


def test_no_row_is_said_twice():
    told = [(code, row["rule"], str(row["given"]), str(row.get("received"))) for code, row in ROWS]
    twice = {one for one in told if told.count(one) > 1}
    assert {rule for _, rule, *_ in twice} <= {"R_1_1"}  # there the type differs, not the claim


def test_a_rule_that_was_changed_says_what_happened_and_leaves_no_day_without_it():
    for kind in FILTER.types.values():
        for rule in kind.rules:
            later = [r for r in kind.rules if r.id == rule.id and r.since]
            if rule.until and later:
                assert rule.until + timedelta(days=1) == later[0].since, (kind.code, rule.id)
                assert later[0].note
            elif rule.until:
                assert rule.note, (kind.code, rule.id)

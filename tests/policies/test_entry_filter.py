"""A table of rules that is wrong is refused with the line and the reason, all faults at once."""

import re
from importlib import resources

import pytest

from cli.ending import explain
from cli.words import Words
from domain.errors import Invalid
from policies.entry_filter import FILE, load_entry_filter, read_entry_filter
from policies.parsing import reading_of

TEXT = (resources.files("policies") / "recovery_authority" / "entry_filter.toml").read_text(
    encoding="utf-8"
)
DAY_CARE = "[types.KFDAINS]"
CAP = '{ id = "R_4_2", otherwise = "in-hearing", most = 10000 }'
ONE_DAY = '{ id = "R_6_19", otherwise = "rejected", until = 2023-09-13, days = 1 }'

CASES = {
    "an unknown rule": ((CAP, CAP.replace("R_4_2", "R_4_99")), "filter-rule-unknown", "R_4_99"),
    "a rule in force twice": (
        (ONE_DAY, ONE_DAY.replace("2023-09-13", "2023-09-14")),
        "filter-overlap", "since = 2023-09-14",
    ),
    "a rule of all types said again": (
        (CAP, CAP + ',\n  { id = "R_2_1", otherwise = "rejected" }'), "filter-overlap", "R_2_1",
    ),
    "a rule that ends before it begins": (
        (ONE_DAY, ONE_DAY.replace("until", "since = 2024-01-01, until")),
        "filter-reversed", "since = 2024-01-01",
    ),
    "a missing source": (
        ('source = "Fordringstypeoversigt Daginstitution, 18. januar 2024, afsnit 4"', ""),
        "source-missing", DAY_CARE,
    ),
    "a missing figure": ((CAP, CAP.replace(", most = 10000", "")), "filter-data-missing", "R_4_2"),
    "a figure that is not used": (
        (CAP, CAP.replace("most", "months = 2, most")), "filter-data-unused", "R_4_2",
    ),
    "an unknown consequence": (
        (CAP, CAP.replace("in-hearing", "maybe")), "wrong-kind", "maybe",
    ),
    "an unknown key": ((CAP, CAP.replace("most", "moost")), "unknown-key", "moost"),
    "a negative figure": ((CAP, CAP.replace("10000", "-1")), "negative", "-1"),
    "no limitation": (("limitation_years = 3", "limitation_years = 0"), "limitation-years", "= 0"),
    "an unknown span": (
        ('within = "month"', 'within = "week"'), "filter-within", '"week"',
    ),
}  # fmt: skip


def changed(old, new):
    """The table with the first *old* from day care on replaced."""
    start = TEXT.index(old, TEXT.index(DAY_CARE))
    return TEXT[:start] + new + TEXT[start + len(old) :]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_wrong_is_told_with_its_line(case):
    change, code, told = case
    text = changed(*change)
    with pytest.raises(Invalid) as caught:
        read_entry_filter(text)
    faults = [fault for fault in caught.value.faults if fault.code == f"policy-{code}"]
    assert faults, [fault.code for fault in caught.value.faults]
    lines = text.splitlines()
    assert told in lines[int(faults[0].values["line"]) - 1]
    assert faults[0].values["reason"]
    assert faults[0].values["reason_en"]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("language", ["da", "en"])
def test_what_a_person_reads_names_the_file_and_the_line(case, language):
    """The filter is read together with a policy, and the fault is not in the policy's file."""
    change, _, told = case
    text = changed(*change)
    with pytest.raises(Invalid) as caught, reading_of("skanderborg.toml"), reading_of(FILE):
        read_entry_filter(text)
    lines = explain(caught.value, Words(language))
    numbers = [re.search(rf"{re.escape(FILE)}, (?:linje|line) (\d+), ", line) for line in lines]
    assert all(numbers), lines
    assert any(told in text.splitlines()[int(number[1]) - 1] for number in numbers)


def test_all_that_is_wrong_is_told_at_once():
    text = changed(CAP, CAP.replace("R_4_2", "R_4_99")).replace('id = "R_3_1"', 'id = "R_3_99"')
    with pytest.raises(Invalid) as caught:
        read_entry_filter(text)
    assert [fault.code for fault in caught.value.faults] == ["policy-filter-rule-unknown"] * 2


def test_a_type_that_was_not_read_about_says_that_it_is_assumed():
    read = {"KFDAINS", "KFSKFRI", "KFLRUNG", "GEDAINS", "REOPKOM", "REOPDAG", "KFOPREN", "KOPRORE"}
    types = load_entry_filter().types
    assert {code for code, kind in types.items() if "ntagelse" not in kind.source} == read


def test_every_type_knows_whether_it_is_a_main_claim():
    for code, kind in load_entry_filter().types.items():
        [rule] = [rule for rule in kind.rules if rule.id == "R_1_2"]
        assert rule.is_related is (kind.dating != "own"), code

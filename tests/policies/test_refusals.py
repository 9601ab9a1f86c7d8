"""A policy that is wrong is refused with the line and the reason, all faults at once."""

from importlib import resources

import pytest

from domain.errors import Invalid, NotFound
from policies.complaint_sentences import SENTENCES
from policies.loading import load_policy, policy_names, read_policy

TEXT = (resources.files("policies") / "skanderborg.toml").read_text(encoding="utf-8")


def line_of(text, needle, after=""):
    """The number of the first line with *needle* at or after that with *after*."""
    lines = text.splitlines()
    start = next(n for n, line in enumerate(lines) if after in line)
    return next(n for n, line in enumerate(lines[start:], start=start + 1) if needle in line)


def changed(old, new, after=""):
    """The policy with the first *old* after *after* replaced."""
    assert old in TEXT, old
    start = TEXT.index(after)
    place = TEXT.index(old, start)
    return TEXT[:place] + new + TEXT[place + len(old) :]


def faults_of(text):
    with pytest.raises(Invalid) as caught:
        read_policy(text)
    return caught.value.faults


DAY_CARE = "[claim_types.day-care]"
DAY_CARE_STEPS = "[[claim_types.day-care.steps]]"
DAY_CARE_FEE = "[[claim_types.day-care.fee]]"
DAY_CARE_INTEREST = "[[claim_types.day-care.interest]]"
RENT = "[claim_types.rent]"
RENT_FEE = "[[claim_types.rent.fee]]"
RENT_INTEREST = "[[claim_types.rent.interest]]"
RENT_AGREEMENT = "[[claim_types.rent.agreement]]"
TAX = "[claim_types.property-tax]"
TAX_INTEREST = "[[claim_types.property-tax.interest]]"
TAX_ROUTING = "[[claim_types.property-tax.routing]]"
BENEFIT = "[claim_types.cash-benefit-repayment]"
A_FEE = (
    "\n[[claim_types.cash-benefit-repayment.fee]]\nsince = 2018-01-01\namount = 250\n"
    'legal_maximum = 250\nmin_days_apart = 10\nnone_below = 0\nlegal_basis = "x"\nsource = "x"\n'
)
AN_INTEREST = (
    "\n[[claim_types.cash-benefit-repayment.interest]]\nsince = 2018-01-01\n"
    'percent_per_month = 1\nlegal_basis = "x"\nsource = "x"\n'
)

# What is changed (old, new, after which line), the code, where, and the words on the line told.
CASES = {
    "an unknown key": (
        ("payment_days = 14", "payment_days = 14\npayment_dayz = 3", DAY_CARE),
        "unknown-key", "claim_types.day-care.payment_dayz", "payment_dayz",
    ),
    "an unknown key in a letter": (
        ('letter = "demand", days', 'letter = "demand", dayz = 1, days', DAY_CARE_STEPS),
        "unknown-key", "claim_types.day-care.steps[0].value[0].dayz", "dayz",
    ),
    "a missing key": (
        ('department = "Børn og Unge"\n', "", DAY_CARE),
        "missing-key", "claim_types.day-care.department", DAY_CARE,
    ),
    "a missing source": (
        ('source = "Gebyrlovens § 3', 'note = "Gebyrlovens § 3', DAY_CARE_INTEREST),
        "source-missing", "claim_types.day-care.interest[0].source", DAY_CARE_INTEREST,
    ),
    "an empty source": (
        ('source = "Gebyrlovens § 2, stk.', 'source = "  " # ', DAY_CARE_FEE),
        "source-missing", "claim_types.day-care.fee[0].source", 'source = "  "',
    ),
    "a text for a number": (
        ("dialogue_days = 10", 'dialogue_days = "ti"', ""),
        "wrong-kind", "dialogue_days", "ti",
    ),
    "three decimals in an amount": (
        ("amount = 250", "amount = 249.995", DAY_CARE_FEE),
        "wrong-kind", "claim_types.day-care.fee[0].amount", "249.995",
    ),
    "a date that is a text": (
        ("since = 2018-01-01", 'since = "2018"', DAY_CARE_FEE),
        "wrong-kind", "claim_types.day-care.fee[0].since", '"2018"',
    ),
    "a regime nobody knows": (
        ('regime = "fee-act"', 'regime = "gebyrlov"', DAY_CARE),
        "wrong-kind", "claim_types.day-care.regime", "gebyrlov",
    ),
    "a table for a list": (
        ('value = ["court-fee", "fee", "interest", "principal"]', 'value = "principal"', ""),
        "wrong-kind", "coverage_order[0].value", 'value = "principal"',
    ),
    "an enquiry's channel without a goal": (
        ('  { channel = "mail", working_days = 5 },\n', "", "[[enquiries]]"),
        "enquiry-channels", "enquiries[0].goals", "goals = [",
    ),
    "a channel with two goals": (
        ('{ channel = "mail", working_days = 5 }', '{ channel = "call", working_days = 5 }', ""),
        "enquiry-channels", "enquiries[0].goals", "goals = [",
    ),
    "an enquiry to be answered in no time": (
        ('channel = "call", working_days = 2', 'channel = "call", working_days = 0', ""),
        "not-positive", "enquiries[0].goals[0].working_days", "working_days = 0",
    ),
    "help offered to who was never late": (
        ("late_claims = 3", "late_claims = 0", "[[prevention]]"),
        "not-positive", "prevention[0].late_claims", "late_claims = 0",
    ),
    "an income table that does not begin at nothing": (
        ("{ from_income = 0,", "{ from_income = 10,", "[[income_table]]"),
        "income-rows", "income_table[0].rows", "rows = [",
    ),
    "incomes out of order": (
        ("from_income = 145460", "from_income = 999999", "[[income_table]]"),
        "income-rows", "income_table[0].rows", "rows = [",
    ),
    "instalments rounded to nothing": (
        ("rounded_down_to = 50", "rounded_down_to = 0", "[[income_table]]"),
        "not-positive", "income_table[0].rounded_down_to", "rounded_down_to",
    ),
    "a table of incomes without its source": (
        ('source = "Gældsinddrivelsesbekendtgørelsens', 'note = "', "[[income_table]]"),
        "source-missing", "income_table[0].source", "[[income_table]]",
    ),
    "a fact that pulls twice the same way": (
        ('fact = "paid-before", toward = "agreement"', 'fact = "can-pay", toward = "agreement"',
         "[[assessment]]"),
        "pull-twice", "assessment[0].pulls", "pulls = [",
    ),
    "a fact nobody knows": (
        ('fact = "age-old"', 'fact = "red-hair"', "[[assessment]]"),
        "wrong-kind", "assessment[0].pulls[3].fact", "red-hair",
    ),
    "a channel nobody knows": (
        ('channel = "call"', 'channel = "fax"', "[[enquiries]]"),
        "wrong-kind", "enquiries[0].goals[0].channel", "fax",
    ),
    "limits for write-offs that do not rise": (
        ("{ above = 20000,", "{ above = 5000,", "[[endings.write_offs]]"),
        "write-off-bands", "endings.write_offs[0].bands[2]", 'above = 5000, approval = "committee',
    ),
    "a higher limit that asks for less": (
        ('above = 20000, approval = "committee"', 'above = 20000, approval = "second-person"', ""),
        "write-off-bands", "endings.write_offs[0].bands[2]", "above = 20000",
    ),
    "small amounts that may not be given up": (
        ("is_allowed = true", "is_allowed = false", 'reason = "small-amount"'),
        "write-off-small-not-allowed", "endings.write_offs[0].small_amounts", "small_amounts =",
    ),
    "a reason for a write-off twice": (
        ('reason = "lapse"', 'reason = "other"', "[[endings.write_offs]]"),
        "reason-twice", "endings.write_offs[0].reasons", "[[endings.write_offs.reasons]]",
    ),
    "a reason for a write-off nobody knows": (
        ('reason = "lapse"', 'reason = "lazy"', "[[endings.write_offs]]"),
        "wrong-kind", "endings.write_offs[0].reasons[5].reason", 'reason = "lazy"',
    ),
    "a reason for a write-off without a source": (
        ('source = "Forældelseslovens § 23, stk. 1: f', 'note = "Forældelseslovens § 23, stk. 1: f',
         "[[endings.write_offs.reasons]]"),
        "source-missing", "endings.write_offs[0].reasons[0].source",
        "[[endings.write_offs.reasons]]",
    ),
    "a filing deadline counted from nothing": (
        (' counted_from = "notice-on",', "", 'reason = "death"'),
        "filing-not-counted", "endings.suspensions[0].value[6]", 'reason = "death"',
    ),
    "a suspension nobody looks at again": (
        ("review_days = 20", "review_days = 0", 'reason = "deferral"'),
        "not-positive", "endings.suspensions[0].value[2]", 'reason = "deferral"',
    ),
    "a department without time": (
        ("consultation_days = 5", "consultation_days = 0", ""),
        "not-positive", "consultation_days", "consultation_days = 0",
    ),
    "a negative amount": (
        ("none_below = 100", "none_below = -100", DAY_CARE_FEE),
        "negative", "claim_types.day-care.fee[0].none_below", "-100",
    ),
    "negative days": (
        ("dialogue_days = 10", "dialogue_days = -1", ""),
        "negative", "dialogue_days", "-1",
    ),
    "two decisions from the same day": (
        ("since = 2019-01-01", "since = 2017-01-01", TAX_INTEREST),
        "since-twice", "claim_types.property-tax.interest[1].since", "since = 2017-01-01",
    ),
    "decisions out of order": (
        ("since = 2019-01-01", "since = 2016-01-01", TAX_INTEREST),
        "since-order", "claim_types.property-tax.interest[1].since", "2016-01-01",
    ),
    "a fee without a legal basis": (
        ("fee = []\n", "", BENEFIT, A_FEE),
        "fee-without-basis", "claim_types.cash-benefit-repayment.fee", "repayment.fee]]",
    ),
    "interest without a legal basis": (
        ("interest = []\n", "", BENEFIT, AN_INTEREST),
        "interest-without-basis", "claim_types.cash-benefit-repayment.interest",
        "repayment.interest]]",
    ),
    "a fee above the law's maximum": (
        ("amount = 250", "amount = 250.01", DAY_CARE_FEE),
        "fee-above-maximum", "claim_types.day-care.fee[0].amount", "250.01",
    ),
    "a maximum that is not the law's": (
        ("legal_maximum = 250", "legal_maximum = 300", DAY_CARE_FEE),
        "maximum-not-the-laws", "claim_types.day-care.fee[0].legal_maximum", "300",
    ),
    "more than 100 kroner under the interest act": (
        ("amount = 100", "amount = 101", RENT_FEE),
        "fee-above-maximum", "claim_types.rent.fee[0].amount", "101",
    ),
    "more than three fees under the interest act": (
        ("max_count = 3", "max_count = 4", RENT_FEE),
        "too-many-fees", "claim_types.rent.fee[0].max_count", "max_count = 4",
    ),
    "no end of fees under the interest act": (
        ("max_count = 3\n", "", RENT_FEE),
        "too-many-fees", "claim_types.rent.fee[0].max_count", RENT_FEE,
    ),
    "fees less than ten days apart": (
        ("min_days_apart = 10", "min_days_apart = 9", RENT_FEE),
        "fees-too-close", "claim_types.rent.fee[0].min_days_apart", "= 9",
    ),
    "a decision older than the law's limit": (
        ("since = 2018-01-01", "since = 1990-01-01", DAY_CARE_FEE),
        "no-legal-limit", "claim_types.day-care.fee[0].since", "1990-01-01",
    ),
    "interest of the other act": (
        ("percent_per_month = 1", "margin_percent = 8", DAY_CARE_INTEREST),
        "interest-of-another-act", "claim_types.day-care.interest[0]", DAY_CARE_INTEREST,
    ),
    "daily interest without a day count": (
        ('day_count = "actual/360"\n', "", RENT_INTEREST),
        "interest-of-another-act", "claim_types.rent.interest[0]", RENT_INTEREST,
    ),
    "more than one percent a month": (
        ("percent_per_month = 1", "percent_per_month = 1.5", DAY_CARE_INTEREST),
        "interest-above-maximum", "claim_types.day-care.interest[0].percent_per_month", "1.5",
    ),
    "a margin above eight": (
        ("margin_percent = 8", "margin_percent = 9", RENT_INTEREST),
        "interest-above-maximum", "claim_types.rent.interest[0].margin_percent", "= 9",
    ),
    "priority without a distraint right": (
        ("has_priority_right = false", "has_priority_right = true", RENT),
        "priority-without-distraint", "claim_types.rent.has_priority_right", "right = true",
    ),
    "a civil claim with a distraint right": (
        ("has_distraint_right = false", "has_distraint_right = true", RENT),
        "civil-with-distraint", "claim_types.rent.has_distraint_right", "right = true",
    ),
    "the fee act without a distraint right": (
        ("has_distraint_right = true", "has_distraint_right = false", DAY_CARE),
        "fee-act-without-distraint", "claim_types.day-care.regime", "regime =",
    ),
    "the interest act for a public claim": (
        ("is_civil = true", "is_civil = false", RENT),
        "interest-act-not-civil", "claim_types.rent.regime", "regime =",
    ),
    "a way that does not begin with the demand": (
        ('letter = "demand"', 'letter = "transfer-notice"', DAY_CARE_STEPS),
        "steps-begin-with-demand", "claim_types.day-care.steps[0].value", "value = [",
    ),
    "a letter that stands twice": (
        ('letter = "second-reminder"', 'letter = "first-reminder"', DAY_CARE_STEPS),
        "letter-twice", "claim_types.day-care.steps[0].value", "value = [",
    ),
    "a letter that belongs elsewhere": (
        ('letter = "courtesy-notice"', 'letter = "distraint-notice"', DAY_CARE_STEPS),
        "letter-not-a-step", "claim_types.day-care.steps[0].value[1]", "distraint-notice",
    ),
    "a letter that gives no time": (
        ("days = 10", "days = 0", DAY_CARE_STEPS),
        "no-days", "claim_types.day-care.steps[0].value[1]", "days = 0",
    ),
    "a fee for the friendly notice": (
        ("days = 10", "days = 10, has_fee = true", DAY_CARE_STEPS),
        "fee-on-letter", "claim_types.day-care.steps[0].value[1]", "courtesy-notice",
    ),
    "a letter with a fee nobody has decided": (
        ("since = 2018-01-01", "since = 2018-01-02", DAY_CARE_FEE),
        "fee-without-rule", "claim_types.day-care.steps[0].value[2]", "first-reminder",
    ),
    "the transfer notice in two letters": (
        ("days = 10", "days = 10, carries_transfer_notice = true", DAY_CARE_STEPS),
        "notice-twice", "claim_types.day-care.steps[0].value", "value = [",
    ),
    "an agreement shorter than a month": (
        ("max_months = 12", "max_months = 0", RENT_AGREEMENT),
        "agreement-months", "claim_types.rent.agreement[0].max_months", "= 0",
    ),
    "less time for those with less": (
        ("max_months_low_income = 24", "max_months_low_income = 6", RENT_AGREEMENT),
        "agreement-low-income", "claim_types.rent.agreement[0].max_months_low_income", "= 6",
    ),
    "terms for an agreement that is not offered": (
        ("is_offered = true", "is_offered = false", RENT_AGREEMENT),
        "agreement-not-offered", "claim_types.rent.agreement[0].is_offered", "is_offered = false",
    ),
    "an agreement reminder with a fee nobody has decided": (
        ("by_income_table = true", "by_income_table = true\nreminder_has_fee = true", BENEFIT),
        "fee-without-rule", "claim_types.cash-benefit-repayment.agreement[0].reminder_has_fee",
        "reminder_has_fee",
    ),
    "a claim that lapses at once": (
        ("limitation_years = 3", "limitation_years = 0", RENT),
        "limitation-years", "claim_types.rent.limitation_years", "= 0",
    ),
    "a route that is never used": (
        ("period_from = 2024-01-01\n", "", TAX_ROUTING),
        "route-never-fits", "claim_types.property-tax.routing[1]", TAX_ROUTING,
    ),
    "a claim nobody enforces": (
        ('route = "recovery-authority"', 'route = "recovery-authority"\nfrom_day = 2020-01-01',
         "[[claim_types.rent.routing]]"),
        "route-open-end", "claim_types.rent.routing", "[[claim_types.rent.routing]]",
    ),
    "a period that ends before it begins": (
        ("period_from = 2024-01-01", "period_from = 2024-01-01\nperiod_until = 2023-01-01",
         TAX_ROUTING),
        "route-period-reversed", "claim_types.property-tax.routing[0].period_until", "2023-01-01",
    ),
    "the municipality enforces what it cannot": (
        ('route = "recovery-authority"', 'route = "municipality"', "[[claim_types.rent.routing]]"),
        "route-without-distraint", "claim_types.rent.routing[0].route", '"municipality"',
    ),
    "an order that forgets a kind of debt": (
        ('"fee", "interest"', '"fee"', ""),
        "coverage-kinds", "coverage_order[0].value", '"court-fee", "fee", "principal"',
    ),
    "a rate from a day on which none is fixed": (
        ("since = 2020-01-01", "since = 2020-02-01", "[[reference_rates]]"),
        "rate-day", "reference_rates[0].since", "2020-02-01",
    ),
    "a half-year without a rate": (
        ("since = 2020-01-01", "since = 2019-07-01", "[[reference_rates]]"),
        "rate-gap", "reference_rates[1].since", "since = 2020-07-01",
    ),
    "a creditor number of nine digits": (
        ('"87654321"', '"876543210"', ""),
        "creditor-number", "creditor_number", "876543210",
    ),
    "alarms in the wrong order": (
        ("[12, 6, 3, 1]", "[1, 12]", ""),
        "alarm-months", "limitation_alarm_months", "[1, 12]",
    ),
    "a notice that stands twice": (
        ('letter = "agreement-broken"', 'letter = "distraint-notice"', "[[notices]]"),
        "letter-twice", "notices[0].value", "value = [",
    ),
    "a distraint fee above the maximum": (
        ("amount = 450", "amount = 451", "[[distraint_fee]]"),
        "fee-above-maximum", "distraint_fee[0].amount", "451",
    ),
    "a court fee rounded to nothing": (
        ("round_up_to = 10", "round_up_to = 0", "[[court_fee]]"),
        "not-positive", "court_fee[0].round_up_to", "= 0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_wrong_policy_is_refused_with_its_line(name):
    change, code, field, words = CASES[name]
    old, new, after, *added = change
    text = changed(old, new, after) + "".join(added)
    faults = [fault for fault in faults_of(text) if fault.code == f"policy-{code}"]
    assert [fault.field for fault in faults][:1] == [field]
    told = text.splitlines()[int(faults[0].values["line"]) - 1]
    assert words in told
    assert faults[0].values["reason"] != faults[0].values["reason_en"]
    assert "{" not in faults[0].values["reason"] + faults[0].values["reason_en"]


def test_all_faults_are_told_at_once_in_the_order_of_the_file():
    text = changed("amount = 250", "amount = 999", DAY_CARE_FEE)
    text = text.replace("dialogue_days = 10", 'dialogue_days = "ti"')
    text = text.replace("margin_percent = 8\nday_count", "margin_percent = 80\nday_count")
    faults = faults_of(text)
    lines = [int(fault.values["line"]) for fault in faults]
    assert lines == sorted(lines)
    assert [fault.code for fault in faults] == [
        "policy-wrong-kind",
        "policy-fee-above-maximum",
        "policy-interest-above-maximum",
        "policy-interest-above-maximum",
        "policy-interest-above-maximum",
    ]


def test_a_reason_can_be_read_by_a_person():
    [fault] = faults_of(changed("amount = 250", "amount = 260", DAY_CARE_FEE))
    assert fault.values["reason"] == "Gebyret 260,00 kr. er over 250,00 kr., som er lovens højeste."
    assert "legal maximum" in fault.values["reason_en"]
    text = changed("amount = 250", "amount = 260", DAY_CARE_FEE)
    assert int(fault.values["line"]) == line_of(text, "amount = 260")


@pytest.mark.parametrize("series", ["coverage_order", "notices", "reference_rates", "enquiries"])
def test_what_every_municipality_must_decide_cannot_be_left_empty(series):
    start = TEXT.index(f"[[{series}]]")
    end = next(n for n in range(start + 2, len(TEXT)) if TEXT[n - 1 : n + 1] == "\n[")
    rest = TEXT[:start] + TEXT[end:]
    while f"[[{series}]]" in rest:
        start = rest.index(f"[[{series}]]")
        end = next(n for n in range(start + 2, len(rest)) if rest[n - 1 : n + 1] == "\n[")
        rest = rest[:start] + rest[end:]
    codes = {(fault.field, fault.code) for fault in faults_of(f"{series} = []\n{rest}")}
    assert codes == {(series, "policy-empty-series")}


def test_a_file_that_is_not_toml_is_refused_with_its_line():
    [fault] = faults_of('version = "1"\nmunicipality = \n')
    assert fault.code == "policy-syntax"
    assert fault.values["line"] == "2"
    [fault] = faults_of('version = "1')
    assert fault.values["line"] == "1"


def test_an_empty_file_is_told_all_it_lacks():
    assert {fault.code for fault in faults_of("")} == {
        "policy-missing-key",
        "policy-source-missing",
    }


def test_a_table_where_a_value_belongs_and_a_value_where_a_table_belongs():
    codes = {fault.field for fault in faults_of("claim_types = 3\nlimitation = 4\nversion = {}\n")}
    assert {"claim_types", "limitation", "version"} <= codes


def test_a_file_of_ones_own_may_begin_with_a_byte_order_mark(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text("\ufeff" + TEXT, encoding="utf-8")
    assert load_policy(file) == load_policy("skanderborg")


def test_a_file_in_another_encoding_is_refused(tmp_path):
    file = tmp_path / "own.toml"
    file.write_bytes(TEXT.encode("latin-1", errors="replace"))
    with pytest.raises(Invalid) as caught:
        load_policy(file)
    assert caught.value.faults[0].code == "policy-encoding"


def test_a_policy_that_does_not_exist_is_not_found():
    assert "atlantis" not in policy_names()
    with pytest.raises(NotFound):
        load_policy("atlantis")


def test_a_type_the_recovery_authority_does_not_have_is_refused():
    """Its rules are not known, so nothing could be checked before it is sent."""
    text = changed('recovery_code = "KFDAINS"', 'recovery_code = "KFDAIN"', DAY_CARE)
    [fault] = faults_of(text)
    assert (fault.field, fault.code) == (
        "claim_types.day-care.recovery_code", "policy-recovery-code-unknown",
    )  # fmt: skip
    assert int(fault.values["line"]) == line_of(text, '"KFDAIN"')
    [fault] = faults_of(changed('fee = "GEDAINS"', 'fee = "GEDAIN"', DAY_CARE))
    assert fault.field == "claim_types.day-care.related_codes[0].fee"


def test_every_sentence_speaks_both_languages():
    assert all(danish and english and danish != english for danish, english in SENTENCES.values())

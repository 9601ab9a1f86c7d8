"""The law as situations: what the tables beside this file say is what the house computes.

A lawyer can read and correct the tables; each situation cites its rule.
"""

import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from domain.dated import Dated
from domain.distraints.routing import route, routing_rule
from domain.errors import Invalid
from domain.fees import court_fee, distraint_fee, reminder_fee
from domain.identity import parse_national_id
from domain.interest import interest_due
from domain.letters import Letter
from domain.limitation.dates import (
    LimitationEvent,
    LimitationKind,
    accessory_limitation,
    limitation_date,
)
from domain.money import NOTHING, Money
from domain.payment_reference import find_references
from policies.loading import load_policy

POLICY = load_policy("skanderborg")
TABLES = Path(__file__).parent / "situations"


def kroner(amount):
    return Money(int(Decimal(amount) * 100))


def situations(table):
    text = (TABLES / f"{table}.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text, parse_float=Decimal)["situation"]
    return pytest.mark.parametrize("row", rows, ids=[row["name"] for row in rows])


@pytest.mark.parametrize("table", sorted(file.stem for file in TABLES.glob("*.toml")))
def test_every_situation_has_its_own_name_and_cites_its_rule(table):
    rows = tomllib.loads((TABLES / f"{table}.toml").read_text(encoding="utf-8"))["situation"]
    own = {(row.get("types", ""), row.get("rule", ""), row["name"]) for row in rows}
    assert len(own) == len(rows)
    assert all(row.get("law", row.get("rule", "")).strip() for row in rows)


@pytest.mark.parametrize("kind", LimitationKind)
def test_everything_that_moves_a_limitation_date_is_in_the_table(kind):
    rows = tomllib.loads((TABLES / "limitation.toml").read_text(encoding="utf-8"))["situation"]
    assert any(event["kind"] == kind for row in rows for event in row.get("events", ()))


@situations("interest")
def test_interest_is_posted_as_the_table_says(row):
    def principal_on(day):
        paid = [kroner(p["amount"]) for p in row.get("paid", []) if p["on"] <= day]
        return kroner(row["principal"]) - sum(paid, NOTHING)

    postings = interest_due(
        POLICY.claim_type(row["claim_type"]),
        POLICY.reference_rates,
        row["due"],
        principal_on,
        None,
        row["until"],
    )

    told = [(p.posted_on, p.amount, p.period_start, p.period_end) for p in postings]
    assert told == [(p["on"], kroner(p["amount"]), p["from"], p["to"]) for p in row["expect"]]
    assert all(p.rule and p.legal_basis for p in postings)


def _with_fee(claim_type, decided):
    """The type as it would be, had the council decided on another fee."""
    if decided is None:
        return claim_type
    entries = claim_type.fee.entries
    fees = [replace(e, value=replace(e.value, amount=Money.kroner(decided))) for e in entries]
    return replace(claim_type, fee=Dated(tuple(fees)))


@situations("payment_references")
def test_references_are_found_as_the_table_says(row):
    assert find_references(row["text"]) == tuple(row["expect"])


@situations("fees")
def test_a_reminder_costs_what_the_table_says(row):
    claim_type = _with_fee(POLICY.claim_type(row["claim_type"]), row.get("decided"))
    earlier = [(day, Money.kroner(100)) for day in row.get("earlier", [])]
    fee = reminder_fee(
        claim_type,
        Letter(row["letter"]),
        row["on"],
        kroner(row["owed"]),
        earlier,
        row.get("has_kept_agreement", False),
    )
    assert (fee.amount if fee else NOTHING) == kroner(row["expect"])
    assert fee is None or (fee.rule and fee.legal_basis)


@situations("court_fees")
def test_a_distraint_hearing_costs_what_the_table_says(row):
    fee = court_fee(
        POLICY,
        row["on"],
        kroner(row["owed"]),
        is_held_outside=row.get("is_held_outside", False),
        base_charged_on=row.get("base_charged_on"),
    )
    assert (fee.amount if fee else NOTHING) == kroner(row["expect"])


@situations("limitation")
def test_a_claim_is_time_barred_when_the_table_says(row):
    claim_type = POLICY.claim_type(row["claim_type"])
    moved = limitation_date(
        row["start"],
        claim_type.limitation_years,
        limitation_events(row),
        POLICY.limitation,
        is_civil=claim_type.is_civil,
    )
    assert moved == row["expect"]


@situations("accessory_limitation")
def test_interest_and_fees_are_time_barred_when_the_table_says(row):
    claim_type, law = POLICY.claim_type(row["claim_type"]), POLICY.limitation
    years, events, civil = claim_type.limitation_years, limitation_events(row), claim_type.is_civil
    main = limitation_date(row["start"], years, events, law, is_civil=civil)
    lapses = accessory_limitation(row["fell_due"], main, years, events, law, is_civil=civil)
    assert lapses == row["expect"]


def limitation_events(row):
    """Each has the number of its place in the row."""
    return [
        LimitationEvent(
            LimitationKind(told["kind"]),
            told["on"],
            number=number,
            strikes=told.get("strikes"),
            first=told.get("first"),
        )
        for number, told in enumerate(row.get("events", []), start=1)
    ]


@situations("routing")
def test_a_claim_is_enforced_by_whom_the_table_says(row):
    claim_type = POLICY.claim_type(row["claim_type"])
    assert route(claim_type, row["period_end"], row["on"]) == row["expect"]
    assert routing_rule(claim_type, row["period_end"], row["on"]).source


@situations("identity")
def test_a_number_is_read_as_the_table_says(row):
    if refused := row.get("refused"):
        with pytest.raises(Invalid) as caught:
            parse_national_id(row["text"], row.get("on"))
        assert [fault.code for fault in caught.value.faults] == [refused]
    else:
        number = parse_national_id(row["text"], row.get("on"))
        told = (number.kind, number.masked(), list(number.warnings))
        assert told == (row["kind"], row["masked"], row["warnings"])


def test_a_number_never_shows_in_an_error_or_when_printed():
    with pytest.raises(Invalid) as caught:
        parse_national_id("310279-0123")
    assert "0123" not in str(caught.value) + repr(caught.value.faults)
    assert "0123" not in f"{parse_national_id('0703790123')!r}"


def test_the_notice_of_a_distraint_hearing_costs_what_the_council_decided():
    assert distraint_fee(POLICY, date(2017, 2, 1)) is None
    fee = distraint_fee(POLICY, date(2026, 3, 2))
    assert fee.amount == Money.kroner(450)
    assert fee.legal_basis == "gebyrlovens § 2 a"

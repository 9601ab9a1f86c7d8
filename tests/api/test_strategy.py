"""The strategy page tells every figure of the policy, from when it holds and by what."""

from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from html import unescape

import pytest

from api.pages.steering.strategy_words import StrategyWords
from domain.authority import Role
from domain.dated import Dated, Entry
from domain.letters import Letter
from domain.money import Money
from domain.recovery.entry_filter import EntryFilter
from policies.loading import load_policy
from reports.strategy import changes


async def page(api, address="/strategy"):
    answer = await api.page(address, Role.CASEWORKER)
    return answer.status_code, unescape(answer.text)


def inside(thing, on):
    """What a part of the policy in force consists of, each with its name."""
    if isinstance(thing, Dated):
        entry = thing.entry_on(on)
        return [("source", entry.source), ("", entry.value)] if entry else []
    if isinstance(thing, dict | tuple):
        return [("", one) for one in (thing.values() if isinstance(thing, dict) else thing)]
    if is_dataclass(thing) and not isinstance(thing, EntryFilter | Money):
        return [(field.name, getattr(thing, field.name)) for field in fields(thing)]
    return []


def all_of(thing, on):
    """Everything in it, however deep it lies, with its name."""
    for name, value in inside(thing, on):
        yield name, value
        yield from all_of(value, on)


def figures(policy, on):
    values = (value for _, value in all_of(policy, on))
    return {one for one in values if isinstance(one, Money | Decimal) or type(one) is int}


def texts(policy, on):
    """Every source and legal basis."""
    named = {"source", "legal_basis", "limitation_basis"}
    return {value for name, value in all_of(policy, on) if name in named}


@pytest.mark.parametrize("language", ["da", "en"])
async def test_every_figure_and_every_source_in_force_stands_on_the_page(api, language):
    answer = await api.page("/strategy", Role.CASEWORKER, headers={"Accept-Language": language})
    shown, words = unescape(answer.text), StrategyWords(language)
    found = figures(api.policy, api.today)
    assert len(found) > 100
    assert [one for one in found if words.value(one) not in shown and one] == []
    assert [one for one in texts(api.policy, api.today) if one not in shown] == []


async def test_what_took_the_place_of_another_is_told_with_what_it_said_before(api):
    _, shown = await page(api)
    assert changes(api.policy)[0].now.name == "reference_rates"
    told = shown.split('id="changes"')[1]
    assert "Procent om året: 3,75" in told
    assert "Procent om året: 3,5" in told


async def test_the_strategy_is_read_as_it_was_on_another_day(api):
    _, now = await page(api)
    _, then = await page(api, "/strategy?on=2023-03-01")
    rate = "<dd>1,9</dd>"
    assert (rate in now, rate in then) == (False, True)
    status, _ = await page(api, "/strategy?on=i+morgen")
    assert status == 422


def test_a_changed_table_is_told_by_the_rows_that_differ():
    policy = load_policy("skanderborg")
    rent = policy.claim_types["rent"]
    [*_, last] = rent.steps.entries
    longer = tuple(
        replace(step, days=step.days + 1) if step.letter is Letter.DEMAND else step
        for step in last.value
    )
    steps = Dated((*rent.steps.entries, Entry(date(2027, 1, 1), longer, "Nyt")))
    types = policy.claim_types | {"rent": replace(rent, steps=steps)}
    [change] = [one for one in changes(replace(policy, claim_types=types)) if one.subject == "rent"]
    [[before], [now]] = [side.tables[0].rows for side in (change.before, change.now)]
    assert (before[0], now[0]) == (Letter.DEMAND, Letter.DEMAND)
    assert now[1] == before[1] + 1

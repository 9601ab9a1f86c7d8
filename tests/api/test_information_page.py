"""What everyone may read is what the policy in force says, and nothing else."""

import re
from dataclasses import replace
from datetime import date

import pytest

from domain.dated import Dated, Entry
from domain.money import Money
from letters.catalogue import _catalogue
from reports.public_terms import offers, paths, prices

TOWN = "http://town"
PAGES = {"da": "/betaling", "en": "/en/payment"}


async def read(api, language):
    return await api.http.get(TOWN + PAGES[language])


@pytest.mark.parametrize("language", PAGES)
async def test_everyone_may_read_it_and_it_asks_for_nothing(api, language):
    shown = await read(api, language)
    assert shown.status_code == 200
    assert shown.headers["content-language"] == language
    assert f'<html lang="{language}"' in shown.text
    assert "/payments" not in shown.text
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert "<script" not in shown.text


async def test_the_front_door_is_that_of_the_house(api):
    assert (await api.http.get("http://town/")).headers["location"] == "/sign-in?next=%2F"


@pytest.mark.parametrize("language", PAGES)
async def test_every_kind_of_bill_has_its_steps_its_price_and_who_can_agree(api, language):
    text = (await read(api, language)).text
    on = api.today
    named = [name for path in paths(api.policy, on, language) for name in path.names]
    assert sorted(named) == sorted(price.name for price in prices(api.policy, on, language))
    assert len(named) == len(api.policy.claim_types)
    assert all(name in text for name in named)
    for offer in offers(api.policy, on, language):
        assert f"{offer.max_months} " in text


async def test_another_policy_is_another_page_and_only_what_is_in_force_is_told(api):
    kind = api.policy.claim_types["day-care"]
    [fee] = kind.fee.entries
    later = Entry(date(2030, 1, 1), replace(fee.value, amount=Money.kroner(7)), "senere")
    today = Entry(fee.since, replace(fee.value, amount=Money(12_345)), "prøve")
    changed = replace(kind, fee=Dated((today, later)))
    types = {**api.policy.claim_types, "day-care": changed}
    before = (await read(api, "da")).text
    api.furnish(policy=replace(api.policy, claim_types=types))
    after = (await read(api, "da")).text
    assert "123,45 kr." not in before
    assert "123,45 kr." in after
    assert "7,00 kr." not in after


def test_both_languages_have_the_same_sections():
    shapes = [
        {code for code in _catalogue(language) if code.startswith("info-")} for language in PAGES
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("language", PAGES)
def test_no_figure_stands_in_the_sentences_but_those_of_the_law(language):
    for code, text in _catalogue(language).items():
        if code.startswith("info-"):
            lawless = re.sub(r"§ \d+(?:\(\d\))?(?:, stk\. \d)?", "", text)
            assert not re.search(r"\d", lawless), code

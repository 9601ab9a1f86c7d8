"""A caseworker puts a name right: sees what it does, does it, and puts it back."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE

CLAIM = {
    "source": "prøvesystem",
    "claim_type": "parking-fee",
    "principal_ore": 61_000,
    "debtors": [{"cpr_cvr": "2302580789", "name": "Rut Stavefejl", "address": ["Prøvevej 12"]}],
}


def a_debtor(town):
    body = CLAIM | dict.fromkeys(("period_start", "period_end", "due_date"), town.today)
    claim = town.tell("/claims", body | {"reference": f"rettelse-{time.time_ns()}"})["claim_id"]
    return town.ask(f"/claims/{claim}")["debtors"][0]["id"]


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_name_is_put_right_and_back(town, visit, screen):
    visitor = visit("caseworker", screen)
    page = visitor.open(f"/debtors/{a_debtor(town)}/correct")
    for name, step in (("Rut Rettet", None), ("Rut Stavefejl", "Ret tilbage")):
        if step:
            page.get_by_role("link", name="Ret oplysninger").click()
            page.get_by_role("link", name=step).first.click()
        page.get_by_label("Navn", exact=True).fill(name)
        page.get_by_label("Hvem har sagt det").fill("Opkald fra borgeren")
        page.get_by_label("Begrundelse").fill("Navnet var stavet forkert.")
        page.get_by_role("button", name="Se, hvad der vil ske").click()
        expect(page.locator("table strong").first).to_have_text(name)
        assert visitor.flaws() == []
        page.get_by_role("button", name="Ret oplysningerne").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.get_by_role("link", name="Ret oplysninger").click()
    assert visitor.flaws() == []
    assert visitor.complaints == []

"""A claim's stay at the recovery authority, as a caseworker lives it: handed over, heard, corrected
and called back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE


@pytest.fixture(scope="module", autouse=True)
def answered(town):
    """What was handed over has been received, refused, or is heard first."""
    town.let_the_authority_answer()


def lying_there(town):
    """A claim that was received, and of which nothing is under way."""
    for claim in town.ask("/claims?stage=recovery&limit=100")["items"]:
        found = town.ask(f"/claims/{claim['id']}/corrections")
        offered = [part for part in found["parts"] if "write-down" in part["offers"]]
        if offered and found["parts"][0]["most_ore"] > 100:
            return found
    raise AssertionError("no claim lies with the authority")


def test_what_was_handed_over_shows_what_was_sent(town, visit):
    visitor = visit("caseworker")
    claim = town.claim("transfer")
    page = visitor.open(f"/claims/{claim}/transfer")
    expect(page.get_by_role("heading", level=1)).to_contain_text(claim)
    assert visitor.flaws() == []
    page.goto(f"{town.address}/recovery")
    expect(page.locator("#pending")).to_be_visible()
    expect(page.locator("#payouts")).to_be_visible()
    assert visitor.flaws() == []


def test_who_is_asked_about_a_claim_in_hearing_or_refused_answers_with_reasons(town, visit):
    visitor = visit("caseworker")
    heard = town.ask("/tasks?kind=hearing&limit=100")["items"]
    refused = [
        one
        for one in town.ask("/tasks?kind=exception&limit=100")["items"]
        if one["claim_id"] and one["claimed_by"] is None
    ]
    task = next((one for one in heard if one["claimed_by"] is None), None) or refused[0]
    page = visitor.open(f"/tasks/{task['id']}")
    assert visitor.flaws() == []
    answer = "approved" if task["kind"] == "hearing" else "give-up"
    page.locator(f"#outcome-{answer}").check()
    page.get_by_label("Begrundelse").fill("Beløbet er rigtigt: to måneder i ét krav.")
    page.get_by_role("button", name="Svar og gå til den næste").click()
    expect(page.locator(".answered")).to_contain_text("Besvaret")


def test_a_claim_there_is_corrected_and_then_called_back(town, visit):
    visitor = visit("caseworker")
    found = lying_there(town)
    claim, before = found["claim_id"], town.ask(f"/claims/{found['claim_id']}")["balance"]
    page = visitor.open(f"/claims/{claim}")
    page.get_by_role("link", name="Ret beløbet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Ret beløbet på krav {claim}")
    assert visitor.flaws() == []
    page.locator("#kind-write-down").check()
    page.locator("#amount").fill("1,00")
    page.get_by_label("Begrundelse").fill("Barnet var meldt ud en dag før.")
    page.get_by_role("button", name="Se, hvad det gør").click()
    expect(page.locator("dl.foreseen")).to_contain_text("bagefter")
    assert visitor.flaws() == []
    page.get_by_role("button", name="Ret beløbet").click()
    expect(page.get_by_text("Rettelsen er bogført.")).to_be_visible()
    after = town.ask(f"/claims/{claim}")["balance"]
    assert after["total_ore"] == before["total_ore"] - 100
    expect(page.locator("#events")).to_contain_text("det var for højt")
    page.get_by_role("link", name="Ret beløbet").click()
    expect(page.get_by_text("kode 418")).to_be_visible()
    page.get_by_role("link", name="Til kravet").click()
    page.get_by_role("link", name="Kald tilbage fra Gældsstyrelsen").click()
    page.locator("#reason-HENS").check()
    page.get_by_label("Begrundelse").fill("Henstand til juni.")
    page.get_by_role("button", name="Kald kravet tilbage").click()
    expect(page.get_by_text("Tilbagekaldelsen er bestilt.")).to_be_visible()
    pending = town.ask("/recovery")["pending"]
    assert [one["kind"] for one in pending if one["claim_id"] == claim] == ["write-down", "recall"]


def test_a_correction_that_cannot_be_keeps_what_was_typed_on_a_phone_too(town, visit):
    visitor = visit("caseworker", screen=PHONE)
    found = lying_there(town)
    page = visitor.open(f"/claims/{found['claim_id']}/correct")
    page.locator("#kind-write-down").check()
    too_much = f"{found['parts'][0]['left_ore'] / 100 + 1:.2f}".replace(".", ",")
    page.locator("#amount").fill(too_much)
    page.get_by_label("Begrundelse").fill("For meget.")
    page.get_by_role("button", name="Se, hvad det gør").click()
    expect(page.locator("#faults")).to_contain_text(re.compile("mindre tilbage"))
    expect(page.get_by_label("Begrundelse")).to_have_value("For meget.")
    assert all("422" in complaint for complaint in visitor.complaints)
    visitor.complaints.clear()  # that it was refused is what is looked for
    assert visitor.flaws() == []

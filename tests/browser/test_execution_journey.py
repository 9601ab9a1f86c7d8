"""A supervisor finds a claim that stands still, sees why, has it mended, and sees it go on.

Digital Post is out: its counterpart refuses every letter until it answers again.
"""

import time
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from gateways.digital_post.sandbox import SandboxDigitalPost
from tests.browser.conftest import PHONE

CLAIM = {
    "source": "prøvesystem",
    "claim_type": "parking-fee",
    "principal_ore": 87_500,
    "debtors": [{"cpr_cvr": "1910930321", "name": "Villy Prøvesen", "address": ["Prøvevej 9"]}],
}


@pytest.fixture
def broken_post(town):
    """It answers nobody; afterwards it does again, whatever the test has come to."""
    post = SandboxDigitalPost(town.folder / "world")
    well = post.behaviour()
    post.behave(replace(well, is_out=True))

    def mend():
        post.behave(well)

    yield mend
    mend()


def a_waiting_claim(town):
    """Its demand lies in the tray and is due."""
    body = CLAIM | dict.fromkeys(("period_start", "period_end", "due_date"), town.today)
    claim = town.tell("/claims", body | {"reference": f"forløb-{time.time_ns()}"})["claim_id"]
    until(
        lambda: town.ask(f"/claims/{claim}/execution")["waiting_for"] == "demand",
        "the demand was never asked for",
    )
    return claim


def until(true, what, most=150):
    latest = time.monotonic() + most
    while not true():
        assert time.monotonic() < latest, what
        time.sleep(0.3)


def troubles(town, claim):
    return town.ask(f"/claims/{claim}/execution")["troubles"]


def ask(visitor, act, reason):
    page = visitor.page
    page.get_by_role("link", name=act).click()
    expect(page.get_by_text("Det sker der", exact=True)).to_be_visible()
    assert visitor.flaws() == []
    page.get_by_label("Begrundelse").fill(reason)
    page.get_by_role("button", name=act).click()


def test_a_stuck_claim_is_found_its_cause_seen_mended_and_it_goes_on(town, visit, broken_post):
    claim = a_waiting_claim(town)
    visitor = visit("supervisor")
    page = visitor.open(f"/claims/{claim}/execution")
    ask(visitor, "Prøv igen nu", "Brevet burde være sendt.")
    until(lambda: troubles(town, claim) == ["gateway"], "the silence was never noticed")
    page.goto(f"{town.address}/executions")
    expect(page.get_by_text("Digital Post har ikke svaret siden")).to_be_visible()
    assert visitor.flaws() == []
    page.get_by_role("link", name="Nogen svarer ikke").click()
    row = page.locator("#troubled tr", has_text=claim)
    expect(row).to_contain_text(
        "Digital Post svarer ikke. Derfor er det her ikke sendt: opkrævning"
    )
    row.get_by_role("link", name=claim).click()
    expect(page.get_by_role("heading", name="Nogen svarer ikke")).to_be_visible()
    expect(page.get_by_text("Forløbet og databasen husker det samme.")).to_be_visible()
    assert visitor.flaws() == []
    broken_post()
    ask(visitor, "Prøv igen nu", "Digital Post svarer igen.")
    until(lambda: troubles(town, claim) == [], "the claim never went on")
    page.goto(f"{town.address}/claims/{claim}/execution")
    expect(page.get_by_text("Sagen følger sit forløb.")).to_be_visible()
    expect(page.locator("#steps-table")).to_contain_text("Digital Post svarer igen.")
    page.goto(f"{town.address}/executions")
    expect(page.locator("main")).not_to_contain_text(claim)


def test_a_letter_that_waited_for_the_gateway_has_left(town, visit, broken_post):
    claim = a_waiting_claim(town)
    town.tell(f"/claims/{claim}/execution/steps", {"act": "retry", "reason": "Prøve"})
    until(lambda: troubles(town, claim) == ["gateway"], "the silence was never noticed")
    visitor = visit("supervisor", screen=PHONE)
    page = visitor.open("/executions/batches/new?act=retry&trouble=gateway")
    assert visitor.flaws() == []
    page.get_by_label("Begrundelse").fill("Digital Post svarer snart igen.")
    page.get_by_role("button", name="Prøv alle igen nu").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Prøv igen nu: samling")
    assert visitor.flaws() == []
    expect(page.locator("#progress .badge")).to_have_text("Færdig")
    broken_post()
    until(lambda: troubles(town, claim) == [], "the claim never went on")


def test_a_claim_is_moved_by_two_supervisors(town, visit):
    claim = town.claim("dialogue")
    visitor = visit("supervisor")
    page = visitor.open(f"/claims/{claim}/execution")
    page.get_by_role("link", name="Flyt til vurdering").click()
    assert visitor.flaws() == []
    page.get_by_label("Begrundelse").fill("Skyldneren svarer ikke, og det haster.")
    page.get_by_role("button", name="Foreslå flytningen").click()
    expect(page.get_by_text("En anden teamleder skal sige ja.").first).to_be_visible()
    assert page.get_by_role("button", name="Sig ja og flyt").count() == 0
    assert visitor.flaws() == []
    page.get_by_role("button", name="Fortryd forslaget").click()
    expect(page.get_by_text("Flytningen er opgivet.")).to_be_visible()

"""Journeys at the end of a claim: mended and handed over, kept alive, an alarm that is heard."""

import re
from datetime import date, timedelta

from playwright.sync_api import expect

from tests.api.conftest import claim_body
from tests.browser.conftest import PHONE
from tests.browser.test_journeys import until

REASONS = "Institutionens meddelelse af i går"


def test_from_a_finding_on_the_list_to_the_field_mended_ready_and_handed_over(town, visit):
    town.let_night_come()
    asked = town.ask("/tasks?kind=assessment&limit=100")["items"]
    task = next(
        one for one in asked
        if one["transfer_standing"] in {"ready", "hearing"} and one["claimed_by"] is None
    )  # fmt: skip
    claim = task["claim_id"]
    wrong = {"description": "", "reasons": "Sådan kom det fra fagsystemet"}
    town.tell(f"/claims/{claim}/particulars", wrong)
    visitor = visit("caseworker")
    page = visitor.open("/transfers")
    assert visitor.flaws() == []
    line = page.locator("#obstacles-lacking ~ div tr", has_text="Beskrivelsen mangler")
    line.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Krav og deres mangler")
    row = page.locator("#transfers tbody tr", has_text=claim)
    expect(row.locator(".badge")).to_have_text("Skal rettes")
    assert visitor.flaws() == []
    visitor.open(row.get_by_role("link", name="Beskrivelsen mangler").get_attribute("href"))
    expect(page.get_by_text("Beskrivelsen skal være udfyldt")).to_be_visible()
    assert visitor.flaws() == []
    page.get_by_label("Beskrivelse", exact=False).first.fill("Faktura 4711")
    page.get_by_label("Hvad rettelsen bygger på").fill(REASONS)
    page.get_by_role("button", name="Gem rettelsen").click()
    expect(page.get_by_text("Rettelsen er gemt, og kravet er prøvet igen.")).to_be_visible()
    expect(page.get_by_text("Kravet kan overdrages i dag.")).to_be_visible()
    assert visitor.flaws() == []
    visitor.open(f"/tasks/{task['id']}")
    page.get_by_label("Overdrag til inddrivelse", exact=False).first.check()
    page.get_by_label("Begrundelse").fill("Alt er bevist, og skyldneren har ikke svaret.")
    page.get_by_role("button", name="Svar og gå til den næste").click()
    expect(page.locator(".answered")).to_contain_text("overdrag")
    until(visitor, f"/claims/{claim}/transfer", page.get_by_text("Kravet er allerede overdraget."))
    expect(page.get_by_text("Faktura 4711").first).to_be_visible()


def test_from_the_radar_to_an_acknowledgement_that_keeps_the_claim_alive(town, visit):
    visitor = visit("caseworker")
    page = visitor.open("/limitation")
    page.locator("#bands ~ div tbody tr:last-child a").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    first = page.locator("#lapsing tbody tr").first
    claim = re.search(r"\d{4}-\d{6,}", first.inner_text())[0]
    before = town.ask(f"/claims/{claim}/limitation")["limitation_date"]
    visitor.open(f"/claims/{claim}/limitation")
    page.get_by_label("Hvad skete der").select_option("acknowledgement")
    page.get_by_label("Dagen, det skete").fill(town.today)
    for box in page.locator("input[name=debtors]").all():
        box.check()
    page.locator("#source").fill("Brev fra skyldneren, dokument 17")
    page.locator("form[action$='/limitation/events'] button.button-primary").click()
    expect(page.get_by_role("heading", name="Det bliver skrevet sådan")).to_be_visible()
    assert visitor.flaws() == []
    page.locator("button[name=is_sure]").click()
    expect(page.get_by_text("Det er skrevet på kravet.")).to_be_visible()
    after = town.ask(f"/claims/{claim}/limitation")["limitation_date"]
    assert after > before
    assert date.fromisoformat(after) >= date.fromisoformat(town.today) + timedelta(days=3 * 365)


def test_an_alarm_of_limitation_is_heard_by_the_supervisor(town, visit):
    due = (date.fromisoformat(town.today) - timedelta(days=3 * 365 - 60)).isoformat()
    days = {"period_start": due, "period_end": due, "due_date": due}
    claim = town.tell("/claims", claim_body(source="browser", principal_ore=777_700, **days))
    claim = claim["claim_id"]
    town.let_night_come()
    visitor = visit("supervisor")
    page = visitor.open("/limitation")
    assert visitor.flaws() == []
    page.get_by_role("link", name=re.compile(f"Krav {claim} forældes")).click()
    expect(page.get_by_text(claim).first).to_be_visible()
    assert visitor.flaws() == []
    page.get_by_label("Begrundelse").fill("Kravet kom for sent fra afdelingen. Det er nu fordelt.")
    page.get_by_role("button", name="Svar og gå til den næste").click()
    expect(page.locator(".answered")).to_be_visible()
    shown = visitor.open("/limitation")
    expect(shown.get_by_role("link", name=re.compile(f"Krav {claim} forældes"))).to_have_count(0)


def test_the_lists_are_read_and_searched_on_a_phone(town, visit):
    visitor = visit("caseworker", PHONE)
    page = visitor.open("/transfers/claims?standing=underway")
    assert visitor.flaws() == []
    claim = re.search(r"\d{4}-\d{6,}", page.locator("#transfers tbody tr").first.inner_text())[0]
    page.get_by_role("searchbox", name="Søg på krav, navn eller CPR-nummer").fill(claim)
    page.get_by_role("button", name="Søg", exact=True).last.click()
    expect(page.locator("#transfers tbody tr")).to_have_count(1)
    assert claim not in page.url

"""Journeys to an end without money: given up by two, in bulk, with an estate; one of two freed."""

import re
from datetime import date, timedelta
from itertools import count

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.test_journeys import until

# Born before October 2007 and failing modulus 11: such numbers were never issued.
KARLA, BO, ASTRID = "0703790123", "1108650456", "2302580789"
NAMES = {KARLA: "Karla Prøvesen", BO: "Bo Prøvesen", ASTRID: "Astrid Prøvesen"}
_numbers = count(1)


def register(town, *debtors, kroner=1_000, days_ago=200):
    """A claim of long ago; who owes it is nobody else's debtor."""
    due = date.fromisoformat(town.today) - timedelta(days=days_ago)
    body = {
        "source": "browser",
        "reference": f"end-{next(_numbers)}",
        "claim_type": "parking-fee",
        "principal_ore": kroner * 100,
        "debtors": [
            {"cpr_cvr": one, "name": NAMES[one], "address": ["Prøvevej 1"]} for one in debtors
        ],
        "period_start": due.isoformat(),
        "period_end": due.isoformat(),
        "due_date": due.isoformat(),
    }
    return town.tell("/claims", body)["claim_id"]


def debtor_of(town, claim, name):
    [found] = [one for one in town.ask(f"/claims/{claim}")["debtors"] if one["name"] == name]
    return found.get("id") or found["debtor_id"]


def open_task(town, kind, is_it):
    found = town.ask(f"/tasks?kind={kind}&limit=100")["items"]
    return next(one["id"] for one in found if is_it(one))


def look(visitor, path=None):
    """At the page as it is, on a wide screen and on a phone: nothing is wrong with it on either."""
    if path:
        visitor.open(path)
    wide = visitor.page.viewport_size
    for size in (PHONE, wide):
        visitor.page.set_viewport_size(size)
        assert visitor.flaws() == []


def agree(page, words="Set efter."):
    page.locator("#outcome-approved").check()
    page.get_by_label("Begrundelse").fill(words)
    page.get_by_role("button", name="Svar og gå til den næste").click()
    expect(page.locator(".answered")).to_contain_text("Besvaret: godkendt")


def tell_of_committee(town, page):
    page.locator("#committee-on").fill(town.today)
    page.locator("#committee-item").fill("Punkt 14")
    page.locator("#committee-journal").fill("ØU 2026-14")


def test_one_of_two_is_freed_by_two_people(town, visit):
    first, second = visit("caseworker"), visit("supervisor")
    claim = register(town, KARLA, BO)
    page = first.open(f"/claims/{claim}")
    page.get_by_role("link", name="Fritag en skyldner").click()
    page.locator("#debtor").select_option(label="Karla Prøvesen")
    page.locator("#write-off-reason").select_option("debt-relief")
    page.get_by_label("Begrundelse").fill("Kendelse om gældssanering.")
    page.locator("#write-off-on").fill(town.today)
    page.locator("#write-off-journal").fill("SKS 2026-17")
    look(first)
    page.get_by_role("button", name="Indstil til fritagelse").click()
    expect(page.get_by_text("Fritagelsen er indstillet.")).to_be_visible()
    expect(page.get_by_text("Karla Prøvesen skal fritages for kravet")).to_be_visible()
    task = open_task(town, "discharge-approval", lambda one: one["claim_id"] == claim)
    first.open(f"/tasks/{task}")
    expect(page.locator("#answer")).to_have_count(0)  # their own proposal
    look(first)
    other = second.open("/write-offs")
    expect(other.get_by_text("Kun Karla Prøvesen fritages")).to_be_visible()
    second.open(f"/tasks/{task}")
    expect(other.get_by_text("Hæfter fortsat")).to_be_visible()
    look(second)
    agree(other)
    second.open(f"/claims/{claim}")
    expect(other.get_by_text("Karla Prøvesen hæfter ikke længere")).to_be_visible()
    expect(other.locator("section", has=other.locator("#letters"))).to_contain_text(
        "Afgørelse om fritagelse"
    )


def test_small_amounts_go_together_are_taken_back_and_one_was_a_mistake(town, visit):
    first, second = visit("caseworker"), visit("supervisor")
    claims = [register(town, ASTRID, kroner=150) for _ in range(3)]
    page = first.open("/write-offs")
    chosen = page.locator("#chosen")
    for box in page.locator("input[name=claim]:checked").all():
        if box.get_attribute("value") not in claims:
            box.uncheck()
    expect(chosen).to_contain_text("3 valgt")
    page.locator(f"#claim-{claims[2]}").uncheck()
    expect(chosen).to_contain_text("2 valgt")
    look(first)
    page.get_by_label("Begrundelse").fill("Dyrere at kræve end beløbet.")
    page.get_by_role("button", name="Indstil de valgte til afskrivning").click()
    proposed = page.get_by_text(re.compile(r"2 krav på i alt [\d.,]+ kr\. er indstillet"))
    expect(proposed).to_be_visible()
    other = second.open("/write-offs")
    other.get_by_role("link", name="2 bagatelbeløb").first.click()
    expect(other.get_by_text(re.compile(r"2 bagatelbeløb, i alt [\d.,]+ kr\."))).to_be_visible()
    task = other.url.rpartition("/")[2]
    look(second)
    agree(other)
    other.get_by_role("button", name="Fortryd").click()
    expect(other.get_by_text("Svaret er fortrudt")).to_be_visible()
    assert town.ask(f"/claims/{claims[0]}")["ending"] is None
    second.open(f"/tasks/{task}")
    agree(other)
    until(second, f"/tasks/{task}", other.get_by_text("2 af 2 krav er afskrevet og afsluttet."))
    look(second)
    assert town.ask(f"/claims/{claims[0]}")["ending"] == "written-off"
    assert town.ask(f"/claims/{claims[2]}")["ending"] is None
    lines = second.open("/write-offs/lines?reason=small-amount")
    expect(lines.get_by_role("link", name=claims[0])).to_be_visible()
    look(second)
    second.open(f"/claims/{claims[0]}")
    other.get_by_role("link", name="Omgør afskrivningen").click()
    other.get_by_label("Hvorfor var afskrivningen en fejl?").fill("Beløbet hører til et større.")
    other.get_by_role("button", name="Omgør afskrivningen").click()
    expect(other.get_by_text("Afskrivningen er omgjort. Beløbet skyldes igen.")).to_be_visible()
    assert town.ask(f"/claims/{claims[0]}")["balance"]["total_ore"] >= 15_000


def test_an_estate_from_the_notice_of_death_to_its_end_goes_by_the_committee(town, visit):
    first, second = visit("caseworker"), visit("supervisor")
    alone = [register(town, KARLA, kroner=12_000) for _ in range(2)]
    shared = register(town, KARLA, BO)
    karla = debtor_of(town, shared, "Karla Prøvesen")
    page = first.open(f"/debtors/{karla}")
    page.get_by_role("link", name="Død, konkurs eller gældssanering").click()
    page.locator("#reason-death").check()
    page.locator("#died-on").fill(back(town, 90))
    page.locator("#notice-on").fill(back(town, 70))
    page.locator("main form.case-form button.button-primary").click()
    expect(page.get_by_text(re.compile(r"Uret standses for \d+ krav: dødsbo"))).to_be_visible()
    look(first)
    page.locator("button[name=is_sure]").click()
    expect(page.get_by_text("Uret står stille for skyldnerens krav.")).to_be_visible()
    later = register(town, KARLA)
    first.open(f"/claims/{later}")
    expect(page.locator(".badges")).to_contain_text("står stille", ignore_case=True)
    task = open_task(town, "estate-claim", lambda one: one["debtor_name"] == "Karla Prøvesen")
    first.open(f"/tasks/{task}")
    expect(page.get_by_text("er overskredet")).to_be_visible()  # eight weeks after the notice
    page.locator("#outcome-nothing-left").check()
    page.locator("#write-off-on").fill(town.today)
    page.locator("#write-off-journal").fill("SKS 2026-88")
    look(first)
    page.get_by_label("Begrundelse").fill("Boudlæg til datteren.")
    page.get_by_role("button", name="Svar og gå til den næste").click()
    expect(page.locator(".answered")).to_contain_text("boet er sluttet uden penge til os")
    other = second.open("/write-offs")
    until(second, "/write-offs", other.get_by_role("link", name=re.compile(r"\d+ krav i et bo")))
    other.get_by_role("link", name=re.compile(r"\d+ krav i et bo")).first.click()
    batch = other.url.rpartition("/")[2]
    expect(other.get_by_text("Økonomiudvalget skal have besluttet det").first).to_be_visible()
    other.locator("#outcome-approved").check()
    other.get_by_label("Begrundelse").fill("Set efter.")
    other.get_by_role("button", name="Svar og gå til den næste").click()
    missing = other.get_by_role("link", name="Skriv datoen for Økonomiudvalgets møde.")
    expect(missing).to_be_visible()
    assert "422" in second.complaints.pop()  # the browser notes what was refused
    tell_of_committee(town, other)
    look(second)
    agree(other)
    freed = open_task(town, "discharge-approval", lambda one: one["claim_id"] == shared)
    second.open(f"/tasks/{freed}")
    agree(other)
    done = other.get_by_text(re.compile(r"^\s*(\d+) af \1 krav er afskrevet og afsluttet\."))
    until(second, f"/tasks/{batch}", done)
    for claim in (*alone, later):
        assert town.ask(f"/claims/{claim}")["ending"] == "written-off"
    assert town.ask(f"/claims/{shared}")["ending"] is None, "Bo owes it"
    second.open(f"/claims/{shared}")
    expect(other.locator(".badges")).not_to_contain_text("står stille", ignore_case=True)
    look(second)


def back(town, days):
    return (date.fromisoformat(town.today) - timedelta(days)).isoformat()


@pytest.mark.parametrize("screen", ["wide", "phone"])
def test_the_years_figures_lead_to_their_lines(visit, screen):
    visitor = visit("supervisor", **({"screen": PHONE} if screen == "phone" else {}))
    page = visitor.open("/write-offs")
    look(visitor)
    link = page.locator("section:has(#year) table a").first
    if not link.count():
        pytest.skip("nothing was given up in this town yet")
    amount = page.locator("section:has(#year) tr:has(a) td").nth(2).inner_text().strip()
    link.click()
    expect(page.locator(".lead")).to_contain_text(amount)
    look(visitor)

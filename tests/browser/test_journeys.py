"""Five journeys of a day: from the morning's inbox to a decision, and what comes between."""

import re
from datetime import date, timedelta
from itertools import count

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.gateways.bank_files import a_detail, a_file, an_entry

_numbers = count(1)
SECONDS_TO_BE_HEARD = 150  # half a minute in which to undo, and a story to hear it


def amount_of(text):
    """The øre in »1.234,50 kr.«."""
    kroner, ore = re.search(r"([\d.]+),(\d\d)\s*kr\.", text).groups()
    return int(kroner.replace(".", "")) * 100 + int(ore)


def open_dialogue(town, visitor, number):
    """A claim whose debtor is to be called, on the screen of the caseworker."""
    task = town.task("dialogue", number)
    page = visitor.open(f"/tasks/{task['id']}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dialog med skyldneren")
    return task, page


def test_the_mornings_inbox_leads_to_a_decision_by_keys_alone_and_it_can_be_taken_back(town, visit):
    visitor = visit("caseworker")
    page = visitor.open("/?view=team&kind=dialogue")
    first = page.locator("#inbox-table tbody tr").first
    first.locator("summary").click()
    expect(first.locator(".inbox-why li").first).to_be_visible()  # why it stands where it stands
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/tasks/\d+$"))
    task = page.url.rpartition("/")[2]
    page.get_by_label("Lovet betaling", exact=True).check()
    page.get_by_label("Lovet betaling senest").fill(day(town, 10))
    page.get_by_label("Notat om samtalen").fill("Betaler, når lønnen kommer.")
    expect(page.locator("#draft")).to_contain_text("Kladde gemt")
    page.get_by_role("button", name="Svar og gå til den næste").click()
    answered = page.locator(".answered")
    expect(answered).to_contain_text("Besvaret: lovet betaling")
    assert not page.url.endswith(f"/tasks/{task}")  # the next one is on the screen already
    assert visitor.flaws() == []
    page.keyboard.press("z")
    page.wait_for_url(f"**/tasks/{task}?done=undone")
    expect(page.get_by_label("Notat om samtalen")).to_have_value("Betaler, når lønnen kommer.")
    expect(page.get_by_text("Svaret er fortrudt")).to_be_visible()


def test_a_phone_call_ends_in_a_signed_agreement(town, visit):
    visitor = visit("caseworker")
    task = town.task("dialogue", 0, of="household-waste")
    page = visitor.open("/")
    page.locator("header input[type=search]").fill(task["debtor_name"])
    with page.expect_navigation():
        page.keyboard.press("Enter")
    if "/search" in page.url:
        page.get_by_role("link", name=task["debtor_name"], exact=True).first.click()
    if "/purpose?" in page.url:
        page.locator("button[value=enquiry]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(task["debtor_name"])
    page.goto(f"{town.address}/tasks/{task['id']}")
    page.get_by_label("Aftale indgået", exact=True).check()
    page.locator("#months-slider").fill("3")
    plan = page.locator("#plan")
    expect(plan).to_contain_text("3 à")
    plan.locator("summary").click()
    paid = [amount_of(one) for one in plan.locator("tbody td.amount").all_inner_texts()]
    assert len(paid) == 3
    assert sum(paid) == amount_of(plan.locator("dd").first.inner_text())
    assert visitor.flaws() == []
    page.get_by_label("Notat om samtalen").fill("Ringede selv. Kan betale over tre måneder.")
    page.get_by_role("button", name="Svar og gå til den næste").click()
    expect(page.locator(".answered")).to_contain_text("Besvaret: aftale indgået")
    visitor.open(f"/claims/{task['claim_id']}")
    agreement = page.locator("section", has=page.locator("#agreements"))
    expect(agreement.locator("tbody tr")).to_have_count(3)
    expect(page.locator("#letters ~ *, section:has(#letters)").first).to_contain_text(
        "Bekræftelse på betalingsaftale"
    )


def test_an_objection_holds_the_claim_until_it_has_been_answered(town, visit):
    visitor = visit("caseworker")
    task, page = open_dialogue(town, visitor, 2)
    page.get_by_text("Skyldneren mener, at kravet er forkert").click()
    page.get_by_label("Hvad er skyldneren uenig i?").fill("Barnet var meldt ud i januar.")
    page.get_by_role("button", name="Registrér indsigelsen").click()
    expect(page.get_by_text("Indsigelsen er registreret.")).to_be_visible()
    visitor.open(f"/claims/{task['claim_id']}")
    expect(page.locator(".badges")).to_contain_text("står stille", ignore_case=True)
    release = page.locator("a[href*='/release']").first.get_attribute("href")
    visitor.open(release)
    assert visitor.flaws() == []
    asked = town.ask("/tasks?kind=objection&limit=100")["items"]
    number = next(one["id"] for one in asked if one["claim_id"] == task["claim_id"])
    visitor.open(f"/tasks/{number}")
    page.locator("#outcome-refused").check()
    page.get_by_label("Svar til skyldneren").fill("Udmeldelsen kom først i marts.")
    page.get_by_label("Begrundelse").fill("Institutionen har bekræftet det.")
    page.get_by_role("button", name="Svar og gå til den næste").click()
    expect(page.locator(".answered")).to_contain_text("Besvaret: afvist")
    visitor.open(f"/claims/{task['claim_id']}")
    expect(page.locator(".badges")).not_to_contain_text("står stille", ignore_case=True)
    expect(page.locator("#events")).to_contain_text("svar på indsigelse", ignore_case=True)


def test_money_without_a_place_gets_one(town, visit):
    claim = town.ask("/claims?stage=reminder&limit=1")["items"][0]
    visitor = visit("finance")
    page = visitor.open("/files")
    amount = f"{claim['balance_ore'] / 100:.2f}"
    content = a_file(an_entry(a_detail(amount=amount, payer=claim["debtor_name"]), amount=amount))
    name = f"bank-{next(_numbers)}.xml"
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/xml", "buffer": content}
    )
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    assert visitor.flaws() == []
    until(visitor, "/payments", page.locator("table tbody a").first)
    page.locator("table tbody a").first.click()
    expect(page.get_by_text("har ingen plads")).to_be_visible()
    assert visitor.flaws() == []
    page.get_by_role("button", name=f"Placér på krav {claim['id']}").click()
    expect(page.get_by_text("Alle pengene har en plads.")).to_be_visible()
    assert town.ask(f"/claims/{claim['id']}")["balance"]["total_ore"] == 0


def test_it_takes_two_people_to_write_a_claim_off(town, visit):
    first, second = visit("caseworker"), visit("supervisor")
    task = town.task("assessment")
    page = first.open(f"/tasks/{task['id']}")
    page.get_by_label("Indstil til afskrivning", exact=True).check()
    page.locator("#write-off-lapse").check()
    page.locator("#write-off-on").fill(town.today)
    assert first.flaws() == []
    page.get_by_label("Begrundelse").fill("Skyldneren er død, og boet er sluttet uden midler.")
    page.get_by_role("button", name="Svar og gå til den næste").click()
    expect(page.locator(".answered")).to_contain_text("afskrivning")
    approval = wait_for_task(town, first, "write-off-approval", task["claim_id"])
    first.open(f"/tasks/{approval}")
    expect(page.get_by_text("to par øjne")).to_be_visible()
    expect(page.locator("#answer")).to_have_count(0)
    other = second.open(f"/tasks/{approval}")
    other.locator("#outcome-approved").check()
    other.get_by_label("Begrundelse").fill("Boets slutning er set efter.")
    other.get_by_role("button", name="Svar og gå til den næste").click()
    expect(other.locator(".answered")).to_contain_text("Besvaret: godkendt")
    second.open(f"/claims/{task['claim_id']}")
    seen = other.locator("a[href$='/screen']").first.get_attribute("href")
    second.open(seen)
    expect(other.get_by_role("heading", level=1)).to_be_visible()
    expect(other.get_by_text("Boets slutning er set efter.").first).to_be_visible()
    assert second.flaws() == []
    second.open(seen.removesuffix("/screen"))
    expect(other.locator(".answered")).to_contain_text("Besvaret: godkendt")
    assert second.flaws() == []
    reversal = other.get_by_role("link", name="Omgør afskrivningen")
    until(second, f"/claims/{task['claim_id']}", reversal)
    reversal.click()
    expect(other.get_by_role("heading", level=1)).to_contain_text("Omgør afskrivningen")
    assert second.flaws() == []


def test_a_sample_of_looks_is_drawn_for_control(visit):
    visitor = visit("auditor")
    page = visitor.open("/audit")
    page.locator("form[action='/audit/samples'] button").click()
    page.wait_for_url("**/audit/samples/*")
    assert visitor.flaws() == []


def test_a_long_note_survives_the_end_of_the_session_without_scripts_too(town, visit, cookies):
    visitor = visit(java_script_enabled=False)
    visitor.sign_in("bailiff")
    _, page = open_dialogue(town, visitor, 3)
    page.locator("#outcome-go-on").check()
    page.locator("#reasons").fill("Et langt notat. " * 40)
    town.let_sessions_end("visitor-bailiff")
    cookies.pop("bailiff", None)  # of the session that others would have used
    page.get_by_role("button", name="Svar og gå til den næste").click()
    page.wait_for_url("**/sign-in?*")
    page.locator("a[href*='hint=visitor-bailiff']").click()
    page.wait_for_url("**/kept-forms/*")
    expect(page.locator(".kept-text").first).to_contain_text("Et langt notat.")
    page.locator("form[action^='/tasks/'] button.button-primary").click()
    expect(page.locator(".answered")).to_contain_text("Besvaret")


@pytest.mark.parametrize("role", ["caseworker", "department", "finance", "auditor"])
def test_each_role_lands_on_a_page_of_its_own_on_a_phone_too(visit, role):
    visitor = visit(role, PHONE)
    page = visitor.open("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert visitor.flaws() == []


def test_without_scripts_a_task_is_answered_all_the_same(town, visit):
    visitor = visit("caseworker", java_script_enabled=False)
    _, page = open_dialogue(town, visitor, 4)
    page.locator("#outcome-go-on").check()
    page.locator("#reasons").fill("Ingen løsning.")
    page.get_by_role("button", name="Svar og gå til den næste").click()
    expect(page.locator(".answered")).to_contain_text("Besvaret")
    page.get_by_role("button", name="Fortryd").click()
    expect(page.get_by_text("Svaret er fortrudt")).to_be_visible()


def day(town, days):
    return (date.fromisoformat(town.today) + timedelta(days)).isoformat()


def wait_for_task(town, visitor, kind, claim_id):
    """Ask again and again, as someone does who waits for it."""
    for _ in range(SECONDS_TO_BE_HEARD):
        for one in town.ask(f"/tasks?kind={kind}&limit=100")["items"]:
            if one["claim_id"] == claim_id:
                return one["id"]
        visitor.page.wait_for_timeout(1000)
    raise AssertionError(f"no {kind} for {claim_id}")


def until(visitor, path, awaited):
    for _ in range(SECONDS_TO_BE_HEARD):
        visitor.open(path)
        if awaited.count():
            return
        visitor.page.wait_for_timeout(1000)
    raise AssertionError(f"{path} never showed it")

"""The bailiff's day: the list, the hearing, its minutes, and what was taken followed to its end."""

import re
import time

from playwright.sync_api import expect

from tests.browser.conftest import PHONE

SECONDS_TO_BE_ASKED = 120  # all stories of the town begin first


def todays(town):
    """The first hearing of today whose hour has come."""
    found = town.ask("/distraints", "visitor-bailiff")["hearings"]
    today = [one for one in found if one["starts_at"].startswith(town.today)]
    return next(one for one in today if one["state"] == "scheduled")


def sold_so_far(town):
    """A property that was taken, and whose next step a person is asked about, as soon as one is."""
    latest = time.monotonic() + SECONDS_TO_BE_ASKED
    while time.monotonic() < latest:
        for task in town.ask("/tasks?kind=after-distraint&limit=100")["items"]:
            claim = town.ask(f"/claims/{task['claim_id']}")
            file = town.ask(f"/debtors/{claim['debtors'][0]['id']}")
            for one in file["distraints"]:
                if one["claim_id"] == task["claim_id"] and one["outcome"] == "property-taken":
                    return task, one
        time.sleep(1)
    raise AssertionError("the town has taken no property")


def test_the_bailiff_goes_from_the_days_list_to_the_hearing_and_writes_its_minutes(town, visit):
    hearing = todays(town)
    visitor = visit("bailiff")
    page = visitor.open("/distraints")
    page.get_by_role("link", name="Dagens liste").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dagsliste")
    expect(page.locator(".day-list > li").first).to_be_visible()
    assert visitor.flaws() == []
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/distraints/\d+"))
    page = visitor.open(f"/distraints/{hearing['id']}")
    expect(page.get_by_role("heading", name="Skriv udlægsbladet")).to_be_visible()
    debtor = hearing["debtors"][0]
    page.get_by_role("button", name=f"{debtor} er ejer").click()
    expect(page.locator(".owners")).to_contain_text("underrettet som skyldner")
    page.get_by_label("Udlæg i fast ejendom", exact=True).check()
    page.get_by_label("Udlægsblad", exact=True).fill("Mødt på ejendommen. Ingen lukkede op.")
    page.get_by_text("Aktiver", exact=True).click()
    page.get_by_label("Beskrivelse, aktiv 1").fill("Matr. 9, Prøve By")
    page.get_by_label("Værdi i kroner, aktiv 1").fill("1.200.000")
    page.get_by_label("Gå videre, eller pengene er her senest").fill(town.today)
    assert visitor.flaws() == []
    page.get_by_role("button", name="Gem udlægsbladet").click()
    minutes = page.locator(".minutes")
    expect(minutes).to_contain_text("Udlæg i fast ejendom")
    expect(minutes).to_contain_text("Matr. 9, Prøve By")
    expect(page.get_by_text("Fortrinsret til og med")).to_be_visible()
    assert visitor.flaws() == []
    claim = visitor.open(f"/claims/{hearing['claim_id']}")
    expect(claim.locator("#events")).to_contain_text("holdt udlægsforretning")
    expect(claim.locator(".bar-rights").first).to_be_attached()


def test_what_was_taken_is_followed_to_the_end_of_the_forced_sale(town, visit):
    task, taken = sold_so_far(town)
    visitor = visit("bailiff")
    page = visitor.open(f"/tasks/{task['id']}")
    page.get_by_label("Tvangsauktion", exact=True).check()
    page.get_by_label(re.compile("Se på auktionen igen")).fill(town.today)
    page.locator("textarea").first.fill("Udlægget dækker, og der er friværdi.")
    page.get_by_role("button", name=re.compile("^Svar")).first.click()
    expect(page.locator(".answered")).to_contain_text("tvangsauktion")
    page = visitor.open(f"/distraints/{taken['id']}")
    for event in ("petitioned", "guidance-held", "sale-set", "sold", "cancelled-in-register"):
        page.locator("#event").select_option(event)
        page.get_by_label(re.compile("^Note")).fill(f"Skridt: {event}")
        page.get_by_role("button", name="Skriv", exact=True).click()
        expect(page.locator(".distraint-history")).to_contain_text(f"Skridt: {event}")
    assert visitor.flaws() == []
    seen = town.ask(f"/distraints/{taken['id']}", "visitor-bailiff")
    assert seen["events"][-1]["event"] == "cancelled-in-register"


def test_moving_a_hearing_is_looked_at_first_also_on_a_phone(town, visit):
    found = town.ask("/distraints", "visitor-bailiff")["hearings"]
    later = next(
        one for one in found if one["state"] == "scheduled" and one["starts_at"][:10] > town.today
    )
    visitor = visit("bailiff", screen=PHONE)
    page = visitor.open(f"/distraints/{later['id']}")
    page.get_by_text("Flyt forretningen", exact=True).click()
    form = page.locator("#move")
    form.get_by_label("Dag", exact=True).fill("2026-06-10")
    form.get_by_label("Hvorfor flyttes den?").fill("Skyldner er bortrejst.")
    form.get_by_role("button", name="Se, hvad det betyder").click()
    foreseen = page.locator("#foreseen")
    expect(foreseen).to_contain_text("10. juni 2026")
    expect(foreseen).to_contain_text(later["debtors"][0])
    assert visitor.flaws() == []
    page.get_by_role("button", name="Flyt og send ny underretning").click()
    expect(page.get_by_text("Forretningen er flyttet")).to_be_visible()

"""An agreement from the talk to its last øre, and an assessment decided against the advice."""

import time
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import expect

from cli.demo.people import seeded
from tests.browser.conftest import DESKTOP, PHONE, free_port
from tests.browser.living import LivingTown
from tests.browser.test_journeys import amount_of
from tests.browser.visitor import Visitor

AMONG = range(500, 5_000)
BREAKING = 0.25  # the share of the demo's debtors who do not keep one to its end


@pytest.fixture(scope="module")
def living():
    with TemporaryDirectory(prefix="rettidig-living-") as folder:
        town = LivingTown(f"http://127.0.0.1:{free_port()}", Path(folder))
        town.start()
        yield town
        town.stop()


def pays_nothing(number):
    """Whether the demo's debtor of that agreement pays no instalment of it."""
    habit = seeded(f"A-{number:06d}")
    return habit.random() < BREAKING and habit.randint(0, 3) == 0


def a_claim_to_agree_on(town):
    """An open talk about some thousand kroner that may be paid in instalments."""
    for task in town.ask("/tasks?kind=dialogue&limit=100")["items"]:
        is_offered = task["claim_type"] in {"household-waste", "invoice", "rent"}
        if is_offered and 100_000 < task["balance_ore"] < 900_000:
            return task
    raise AssertionError("nobody to talk with")


def kroner(ore):
    return f"{ore // 100:,}".replace(",", ".") + f",{ore % 100:02d} kr."


def test_an_agreement_is_made_missed_taken_up_again_and_kept(living, chromium):
    number = next(n for n in AMONG if pays_nothing(n) and pays_nothing(n + 1))
    first, second = f"A-{number:06d}", f"A-{number + 1:06d}"
    living.change("select setval('agreement_serial', $1, false)", number)
    task = a_claim_to_agree_on(living)
    visitor = Visitor(chromium.new_context(viewport=DESKTOP, locale="da-DK"), living.address)
    visitor.sign_in("caseworker")
    agree(living, visitor, task)
    assert living.ask(f"/claims/{task['claim_id']}")["agreement_id"] == first
    look_ahead(living, visitor, first)
    pay(living, first, task["claim_id"])
    missed(living, first, task["claim_id"])
    look_back(visitor, first)
    take_up_again(living, visitor, first, second)
    pay(living, second, task["claim_id"], instalments=2)
    wait_until(lambda: living.ask(f"/agreements/{second}")["state"] == "kept")
    page = visitor.open(f"/agreements/{second}")
    expect(page.locator(".badges")).to_contain_text("Overholdt")
    expect(page.locator("body")).to_contain_text(f"Den genoptager aftalen {first}")
    assert living.ask(f"/claims/{task['claim_id']}")["balance"]["total_ore"] == 0
    assert visitor.flaws() == []
    assert [one for one in visitor.complaints if "500" in one] == []
    visitor.context.close()


def agree(living, visitor, task):
    """A proposal from a budget, what if it were quicker, and a signed yes."""
    page = visitor.open(f"/tasks/{task['id']}")
    page.get_by_label("Aftale indgået", exact=True).check()
    page.locator("details.budget summary").click()
    for name, amount in (("income", "14000"), ("rent", "6000"), ("other-costs", "6500")):
        page.locator(f"#{name}").fill(amount)
    page.locator("#other-costs").blur()
    proposal = page.locator("#plan .proposal")
    expect(proposal).to_contain_text("Budgettet giver 1.500,00 kr. til rådighed om måneden.")
    page.get_by_role("button", name="Brug forslaget").click()
    expect(page.locator("#monthly")).not_to_have_value("")
    page.locator("#monthly").fill("")
    page.locator("#months").fill("3")
    page.locator("#months").blur()
    expect(page.locator("#plan")).to_contain_text("3 à")
    page.locator("#plan details summary").click()
    paid = [amount_of(one) for one in page.locator("#plan tbody td.amount").all_inner_texts()]
    assert sum(paid) == amount_of(page.locator("#plan dd").first.inner_text())
    page.locator("#accepted-by").select_option("signed")
    page.locator("#acknowledged").select_option("existence-and-amount")
    assert visitor.flaws() == []
    page.get_by_label("Notat om samtalen").fill("Kan betale lidt hver måned.")
    page.get_by_role("button", name="Svar og gå til den næste").click()
    expect(page.locator(".answered")).to_contain_text("Besvaret: aftale indgået")


def look_ahead(living, visitor, number):
    """On a phone: the plan, the yes that gives ten years, and what if 500 were paid now."""
    context = visitor.context.browser.new_context(viewport=PHONE, locale="da-DK")
    phone = Visitor(context, living.address)
    phone.context.add_cookies(visitor.context.cookies())
    page = phone.open(f"/agreements/{number}")
    expect(page.locator("section", has=page.locator("#yeses"))).to_contain_text("10 år")
    left = amount_of(page.locator(".facts dd").first.inner_text())
    page.locator("#pay").fill("500")
    page.get_by_role("button", name="Beregn").click()
    what_if = page.locator("section", has=page.locator("#what-if"))
    expect(what_if).to_contain_text(f"mangler der {kroner(left - 50_000)}")
    assert living.ask(f"/agreements/{number}")["left_ore"] == left
    assert phone.flaws() == []
    phone.context.close()


def pay(living, number, claim, instalments=1):
    """The next ones come, and the plan moves by them."""
    before = living.ask(f"/agreements/{number}")
    owed = sum(one["missing_ore"] for one in before["instalments"][:instalments])
    send(living, claim, owed)
    after = living.ask(f"/agreements/{number}")
    assert after["paid_ore"] == before["paid_ore"] + owed
    assert [one["missing_ore"] for one in after["instalments"][:instalments]] == [0] * instalments


def send(living, claim, ore):
    name = f"p-{claim}-{ore}"
    sent = {"amount_ore": ore, "paid_on": living.today, "source_reference": name}
    living.tell(f"/claims/{claim}/payments", sent, "visitor-finance")


def missed(living, number, claim):
    """The second does not come: a reminder, a part of it, and it is over."""
    caught_up = []

    def has_broken():
        agreement = living.ask(f"/agreements/{number}")
        if letters(living, number, "agreement-reminder") and not caught_up:
            caught_up.append(agreement)
            send(living, claim, 10_000)
            after = living.ask(f"/agreements/{number}")
            assert after["next"]["missing_ore"] == agreement["next"]["missing_ore"] - 10_000
        asked = living.ask("/tasks?kind=dialogue&limit=100")["items"]
        return agreement["state"] == "broken" and any(one["claim_id"] == claim for one in asked)

    living.let_days_pass(has_broken)
    assert caught_up, "it was broken without a reminder"


def wait_until(has_come, most=150):
    """A story has to hear of it."""
    latest = time.monotonic() + most
    while not has_come():
        assert time.monotonic() < latest
        time.sleep(0.5)


def letters(living, number, kind):
    debtor = living.ask(f"/agreements/{number}")["debtor_id"]
    sent = living.ask(f"/debtors/{debtor}")["letters"]
    return [one for one in sent if one["letter"] == kind]


def look_back(visitor, number):
    """The plan shows what came, and the letters what was said."""
    page = visitor.open(f"/agreements/{number}")
    expect(page.locator(".badges")).to_contain_text("Misligholdt")
    rows = page.locator("section", has=page.locator("#plan")).locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("Betalt")
    expect(rows.nth(1)).to_contain_text("100,00 kr.")
    told = page.locator("section", has=page.locator("#letters"))
    for words in ("Bekræftelse på betalingsaftale", "Påmindelse om betalingsaftale",
                  "Betalingsaftalen er bortfaldet"):  # fmt: skip
        expect(told).to_contain_text(words)
    assert visitor.flaws() == []


def take_up_again(living, visitor, number, second):
    page = visitor.open(f"/agreements/{number}/reinstate")
    page.locator("#monthly").fill("")
    page.locator("#months").fill("2")
    soon = date.fromisoformat(living.today) + timedelta(days=5)
    page.locator("#first-due").fill(soon.isoformat())
    page.get_by_role("button", name="Beregn").click()
    plan = page.locator("#new-plan")
    expect(plan).to_contain_text("2 afdrag")
    paid = [amount_of(row) for row in plan.locator("tbody tr").all_inner_texts()]
    assert sum(paid) == amount_of(plan.locator("h2").inner_text())
    assert visitor.flaws() == []
    page.get_by_label("Notat: hvorfor genoptages aftalen?").fill("Var syg. Er i arbejde igen.")
    page.get_by_role("button", name="Genoptag aftalen").click()
    page.wait_for_url(f"**/agreements/{second}?said=reinstated")
    expect(page.locator("body")).to_contain_text("Aftalen er genoptaget med en ny plan")
    assert visitor.flaws() == []


def test_someone_decides_against_the_advice_and_it_is_counted(town, visit):
    before = town.ask("/assessments/figures")
    visitor = visit("caseworker")
    found = town.ask("/tasks?kind=assessment&limit=100")["items"]
    task = next(one for one in found if one["claimed_by"] is None and is_to_go_on(town, one))
    page = visitor.open(f"/tasks/{task['id']}")
    advice = page.locator("section.advice")
    expect(advice).to_contain_text("Husets anbefaling")
    expect(advice.locator(".pulls li").first).to_be_visible()
    expect(advice).to_contain_text("Vælger du noget andet, skal du ikke forklare det særskilt")
    assert visitor.flaws() == []
    page.get_by_label("Behold og prøv igen", exact=True).check()
    later = date.fromisoformat(town.today) + timedelta(days=30)
    page.locator("#keep-on").fill(later.isoformat())
    page.get_by_label("Begrundelse").fill("Har lige fået arbejde; vi venter en måned.")
    page.get_by_role("button", name="Svar og gå til den næste").click()
    expect(page.locator(".answered")).to_contain_text("Besvaret: behold")
    after = town.ask("/assessments/figures")
    assert (after["total"], after["followed"]) == (before["total"] + 1, before["followed"])
    boss = visit("supervisor")
    shown = boss.open("/assessments/figures")
    expect(shown.locator("body")).to_contain_text(
        f"{after['followed']} af {after['total']} vurderinger fulgte anbefalingen."
    )
    assert boss.flaws() == []


def is_to_go_on(town, task):
    """Whether the advice is to let it leave the house or be enforced."""
    advised = town.ask(f"/claims/{task['claim_id']}/recommendation")["advice"]
    return advised in {"transfer", "enforce"}

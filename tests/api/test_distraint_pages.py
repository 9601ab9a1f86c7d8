"""The bailiff's pages: the week, the day's list, and one proceeding, as a browser has them."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest

from domain.authority import Role
from tests.api.bailiff import (
    FIRST_DAY,
    PLACE,
    TWO,
    change,
    demand,
    hold,
    on_the_day,
    rows,
    scheduled,
    send_post,
    value,
)

HOSTILE = "<script>alert('x')</script> & \"Søn\""
SLOT = {"day": FIRST_DAY, "at": "10.30", "place": PLACE, "is_outside": "on"}


async def page(api, address, role="bailiff", **form):
    more = {"method": "POST", "data": form} if form else {}
    answer = await api.page(address, role, **more)
    if answer.headers.get("location", "").startswith("/purpose"):
        subject = re.search(r"subject=([^&]+)", answer.headers["location"])[1]
        said = {"subject": subject, "purpose": "own-task", "next": "/"}
        await api.page("/purpose", role, method="POST", data=said)
        answer = await api.page(address, role, **more)
    return answer


def seen(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


async def test_a_hearing_is_looked_at_first_and_then_set(api):
    task, claim = await demand(api, debtors=TWO)
    asked = await page(api, f"/distraints/new?task={task}")
    assert "Tidligst 7. april 2026" in seen(asked)
    assert f'value="{FIRST_DAY}"' in asked.text
    form = SLOT | {"task_id": task, "key": "k"}
    shown = await page(api, "/distraints", act="preview", **form)
    assert shown.status_code == 200
    assert "2 får brev med tid, sted og beløb: Karla Prøvesen, Bo Prøvesen." in seen(shown)
    assert "Underretningen koster 450,00 kr." in seen(shown)
    assert not await rows(api, "select id from distraints")
    done = [await page(api, "/distraints", act="set", **form) for _ in range(2)]
    assert {answer.status_code for answer in done} == {303}
    assert {answer.headers["location"] for answer in done} == {"/distraints/1?said=set"}
    fees = "select count(*) from ledger_entries where claim_id = :c and kind = 'fee'"
    assert await value(api, fees, c=claim) == 1
    again = await page(api, f"/distraints/new?task={task}")
    assert again.headers["location"] == "/distraints/1"
    read = seen(await page(api, "/distraints/1?said=set"))
    assert "Tiden er sat" in read
    assert "7. april 2026 kl. 10.30" in read
    assert "måtte tidligst 7. april 2026 (retsplejelovens § 485)" in read


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": "2026-04-01"}, "Forretningen kan tidligst holdes 07-04-2026"),
        ({"day": "2026-05-14"}, "14-05-2026 er ikke en hverdag"),
        ({"day": ""}, "Feltet skal udfyldes"),
        ({"at": "klokken ti"}, "Skriv klokkeslættet som 10.30"),
        ({"at": "17.00"}, "mellem kl. 8.00 og 16.00"),
        ({"place": ""}, "Skriv, hvor forretningen holdes"),
    ],
)
async def test_what_is_wrong_is_told_beside_what_was_typed(api, changes, sentence):
    task, _ = await demand(api)
    typed = SLOT | {"place": HOSTILE, "task_id": task, "act": "set"} | changes
    shown = await page(api, "/distraints", **typed)
    assert shown.status_code == 422
    assert sentence in seen(shown)
    assert HOSTILE not in shown.text
    assert ("&lt;script&gt;" in shown.text) == ("place" not in changes)


async def test_the_week_and_the_days_list_show_the_hearing_at_its_hour(api):
    number, claim = await scheduled(api, debtors=TWO)
    week = await page(api, f"/distraints?day={FIRST_DAY}")
    assert "Uge 15" in seen(week)
    assert "10.30 Karla Prøvesen, Bo Prøvesen" in seen(week)
    assert f'href="/distraints/{number}"' in week.text
    day = await page(api, f"/distraints/days/{FIRST_DAY}")
    assert PLACE in seen(day)
    assert claim in day.text
    empty = await page(api, "/distraints?day=2026-06-01")
    assert "Ingen forretninger i denne uge." in seen(empty)
    assert "Ingen forretninger 1. juni 2026." in seen(
        await page(api, "/distraints/days/2026-06-01")
    )


async def test_an_empty_town_says_so(api):
    shown = seen(await page(api, "/distraints"))
    for said in ("Intet krav venter", "Ingen forretninger i denne uge", "Ingen fortrinsret"):
        assert said in shown


async def test_what_waits_is_set_from_the_list(api):
    task, claim = await demand(api)
    shown = await page(api, "/distraints")
    assert f'href="/distraints/new?task={task}"' in shown.text
    assert claim in shown.text
    supervisor = await page(api, "/distraints", Role.SUPERVISOR)
    assert f'href="/distraints/new?task={task}"' not in supervisor.text


async def test_the_minutes_are_written_in_the_hallway(api):
    number, claim = await on_the_day(api)
    shown = await page(api, f"/distraints/{number}")
    assert "Retsafgiften på" in seen(shown)
    typed = {
        "outcome": "assets-taken", "text": f"Mødt.\r\n{HOSTILE}", "present": "Karla", "key": "k",
        "look_again_on": "2026-05-05", "asset-1-kind": "movables", "asset-1-words": "Bil AB 12 345",
        "asset-1-value": "40.000,00",
    }  # fmt: skip
    wrong = await page(api, f"/distraints/{number}/minutes", **(typed | {"asset-1-value": "mange"}))
    assert wrong.status_code == 422
    assert "Bil AB 12 345" in wrong.text
    assert "&lt;script&gt;" in wrong.text
    done = await page(api, f"/distraints/{number}/minutes", **typed)
    assert done.status_code == 303, seen(done)
    again = await page(api, f"/distraints/{number}/minutes", **typed)
    assert again.status_code == 303
    read = await page(api, f"/distraints/{number}?said=held")
    assert "Bil AB 12 345 Løsøre 40.000,00 kr." in seen(read)
    assert "Til og med 5. maj 2026 (skatteinddrivelseslovens § 6)" in seen(read)
    assert "7. april 2027 (retsplejelovens § 526, stk. 4)" in seen(read)
    assert HOSTILE not in read.text
    fee = "select count(*) from ledger_entries where claim_id = :c and kind = 'court-fee'"
    assert await value(api, fee, c=claim) == 1


async def test_the_minutes_wait_for_the_day(api):
    number, _ = await scheduled(api)
    shown = await page(api, f"/distraints/{number}")
    assert "Kan skrives fra 7. april 2026" in seen(shown)
    assert 'action="/distraints/1/minutes"' not in shown.text


async def test_it_is_moved_and_called_off_on_its_page(api):
    number, _ = await scheduled(api)
    later = SLOT | {"day": "2026-04-09", "reason": "", "key": "k"}
    wrong = await page(api, f"/distraints/{number}/move", **later)
    assert wrong.status_code == 422
    assert "Skriv, hvorfor forretningen flyttes" in seen(wrong)
    moved = await page(api, f"/distraints/{number}/move", **(later | {"reason": "Syg"}))
    assert moved.headers["location"] == f"/distraints/{number}?said=moved"
    wrong = await page(api, f"/distraints/{number}/call-off", call_off_reason="", key="k")
    assert wrong.status_code == 422
    off = await page(api, f"/distraints/{number}/call-off", call_off_reason="Fejl", key="k")
    assert off.headers["location"] == f"/distraints/{number}?said=off"
    shown = seen(await page(api, f"/distraints/{number}"))
    assert "aflyst" in shown
    assert "Forretningen blev aflyst" in shown
    late = await page(api, f"/distraints/{number}/call-off", call_off_reason="Igen", key="k2")
    assert late.status_code == 409


async def test_what_happens_after_is_noted_and_the_register_is_not_forgotten(api):
    number, claim = await on_the_day(api)
    await hold(api, number, "property-taken")
    event = {"event": "petitioned", "happened_on": "2026-04-07", "event_text": "Sendt", "key": "k"}
    noted = await page(api, f"/distraints/{number}/events", **event)
    assert noted.status_code == 303, seen(noted)
    assert "begæring om tvangsauktion. Sendt" in seen(await page(api, f"/distraints/{number}"))
    await change(
        api, "update claims set ending = 'paid', ended_on = :on, stage = 'ended' where id = :c",
        on=api.today, c=claim,
    )  # fmt: skip
    assert "Skal aflyses i tingbogen" in seen(await page(api, "/distraints"))
    gone = event | {"event": "cancelled-in-register", "key": "l"}
    await page(api, f"/distraints/{number}/events", **gone)
    assert "Skal aflyses i tingbogen" not in seen(await page(api, "/distraints"))


async def test_the_tasks_screen_leads_to_the_hearing(api):
    task, _ = await demand(api)
    shown = await page(api, f"/tasks/{task}")
    assert f'href="/distraints/new?task={task}"' in shown.text
    number, _ = await on_the_day(api)
    task = await value(api, "select max(id) from tasks where kind = 'distraint'")
    assert f'href="/distraints/{number}"' in (await page(api, f"/tasks/{task}")).text


@pytest.mark.parametrize("address", ["/distraints/999", "/distraints/new?task=999"])
async def test_what_is_not_there_is_not_found(api, address):
    assert (await page(api, address)).status_code == 404


async def test_a_task_of_another_kind_has_no_hearing(api):
    task = await api.ask(await api.register())
    assert (await page(api, f"/distraints/new?task={task}")).status_code == 404


async def test_the_pages_are_in_english_too(api):
    number, _ = await on_the_day(api)
    for address in ("/distraints", f"/distraints/{number}", f"/distraints/days/{FIRST_DAY}"):
        answer = await api.page(address, "bailiff", language="en")
        assert answer.status_code == 200
        assert "hearing" in answer.text


async def test_a_bailiff_on_the_wrong_day_sees_that_it_is_late(api):
    number, _ = await scheduled(api)
    api.now = datetime(2026, 4, 10, 9, tzinfo=UTC)
    assert 'class="error current"' in (await page(api, f"/distraints/{number}")).text


async def test_the_claims_story_and_the_debtors_page_tell_of_the_hearing(api):
    number, claim = await scheduled(api)
    moved = SLOT | {"day": "2026-04-09", "reason": "Skyldner er syg", "key": "k"}
    await page(api, f"/distraints/{number}/move", **moved)
    debtor = await value(api, "select debtor_id from liabilities where claim_id = :c", c=claim)
    shown = await page(api, f"/debtors/{debtor}")
    assert "Underretning er sendt til 0 af 1." in seen(shown)
    await send_post(api)
    api.now = datetime(2026, 4, 9, 9, tzinfo=UTC)
    await hold(api, number, "assets-taken")
    event = {"event": "objected", "happened_on": "2026-04-09", "event_text": "Ikke min", "key": "l"}
    await page(api, f"/distraints/{number}/events", **event)
    shown = await page(api, f"/claims/{claim}")
    for said in (
        f"satte udlægsforretning til 7. april 2026 kl. 10.30, {PLACE}.",
        "flyttede udlægsforretningen til 9. april 2026 kl. 10.30",
        "Skyldner er syg",
        "holdt udlægsforretning: udlæg i løsøre eller andet. Bil",
        "noterede om udlægget: indsigelse til fogedretten. Ikke min",
        "skatteinddrivelseslovens § 6",
        "Indsigelse til fogedretten til og med 7. maj 2026.",
        "Udlæg i løsøre bortfalder 9. april 2027.",
    ):
        assert said in seen(shown), said
    assert f'href="/distraints/{number}"' in shown.text
    assert shown.text.count('class="bar bar-rights') == 3
    assert "Indsigelse til fogedretten til og med" in seen(await page(api, f"/debtors/{debtor}"))


async def test_a_claim_never_enforced_has_no_rights_in_its_picture(api):
    claim = await api.register()
    shown = await page(api, f"/claims/{claim}")
    assert "bar-rights" not in shown.text
    assert "Rettigheder" not in seen(shown)


async def test_what_moving_or_calling_off_does_is_shown_before_it_is_done(api):
    number, claim = await scheduled(api, debtors=TWO)
    later = SLOT | {"day": "2026-04-09", "reason": "Syg", "key": "k", "act": "preview"}
    shown = await page(api, f"/distraints/{number}/move", **later)
    assert shown.status_code == 200
    for said in (
        "Forretningen flyttes fra 7. april 2026 kl. 10.30 til 9. april 2026 kl. 10.30.",
        "Karla Prøvesen får »underretning om udlægsforretning«. Brevet går",
        "Bo Prøvesen får »underretning om udlægsforretning«",
        "Opgaven får frist 9. april 2026",
        "Fortrinsretten varer til og med",
    ):
        assert said in seen(shown), said
    hearings = "select count(*) from distraint_hearings"
    assert await value(api, hearings) == 1
    wrong = await page(api, f"/distraints/{number}/move", **(later | {"day": "2026-04-01"}))
    assert wrong.status_code == 422
    far = await page(api, f"/distraints/{number}/move", **(later | {"day": "2029-04-09"}))
    assert "Kravet forældes" in seen(far)
    assert "Den er tabt, når forretningen holdes" in seen(far)
    off = {"call_off_reason": "Fejl", "key": "l", "act": "preview"}
    shown = seen(await page(api, f"/distraints/{number}/call-off", **off))
    assert "Karla Prøvesen får »udlægsforretning aflyst«" in shown
    assert "Gebyret på 450,00 kr. tages af kravet." in shown
    called_off = "select called_off_on from distraints where claim_id = :c"
    assert await value(api, called_off, c=claim) is None
    done = await page(api, f"/distraints/{number}/move", **(later | {"act": "do"}))
    assert done.headers["location"] == f"/distraints/{number}?said=moved"
    assert await value(api, hearings) == 2

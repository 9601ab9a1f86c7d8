"""What one is mailed, and which systems are told: chosen on pages and by programs alike."""

import re

from sqlalchemy import text

from domain.authority import Role
from domain.decisions import TaskKind

NEW = {"name": "Institutioner", "url": "https://system.example/krav", "events": "claim.paid"}
WISH = {"digest": "on", "hour": "9", "weekdays": ["0", "3"], "mail_language": "en"}


async def run(api, statement, **values):
    async with api.database.transaction() as connection:
        return await connection.execute(text(statement), values)


async def page(api, address, role=Role.SUPERVISOR, **more):
    answer = await api.page(address, role, **more)
    return answer.status_code, answer.text


async def register(api, **changes):
    return await api.page("/webhooks", method="POST", data=NEW | changes)


async def test_the_page_shows_todays_mail_as_it_would_be(api):
    task = await api.ask(await api.register(), TaskKind.DIALOGUE)
    await run(
        api,
        "update tasks set claimed_by = 'caseworker', due_on = '2026-03-02' where id = :task",
        task=task,
    )
    _, shown = await page(api, "/notifications", Role.CASEWORKER)
    assert "Emne: rettidig: 1 ting venter på dig" in shown
    assert f"/tasks/{task}" in shown
    assert "Karla" not in shown.split("<pre")[1]
    _, nothing = await page(api, "/notifications", Role.BAILIFF)
    assert "Intet venter på dig" in nothing


async def test_choices_are_kept_and_shown(api):
    status, _ = await page(api, "/notifications", Role.CASEWORKER, method="POST", data=WISH)
    assert status == 303
    found = (await api.get("/notifications", Role.CASEWORKER)).json()
    assert found["wish"] == {
        "has_digest": True, "hour": 9, "weekdays": [0, 3], "is_told_at_once": False,
        "language": "en",
    }  # fmt: skip
    _, shown = await page(api, "/notifications?said=kept", Role.CASEWORKER)
    assert "Dine valg er gemt." in shown
    assert re.search(r'value="9" selected', shown)
    assert (await api.get("/notifications", Role.BAILIFF)).json()["wish"]["hour"] == 7


async def test_a_digest_on_no_day_is_refused_in_words(api):
    nonsense = ({"weekdays": []}, {"hour": "25"}, {"hour": "x"}, {"mail_language": "fr"})
    for wrong in nonsense:
        status, shown = await page(
            api, "/notifications", Role.CASEWORKER, method="POST", data=WISH | wrong
        )
        assert (wrong, status) == (wrong, 422)
        assert 'id="faults"' in shown


async def test_programs_choose_too_and_a_number_that_is_no_day_is_refused(api):
    wish = {"has_digest": False, "hour": 6, "weekdays": [4, 4], "is_told_at_once": True}
    kept = await api.send("PUT", "/notifications", Role.SUPERVISOR, json=wish)
    assert kept.json()["wish"]["weekdays"] == [4]
    refused = await api.send("PUT", "/notifications", json=wish | {"weekdays": [7]})
    assert refused.status_code == 422


async def test_a_secret_is_shown_once_and_only_to_who_made_it(api):
    await api.hire("birthe", role=Role.SUPERVISOR)
    answer = await register(api)
    assert answer.status_code == 303
    where = answer.headers["location"]
    assert "whsec_" not in (await page(api, where, "birthe"))[1]
    _, first = await page(api, where)
    assert re.search("whsec_[A-Za-z0-9+/]{40}", first)
    assert "whsec_" not in (await page(api, where))[1]


async def test_an_address_we_do_not_send_to_is_refused_and_nothing_typed_is_lost(api):
    answer = await register(api, url="https:" + "//10.0.0.1/krav")
    assert answer.status_code == 422
    assert "internt net" in answer.text
    assert 'value="Institutioner"' in answer.text
    assert re.search(r'value="claim.paid" checked', answer.text)
    for wrong in ({"name": ""}, {"events": "test"}, {"events": []}, {"claim_types": "none"}):
        answer = await register(api, **wrong)
        assert (wrong, answer.status_code) == (wrong, 422)
    assert (await api.get("/webhooks")).json() == {"items": []}


async def test_who_steers_pauses_tests_renews_and_removes(api):
    where = (await register(api)).headers["location"]
    await page(api, where)
    for act in ("test", "rotate", "pause", "resume"):
        answer = await api.page(f"{where}/{act}", method="POST")
        assert (act, answer.headers["location"]) == (act, f"{where}?said={act}")
        status, shown = await page(api, answer.headers["location"])
        assert status == 200
        assert ("whsec_" in shown) == (act == "rotate")
    assert "Prøve" in shown
    assert "Den gamle gælder også til" in shown
    await api.page(f"{where}/remove", method="POST")
    assert (await api.get("/webhooks")).json() == {"items": []}
    assert (await page(api, where))[0] == 404
    left = await run(api, "select state from webhook_deliveries")
    assert left.scalars().all() == ["dropped"]


async def test_the_log_of_a_message_and_the_way_to_send_it_again(api):
    told = (await api.post("/webhooks", NEW | {"events": ["claim.paid"]})).json()
    number = (await api.post(f"/webhooks/{told['id']}/tests")).json()["delivery_id"]
    await run(
        api,
        "insert into webhook_tries (delivery_id, tried_at, status, trouble, milliseconds) "
        "values (:delivery, now(), 503, 'refused', 12)",
        delivery=number,
    )
    await run(api, "update webhook_deliveries set state = 'given-up', settled_at = now()")
    _, shown = await page(api, f"/webhooks/{told['id']}")
    assert "sagde nej (503)" in shown
    again = f"/webhooks/{told['id']}/deliveries/{number}/again"
    answer = await api.page(again, method="POST")
    assert answer.headers["location"] == f"/webhooks/{told['id']}?said=again"
    [delivery] = (await api.get(f"/webhooks/{told['id']}/deliveries")).json()["items"]
    assert (delivery["state"], delivery["tries"][0]["status"]) == ("waiting", 503)


async def test_what_waits_at_a_paused_endpoint_is_told_to_who_steers(api):
    where = (await register(api)).headers["location"]
    await run(
        api,
        "update webhook_endpoints set state = 'paused', paused_because = 'webhook-failing', "
        "paused_on = '2026-03-01'",
    )
    _, shown = await page(api, "/notifications")
    assert "Institutioner" in shown.split("<pre")[1]
    _, shown = await page(api, where)
    assert "Intet nåede frem i to dage." in shown

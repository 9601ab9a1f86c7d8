"""Tomorrow as a page: what comes and why, what does not, and stopping it from the list."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.authority import Role
from domain.claim import Ending
from domain.letters import Letter
from tests.api.conftest import CPR
from tests.rounds.forecasting import look_ahead


async def page(api, address, role=Role.SUPERVISOR, **more):
    answer = await api.page(address, role, **more)
    return answer.status_code, answer.text


async def value(api, query, **values):
    async with api.database.transaction() as connection:
        return (await connection.execute(text(query), values)).scalar()


@pytest.fixture
async def reminded(api):
    """Three claims whose demand was sent long ago: a reminder comes tomorrow."""
    claims = [await register(api, cpr) for cpr in CPR]
    api.now += timedelta(days=1)
    return claims


async def register(api, cpr):
    debtor = {"cpr_cvr": cpr, "name": "Karla Prøvesen", "address": ["Prøvevej 1"]}
    return await api.register(demand_sent_on="2026-02-02", debtors=[debtor])


async def foresee(api):
    await look_ahead(api, api.now)


async def list_of(api, query=""):
    days = "" if "days=" in query else "&days=30"
    answer = await api.get(f"/forecast/rows?{query[1:]}{days}")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_before_anyone_has_looked_ahead_the_page_says_so(api):
    status, shown = await page(api, "/tomorrow")
    assert status == 200
    assert "Der er ikke set frem endnu" in shown
    assert (await api.get("/forecast")).json()["made_at"] is None
    assert await list_of(api) == []


async def test_what_comes_stands_with_its_reason_and_the_way_to_its_claim(api, reminded):
    await foresee(api)
    [first, *_] = rows = await list_of(api, "&kind=letter")
    assert {row["claim_id"] for row in rows} == set(reminded)
    _, shown = await page(api, f"/tomorrow?day={first['day']}")
    assert f'href="/claims/{reminded[0]}"' in shown
    assert "Fristen i" in shown, re.findall(r"<td.*?</td>", shown)


async def test_each_figure_of_a_day_is_the_number_of_its_rows(api, reminded):
    await foresee(api)
    await api.post(f"/claims/{reminded[0]}/holds", {"reason": "investigation"})
    days = (await api.get("/forecast")).json()["days"]
    assert {one["kind"] for one in days} >= {"letter", "fee", "task"}
    for one in days:
        comes = str(one["comes"]).lower()
        asked = f"&day={one['day']}&days=1&kind={one['kind']}&comes={comes}"
        rows = await list_of(api, asked)
        assert len(rows) == one["rows"]
        assert sum(row["fee_ore"] for row in rows if one["kind"] == "fee") == one["fee_ore"]


async def test_what_is_paid_or_held_since_does_not_come_and_says_why(api, reminded):
    await foresee(api)
    paid, held, _ = reminded
    await api.close(paid, Ending.WITHDRAWN)
    hold = {"reason": "investigation", "until": (api.today + timedelta(days=40)).isoformat()}
    assert (await api.post(f"/claims/{held}/holds", hold)).status_code == 201
    not_coming = {row["claim_id"]: row["why_not"] for row in await list_of(api, "&comes=false")}
    assert not_coming == {paid: "withdrawn", held: "on-hold"}
    await foresee(api)
    not_coming = {row["claim_id"]: row["why_not"] for row in await list_of(api, "&comes=false")}
    assert not_coming == {paid: "withdrawn", held: "on-hold"}
    await foresee(api)
    assert paid in {row["claim_id"] for row in await list_of(api, "&comes=false")}


async def test_how_many_claims_have_changed_since_is_told(api, reminded):
    await foresee(api)
    assert (await api.get("/forecast")).json()["changed"] == 0
    hold = {"reason": "investigation", "until": "2026-04-10"}
    await api.post(f"/claims/{reminded[0]}/holds", hold)
    assert (await api.get("/forecast")).json()["changed"] == 1
    _, shown = await page(api, "/tomorrow")
    assert "noget på 1 krav" in shown


async def test_stopped_post_and_a_missing_statement_are_seen_as_they_stand(api, reminded):
    await foresee(api)
    [first, *_] = await list_of(api, "&kind=letter")
    address = f"/forecast/rows?day={api.today}&kind=letter&comes=false"
    assert (await api.get(address)).json()["items"] == []
    await page(api, "/letters/stop", method="POST", data={"reason": "Prøve"})
    _, shown = await page(api, "/tomorrow")
    assert "Posten er standset" in shown
    stopped = (await api.get(address)).json()["items"]
    assert {row["why_not"] for row in stopped} == ({"post-stopped"} if stopped else set())
    assert (await api.get("/forecast")).json()["post_stops"] == ["button"]
    assert first["why_not"] is None


def chosen(api, *claims, **more):
    until = (api.today + timedelta(days=14)).isoformat()
    return {
        "claim": list(claims),
        "reason": "investigation",
        "until": until,
        "day": api.today.isoformat(),
        "days": "30",
    } | more


async def test_a_pause_is_first_shown_then_done_answered_row_by_row_and_undone(api, reminded):
    await foresee(api)
    gone, *rest = reminded
    form = chosen(api, *reminded, key="k1")
    status, shown = await page(api, "/tomorrow/pause", method="POST", data=form)
    assert status == 200
    assert await value(api, "select count(*) from holds") == 0
    assert all(claim in shown for claim in reminded)
    await api.close(gone, Ending.WITHDRAWN)
    sure = form | {"is_sure": "yes"}
    first = await api.page("/tomorrow/pause", method="POST", data=sure)
    again = await api.page("/tomorrow/pause", method="POST", data=sure)
    assert (first.status_code, first.headers["location"]) == (303, again.headers["location"])
    assert await value(api, "select count(*) from holds") == 2
    _, answered = await page(api, first.headers["location"])
    assert "2 af 3 krav ligger i bero" in answered
    assert "Kravet er afsluttet" in answered
    coming = {row["claim_id"] for row in await list_of(api, "&kind=letter")}
    assert not coming & set(rest)
    undo = f"{first.headers['location']}/undo"
    assert (await page(api, undo, method="POST"))[0] == 303
    assert await value(api, "select count(*) from holds where released_on is null") == 0
    assert (await page(api, undo, method="POST"))[0] == 422
    assert {row["claim_id"] for row in await list_of(api, "&kind=letter")} == set(rest)


async def test_all_of_the_list_can_be_paused_but_not_the_whole_town(api, reminded, monkeypatch):
    await foresee(api)
    form = chosen(api, all="on", is_sure="yes", kind="letter")
    done = await api.page("/tomorrow/pause", method="POST", data=form)
    assert done.status_code == 303
    assert await value(api, "select count(*) from pause_claims") == 3
    monkeypatch.setattr("api.pages.foresight.pauses.MOST", 2)
    await page(api, f"{done.headers['location']}/undo", method="POST")
    status, shown = await page(api, "/tomorrow/pause", method="POST", data=form | {"key": "k2"})
    assert status == 422
    assert "mere end 2 krav" in shown


async def test_what_is_wrong_with_a_pause_is_said_and_nothing_is_held(api, reminded):
    await foresee(api)
    wrong = (
        ({"claim": []}, "Vælg mindst ét krav"),
        ({"reason": "death"}, "Vælg"),
        ({"reason": "cat"}, "Vælg"),
        ({"until": ""}, ""),
        ({"until": "i morgen"}, ""),
        ({"until": (api.today - timedelta(days=1)).isoformat()}, ""),
    )
    for change, words in wrong:
        form = chosen(api, *reminded, is_sure="yes") | change
        status, shown = await page(api, "/tomorrow/pause", method="POST", data=form)
        assert (change, status) == (change, 422)
        assert words in shown
    assert await value(api, "select count(*) from holds") == 0


async def test_programs_pause_and_undo_as_people_do(api, reminded):
    body = {"claims": [*reminded, "2026-999999"], "reason": "investigation", "until": "2026-04-20"}
    headers = {"Idempotency-Key": "p1"}
    made = await api.post("/forecast/pauses", body, headers=headers)
    assert made.status_code == 201, made.text
    assert (await api.post("/forecast/pauses", body, headers=headers)).json() == made.json()
    assert [one["claim_id"] for one in made.json()["claims"]] == reminded
    number = made.json()["id"]
    undone = await api.post(f"/forecast/pauses/{number}/undo")
    assert {one["released_on"] for one in undone.json()["claims"]} == {api.today.isoformat()}
    assert (await api.post(f"/forecast/pauses/{number}/undo")).status_code == 409
    assert (await api.get("/forecast/pauses/99")).status_code == 404
    past = body | {"until": "2026-01-01"}
    assert (await api.post("/forecast/pauses", past)).status_code == 422


async def test_a_new_look_is_asked_for_through_the_outbox(api):
    assert (await page(api, "/tomorrow/renew", method="POST"))[0] == 303
    assert (await api.post("/forecast/renew")).status_code == 202
    asked = "select count(*) from outbox where name = 'start-forecast' and target = 'forecast'"
    assert await value(api, asked) == 2


async def test_what_there_is_not_is_refused_in_words(api, reminded):
    await foresee(api)
    far = api.today + timedelta(days=40)
    for wrong in ("type=none", "kind=cat", "days=0", "days=99", "day=x", f"day={far}", "cursor=x"):
        status, _ = await page(api, f"/tomorrow?{wrong}")
        assert (wrong, status) == (wrong, 422)
    assert (await page(api, "/tomorrow/pauses/7"))[0] == 404


async def test_the_list_goes_on_page_by_page_without_losing_a_row(api):
    claims = [await api.register(demand_sent_on="2026-02-02") for _ in range(7)]
    await foresee(api)
    found, cursor = [], ""
    while cursor is not None:
        answer = (await api.get(f"/forecast/rows?days=30&limit=3{cursor}")).json()
        found += answer["items"]
        cursor = answer["next_cursor"] and f"&cursor={answer['next_cursor']}"
    assert len(found) == len(await list_of(api, "&limit=200"))
    assert found
    assert {row["claim_id"] for row in found} <= set(claims)


async def test_every_day_of_the_picture_leads_to_its_list(api, reminded):
    await foresee(api)
    _, shown = await page(api, "/tomorrow")
    picture = shown.split('class="columns days"')[1].split("</svg>")[0]
    ways = re.findall(r'<a href="([^"]*)"', picture)
    assert len(ways) > 15
    for way in ways[:3]:
        assert (await page(api, way.replace("&amp;", "&")))[0] == 200


async def test_letters_of_a_paused_claim_stay_in_the_tray(api):
    claim = await api.register()
    await api.write(claim, Letter.DEMAND)
    await foresee(api)
    rows = await list_of(api, f"&day={api.today}&days=1&kind=letter")
    assert [row["claim_id"] for row in rows] == [claim], rows
    body = {"claims": [claim], "reason": "investigation", "until": "2026-05-01"}
    await api.post("/forecast/pauses", body)
    [row] = await list_of(api, f"&day={api.today}&days=1&kind=letter&comes=false")
    assert row["why_not"] == "on-hold"

"""Looks are drawn each month, by a seed that is kept, and judged by somebody else."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from activities.keeping import KeepingActivities
from domain.authority import Role
from domain.keeping.looks import draw
from persistence.trail.samples import draw_last_month

APRIL = datetime(2026, 4, 3, 9, tzinfo=UTC)


async def run(api, sql, **values):
    async with api.database.transaction() as connection:
        found = await connection.execute(text(sql), values)
        return found.all() if found.returns_rows else None


async def looked(api, count=1, role=Role.CASEWORKER, at="2026-03-17 10:00+01"):
    """So many looks of somebody in March."""
    for _ in range(count):
        claim = await api.register()
        assert (await api.get(f"/claims/{claim}", role)).is_success
    await run(api, "alter table audit disable trigger keep_trail")
    await run(api, "alter table audit disable trigger refuse_change")
    await run(api, f"update audit set at = '{at}' where act = 'viewed' and at > '2026-05-01'")


async def drawn(api, wanted=25):
    async with api.database.transaction() as connection:
        return await draw_last_month(connection, wanted, APRIL)


async def looks_of(api, number):
    return (await api.get(f"/look-samples/{number}")).json()["drawn_looks"]


async def judge(api, number, look, verdict="fine", note="", role=Role.SUPERVISOR):
    body = {"verdict": verdict, "note": note}
    return await api.post(f"/look-samples/{number}/looks/{look}", body, role)


async def test_a_month_is_drawn_once_and_anybody_can_draw_the_same_again(api):
    await looked(api, 8)
    number = await drawn(api, wanted=3)
    assert await drawn(api, wanted=3) is None
    [sample] = (await api.get("/look-samples", Role.AUDITOR)).json()["items"]
    assert (sample["month"], sample["looks"], sample["drawn"]) == ("2026-03-01", 8, 3)
    ids = [row.id for row in await run(api, "select id from audit where act = 'viewed'")]
    again = draw(sample["seed"], ids, 3)
    assert [one["look"] for one in await looks_of(api, number)] == again
    [noted] = await run(api, "select facts from audit where act = 'looks-drawn'")
    assert noted.facts["seed"] == sample["seed"]


async def test_only_that_months_looks_of_people_at_people_are_drawn(api):
    await looked(api, 2)
    await looked(api, 1, at="2026-04-01 00:00+02")
    await looked(api, 1, at="2026-02-28 23:59+01")
    await api.page("/audit", Role.AUDITOR)  # a look at nobody
    await run(api, "update audit set at = '2026-03-20' where subject = 'audit'")
    number = await drawn(api)
    assert len(await looks_of(api, number)) == 2


async def test_somebody_else_says_whether_a_look_was_right(api):
    await looked(api)
    await looked(api, role=Role.SUPERVISOR)
    number = await drawn(api)
    by_person = {one["person"]: one["look"] for one in await looks_of(api, number)}
    assert (await judge(api, number, by_person["caseworker"])).status_code == 204
    assert (await judge(api, number, by_person["supervisor"])).status_code == 403
    by_auditor = await judge(api, number, by_person["supervisor"], role=Role.AUDITOR)
    assert by_auditor.status_code == 204
    page = (await api.page(f"/look-samples/{number}")).text
    assert "Det er dit eget opslag" in page
    assert (await judge(api, number, 999_999)).status_code == 404
    sample = (await api.get(f"/look-samples/{number}")).json()
    assert (sample["judged"], sample["fine"]) == (2, 2)


@pytest.mark.parametrize("verdict", ["ask", "reported"])
async def test_what_was_not_right_is_said_in_words(api, verdict):
    await looked(api)
    number = await drawn(api)
    [one] = await looks_of(api, number)
    wrong = await judge(api, number, one["look"], verdict)
    assert wrong.status_code == 422
    assert "Skriv" in wrong.json()["faults"][0]["sentence"]
    address = f"/look-samples/{number}/looks/{one['look']}"
    data = {"verdict": verdict, "note": "Ingen opgave og ingen henvendelse."}
    shown = await api.page(address, method="POST", data=data | {"note": " "})
    assert shown.status_code == 422
    assert f'id="note-{one["look"]}-wrong"' in shown.text
    assert (await api.page(address, method="POST", data=data)).status_code == 303
    [told] = await looks_of(api, number)
    assert (told["verdict"], told["note"]) == (verdict, data["note"])
    [noted] = await run(api, "select facts from audit where act = 'look-judged'")
    assert noted.facts == {"look": one["look"], "verdict": verdict}


async def test_what_was_reported_is_not_taken_back_here(api):
    await looked(api)
    number = await drawn(api)
    [one] = await looks_of(api, number)
    assert (await judge(api, number, one["look"], "ask", "Hvorfor?")).status_code == 204
    assert (await judge(api, number, one["look"], "reported", "Til chefen.")).status_code == 204
    assert (await judge(api, number, one["look"])).status_code == 409
    page = (await api.page(f"/look-samples/{number}")).text
    assert "anmeldt og kan ikke ændres" in page


async def test_the_round_draws_as_many_as_the_policy_says(api):
    await looked(api, 2)
    keeping = KeepingActivities(api.database, api.policy)
    await keeping.sweep(APRIL)
    await keeping.sweep(APRIL)
    [sample] = (await api.get("/look-samples")).json()["items"]
    assert sample["drawn"] == 2
    [(wanted,)] = await run(api, "select wanted from look_samples")
    assert wanted == api.policy.keeping.looks.on_or_first(APRIL.date()).monthly
    assert "03/2026" in (await api.page("/look-samples", Role.AUDITOR)).text

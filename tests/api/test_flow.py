"""The flow of claims as pages: figures that equal the claims behind them."""

import re
from datetime import timedelta

from sqlalchemy import text

from domain.authority import Role
from domain.claim import Stage


async def page(api, address, role=Role.SUPERVISOR):
    answer = await api.page(address, role)
    return answer.status_code, answer.text


async def move(api, claim, stage, on):
    async with api.database.transaction() as connection:
        await connection.execute(
            text("update claims set stage = :stage, stage_since = :on where id = :claim"),
            {"stage": stage.value, "on": on, "claim": claim},
        )


def row(shown, stage):
    """The cells of a stage's row: claims, øre, median, longest, came, left."""
    table = shown.split('id="flow"')[1].split("</table>")[0]
    found = next(one for one in table.split("<tr")[1:] if f">{stage}<" in one.replace("\n", ""))
    return [re.sub("<[^>]*>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", found)]


async def test_each_stage_says_how_many_stand_there_for_how_long_and_what_moved(api):
    first, second, third = [await api.register(principal_ore=100_000) for _ in range(3)]
    api.now += timedelta(days=40)
    for claim, days in ((first, 20), (second, 10), (third, 4)):
        await move(api, claim, Stage.DIALOGUE, api.today - timedelta(days=days))
    await move(api, third, Stage.ASSESSMENT, api.today - timedelta(days=2))
    status, shown = await page(api, "/flow")
    assert status == 200
    assert row(shown, "I dialog")[1:] == ["2", "2.000,00 kr.", "10", "20", "3", "1"]
    assert row(shown, "Vurderes")[1:] == ["1", "1.000,00 kr.", "2", "2", "1", "0"]
    assert row(shown, "Opkrævet")[1:] == ["0", "0,00 kr.", "–", "–", "0", "3"]
    assert "Opkrævet → I dialog: 3 krav" in shown
    assert "I dialog → Vurderes: 1 krav" in shown
    _, earlier = await page(api, f"/flow?to={api.today - timedelta(days=3)}")
    assert row(earlier, "I dialog")[5:] == ["3", "0"]


async def test_a_figure_leads_to_its_claims_the_one_that_stood_longest_first(api):
    new, old, elsewhere = [await api.register() for _ in range(3)]
    api.now += timedelta(days=30)
    await move(api, new, Stage.DIALOGUE, api.today)
    await move(api, old, Stage.DIALOGUE, api.today - timedelta(days=9))
    _, shown = await page(api, "/flow")
    link = re.search(r'href="(/flow/claims\?stage=dialogue)"', shown)[1]
    _, listed = await page(api, link)
    assert re.findall(r'<a href="/claims/([^"]*)"', listed) == [old, new]
    assert elsewhere not in listed


async def test_the_flow_is_narrowed_by_type_department_debtor_and_age(api):
    claim = await api.register(principal_ore=50_000)
    api.now += timedelta(days=200)
    mine = ["type=parking-fee", "kind=person", "age=2"]
    others = ["type=rent", "kind=company", "age=0", "department=Ingen"]
    for chosen, count in [(one, "1") for one in mine] + [(one, "0") for one in others]:
        _, shown = await page(api, f"/flow?{chosen}")
        found = row(shown, "Opkrævet")[1] if 'id="flow"' in shown else "0"
        assert (chosen, found) == (chosen, count)
        _, listed = await page(api, f"/flow/claims?stage=demand&{chosen}")
        assert (f"/claims/{claim}" in listed) == (count == "1")


async def test_what_there_is_not_is_refused_in_words(api):
    for wrong in ("type=none", "kind=cat", "age=9", "from=tomorrow"):
        status, _ = await page(api, f"/flow?{wrong}")
        assert (wrong, status) == (wrong, 422)
    for wrong in ("stage=ended", "stage=none", "stage=dialogue&cursor=x"):
        status, _ = await page(api, f"/flow/claims?{wrong}")
        assert (wrong, status) == (wrong, 422)


async def test_programs_read_the_same_figures(api):
    claims = [await api.register(principal_ore=100_000) for _ in range(3)]
    api.now += timedelta(days=40)
    for claim in claims[:2]:
        await move(api, claim, Stage.DIALOGUE, api.today)
    told = (await api.get("/flow")).json()
    found = {one["stage"]: one for one in told["stages"]}
    assert list(found) == [stage.value for stage in Stage]
    assert (found["dialogue"]["claims"], found["dialogue"]["balance_ore"]) == (2, 200_000)
    assert told["moves"] == [{"origin": "demand", "goal": "dialogue", "claims": 2}]
    first = (await api.get("/flow/claims?stage=dialogue&limit=1")).json()
    rest = (await api.get(f"/flow/claims?stage=dialogue&cursor={first['next_cursor']}")).json()
    assert [one["claim_id"] for one in first["items"] + rest["items"]] == claims[:2]
    refused = await api.get("/flow?from=2026-03-02&to=2026-03-01")
    assert refused.status_code == 422


async def test_what_is_narrowed_stays_so_when_it_is_narrowed_further(api):
    await api.register()
    _, shown = await page(api, "/flow?kind=person&from=2026-03-01")
    links = re.findall(r'href="(/flow\?[^"]*department=[^"]*)"', shown)
    assert links
    for link in links:
        assert "kind=person" in link
        assert "from=2026-03-01" in link

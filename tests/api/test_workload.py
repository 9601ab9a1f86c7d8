"""What a supervisor sees of people's work, and of what rests."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.authority import Role
from domain.claim import HoldReason
from domain.decisions import TaskKind
from tests.api.questions import lay


async def page(api, address="/workload", role=Role.SUPERVISOR):
    answer = await api.page(address, role)
    return answer.status_code, answer.text


def table(shown, name):
    """The words of each row's cells."""
    found = shown.split(f'id="{name}"')[1].split("</table>")[0].split("<tr")[2:]
    return [
        [
            " ".join(re.sub("<[^>]*>", " ", cell).split())
            for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)
        ]
        for row in found
    ]


async def test_each_person_and_nobody_has_so_many_tasks_and_so_many_late(api):
    mine, other = [(await lay(api, TaskKind.DIALOGUE))[0] for _ in range(2)]
    await api.post(f"/tasks/{mine}/claim", role=Role.CASEWORKER)
    api.now += timedelta(days=60)
    _, shown = await page(api)
    rows = {row[0].split()[0]: row for row in table(shown, "people-table")}
    assert rows["Ingen"][1:3] == ["1", "1"]
    holder = next(row for row in rows.values() if "agsbehandler" in row[0])
    assert holder[1:3] == ["1", "1"]
    assert f'href="/tasks/{other}"' in shown
    assert re.search(r"\d+ dage", holder[3])


async def test_what_waits_for_a_second_person_is_told_with_its_kroner(api):
    _, shown = await page(api)
    assert "Intet venter på en anden person." in shown
    await lay(api, TaskKind.WRITE_OFF_APPROVAL)
    _, shown = await page(api)
    [row] = table(shown, "approvals-table")
    assert row[:2] == ["Godkendelse af afskrivning", "1"]
    assert row[2] == row[3] != "0,00 kr."


async def test_what_rests_is_counted_by_reason_and_leads_to_its_claims(api):
    claim = await api.register()
    held = await api.post(f"/claims/{claim}/holds", {"reason": "objection", "note": "Uenig"})
    assert held.status_code == 201, held.text
    api.now += timedelta(days=12)
    _, shown = await page(api)
    [row] = table(shown, "holds-table")
    assert row[0:2] == ["Indsigelse", "1"]
    assert row[3:6] == ["12", "0", "0"]
    api.now += timedelta(days=30)
    _, later = await page(api)
    assert table(later, "holds-table")[0][3:6] == ["42", "1", "0"]
    _, listed = await page(api, "/holds?reason=objection")
    assert f'href="/claims/{claim}"' in listed
    _, none = await page(api, "/holds?reason=death")
    assert claim not in none


@pytest.mark.parametrize("reason", HoldReason)
async def test_the_claims_of_each_reason_have_a_page(api, reason):
    status, _ = await page(api, f"/holds?reason={reason}")
    assert status == 200


async def test_a_reason_that_there_is_not_is_refused(api):
    status, _ = await page(api, "/holds?reason=laziness")
    assert status == 422


async def test_a_long_list_goes_on(api):
    claims = [await api.register() for _ in range(52)]
    async with api.database.transaction() as connection:
        hold = text(
            "insert into holds (claim_id, reason, note, since, placed_by)"
            " select id, 'complaint', '', :on, 'x' from claims"
        )
        await connection.execute(hold, {"on": api.today})
    _, first = await page(api, "/holds?reason=complaint")
    more = re.search(r'href="(/holds\?[^"]*cursor=[^"]*)"', first)[1].replace("&amp;", "&")
    _, rest = await page(api, more)
    shown = re.findall(r'href="/claims/([^"]*)"', first + rest)
    assert sorted(shown) == sorted(claims)

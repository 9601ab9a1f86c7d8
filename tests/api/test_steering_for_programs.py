"""Programs read what supervisors see: workload, what rests, the strategy, who pays late."""

from datetime import timedelta
from decimal import Decimal
from html import unescape

from sqlalchemy import text

from domain.authority import Role
from domain.decisions import TaskKind
from tests.api.conftest import CPR
from tests.api.questions import lay
from tests.api.test_prevention import pay_late

COMMON = {"cpr_cvr": CPR[1], "name": "Karlo Prøvesen", "address": ["Prøvevej 1"]}


async def read(api, address, role=Role.SUPERVISOR):
    answer = await api.get(address, role)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def run(api, statement, **values):
    async with api.database.transaction() as connection:
        return await connection.execute(text(statement), values)


def of(rows, **asked):
    [row] = [one for one in rows if all(one[name] == value for name, value in asked.items())]
    return row


async def test_who_has_how_much_and_what_waits_for_a_second_person(api):
    mine, _ = await lay(api, TaskKind.DIALOGUE)
    await lay(api, TaskKind.WRITE_OFF_APPROVAL)
    await api.post(f"/tasks/{mine}/claim", role=Role.CASEWORKER)
    api.now += timedelta(days=60)
    told = await read(api, "/workload")
    assert of(told["people"], person="caseworker")["overdue"] == 1
    assert of(told["people"], person=None)["open"] == 1
    approval = of(told["kinds"], kind="write-off-approval")
    assert (approval["open"], approval["needs_second_person"]) == (1, True)
    assert not of(told["kinds"], kind="dialogue")["needs_second_person"]
    assert len(told["oldest"]) == 2


async def test_what_rests_is_listed_page_by_page(api):
    claims = [await api.register() for _ in range(3)]
    for claim in claims:
        await api.post(f"/claims/{claim}/holds", {"reason": "objection", "note": "Uenig"})
    assert of((await read(api, "/workload"))["holds"], reason="objection")["claims"] == 3
    first = await read(api, "/holds?reason=objection&limit=2")
    rest = await read(api, f"/holds?reason=objection&cursor={first['next_cursor']}")
    assert [one["claim_id"] for one in first["items"] + rest["items"]] == claims
    assert rest["next_cursor"] is None
    refused = await api.get("/holds?reason=laziness")
    assert refused.status_code == 422


async def test_a_team_has_its_peoples_tasks_and_those_of_its_types_that_nobody_has(api):
    await api.hire("birthe", role=Role.CASEWORKER)
    for person, team in (("caseworker", "Nord"), ("birthe", "Syd")):
        moved = await api.send("PUT", f"/people/{person}/team", json={"team": team})
        assert moved.json() == {"person": person, "team": team}
    norths, souths, nobodys = [(await lay(api, TaskKind.DIALOGUE))[0] for _ in range(3)]
    await api.post(f"/tasks/{norths}/claim", role=Role.CASEWORKER)
    await api.post(f"/tasks/{souths}/claim", role="birthe")
    [code] = {row[0] for row in await run(api, "select claim_type from claims")}
    types = api.policy.claim_type(code).team
    for team, tasks in (("Nord", [norths]), ("Syd", [souths]), (types, [nobodys])):
        told = await read(api, f"/workload?team={team}")
        assert [one["task_id"] for one in told["oldest"]] == tasks
        assert sum(one["open"] for one in told["people"]) == 1
        flow = await read(api, f"/flow?team={team}")
        assert sum(one["claims"] for one in flow["stages"]) == 1
    shown = (await api.page("/workload?team=Nord")).text
    assert "birthe" not in shown.lower().split('id="people-table"')[1].split("</table>")[0]
    unknown = await api.send("PUT", "/people/nobody/team", json={"team": "Nord"})
    assert unknown.status_code == 404


async def test_a_supervisor_moves_somebody_to_a_team_on_the_page(api):
    sent = {"person": "caseworker", "team": "Nord"}
    moved = await api.page("/workload/teams", method="POST", data=sent)
    assert moved.status_code == 303
    assert of((await read(api, "/workload"))["people"], person="caseworker")["team"] == "Nord"
    shown = (await api.page("/flow")).text
    assert '<option value="Nord">' in shown
    trail = await run(api, "select facts ->> 'team' from audit where act = 'user-moved'")
    assert trail.scalars().all() == ["Nord"]


async def test_answers_stand_beside_their_goals(api):
    days, (on_time, late, missed) = (1, 60), [await lay(api, TaskKind.DIALOGUE) for _ in range(3)]
    for (task, _), wait in zip((on_time, late), days, strict=True):
        await run(
            api,
            "update tasks set opened_on = :on, due_on = cast(:on as date) + 14, state = 'decided' "
            "where id = :task",
            task=task, on=api.today,
        )  # fmt: skip
        await run(
            api,
            "insert into decisions (task_id, outcome, reasons, decided_by, decided_at) "
            "values (:task, 'go-on', 'x', 'caseworker', :at)",
            task=task, at=api.now + timedelta(days=wait),
        )  # fmt: skip
    api.now += timedelta(days=25)
    told = of((await read(api, "/workload"))["response_times"], kind="dialogue")
    assert told["goal_days"] == api.policy.dialogue_days
    assert (told["received"], told["answered"]) == (3, 2)
    assert told["overdue"] == (1 if missed else 0)
    assert told["within_goal"] == 1 / 3
    for page in ("/workload", "/strategy"):
        shown = (await api.page(page)).text
        table = shown.split('id="times-table"')[1].split("</table>")[0]
        assert "Dialog med skyldneren" in table
        assert "33 %" in table


async def test_the_strategy_is_told_with_every_figure_source_and_day(api):
    told = await read(api, "/strategy", Role.CASEWORKER)
    named = {one["name"]: one for one in told["decisions"]}
    rate = api.policy.reference_rates.entry_on(api.today)
    assert named["reference_rates"]["since"] == rate.since.isoformat()
    assert named["reference_rates"]["source"] == rate.source
    [value] = named["reference_rates"]["values"]
    assert Decimal(value["value"]) == rate.value
    assert [one["claim_type"] for one in told["claim_types"]] == list(api.policy.claim_types)
    parking = of(told["claim_types"], claim_type="parking-fee")["decisions"]
    fee = api.policy.claim_type("parking-fee").fee.on(api.today)
    amount = of(of(parking, name="fee")["values"], name="amount")
    assert amount["value"] == fee.amount.ore
    assert told["changes"]
    then = await read(api, "/strategy?on=2023-03-01")
    assert then["decisions"] != told["decisions"]


async def test_late_payers_are_read_and_offered_help_once(api):
    debtor = await pay_late(api, 3)
    [one] = (await read(api, "/prevention"))["items"]
    assert (one["debtor_id"], one["claims"], one["offered_on"]) == (debtor, 3, None)
    offer = {"debtor_ids": [debtor], "offers_other_day": True}
    assert (await api.post("/prevention", offer)).json() == {"letters": 1}
    assert (await api.post("/prevention", offer)).json() == {"letters": 0}
    assert (await read(api, "/prevention"))["items"][0]["offered_on"]


async def test_another_due_date_is_offered_in_the_letter_in_the_debtors_language(api):
    danish = await pay_late(api, 3)
    english = await pay_late(api, 3, debtors=[COMMON])
    await run(api, "update debtors set language = 'en' where id = :d", d=english)
    both = {"debtors": [str(danish), str(english)], "other_day": "on"}
    await api.page("/prevention", Role.CASEWORKER, method="POST", data=both)
    found = await run(
        api,
        "select debtor_id, facts -> 'note' ->> 0 from letters "
        "where letter = 'direct-debit-invitation'",
    )
    notes = dict(tuple(row) for row in found)
    assert notes[danish].startswith(
        f"Vi kan se, at du plejer at betale omkring den {api.today.day}."
    )
    assert notes[english].startswith(f"We can see that you usually pay around day {api.today.day}")
    assert "Tilbyd også en anden forfaldsdag" in unescape((await api.page("/prevention")).text)


async def test_the_letter_says_nothing_of_another_day_unless_it_is_offered(api):
    debtor = await pay_late(api, 3)
    await api.post("/prevention", {"debtor_ids": [debtor]})
    notes = await run(
        api, "select facts -> 'note' from letters where letter = 'direct-debit-invitation'"
    )
    assert notes.scalar_one() == []

"""What we lose if we do nothing: the radar says the same as the lists behind it, to the øre."""

from datetime import timedelta
from random import Random

import pytest

from domain.letters import Letter
from persistence.recovery.preflights import sweep
from tests.api.conftest import CPR

TYPES = ("rent", "parking-fee", "day-care", "household-waste")
WIDEST = 1000


async def listed(api, query=""):
    """All rows of the list, page by page."""
    rows, cursor = [], ""
    while cursor is not None:
        told = (await api.get(f"/limitation/claims?limit=7{query}{cursor}")).json()
        rows += told["items"]
        cursor = told["next_cursor"] and f"&cursor={told['next_cursor']}"
    return rows


async def judge(api, claim, on, *, kind="judgment"):
    told = (await api.get(f"/claims/{claim}/limitation")).json()["liabilities"]
    sent = {"kind": kind, "on": on.isoformat(), "source": "Dom 17, retten"}
    sent["debtor_ids"] = [one["debtor_id"] for one in told]
    answer = await api.post(f"/claims/{claim}/limitation/events", sent)
    assert answer.status_code == 201, answer.text


async def look_at_all(api):
    async with api.database.transaction() as connection:
        after = ""
        while after is not None:
            after = await sweep(connection, api.policy, api.today, after)


async def pay(api, claim, ore):
    sent = {"amount_ore": ore, "paid_on": api.today.isoformat(), "source_reference": f"P-{claim}"}
    answer = await api.post(f"/claims/{claim}/payments", sent)
    assert answer.status_code == 200, answer.text


@pytest.fixture
async def judged(api):
    """A claim of 2,400 kr. with ten years, on which interest and a fee fell due afterwards."""
    claim = await api.register(claim_type="rent", principal_ore=240_000)
    await judge(api, claim, api.today)
    api.now += timedelta(days=100)
    await api.write(claim, Letter.FIRST_REMINDER)
    await look_at_all(api)
    return claim


async def test_interest_that_lapses_before_its_claim_counts_on_its_own_day(api, judged):
    rows = await listed(api)
    assert [row["claim_id"] for row in rows] == [judged] * len(rows)
    *parts, whole = rows
    assert parts
    assert (whole["is_whole"], whole["balance_ore"]) == (True, 240_000)
    assert not any(part["is_whole"] for part in parts)
    assert all(part["limitation_date"].startswith("2029") for part in parts)
    assert whole["limitation_date"].startswith("2036")
    radar = (await api.get("/limitation")).json()
    assert radar["ours"]["claims"] == 1
    assert radar["early"]["balance_ore"] == sum(part["balance_ore"] for part in parts)
    assert radar["ours"]["balance_ore"] == sum(row["balance_ore"] for row in rows)


async def test_what_is_paid_of_it_is_not_lost(api, judged):
    before = (await api.get("/limitation")).json()["early"]["balance_ore"]
    owed = (await api.get(f"/claims/{judged}")).json()["balance"]["total_ore"]
    await pay(api, judged, owed - 240_000)
    radar = (await api.get("/limitation")).json()
    assert radar["early"]["balance_ore"] < before
    assert radar["ours"]["balance_ore"] == sum(r["balance_ore"] for r in await listed(api))


async def test_it_lapses_no_earlier_when_the_judgment_is_struck_out(api, judged):
    told = (await api.get(f"/claims/{judged}/limitation")).json()["liabilities"][0]
    sent = {"debtor_id": told["debtor_id"], "reason": "Dommen gælder en anden"}
    sent["strikes"] = told["events"][-1]["number"]
    assert (await api.post(f"/claims/{judged}/limitation/corrections", sent)).status_code == 201
    assert (await api.get("/limitation")).json()["early"]["claims"] == 0
    assert [row["is_whole"] for row in await listed(api)] == [True]


async def test_the_list_says_which_lines_are_parts(api, judged):
    shown = (await api.page("/limitation/claims")).text
    assert "Renter og gebyrer af kravet (§ 5, stk. 2)" in shown
    radar = (await api.page("/limitation")).text
    assert "før det krav, de hører til" in radar


async def test_every_sum_is_that_of_the_list_behind_it(api):
    """Claims of all kinds and ages, some judged, some partly paid, one of two debtors."""
    chance = Random(20)
    for number in range(24):
        day = api.today - timedelta(days=chance.randrange(30, WIDEST))
        facts = {"period_start": day.isoformat(), "period_end": day.isoformat()}
        facts |= {"due_date": day.isoformat(), "claim_type": TYPES[number % 4]}
        facts["principal_ore"] = chance.randrange(10_000, 900_000)
        if number % 5 == 0:
            names = (("Karla Prøvesen", CPR[0]), ("Bo Attrap", CPR[1]))
            facts["debtors"] = [
                {"cpr_cvr": cpr, "name": name, "address": ["Prøvevej 1"]} for name, cpr in names
            ]
        claim = await api.register(**facts)
        if number % 3 == 0:
            await judge(api, claim, day + timedelta(days=10))
            await api.write(claim, Letter.FIRST_REMINDER)
        if number % 4 == 0:
            await pay(api, claim, chance.randrange(1000, 9000))
    await look_at_all(api)
    radar = (await api.get("/limitation")).json()
    drilled = [(one, f"&band={one['band']}") for one in radar["bands"]]
    drilled += [(one, f"&month={one['month']}") for one in radar["months"]]
    drilled += [(one, f"&claim_type={one['claim_type']}") for one in radar["claim_types"]]
    drilled += [(one, f"&department={one['department']}") for one in radar["departments"]]
    rows = await listed(api)
    wholes = {row["claim_id"]: row["limitation_date"] for row in rows if row["is_whole"]}
    parts = [row for row in rows if not row["is_whole"]]
    assert parts
    assert all(row["limitation_date"] < wholes[row["claim_id"]] for row in parts)
    for total, query in drilled:
        rows = await listed(api, query)
        assert len(rows) == total["claims"], query
        assert sum(row["balance_ore"] for row in rows) == total["balance_ore"], query
    for name in ("bands", "months", "claim_types", "departments"):
        assert sum(one["balance_ore"] for one in radar[name]) == radar["ours"]["balance_ore"], name

"""Many tasks of every sort in a few statements, and what the inbox should make of them."""

import random
from datetime import timedelta
from itertools import count

from sqlalchemy import insert, select, text

from domain.inbox import BANDS, band
from persistence.models import Claim, Debtor, Task, TaskWeight
from tests.api.conftest import CPR

NAMES = ("Åse Prøvesen", "Zita Prøve", "Østen Attrap", "anna Kulisse", "Ærlig Mønster")
KINDS = ("dialogue", "assessment", "exception", "limitation-near", "unplaced-payment")
_numbers = count(1)
TYPES = ("parking-fee", "day-care", "rent")


async def lay_tasks(api, many, seed=1):
    """Claims first, then a task about each, and some about none; returns the dice."""
    dice = random.Random(seed)
    claims = [
        await api.register(
            claim_type=dice.choice(TYPES),
            principal_ore=dice.choice((20_000, 60_000, 300_000, 2_000_000, 9_000_000)),
            due_date=str(api.today - timedelta(days=dice.choice((0, 300, 900, 1060)))),
            period_start="2023-01-01",
            period_end="2023-01-02",
            debtors=[{"cpr_cvr": CPR[n % 3], "name": NAMES[n % 3], "address": ["Prøvevej 1"]}],
        )
        for n in range(many)
    ]
    rows = [a_task(api, dice, claims[n] if n % 7 else None) for n in range(many)]
    async with api.database.transaction() as connection:
        await connection.execute(insert(Task), rows)
    return dice


def a_task(api, dice, claim):
    opened = api.today - timedelta(days=dice.randint(0, 50))
    return {
        "subject": claim or "payment-1",
        "key": f"task-{next(_numbers)}",
        "claim_id": claim,
        "kind": dice.choice(KINDS) if claim else "unplaced-payment",
        "department": dice.choice(("collection", "finance")),
        "opened_on": opened,
        "due_on": opened + timedelta(days=dice.randint(0, 40)),
        "claimed_by": dice.choice((None, None, "caseworker", "supervisor")),
        "snoozed_until": dice.choice((None, None, None, api.today + timedelta(days=5))),
        "facts": {},
    }


async def open_tasks(api):
    """Every open task with the facts of its claim, read apart from the inbox."""
    found = (
        select(
            Task.id, Task.kind, Task.department, Task.opened_on, Task.due_on, Task.claimed_by,
            Task.snoozed_until, Task.claim_id, Claim.claim_type, Claim.stage, Claim.balance_ore,
            Claim.limitation_date, Debtor.name,
        )
        .join(Claim, Claim.id == Task.claim_id, isouter=True)
        .join(Debtor, Debtor.id == Claim.debtor_id, isouter=True)
        .where(Task.state == "open")
    )  # fmt: skip
    async with api.database.transaction() as connection:
        return [dict(row) for row in (await connection.execute(found)).mappings()]


async def weights(api):
    async with api.database.transaction() as connection:
        rows = (await connection.execute(select(TaskWeight))).mappings()
        return [(row["part"], row["name"], row["step"], row["points"]) for row in rows]


def points_of(table, part, value, name=""):
    reached = [(step, n) for p, w, step, n in table if (p, w) == (part, name) and step <= value]
    return max(reached)[1] if reached else 0


def twin_points(table, task, on):
    """What a task weighs, worked out in plain sight."""
    points = points_of(table, "kind", 0, task["kind"])
    points += points_of(table, "age", (on - task["due_on"]).days)
    if task["claim_id"]:
        points += points_of(table, "amount", task["balance_ore"])
        points += points_of(table, "limitation", (on - task["limitation_date"]).days)
    return points


def twin_facets(task, on):
    left = (task["limitation_date"] - on).days if task["claim_id"] else 10**6
    return {
        "kind": task["kind"],
        "claim_type": task["claim_type"] or "",
        "stage": task["stage"] or "",
        "department": task["department"],
        "holder": task["claimed_by"] or "-",
        "amount": str(band(BANDS["amount"], task["balance_ore"] or 0)),
        "age": str(band(BANDS["age"], (on - task["opened_on"]).days)),
        "limitation": str(band(BANDS["limitation"], left)),
    }


def danish(name):
    """Æ, Ø and Å come after Z."""
    return (name or "").lower().translate(str.maketrans("æøå", "{|}"))


async def rename(api, name):
    async with api.database.transaction() as connection:
        await connection.execute(text("update debtors set name = :name"), {"name": name})

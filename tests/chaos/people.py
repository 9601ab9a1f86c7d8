"""Who keeps the house busy: they register, pay, decide, hold and withdraw, and note each yes."""

import asyncio
import hashlib
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

from sqlalchemy import insert

from domain.authority import Role
from domain.calendar import today
from persistence.models import User
from tests.builders import CPR_NUMBERS

SOURCE = "chaos"
STAFF = {"sys": Role.SYSTEM, "anna": Role.SUPERVISOR, "bent": Role.SUPERVISOR, "pia": Role.BAILIFF}
TYPES = ("parking-fee", "household-waste", "invoice", "music-school")
ANSWERS = {
    "dialogue": ("agreement", "agreement", "promise", "not-reached", "go-on", "go-on", "go-on"),
    "assessment": ("transfer", "transfer", "transfer", "keep", "write-off", "enforce"),
    "write-off-approval": ("approved", "approved", "refused"),
    "distraint": ("cancelled",),
    "after-distraint": ("released",),
    "exception": ("retry", "give-up"),
    "hearing": ("approved", "withdraw"),
    "undelivered-letter": ("retry", "done"),
    "limitation-near": ("done",),
    "limitation-unoffered": ("done",),
    "unplaced-payment": ("done",),
    "bank-file": ("done",),
    "refund-approval": ("refused",),
    "discharge-approval": ("approved", "refused"),
    "write-off-batch": ("approved", "refused"),
    "unclear-notice": ("done",),
    "suspension-review": ("resume",),
    "post-stopped": ("done",),
}
_SPECIALISTS = {
    "write-off-approval": "bent",
    "discharge-approval": "bent",
    "write-off-batch": "bent",
    "distraint": "pia",
    "after-distraint": "pia",
}
_WITH_A_DAY = {"promise", "not-reached", "keep"}


async def hire(connection):
    rows = [
        {
            "id": name,
            "name": name.title(),
            "role": role.value,
            "token_sha256": hashlib.sha256(f"token-{name}".encode()).hexdigest(),
        }
        for name, role in STAFF.items()
    ]
    await connection.execute(insert(User), rows)


@dataclass
class Promised:
    """What the API has said yes to."""

    claims: dict[str, str] = field(default_factory=dict)  # reference → claim
    payments: dict[str, tuple[str, int]] = field(default_factory=dict)
    decisions: dict[int, tuple[str, str]] = field(default_factory=dict)  # task → outcome, reasons
    reasons: set[str] = field(default_factory=set)  # of all decisions that were asked for
    holds: dict[int, str] = field(default_factory=dict)
    releases: set[int] = field(default_factory=set)
    withdrawals: set[str] = field(default_factory=set)


class People:
    """*pause*: seconds each takes between two things, on average."""

    def __init__(self, client, clock, seed, pause=0.4):
        self.client, self.clock, self.pause = client, clock, pause
        self.random = random.Random(seed)
        self.promised, self.numbers = Promised(), count(1)
        self.debtors, self.living = {}, []
        self.is_closing = False

    @property
    def today(self) -> date:
        return today(self.clock.town_time(datetime.now(UTC)))

    def in_days(self, least, most):
        return (self.today + timedelta(days=self.random.randint(least, most))).isoformat()

    async def work(self):
        chores = (self.register, self.pay, self.decide, self.decide, self.hold, self.withdraw)
        async with asyncio.TaskGroup() as group:
            for chore in chores:
                group.create_task(self.keep_at(chore))

    async def keep_at(self, chore):
        while not self.is_closing:
            await chore()
            await asyncio.sleep(self.pause * 2 * self.random.random())

    async def register(self):
        reference = f"C-{next(self.numbers):05d}"
        cpr, due = self.random.choice(CPR_NUMBERS), self.today
        body = {
            "source": SOURCE,
            "reference": reference,
            "claim_type": self.random.choice(TYPES),
            "principal_ore": self.random.randint(500, 3000) * 100,
            "debtors": [{"cpr_cvr": cpr, "name": "Karla Prøvesen", "address": ["Prøvevej 1"]}],
            "period_start": due.isoformat(),
            "period_end": due.isoformat(),
            "due_date": due.isoformat(),
            "description": f"Prøvekrav {reference}",
        }
        if self.random.random() < 0.6:
            body["demand_sent_on"] = (due - timedelta(days=20)).isoformat()
        answer = await self.client.ask("POST", "/claims", "sys", body, key=reference)
        assert answer.is_success, answer.text
        claim = self.promised.claims[reference] = answer.json()["claim_id"]
        self.debtors[claim] = cpr
        self.living.append(claim)

    async def pay(self):
        if not self.living:
            return
        claim, reference = self.random.choice(self.living), f"P-{next(self.numbers):05d}"
        found = (await self.client.ask("GET", f"/claims/{claim}", "anna")).json()
        if found["ending"] and self.random.random() < 0.8:
            self.living.remove(claim)
            return
        owed = found["balance"]["total_ore"]
        amount = owed if self.random.random() < 0.4 else self.random.randint(100, 600) * 100
        body = {
            "source_reference": reference,
            "amount_ore": max(amount, 100),
            "paid_on": self.today.isoformat(),
        }
        answer = await self.client.ask("POST", f"/claims/{claim}/payments", "sys", body)
        assert answer.is_success, answer.text
        self.promised.payments[reference] = (claim, body["amount_ore"])

    async def decide(self):
        answer = await self.client.ask("GET", "/tasks?limit=40", "anna")
        tasks = answer.json()["items"]
        if not tasks:
            return
        await self.answer(self.random.choice(tasks))

    async def answer(self, task):
        """Any that fits its kind, and may be refused all the same; the API's answer."""
        outcome = self.random.choice(ANSWERS[task["kind"]])
        reasons = f"{outcome} D-{next(self.numbers):05d}"
        self.promised.reasons.add(reasons)
        body = {"outcome": outcome, "reasons": reasons}
        if outcome in _WITH_A_DAY:
            body["look_again_on"] = self.in_days(10, 40)
        if outcome == "write-off":
            body["write_off"] = {"reason": "lapse", "proved_on": "2026-01-01"}
        if outcome == "agreement":
            body["agreement"] = self.wished(task["claim_id"])
        user = _SPECIALISTS.get(task["kind"], "anna")
        answer = await self.client.ask("POST", f"/tasks/{task['id']}/decide", user, body)
        if answer.is_success:
            self.promised.decisions[task["id"]] = (outcome, reasons)
        return answer

    def wished(self, claim):
        """An agreement, sometimes with another claim of the same debtor."""
        claims = [claim]
        others = [c for c in self.living if self.debtors[c] == self.debtors.get(claim)]
        if others and self.random.random() < 0.4:
            claims = sorted({claim, self.random.choice(others)})
        return {"claim_ids": claims, "months": 2, "first_due": self.in_days(15, 30)}

    async def hold(self):
        if self.promised.holds and self.random.random() < 0.5:
            await self.release(self.random.choice(list(self.promised.holds)))
        elif self.living:
            claim, key = self.random.choice(self.living), f"H-{next(self.numbers):05d}"
            body = {"reason": "objection", "note": key}
            if self.random.random() < 0.7:
                body["until"] = self.in_days(5, 20)
            # The town's day may have passed before the request arrives: then it is refused.
            answer = await self.client.ask("POST", f"/claims/{claim}/holds", "anna", body, key=key)
            if answer.is_success:
                self.promised.holds[answer.json()["hold_id"]] = key

    async def release(self, hold):
        answer = await self.client.ask("POST", f"/holds/{hold}/release", "anna")
        if answer.is_success:
            self.promised.releases.add(hold)

    async def withdraw(self):
        if not self.living or self.random.random() < 0.85:
            return
        claim = self.random.choice(self.living)
        body = {"reasons": "Registreret ved en fejl."}
        answer = await self.client.ask("POST", f"/claims/{claim}/withdraw", "anna", body)
        if answer.is_success:
            self.promised.withdrawals.add(claim)
            self.living.remove(claim)

    async def release_all(self):
        """Lift what would hold claims for ever, so that everything can come to rest."""
        for hold in sorted(set(self.promised.holds) - self.promised.releases):
            await self.release(hold)

"""A bailiff who sets hearings, holds them and follows what was taken, through the API."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import httpx

from cli.demo.hearings import OUTCOMES
from cli.demo.people import seeded
from cli.demo.staff import PIA
from domain.authority import Actor
from domain.calendar import working_day_from
from domain.decisions import Outcome
from domain.distraints.distraint import DistraintEvent

Send = Callable[..., Awaitable[httpx.Response]]
_SHARES = (4, 4, 4, 3, 3, 1)
_WEEK, _PATIENCE = timedelta(days=7), timedelta(days=21)
_HOURS = ("08.30", "09.00", "09.30", "10.00", "11.00", "12.30", "13.00", "14.30")
_WORDS = {
    Outcome.PROPERTY_TAKEN: "Mødt på ejendommen. Udlæg i ejendommen.",
    Outcome.ASSETS_TAKEN: "Skyldner viste bilen frem. Udlæg i den.",
    Outcome.IN_VAIN: "Skyldner ejer intet, der kan gøres udlæg i.",
    Outcome.PAID_AT_HEARING: "Skyldner overfører beløbet i dag.",
    Outcome.AGREEMENT: "Skyldner betaler i to rater.",
}
_ASSETS = {
    Outcome.PROPERTY_TAKEN: {
        "kind": "property", "description": "Matr. 12c, Prøve By", "value_ore": 120_000_000,
    },
    Outcome.ASSETS_TAKEN: {
        "kind": "movables", "description": "Personbil, årgang 2016", "value_ore": 3_800_000,
    },
}  # fmt: skip
_SALE = {
    Outcome.FORCED_SALE: (DistraintEvent.PETITIONED, "Begæring om tvangsauktion sendt."),
    Outcome.REALISED: (DistraintEvent.SOLD, "Solgt; provenuet er på vej."),
    Outcome.RELEASED: (DistraintEvent.CANCELLED_IN_REGISTER, "Aflyst i tingbogen."),
}


@dataclass(frozen=True, slots=True)
class RobotBailiff:
    """*send* asks the API as a person; *today* is the town's date."""

    send: Send
    today: Callable[[], date]
    who: Actor = PIA

    async def set_hearing(self, task: dict[str, Any]) -> bool:
        """On the first day the law allows, at an hour that is free; whether it could be."""
        chance, known = seeded("hearing", task["id"]), task.get("debtor_name") or "Kontoret"
        slot = {"task_id": task["id"], "place": f"Hos {known}", "at": chance.choice(_HOURS)}
        probe = slot | {"day": working_day_from(self.today() + _WEEK * 8).isoformat()}
        foreseen = await self._post("/distraints/foreseen", probe)
        if not foreseen.is_success:
            return False
        day = foreseen.json()["first_day"]
        return (await self._post("/distraints", slot | {"day": day})).is_success

    async def hold_hearings(self) -> int:
        """Those of this week and the last whose day is over; how many."""
        held = 0
        for day in (self.today() - _WEEK, self.today()):
            week = await self.send(self.who, "GET", "/distraints", params={"day": day.isoformat()})
            for one in week.json().get("hearings", []):
                is_mine = one["bailiff"] == self.who.id and one["state"] == "scheduled"
                if is_mine and date.fromisoformat(one["starts_at"][:10]) < self.today():
                    held += await self._hold(one)
        return held

    async def _hold(self, hearing: dict[str, Any]) -> bool:
        chance = seeded("minutes", hearing["id"])
        outcome = chance.choices(OUTCOMES, _SHARES)[0]
        path = f"/distraints/{hearing['id']}"
        if outcome is Outcome.CANCELLED:
            reason = {"reason": "Skyldner har ringet; vi taler om det først."}
            return (await self._post(f"{path}/call-off", reason)).is_success
        if outcome is Outcome.PROPERTY_TAKEN:
            await self._name_owners(path, hearing["claim_id"])
        answer = await self._post(f"{path}/minutes", self._minutes(outcome))
        if not answer.is_success and outcome is not Outcome.IN_VAIN:
            answer = await self._post(f"{path}/minutes", self._minutes(Outcome.IN_VAIN))
        if not answer.is_success:
            reason = {"reason": "Underretningen er ikke nået frem; vi begynder forfra."}
            answer = await self._post(f"{path}/call-off", reason)
        return answer.is_success

    async def _name_owners(self, path: str, claim_id: str) -> None:
        claim = await self.send(self.who, "GET", f"/claims/{claim_id}")
        for debtor in claim.json().get("debtors", []):
            await self._post(f"{path}/owners/{debtor['id']}", {})

    def _minutes(self, outcome: Outcome) -> dict[str, Any]:
        body: dict[str, Any] = {"outcome": outcome.value, "text": _WORDS[outcome]}
        if outcome in _ASSETS:
            body["assets"] = [_ASSETS[outcome]]
        if outcome in {*_ASSETS, Outcome.PAID_AT_HEARING}:
            body["look_again_on"] = (self.today() + _PATIENCE).isoformat()
        if outcome is Outcome.AGREEMENT:
            body |= {"months": 2, "first_due": (self.today() + _PATIENCE).isoformat()}
        return body

    async def note_step(self, task: dict[str, Any], outcome: Outcome) -> None:
        """What the answer about a distraint that was made means for its forced sale."""
        claim = (await self.send(self.who, "GET", f"/claims/{task['claim_id']}")).json()
        first = next(iter(claim.get("debtors", [])), None)
        if first is None or outcome not in _SALE:
            return
        file = (await self.send(self.who, "GET", f"/debtors/{first['id']}")).json()
        event, words = _SALE[outcome]
        body = {"event": event.value, "happened_on": self.today().isoformat(), "text": words}
        for one in file.get("distraints", []):
            if one["claim_id"] == task["claim_id"] and one["outcome"] in {*_ASSETS}:
                await self._post(f"/distraints/{one['id']}/events", body)
                return

    async def _post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return await self.send(self.who, "POST", path, json=body)

"""What an act would do to a claim, found by doing it and taking it back before anyone sees it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from api.house import House
from api.schemas.claims import Standing
from api.views.claims import situation_of, view_standing
from domain.letters import Letter
from persistence.claims.case_reading import letters_in_tray
from persistence.claims.standings import read_standing

Act = Callable[[AsyncConnection], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """*written* are letters the act would lay in the tray; *waiting* lay there already.

    Of those that wait, *pressing* ask for payment: they do not leave while the clock stands still.
    """

    claim: dict[str, Any]
    now: Standing
    then: Standing
    written: Sequence[dict[str, Any]]
    waiting: Sequence[dict[str, Any]]

    @property
    def pressing(self) -> list[dict[str, Any]]:
        return [row for row in self.waiting if Letter(row["letter"]).asks_for_payment]


async def foresee(house: House, claim_id: str, act: Act, language: str) -> Foreseen:
    """Raises whatever *act* raises."""
    async with house.database.trial() as connection:
        claim = dict(await read_standing(connection, claim_id, house.today))
        waiting = await letters_in_tray(connection, claim_id)
        await act(connection)
        after = dict(await read_standing(connection, claim_id, house.today))
        tray = await letters_in_tray(connection, claim_id)
    known = {row["id"] for row in waiting}
    return Foreseen(
        claim=claim,
        now=_standing(house, claim, language),
        then=_standing(house, after, language),
        written=[row for row in tray if row["id"] not in known],
        waiting=waiting,
    )


def _standing(house: House, claim: dict[str, Any], language: str) -> Standing:
    return view_standing(situation_of(claim, house.policy, house.today), language)

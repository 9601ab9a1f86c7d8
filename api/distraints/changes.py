"""What moving a hearing or calling it off would do: it is done, looked at, and undone."""

from collections.abc import Awaitable, Callable
from datetime import date

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from api.distraints.bodies import slot_of
from api.house import House
from api.schemas.distraint_changes import ChangedLetter, ForeseenChange
from api.schemas.distraints import MovedBody
from domain.authority import Actor
from domain.calendar import COPENHAGEN
from domain.distraints.distraint import lien_until
from domain.distraints.rules import DistraintRule
from persistence.distraints.adjourning import adjourn_hearing
from persistence.distraints.reading import Proceeding, read_distraint
from persistence.distraints.setting import move_hearing

Act = Callable[[AsyncConnection], Awaitable[object]]


async def foresee_change(house: House, distraint_id: int, act: Act) -> ForeseenChange:
    """Raises whatever *act* raises."""
    async with house.database.trial() as connection:
        before = await read_distraint(connection, distraint_id)
        await act(connection)
        after = await read_distraint(connection, distraint_id)
    rule = house.policy.distraint_rule(house.today)
    known = {row["id"]: row["state"] for row in before.letters}
    return ForeseenChange(
        written=[_letter(row) for row in after.letters if row["id"] not in known],
        stopped=[
            _letter(row)
            for row in after.letters
            if row["state"] == "cancelled" and known.get(row["id"]) == "requested"
        ],
        is_off=bool(after.row["called_off_on"]),
        starts_before=before.row["starts_at"].astimezone(COPENHAGEN),
        starts_after=after.row["starts_at"].astimezone(COPENHAGEN),
        expected_ore=after.row["expected_ore"],
        court_fee_ore=after.row["court_fee_ore"],
        balance_before_ore=before.row["balance_ore"],
        balance_after_ore=after.row["balance_ore"],
        is_lien_lost=_is_lost(before, after, rule),
        is_limited_before=_day(after) > after.row["limitation_date"],
        lien_until=_lien(after, rule),
        limitation_date=after.row["limitation_date"],
    )


async def move_or_adjourn(
    connection: AsyncConnection, house: House, distraint_id: int, body: MovedBody, actor: Actor
) -> None:
    """As the body says: at another time, or begun and gone on with then."""
    slot, policy = slot_of(body), house.policy
    if body.is_adjourned:
        now = house.clock()
        await adjourn_hearing(connection, policy, distraint_id, slot, body.reason, actor, now)
    else:
        on = house.today
        await move_hearing(connection, policy, distraint_id, slot, body.reason, actor, on)


def _letter(row: RowMapping) -> ChangedLetter:
    return ChangedLetter(
        letter=row["letter"], debtor_id=row["debtor_id"], name=row["name"],
        planned_on=row["planned_on"],
    )  # fmt: skip


def _day(found: Proceeding) -> date:
    day: date = found.row["starts_at"].astimezone(COPENHAGEN).date()
    return day


def _lien(found: Proceeding, rule: DistraintRule) -> date:
    return lien_until(rule, found.row["due_date"], found.row["ordered_on"])


def _is_lost(before: Proceeding, after: Proceeding, rule: DistraintRule) -> bool:
    """Whether the new day comes after the priority right, which the old one did not."""
    until = _lien(after, rule)
    return _day(before) <= until < _day(after)

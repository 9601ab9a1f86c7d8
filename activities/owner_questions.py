"""Asks the register who owns the properties that hearings are about; owners are then told."""

from datetime import date, datetime

from temporalio import activity

from activities.failures import told_to_temporal
from domain.calendar import today
from domain.distraints.owners import NewOwner, faults_of_owner
from domain.errors import Invalid
from domain.identity import parse_national_id
from gateways.property_ports import OwnerRegister, PropertyEntry, PropertyOwner
from persistence.database import Database
from persistence.distraints.owner_questions import heed_answer, open_questions

_AT_ONCE = 50


class OwnerQuestionActivities:
    def __init__(self, database: Database, owners: OwnerRegister) -> None:
        self._database, self._owners = database, owners

    @activity.defn(name="owners.ask")
    @told_to_temporal
    async def ask(self, now: datetime, after: int = 0) -> int:
        """Ask about a handful of properties, those after *after*; the last, 0 when it was all.

        The same answer again changes nothing.
        """
        async with self._database.transaction() as connection:
            questions = await open_questions(connection, after, _AT_ONCE)
        for question in questions:
            entry = await self._owners.look_up(question["number"], today(now))
            await self._heed(question["id"], entry, today(now))
        return questions[-1]["id"] if len(questions) == _AT_ONCE else 0

    async def _heed(self, question_id: int, entry: PropertyEntry | None, on: date) -> None:
        """An owner whom we could not write to makes the whole answer one for a person."""
        owners = [_owner(one) for one in entry.owners] if entry else None
        is_whole = owners is not None and None not in owners
        known = [one for one in owners or () if one] if is_whole else None
        async with self._database.transaction() as connection:
            address = entry.address if entry else ""
            await heed_answer(connection, question_id, address, known, on)


def _owner(told: PropertyOwner) -> NewOwner | None:
    try:
        number = parse_national_id(told.national_id)
    except Invalid:
        return None
    owner = NewOwner(number, told.name, told.address, "/".join(map(str, told.share)))
    return None if any(faults_of_owner(owner)) else owner

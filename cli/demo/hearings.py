"""Distraint hearings that were held before the demo begins, and what came of them."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.demo.lives import Life, deliver_letters
from cli.demo.people import invent_debtor
from cli.demo.staff import KAREN, PIA
from domain.authority import Actor
from domain.calendar import COPENHAGEN
from domain.decisions import Outcome
from domain.distraints.distraint import AssetKind, DistraintEvent, Slot
from domain.distraints.owners import NewOwner
from domain.errors import Refusal
from domain.money import Money
from persistence.agreements.terms import NewAgreement
from persistence.distraints.checks import first_day_of
from persistence.distraints.minutes import (
    NewAsset,
    NewEvent,
    NewMinutes,
    hold_hearing,
    note_event,
)
from persistence.distraints.owners import name_debtor_as_owner, name_owner
from persistence.distraints.setting import call_off, set_hearing
from persistence.models import Claim, Task

OUTCOMES = (
    Outcome.PROPERTY_TAKEN,
    Outcome.ASSETS_TAKEN,
    Outcome.IN_VAIN,
    Outcome.PAID_AT_HEARING,
    Outcome.AGREEMENT,
    Outcome.CANCELLED,
)
_SALE = (
    (DistraintEvent.PETITIONED, "Begæring sendt til fogedretten med ejendommens blad i tingbogen."),
    (DistraintEvent.GUIDANCE_HELD, "Skyldner fik råd og fire ugers henstand."),
    (DistraintEvent.SALE_SET, "Auktionen er berammet."),
)
_TEXTS = {
    Outcome.PROPERTY_TAKEN: "Mødt på ejendommen. Skyldner var ikke til stede. Udlæg i ejendommen.",
    Outcome.ASSETS_TAKEN: "Skyldner var til stede og viste bilen frem. Udlæg i den.",
    Outcome.IN_VAIN: "Skyldner oplyser, at der intet er at gøre udlæg i.",
    Outcome.PAID_AT_HEARING: "Skyldner betaler inden ugens udgang.",
    Outcome.AGREEMENT: "Skyldner kan betale i rater.",
}
_HOUR = time(9)
_OTHERS = 97  # an owner who owes nothing lives elsewhere in town


@dataclass(frozen=True, slots=True)
class Hearing:
    """The hearing about one claim, on the first day that the law allowed."""

    life: Life

    async def hold(self, outcome: Outcome) -> None:
        """Where its day is not over yet it is only set."""
        life = self.life
        if life.is_up_to_date:
            return
        who = life.random.choice((KAREN, PIA))
        with suppress(Refusal):
            async with life.database.transaction() as connection:
                found = await self._set(connection, outcome, who)
            if found is None or found[1] >= life.today:
                return
            async with life.database.transaction() as connection:
                await self._hold(connection, *found, outcome, who)

    async def _set(
        self, connection: AsyncConnection, outcome: Outcome, who: Actor
    ) -> tuple[int, date] | None:
        life = self.life
        found = select(Task.id).where(Task.subject == life.id, Task.key == "distraint-0")
        task = (await connection.execute(found)).scalar()
        day = await first_day_of(connection, life.policy, life.id, life.day)
        if task is None or day is None:
            return None
        at = time(_HOUR.hour + life.random.randrange(6), life.random.choice((0, 30)))
        slot = Slot(day, at, ", ".join(life.claim.debtors[0].address))
        number = await set_hearing(connection, life.policy, task, slot, who, life.day)
        if outcome is Outcome.PROPERTY_TAKEN:
            await self._name_owners(connection, number, who)
        await deliver_letters(connection, life)
        return number, day

    async def _name_owners(self, connection: AsyncConnection, number: int, who: Actor) -> None:
        """The debtor, and now and then someone who owes nothing."""
        life = self.life
        found = select(Claim.debtor_id).where(Claim.id == life.id)
        debtor = (await connection.execute(found)).scalar_one()
        await name_debtor_as_owner(connection, number, debtor, who, life.day)
        if life.random.random() < 0.5:  # noqa: PLR2004 - every other house
            other = invent_debtor(life.random.randrange(_OTHERS))
            owner = NewOwner(other.national_id, other.name, other.address, "1/2")
            await name_owner(connection, number, owner, who, life.day)

    async def _hold(
        self, connection: AsyncConnection, number: int, day: date, outcome: Outcome, who: Actor
    ) -> None:
        life, now = self.life, _evening(day)
        if outcome is Outcome.CANCELLED:
            why = "Skyldner har ringet og betaler i morgen."
            await call_off(connection, life.policy, number, why, who, now, day)
            return
        minutes = self._minutes(outcome, day)
        await hold_hearing(connection, life.policy, number, minutes, who, now)
        if outcome is Outcome.PROPERTY_TAKEN:
            await self._sell(connection, number, day, who)

    def _minutes(self, outcome: Outcome, day: date) -> NewMinutes:
        agreement = None
        if outcome is Outcome.AGREEMENT:
            agreement = NewAgreement((self.life.id,), day + timedelta(days=20), months=2)
        taken = {
            Outcome.PROPERTY_TAKEN: NewAsset(
                AssetKind.PROPERTY, "Matr. 7b, Prøve By, Prøvested", Money.kroner(1_450_000)
            ),
            Outcome.ASSETS_TAKEN: NewAsset(
                AssetKind.MOVABLES, "Personbil, årgang 2017", Money.kroner(42_000)
            ),
        }
        assets = (taken[outcome],) if outcome in taken else ()
        waits = outcome in {*taken, Outcome.PAID_AT_HEARING}
        on = day + timedelta(days=28) if waits else None
        return NewMinutes(outcome, _TEXTS[outcome], "Pantefogeden", assets, on, agreement)

    async def _sell(self, connection: AsyncConnection, number: int, day: date, who: Actor) -> None:
        """How far the forced sale has come."""
        for step in range(self.life.random.randint(0, len(_SALE))):
            event, words = _SALE[step]
            happened = day + timedelta(days=12 + 9 * step)
            if happened < self.life.today:
                new = NewEvent(event, happened, words)
                await note_event(connection, number, new, who, self.life.today)


def _evening(day: date) -> datetime:
    return datetime.combine(day, time(16), COPENHAGEN)

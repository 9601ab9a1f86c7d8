"""What is wrong of a person put right: what is said of it, what it does, then done; or refused."""

from dataclasses import dataclass, fields, replace
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData

from api.dependencies import TheHouse, WriteVisitor
from api.house import House
from api.languages import language_of
from api.once import fingerprint, once
from api.pages import forms
from api.pages.debtors.debtor import DebtorId
from api.pages.fields import read_optional_day
from api.pages.forms import key_of, new_key, texts
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.sentences import view_faults
from domain.authority import Actor
from domain.errors import Fault, Invalid
from domain.rectification import PersonFacts, RectificationOutcome, RectifiedFact
from persistence.debtors.rectifications import (
    changes_of,
    read_person,
    read_rectifications,
    read_spread,
)
from persistence.debtors.rectifying import OVERTAKEN, Rectified, Wish, rectify
from persistence.idempotency import StoredAnswer
from persistence.trail.audit import note_look

router = APIRouter(route_class=PageRoute, prefix="/debtors/{debtor_id}/correct")
_SHOWN = 50
_NO, _YES = "no", "yes"
_FIELDS = {
    RectifiedFact.NAME: ("name",),
    RectifiedFact.ADDRESS: ("address",),
    RectifiedFact.PROTECTION: ("is_protected", "protected_until"),
}
Number = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form. *seen*: the mark of what stood there when it was shown."""

    outcome: str = RectificationOutcome.CORRECTED
    name: str = ""
    address: str = ""
    is_protected: str = _NO
    protected_until: str = ""
    source: str = ""
    reason: str = ""
    seen: str = ""
    is_sure: str = ""
    key: str = ""

    @property
    def said(self) -> list[str]:
        facts = [self.name, self.address, self.is_protected, self.protected_until]
        return [self.outcome, *facts, self.source, self.reason]

    def wish(self) -> Wish:
        """Raises Invalid with what cannot be read."""
        faults: list[Fault] = []
        if self.outcome not in set(RectificationOutcome):
            faults.append(Fault("outcome", "field-missing"))
        until = read_optional_day("protected_until", self.protected_until, faults)
        if faults:
            raise Invalid(*faults)
        lines = tuple(self.address.splitlines())
        then = PersonFacts(self.name, lines, self.is_protected == _YES, until)
        is_refused = self.outcome == RectificationOutcome.REFUSED
        return Wish(None if is_refused else then, self.source, self.reason, self.seen)


def typed_of(facts: PersonFacts) -> Typed:
    """A form that would change nothing."""
    until = facts.protected_until
    return Typed(
        name=facts.name,
        address="\n".join(facts.address),
        is_protected=_YES if facts.is_protected else _NO,
        protected_until=until.isoformat() if until else "",
        seen=facts.mark,
        key=new_key(),
    )


def _read(form: FormData) -> Typed:
    sent = texts(form, *(one.name for one in fields(Typed)))
    return Typed(**sent | {"key": key_of(form)})


@router.get("")
async def ask_what_is_wrong(
    request: Request, house: TheHouse, actor: WriteVisitor, debtor_id: DebtorId, back: Number = None
) -> Response:
    """*back*: filled in with what stood there before that rectification."""
    async with house.database.transaction() as connection:
        await note_look(connection, f"debtor-{debtor_id}", actor.id)
        now = (await read_person(connection, debtor_id)).facts
        rows = await read_rectifications(connection, debtor_id, _SHOWN)
    put_back = next((row for row in rows if row["id"] == back), None)
    typed = typed_of(_before(now, put_back) if put_back else now)
    return await _show(request, house, debtor_id, replace(typed, seen=now.mark))


@router.post("")
async def correct(
    request: Request,
    house: TheHouse,
    actor: WriteVisitor,
    debtor_id: DebtorId,
    form: forms.Form,
) -> Response:
    """First what it would do; pressed again, it is done."""
    typed = _read(form)
    try:
        if not typed.is_sure:
            foreseen = await _foresee(house, debtor_id, typed, actor)
            return await _show(request, house, debtor_id, typed, foreseen)
        said = await _do(request, house, debtor_id, typed, actor)
    except Invalid as wrong:
        return await _show(request, house, debtor_id, typed, None, wrong.faults)
    return RedirectResponse(f"/debtors/{debtor_id}?said={said}", 303)


async def _do(request: Request, house: House, debtor_id: int, typed: Typed, actor: Actor) -> str:
    """What the debtor's page says of it."""

    async def act(connection: AsyncConnection) -> StoredAnswer:
        wish, on = typed.wish(), house.today
        done = await rectify(connection, house.policy, debtor_id, wish, on, actor)
        return StoredAnswer(303, {"said": "rectified" if done.changed else "rectify-refused"})

    answer = await once(house, actor, typed.key, fingerprint(request, typed.said), act)
    return str(answer.response["said"])


async def _foresee(
    house: House, debtor_id: int, typed: Typed, actor: Actor
) -> tuple[Rectified, RowMapping]:
    """It is done, looked at, and undone."""
    async with house.database.trial() as connection:
        done = await rectify(connection, house.policy, debtor_id, typed.wish(), house.today, actor)
        return done, await read_spread(connection, debtor_id, done.before, done.changed)


async def _show(
    request: Request,
    house: House,
    debtor_id: int,
    typed: Typed,
    foreseen: tuple[Rectified, RowMapping] | None = None,
    faults: tuple[Fault, ...] = (),
) -> Response:
    async with house.database.transaction() as connection:
        person = await read_person(connection, debtor_id)
        rows = await read_rectifications(connection, debtor_id, _SHOWN)
    done, spread = foreseen or (None, None)
    if any(fault.code == OVERTAKEN for fault in faults):  # now they see what stands there
        typed = replace(typed, seen=person.facts.mark)
    facts = {
        "debtor_id": debtor_id,
        "person": person,
        "typed": replace(typed, is_sure=""),
        "done": done,
        "spread": spread,
        "changes": [(fact, done.before, done.then) for fact in done.changed] if done else [],
        "before": [(row, list(changes_of(row))) for row in rows],
        "months": house.policy.keeping.protection.on_or_first(house.today).months,
        "today": house.today,
        "faults": view_faults(faults, language_of(request)),
    }
    return show(request, "correct-person", facts, 422 if faults else 200)


def _before(now: PersonFacts, row: RowMapping) -> PersonFacts:
    """As *now*, but for what the rectification changed."""
    for fact, was, _ in changes_of(row):
        now = replace(now, **{name: getattr(was, name) for name in _FIELDS[fact]})
    return now

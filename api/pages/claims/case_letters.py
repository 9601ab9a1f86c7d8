"""A letter in a person's own words, seen as the debtor will see it before it is laid to leave."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import TheHouse, WriteVisitor
from api.house import House
from api.languages import language_of
from api.once import fingerprint, once
from api.pages.fields import read_optional_prose
from api.pages.forms import new_key
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.describing import ClaimId
from api.sentences import view_faults
from domain.authority import Actor
from domain.errors import Fault, Invalid
from domain.letters import Letter
from persistence.claims.standings import read_standing
from persistence.idempotency import StoredAnswer
from persistence.post.correspondence import write_by_hand
from writing.previews import Preview, preview_letter

router = APIRouter(route_class=PageRoute, prefix="/claims/{claim_id}")
LETTERS = tuple(letter for letter in Letter if letter.is_written_by_hand)
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class LetterForm:
    letter: str = Letter.ENQUIRY_REPLY.value
    words: str = ""
    is_sure: str = ""
    key: str = ""

    def read(self) -> tuple[Letter, str]:
        """Raises Invalid with all that is wrong."""
        faults: list[Fault] = []
        if self.letter not in set(LETTERS):
            faults.append(Fault("letter", "letter-not-by-hand"))
        words = read_optional_prose("words", self.words, _LONGEST, faults)
        if faults:
            raise Invalid(*faults)
        return Letter(self.letter), words


def _form(
    letter: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "",
    is_sure: Annotated[str, Form()] = "",
    key: Annotated[str, Form(max_length=100)] = "",
) -> LetterForm:
    return LetterForm(letter, words, is_sure, key or new_key())


@router.get("/letter")
async def ask_for_letter(
    request: Request, house: TheHouse, _: WriteVisitor, claim_id: ClaimId
) -> Response:
    return await _ask(request, house, claim_id, LetterForm(key=new_key()))


@router.post("/letter")
async def write_letter(
    request: Request,
    house: TheHouse,
    actor: WriteVisitor,
    claim_id: ClaimId,
    form: Annotated[LetterForm, Depends(_form)],
) -> Response:
    """First the letter as it would be; pressed again, it lies in the tray."""

    async def lay(connection: AsyncConnection) -> StoredAnswer:
        ids = await _lay(connection, house, claim_id, form, actor)
        return StoredAnswer(303, {"letters": list(ids)})

    try:
        if not form.is_sure:
            preview = await _preview(house, claim_id, form, actor)
            return _show(request, claim_id, form, preview)
        await once(house, actor, form.key, fingerprint(request, [form.letter, form.words]), lay)
    except Invalid as wrong:
        return await _ask(request, house, claim_id, form, wrong.faults)
    return RedirectResponse(f"/claims/{claim_id}?said=letter-written#letters", 303)


async def _lay(
    connection: AsyncConnection, house: House, claim_id: str, form: LetterForm, actor: Actor
) -> tuple[int, ...]:
    letter, words = form.read()
    ids = await write_by_hand(connection, house.policy, claim_id, letter, words, house.today, actor)
    return tuple(ids)


async def _preview(house: House, claim_id: str, form: LetterForm, actor: Actor) -> Preview:
    """The first debtor's copy: the others' have another name and address."""
    async with house.database.trial() as connection:
        ids = await _lay(connection, house, claim_id, form, actor)
        return await preview_letter(connection, house.policy, ids[0], house.today)


async def _ask(
    request: Request, house: House, claim_id: str, form: LetterForm, faults: tuple[Fault, ...] = ()
) -> Response:
    async with house.database.transaction() as connection:
        await read_standing(connection, claim_id, house.today)
    return _show(request, claim_id, replace(form, is_sure=""), None, faults)


def _show(
    request: Request,
    claim_id: str,
    form: LetterForm,
    preview: Preview | None,
    faults: tuple[Fault, ...] = (),
) -> Response:
    facts = {
        "claim_id": claim_id,
        "form": form,
        "preview": preview,
        "letters": [letter.value for letter in LETTERS],
        "faults": view_faults(faults, language_of(request)),
    }
    return show(request, "write-letter", facts, 422 if faults else 200)

"""What the forms about an agreement have in common: read, sent once, shown again, and back."""

from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from api.house import House
from api.languages import language_of
from api.once import Act, fingerprint, once
from api.pages.forms import new_key
from api.pages.rendering import show
from api.screens.typed import Typed, typed_in
from api.sentences import faults_shown
from domain.authority import Actor
from domain.errors import Fault
from persistence.idempotency import StoredAnswer

TheForm = Annotated[Typed, Depends(typed_in)]


def form_page(
    request: Request,
    template: str,
    facts: dict[str, object],
    typed: Typed,
    faults: tuple[Fault, ...],
) -> Response:
    """With what was typed still in it, and what was wrong."""
    told = faults_shown(faults, language_of(request)) | {"typed": typed, "key": _key(typed)}
    return show(request, template, facts | told, 422 if faults else 200)


async def run_once(
    request: Request, house: House, actor: Actor, typed: Typed, act: Act
) -> StoredAnswer:
    return await once(house, actor, _key(typed), fingerprint(request, typed.to_keep()), act)


def back(agreement_id: str, said: str) -> Response:
    """To the agreement's page, which says what was done."""
    return RedirectResponse(f"/agreements/{agreement_id}?said={said}", 303)


def _key(typed: Typed) -> str:
    return typed.one("key")[:100] or new_key()

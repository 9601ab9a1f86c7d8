"""A form read as the JSON body of the same act: one set of checks, one set of sentences."""

import secrets
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request, UploadFile
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as Upload

from api.errors import faults_of
from api.house import House
from api.languages import language_of
from api.once import Act, fingerprint, once
from api.sentences import view_faults
from domain.authority import Actor
from domain.errors import Fault, Invalid
from persistence.idempotency import StoredAnswer

B = TypeVar("B", bound=BaseModel)
_LONGEST_KEY, _SHORT = 100, 16


def new_key() -> str:
    """A form that is sent twice with the same key is carried out once."""
    return secrets.token_hex(16)


class Typed(dict[str, Any]):
    """What stands in the fields of a form; None in those that are not mentioned."""

    def __missing__(self, _: str) -> None:
        return None


async def _sent(request: Request) -> FormData:
    return await request.form()


Form = Annotated[FormData, Depends(_sent)]
"""All that was sent, also what the act does not ask for."""


def texts(form: FormData, *names: str) -> Typed:
    """What was typed, with line ends as we keep them; nothing for what was not sent."""
    found = ((name, form.get(name)) for name in names)
    return Typed(
        (name, value.replace("\r\n", "\n").strip() if isinstance(value, str) else "")
        for name, value in found
    )


def files_in(form: FormData, name: str = "file") -> list[UploadFile]:
    """What was chosen; a browser sends an empty file where nothing was."""
    sent = (one for one in form.getlist(name) if isinstance(one, Upload))
    return [UploadFile(one.file, size=one.size, filename=one.filename, headers=one.headers)
            for one in sent if one.filename or one.size]  # fmt: skip


def read_body(kind: type[B], values: Mapping[str, Any]) -> B:
    """Raises Invalid, a fault a field. A field left empty is a field left out."""
    given = {name: value for name, value in values.items() if value not in ("", None)}
    try:
        return kind.model_validate(given)
    except ValidationError as wrong:
        errors = [{**one, "loc": ("body", *one["loc"])} for one in wrong.errors()]
        raise Invalid(*faults_of(errors)) from None


def key_of(form: FormData) -> str:
    """What makes a form that is sent twice one act."""
    sent = form.get("key")
    return sent[:_LONGEST_KEY] if isinstance(sent, str) and sent.strip() else new_key()


def key_for(request: Request, form: FormData) -> tuple[str, str]:
    """A key for what was typed, and its fingerprint."""
    typed = sorted((name, str(one)) for name, one in form.multi_items() if isinstance(one, str))
    said = fingerprint(request, [one for one in typed if one[0] != "csrf_token"])
    return f"{key_of(form)}-{said[:_SHORT]}", said


async def done_once(
    request: Request, house: House, actor: Actor, form: FormData, act: Act
) -> StoredAnswer:
    """A form pressed twice is one act; one that was changed before it was sent again is another."""
    key, said = key_for(request, form)
    return await once(house, actor, key, said, act)


def wrong_by_field(faults: Iterable[Fault], language: str) -> Typed:
    """The sentence to show at each field."""
    return Typed((view.field, view.sentence) for view in view_faults(faults, language))


def typed_facts(request: Request, typed: Typed | None, faults: tuple[Fault, ...]) -> dict[str, Any]:
    """What a page with a form shows: what was typed, and what was wrong with it."""
    language = language_of(request)
    return {
        "typed": typed or Typed(),
        "wrong": wrong_by_field(faults, language),
        "faults": view_faults(faults, language),
        "said": request.query_params.get("said"),
    }

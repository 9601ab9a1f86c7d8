"""How a debtor, a claim or a task is found by what a person types: a number, a name, an address."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from domain.authority import Actor
from domain.errors import Invalid
from domain.identity import parse_national_id
from domain.payment_reference import is_valid_reference
from persistence.debtors.lookup import is_numbered
from persistence.models import Claim, Debtor, Liability, Task
from persistence.trail.audit import note

_CLAIM_ID = re.compile(r"[0-9]{4}-[0-9]{6,12}")
_NOT_IN_A_NUMBER = re.compile(r"[\s\-‐-―]")
_SHORTEST_WORD = 3  # what trigrams can find
_MOST = 50


@dataclass(frozen=True, slots=True)
class Search:
    """What was typed, as far as it is understood. *is_number*: it must never stand in a URL."""

    claim_id: str | None = None
    reference: str | None = None
    national_id: str | None = None
    words: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        return self.national_id is not None

    @property
    def is_understood(self) -> bool:
        return bool(self.claim_id or self.reference or self.national_id or self.words)


def read_search(text: str) -> Search:
    """Ten and eight digits are a CPR and a CVR number, whatever is written between them."""
    typed = text.strip()
    if _CLAIM_ID.fullmatch(typed):
        return Search(claim_id=typed)
    digits = _NOT_IN_A_NUMBER.sub("", typed)
    if is_valid_reference(digits):
        return Search(reference=digits)
    try:
        return Search(national_id=parse_national_id(digits).digits)
    except Invalid:
        pass
    words = tuple(word for word in typed.lower().split() if len(word) >= _SHORTEST_WORD)
    return Search(words=words)


def tasks_found(connection: AsyncConnection, search: Search) -> ColumnElement[bool]:
    """Whether a task is about what is searched for."""
    if search.reference:
        return Task.claim_id.in_(
            select(Claim.id).where(Claim.payment_reference == search.reference)
        )
    return _is_about(connection, Task.claim_id, search)


def claims_found(connection: AsyncConnection, search: Search) -> ColumnElement[bool]:
    """Whether a claim is what is searched for, or someone liable for it is."""
    if search.reference:
        return Claim.payment_reference == search.reference
    return _is_about(connection, Claim.id, search)


def _is_about(
    connection: AsyncConnection, claim_id: InstrumentedAttribute[Any], search: Search
) -> ColumnElement[bool]:
    if search.claim_id:
        return claim_id == search.claim_id
    if not search.is_understood:
        return false()
    owed = (
        select(Liability.claim_id)
        .join(Debtor, Debtor.id == Liability.debtor_id)
        .where(_is_searched(connection, search))
    )
    return claim_id.in_(owed)


def _is_searched(connection: AsyncConnection, search: Search) -> ColumnElement[bool]:
    if search.national_id:
        return is_numbered(connection, search.national_id)
    return and_(*(Debtor.search_text.like(f"%{_plain(word)}%") for word in search.words))


def _plain(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)


@dataclass(frozen=True, slots=True)
class Found:
    """*is_exact*: what was typed is the number of this one thing."""

    debtors: Sequence[RowMapping]
    claims: Sequence[RowMapping]
    is_exact: bool = False


async def search(connection: AsyncConnection, wish: Search, actor: Actor) -> Found:
    """Debtors and claims, fifty of each at most; a look-up of a person by number is noted."""
    if wish.claim_id or wish.reference:
        claims = await _all(connection, _claims(wish))
        return Found((), claims, is_exact=len(claims) == 1)
    if not wish.is_understood:
        return Found((), ())
    debtors = await _all(connection, _debtors(connection, wish))
    if not wish.national_id:
        return Found(debtors, ())
    for debtor in debtors:
        await note(connection, f"debtor-{debtor['id']}", actor.id, "looked-up")
    if not debtors:
        await note(connection, "search", actor.id, "looked-up-nobody")
    return Found(debtors, (), is_exact=len(debtors) == 1)


async def _all(
    connection: AsyncConnection, found: Select[*tuple[Any, ...]]
) -> Sequence[RowMapping]:
    return (await connection.execute(found)).mappings().all()


def _claims(wish: Search) -> Select[*tuple[Any, ...]]:
    is_it = list(_named(wish))
    return (
        select(Claim.id, Claim.claim_type, Claim.stage, Claim.balance_ore,
               Debtor.id.label("debtor_id"), Debtor.name.label("debtor_name"))
        .join(Debtor, Debtor.id == Claim.debtor_id)
        .where(or_(*is_it))
        .order_by(Claim.id)
        .limit(_MOST)
    )  # fmt: skip


def _named(wish: Search) -> Iterator[ColumnElement[bool]]:
    if wish.claim_id:
        yield Claim.id == wish.claim_id
    if wish.reference:
        yield Claim.payment_reference == wish.reference


def _debtors(connection: AsyncConnection, wish: Search) -> Select[*tuple[Any, ...]]:
    return (
        select(Debtor.id, Debtor.kind, Debtor.name, Debtor.address, Debtor.is_protected)
        .where(_is_searched(connection, wish))
        .order_by(Debtor.name, Debtor.id)
        .limit(_MOST)
    )

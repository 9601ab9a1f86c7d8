"""Who works here: people as the provider of sign-ins tells, and programs with a secret."""

import secrets
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Role
from domain.errors import Conflict
from persistence.models import User
from persistence.people.sessions import digest


@dataclass(frozen=True, slots=True)
class Person:
    """*username* becomes their id the first time, if nobody has it.

    *team* and *email* None: the provider does not tell, and what is known stays.
    """

    subject: str
    username: str
    name: str
    role: Role
    department: str | None = None
    team: str | None = None
    email: str | None = None


async def take_in(connection: AsyncConnection, person: Person) -> Actor:
    """Their account as the provider tells it today: name, role and department may have changed."""
    told = {"name": person.name, "role": person.role.value, "department": person.department}
    more = {"team": person.team, "email": person.email}
    told |= {name: value for name, value in more.items() if value is not None}
    known = update(User).where(User.subject == person.subject).values(told).returning(User.id)
    user_id = (await connection.execute(known)).scalar_one_or_none()
    if user_id is None:
        user_id = await _hire(connection, person, told)
    return Actor(user_id, person.role, person.name, person.department)


async def _hire(connection: AsyncConnection, person: Person, told: dict[str, str | None]) -> str:
    """An id is never taken over from someone else, whatever the provider calls them."""
    mark = digest(person.subject)[:8]
    for wish in (person.username, f"{person.username or 'user'}-{mark}"):
        values = {"id": wish, "subject": person.subject} | told
        new = insert(User).values(values).on_conflict_do_nothing().returning(User.id)
        if wish and (hired := (await connection.execute(new)).scalar_one_or_none()):
            return str(hired)
    # The same person, at the same moment, at another browser.
    found = select(User.id).where(User.subject == person.subject)
    return str((await connection.execute(found)).scalar_one())


async def add_client(connection: AsyncConnection, name: str, role: Role) -> str:
    """A program's account; returns its secret, which is kept nowhere. Raises Conflict."""
    secret = secrets.token_urlsafe(32)
    values = {"id": name, "name": name, "role": role.value, "secret_sha256": digest(secret)}
    new = insert(User).values(values).on_conflict_do_nothing().returning(User.id)
    if (await connection.execute(new)).first() is None:
        raise Conflict(f"{name} has an account")
    return secret

"""Who works in the town hall, and who may sign in there as a visitor."""

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from api.doors.front_door import Guest
from domain.authority import Actor, Role
from persistence.models import User

ANNA = Actor("anna", Role.CASEWORKER)
CARL = Actor("carl", Role.CASEWORKER)
BENT = Actor("bent", Role.SUPERVISOR)
PIA = Actor("pia", Role.BAILIFF)
KAREN = Actor("visitor-bailiff", Role.BAILIFF)
DEPARTMENT_SYSTEM = Actor("demo-fagsystem", Role.SYSTEM)

_KEPT_UP = ("name", "department", "team", "email", "subject", "token_sha256")
_TEAMS = {Role.CASEWORKER: "Opkrævning", Role.BAILIFF: "Pantefogeder"}
_NAMES = {
    ANNA: "Anna Attrap",
    CARL: "Carl Udkast",
    BENT: "Bent Mønster",
    PIA: "Pia Kulisse",
    DEPARTMENT_SYSTEM: "Fagsystemet",
}
_VISITOR = {
    Role.CASEWORKER: "Mette Holm",
    Role.SUPERVISOR: "Lars Dahl",
    Role.BAILIFF: "Karen Bro",
    Role.DEPARTMENT: "Sofie Lind",
    Role.FINANCE: "Peter Kær",
    Role.AUDITOR: "Inge Vang",
    Role.SYSTEM: "Et fagsystem",
}
_DEPARTMENTS = {Role.DEPARTMENT: "Børn og Unge"}  # whose claims the town has most of
_VISITORS = {
    Actor(f"visitor-{role.value}", role, department=_DEPARTMENTS.get(role)): name
    for role, name in _VISITOR.items()
}
GUESTS = tuple(
    Guest(visitor.id, name, visitor.role)
    for visitor, name in _VISITORS.items()
    if visitor.role is not Role.SYSTEM
)
"""Who may be chosen on the page where people sign in."""


def told_of_guests() -> list[dict[str, Any]]:
    """What the demo's provider says of each; the names of things are those it expects."""
    return [
        {
            "sub": visitor.id,
            "preferred_username": visitor.id,
            "name": name,
            "role": visitor.role.value,
            "department": visitor.department,
            "team": _TEAMS.get(visitor.role),
            "email": _email(visitor),
        }
        for visitor, name in _VISITORS.items()
    ]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Bearer tokens by user id, kept in a file that only its owner can read."""

    path: Path
    by_user: dict[str, str]

    def of(self, actor: Actor) -> str:
        return self.by_user[actor.id]


def issue_tokens(path: Path) -> Tokens:
    """The tokens of an earlier start, and new ones for whoever has none."""
    tokens = dict(_read(path))
    for actor in _people():
        tokens.setdefault(actor.id, secrets.token_urlsafe(24))
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text("".join(f"{user}\t{token}\n" for user, token in tokens.items()))
    return Tokens(path, tokens)


def _read(path: Path) -> list[tuple[str, str]]:
    lines = path.read_text().splitlines() if path.exists() else []
    found = (line.partition("\t") for line in lines)
    return [(user, token) for user, _, token in found if token]


async def move_in(connection: AsyncConnection, tokens: Tokens) -> None:
    """Everyone's account, opened by the tokens as they are now."""
    new = insert(User)
    latest = {name: new.excluded[name] for name in _KEPT_UP}
    await connection.execute(
        new.on_conflict_do_update(index_elements=["id"], set_=latest),
        [
            {
                "id": actor.id,
                "name": name,
                "role": actor.role.value,
                "department": actor.department,
                "team": _TEAMS.get(actor.role),
                "email": None if actor.role is Role.SYSTEM else _email(actor),
                "subject": actor.id if actor in _VISITORS else None,
                "token_sha256": hashlib.sha256(tokens.of(actor).encode()).hexdigest(),
            }
            for actor, name in _people().items()
        ],
    )


def _email(actor: Actor) -> str:
    return f"{actor.id}@skanderborg.invalid"


def _people() -> dict[Actor, str]:
    return _NAMES | _VISITORS

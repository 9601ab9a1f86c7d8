"""Secrets that are shown once: those of programs' accounts, and keys."""

import re

from cli.doors import Door
from cli.words import Words
from domain.authority import Role
from domain.errors import Conflict, Fault, Invalid
from persistence.people.accounts import add_client
from persistence.trail.audit import note
from sealing.keys import new_key

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_BY_HAND = "rettidig"  # whoever may run commands here


async def add(name: str, role: Role, say: Words) -> int:
    """Raises Invalid when someone has the name, or it is none."""
    if not _NAME.fullmatch(name):
        raise Invalid(Fault("NAME", "client-name-unfit"))
    async with Door.open() as door, door.database.transaction() as connection:
        try:
            secret = await add_client(connection, name, role)
        except Conflict:
            raise Invalid(Fault("NAME", "client-name-taken", {"name": name})) from None
        await note(connection, f"user-{name}", _BY_HAND, "client-added", role=role.value)
    print(say("client-added", name=name, role=say.name("role", role.value)))
    print(secret)
    return 0


async def print_key(name: str) -> int:
    """Raises Invalid when that is no name for a key."""
    try:
        print(new_key(name))
    except ValueError:
        raise Invalid(Fault("NAME", "key-name-unfit")) from None
    return 0

"""Who someone is to us, from what the provider of sign-ins says of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.authority import Role
from domain.errors import RettidigError
from persistence.people.accounts import Person

_LONGEST, _LONGEST_ID = 200, 40
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_UNFIT_FOR_IDS = re.compile(r"[^a-z0-9.-]+")
_PEOPLE = frozenset(Role) - {Role.SYSTEM}


class WithoutRole(RettidigError):
    """The provider knows them, and says of them nothing that is a role here."""


class WithoutDepartment(RettidigError):
    """They belong to a department, and the provider does not say to which."""


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """Where the provider says what. *roles* turns its words, such as names of groups, into ours."""

    role: str = "role"
    department: str = "department"
    name: str = "name"
    roles: Mapping[str, str] = field(default_factory=dict)
    team: str = "team"


def read_person(said: Mapping[str, Any], names: ClaimNames) -> Person:
    """Raises WithoutRole, WithoutDepartment."""
    role = _role(_several(said.get(names.role)), names.roles)
    department = next(iter(_several(said.get(names.department))), None)
    if role is Role.DEPARTMENT and department is None:
        raise WithoutDepartment("no department")
    name = _one(said.get(names.name))
    username = _one(said.get("preferred_username")) or name
    return Person(
        subject=str(said["sub"])[:_LONGEST],
        username=_as_id(username.partition("@")[0]),
        name=name or username,
        role=role,
        department=department,
        team=_one(said.get(names.team)) or None,
        email=_email(said),
    )


def _as_id(name: str) -> str:
    return _UNFIT_FOR_IDS.sub("-", name.lower().translate(_LETTERS)).strip("-.")[:_LONGEST_ID]


def _role(said: list[str], roles: Mapping[str, str]) -> Role:
    """The first one said that is one of ours; nobody signs in as a program."""
    for word in said:
        found = roles.get(word) if roles else word
        if found in _PEOPLE:
            return Role(found)
    raise WithoutRole("no role of ours")


def _email(said: Mapping[str, Any]) -> str | None:
    """None when the provider tells none, or says that it does not know whose it is."""
    told = _one(said.get("email"))
    is_theirs = said.get("email_verified", True) is not False
    return told if is_theirs and _ADDRESS.fullmatch(told) else None


def _several(said: Any) -> list[str]:
    words = said if isinstance(said, list) else [said]
    return [word[:_LONGEST] for word in words if isinstance(word, str) and word]


def _one(said: Any) -> str:
    return next(iter(_several(said)), "")

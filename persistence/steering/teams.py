"""Who works with whom, and with whom a claim is: with the team of whoever has its oldest task.

Where nobody of a team has a task of it, it is with the team that the policy gives its type.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Subquery, and_, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.errors import NotFound
from domain.policy import Policy
from persistence.database import literally
from persistence.models import Claim, Task, User
from persistence.trail.audit import note

_TEAMS = text("select distinct team from users where team is not null order by team")
_MOVE = text("""
update users set team = :team where id = :person and role not in ('system', 'auditor')
returning id""")


@dataclass(frozen=True, slots=True)
class Team:
    """*types*: of the claims that are with it while nobody has them."""

    name: str
    types: tuple[str, ...] = ()


def team_called(policy: Policy, name: str) -> Team:
    """Whatever it is called: a team of which there is nobody has nothing."""
    types = tuple(code for code, kind in policy.claim_types.items() if kind.team == name)
    return Team(name, types)


def held_by_teams() -> Subquery:
    """Of each claim with an open task that someone of a team has: the team of the oldest one."""
    return (
        select(Task.claim_id, User.team)
        .join(User, User.id == Task.claimed_by)
        .where(Task.state == literally("open"), Task.claim_id.is_not(None), User.team.is_not(None))
        .distinct(Task.claim_id)
        .order_by(Task.claim_id, Task.id)
        .subquery()
    )


def is_with(team: Team) -> ColumnElement[bool]:
    """Whether a claim is with the team. Every claim is with one at most."""
    held = held_by_teams()
    mine = select(held.c.claim_id).where(held.c.team == team.name)
    return or_(
        Claim.id.in_(mine),
        and_(Claim.claim_type.in_(team.types), Claim.id.not_in(select(held.c.claim_id))),
    )


IS_TASK_WITH = """coalesce(
  (select u.team from users u where u.id = t.claimed_by),
  case when t.claim_type = any(cast(:types as text[])) then cast(:team as text) end)
  = cast(:team as text)"""
"""In SQL: whether the task *t* is with the team: by whoever has it, else by its claim's type."""


async def list_teams(connection: AsyncConnection, policy: Policy) -> Sequence[str]:
    """All that someone belongs to, or that the policy names."""
    theirs = (await connection.execute(_TEAMS)).scalars().all()
    ours = {kind.team for kind in policy.claim_types.values() if kind.team}
    return sorted({*theirs, *ours})


async def move_to_team(
    connection: AsyncConnection, person: str, team: str | None, actor: Actor
) -> None:
    """Until the provider of sign-ins says otherwise. None: to no team. Raises NotFound."""
    require(actor, Right.STEER)
    moved = await connection.execute(_MOVE, {"person": person, "team": team})
    if moved.first() is None:
        raise NotFound("user", person)
    await note(connection, f"user-{person}", actor.id, "user-moved", team=team)

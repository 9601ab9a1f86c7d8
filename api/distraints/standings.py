"""Distraints as their claim's and their debtors' pages show them, and the rights that run."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import RowMapping

from api.pages.claims.timeline_picture import RIGHTS, Span
from api.schemas.distraints import DistraintStanding
from api.views.distraints import first_lapse, state_of
from domain.calendar import COPENHAGEN
from domain.distraints.distraint import TAKING, lien_until, objection_until
from domain.policy import Policy


def view_standings(policy: Policy, rows: Sequence[RowMapping], on: date) -> list[DistraintStanding]:
    return [_standing(policy, row, on) for row in rows]


def _standing(policy: Policy, row: RowMapping, on: date) -> DistraintStanding:
    rule, is_taken = policy.distraint_rule(on), row["outcome"] in TAKING
    copied = ("id", "claim_id", "claim_type", "place", "outcome", "held_on", "notices")
    return DistraintStanding(
        **{name: row[name] for name in (*copied, "notices_sent", "is_released", "last_event")},
        state=state_of(row),
        starts_at=row["starts_at"].astimezone(COPENHAGEN),
        lien_until=lien_until(rule, row["due_date"], row["ordered_on"]),
        objection_until=objection_until(rule, row["held_on"]) if is_taken else None,
        lapses_on=first_lapse(policy, row, on) if is_taken else None,
    )


def rights_of(found: Iterable[DistraintStanding], due_date: date) -> Iterator[Span]:
    """How long the priority right, the objection and what lapses run, for the claim's picture."""
    for number, one in enumerate(found):
        if not number:
            yield Span(RIGHTS, due_date, one.lien_until)
        if one.held_on and not one.is_released:
            days = (one.objection_until, one.lapses_on)
            yield from (Span(RIGHTS, one.held_on, day) for day in days if day)

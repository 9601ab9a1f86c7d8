"""A task as the inbox shows it, with the reasons for its place in the order."""

from datetime import date

from sqlalchemy import RowMapping

from api.schemas.common import Sentence
from api.schemas.tasks import InstalmentView, PlanShareView, PlanView, Priority, TaskView
from api.sentences import say
from domain.decisions import ANSWERS, TaskKind
from domain.explanation import Phrase, Term, Value
from domain.money import Money
from persistence.agreements.terms import Terms

_OWN = {"is_overdue", "payment_id", "answers", "priority", "screen"}
_OF_A_CLAIM = {"claim_type", "stage", "balance_ore", "limitation_date"}
_COPIED = frozenset(TaskView.model_fields) - _OWN - _OF_A_CLAIM


def view_task(row: RowMapping, on: date, language: str) -> TaskView:
    return TaskView(
        **{name: row[name] for name in _COPIED},
        **{name: row[name] if row["claim_id"] else None for name in _OF_A_CLAIM},
        is_overdue=row["state"] == "open" and row["due_on"] < on,
        payment_id=row["facts"].get("payment"),
        answers=sorted(ANSWERS[TaskKind(row["kind"])]),
        priority=Priority(points=row["points"], reasons=reasons_of(row, on, language)),
        screen=f"/tasks/{row['id']}",
    )


def reasons_of(row: RowMapping, on: date, language: str) -> list[Sentence]:
    """Only what gave points, the weightiest first: the very points it is sorted by."""
    parts: dict[str, dict[str, Value]] = {
        "kind": {"task": Term(f"word-task-{row['kind']}")},
        "amount": {"amount": Money(row["balance_ore"])},
        "limitation": {"day": row["limitation_date"]},
        "age": {"days": (on - row["due_on"]).days},
        "promise": {},
    }
    given = sorted(((row[f"{part}_points"], part) for part in parts), reverse=True)
    return [
        say(Phrase(f"priority-{part}", parts[part] | {"points": points}), language)
        for points, part in given
        if points
    ]


def view_plan(terms: Terms) -> PlanView:
    return PlanView(
        owed_ore=terms.owed.ore,
        shares=[PlanShareView(claim_id=claim, owed_ore=share.ore) for claim, share in terms.shares],
        instalments=[
            InstalmentView(number=one.number, due_on=one.due_on, amount_ore=one.amount.ore)
            for one in terms.instalments
        ],
        max_months=terms.max_months,
        minimum_instalment_ore=terms.rule.minimum_instalment.ore,
        source=terms.source,
        moved_from=terms.moved_from,
    )

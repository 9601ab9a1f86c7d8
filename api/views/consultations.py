"""Questions to departments, made from what the database has."""

from datetime import date

from sqlalchemy import RowMapping

from api.languages import DANISH
from api.schemas.consultations import ConsultationView, DepartmentQuestion
from domain.policy import Policy

_TOLD = frozenset(DepartmentQuestion.model_fields) - {"claim_type_name", "is_overdue"}
_COPIED = frozenset(ConsultationView.model_fields) - {"is_overdue"}


def view_for_department(
    row: RowMapping, policy: Policy, on: date, language: str
) -> DepartmentQuestion:
    name = name_of_type(policy, row["claim_type"], language)
    return DepartmentQuestion(
        **{field: row[field] for field in _TOLD}, claim_type_name=name, is_overdue=_late(row, on)
    )


def view_consultation(row: RowMapping, on: date) -> ConsultationView:
    return ConsultationView(**{field: row[field] for field in _COPIED}, is_overdue=_late(row, on))


def _late(row: RowMapping, on: date) -> bool:
    return bool(row["standing"] == "open" and row["due_on"] < on)


def name_of_type(policy: Policy, code: str, language: str) -> str:
    """What people call the type of claim."""
    kind = policy.claim_types.get(code)
    if kind is None:
        return code
    return kind.name if language == DANISH else kind.name_en

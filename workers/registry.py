"""Which workflows and activities the workers offer, on which queue."""

from collections.abc import Callable
from typing import Any

from activities.agreements import AgreementActivities
from activities.claims import ClaimActivities
from domain.policy import Policy
from persistence.database import Database
from workflows.agreement import AgreementWorkflow
from workflows.claim import ClaimWorkflow


def story_workflows() -> list[type]:
    return [ClaimWorkflow, AgreementWorkflow]


def story_activities(database: Database, policy: Policy) -> list[Callable[..., Any]]:
    claims = ClaimActivities(database, policy)
    agreements = AgreementActivities(database, policy)
    return [
        claims.write_letter,
        claims.ask_person,
        claims.transfer,
        claims.recall,
        claims.close,
        agreements.remind,
        agreements.close,
    ]

"""What the template of a task shows: the facts of it, by the names the template has for them."""

from datetime import date, timedelta
from typing import Any

from fastapi import Request

from api.house import House
from api.languages import language_of
from api.schemas.dossiers import DossierView
from api.screens import words
from api.screens.plans import first_due
from api.screens.rest import REASONS
from api.screens.view import Shown
from api.sentences import faults_shown
from api.views.agreements import view_proposal, view_recommendation
from api.views.claims import masked, situation_of, view_standing
from api.views.consultations import view_consultation
from api.views.dossiers import view_handover
from domain.authority import Actor, Right, may
from domain.decisions import STORY_TASKS, Outcome, TaskKind
from letters.catalogue import sentence


def page_facts(request: Request, house: House, shown: Shown, actor: Actor) -> dict[str, Any]:
    """What the template shows."""
    language, on = language_of(request), house.today
    return {
        "shown": shown,
        "task": shown.task,
        "kind": shown.kind.value,
        "screen": shown.screen,
        "typed": shown.typed,
        "tells_standing": shown.kind in STORY_TASKS or shown.kind is TaskKind.OBJECTION,
        "is_mine": (is_mine := shown.task["claimed_by"] == actor.id),
        "is_asked": is_mine and shown.task["delegated_by"] and shown.task["state"] == "open",
        "snooze_days": house.policy.snooze_days,
        "hearing_length": timedelta(days=house.policy.hearing_days),
        "on": on,
        **_of_answers(house, shown, on, language),
        "grounds": words.grounds(shown.kind, shown.case, house.policy, on),
        "moment": lambda at: words.moment(at, language),
        "told": lambda code, values: words.told(code, values, language),
        "masked": masked,
        "claim_type": lambda code: _type_name(house, code, language),
        "preflight": _preflight(house, shown, on, language),
        **_of_advice(house, shown, actor, language),
        "consultations": [view_consultation(row, on) for row in shown.consultations],
        **_of_case(request, house, shown, actor),
        **faults_shown(shown.faults, language),
        **shown.question,
    }


def _of_answers(house: House, shown: Shown, on: date, language: str) -> dict[str, Any]:
    """What the form offers: its answers, and what each of them asks for."""
    return {
        "choices": _choices(house, shown, on, language),
        "plan": shown.plan,
        "first_due": first_due(on),
        "giving_up": house.policy.endings.write_off(on),
        "approval": shown.approval,
        "rest_reasons": [(one.value, sentence(f"word-hold-{one}", language)) for one in REASONS],
    }


def _preflight(house: House, shown: Shown, on: date, language: str) -> DossierView | None:
    if shown.handover is None:
        return None
    rules = house.policy.entry_filter
    return view_handover(shown.task["claim_id"], shown.handover, rules, on, language)


def _of_advice(house: House, shown: Shown, actor: Actor, language: str) -> dict[str, Any]:
    proposal = shown.proposal and view_proposal(*shown.proposal, language)
    entry = house.policy.assessment.entry_on(house.today)
    source = entry.source if entry else ""
    advised = shown.advised and view_recommendation(shown.advised, source, language)
    return {"proposal": proposal, "advised": advised, "may_count": may(actor, Right.SEE_FIGURES)}


def _choices(house: House, shown: Shown, on: date, language: str) -> list[dict[str, Any]]:
    kind, screen = shown.kind, shown.screen
    return [
        {
            "outcome": outcome.value,
            "asks": screen.asks_for(outcome),
            "leads": words.leads_of_action(outcome, language)
            if "action" in shown.task["facts"]
            else words.leads_to(kind, outcome, shown.case, house.policy, on, language),
        }
        for outcome in screen.answers
        if outcome is not Outcome.NOTHING_LEFT or shown.question.get("ground")
    ]


def _of_case(request: Request, house: House, shown: Shown, actor: Actor) -> dict[str, Any]:
    language, on, case = language_of(request), house.today, shown.case
    if case is None:
        return {"case": None, "standing": None, "script": (), "rule": None}
    has_script = shown.screen.has_script and shown.task["state"] == "open"
    return {
        "case": case,
        "standing": view_standing(situation_of(dict(case.standing), house.policy, on), language),
        "script": tuple(words.script(case, house.policy, actor.name or actor.id, on, language))
        if has_script
        else (),
        "rule": words.rule_for(case, house.policy, on),
    }


def _type_name(house: House, code: str, language: str) -> str:
    claim_type = house.policy.claim_type(code)
    return claim_type.name if language == "da" else claim_type.name_en

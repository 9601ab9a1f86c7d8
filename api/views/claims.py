"""A claim as its page shows it, made from what the database has."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping

from api.schemas.claims import (
    Balance,
    ClaimSummary,
    ClaimView,
    DebtorView,
    HoldView,
    LedgerLine,
    Standing,
)
from api.sentences import say
from api.views.addresses import address_for
from api.views.timeline import view_event
from domain.authority import Actor
from domain.claim import Ending, HoldReason, Stage
from domain.decisions import Outcome, TaskKind
from domain.explanation import explain
from domain.letters import Letter
from domain.money import NOTHING, Money
from domain.policy import Policy
from domain.situation import (
    AgreementFact,
    HoldFact,
    LetterFact,
    RecoveryFact,
    Situation,
    TaskFact,
    awaited_letter,
)
from persistence.claims.timeline import Event

_PERSON = 10  # digits of a CPR number
_COPIED = frozenset(ClaimView.model_fields) - {
    *("claim_type_name", "legal_basis", "balance", "debtors", "holds", "standing"),
    *("timeline", "ledger"),
}


def view_claim(
    claim: RowMapping,
    debtors: list[DebtorView],
    ledger: Sequence[RowMapping],
    events: Iterable[Event],
    policy: Policy,
    on: date,
    language: str,
) -> ClaimView:
    claim_type = policy.claim_type(claim["claim_type"])
    facts = dict(claim)
    return ClaimView(
        **{name: claim[name] for name in _COPIED},
        claim_type_name=claim_type.name if language == "da" else claim_type.name_en,
        legal_basis=claim_type.legal_basis,
        balance=balance_of(ledger),
        debtors=debtors,
        holds=[HoldView(**hold) for hold in claim["holds"] or ()],
        standing=view_standing(situation_of(facts, policy, on), language),
        timeline=[view_event(event, policy, facts, language) for event in events],
        ledger=[LedgerLine(**line) for line in ledger],
    )


def view_summary(row: RowMapping) -> ClaimSummary:
    return ClaimSummary(**{name: row[name] for name in ClaimSummary.model_fields})


def masked(national_id: str) -> str:
    """A CPR number without the digits that identify; a CVR number is public."""
    return f"{national_id[:6]}-xxxx" if len(national_id) == _PERSON else national_id


def view_standing(situation: Situation, language: str) -> Standing:
    explanation = explain(situation)
    return Standing(
        stage=situation.stage,
        where=say(explanation.stands, language),
        why=[say(phrase, language) for phrase in explanation.why],
        next=say(explanation.next, language),
        next_on=explanation.next_on,
    )


def situation_of(claim: Mapping[str, Any], policy: Policy, on: date) -> Situation:
    limits = policy.claim_type(claim["claim_type"]).small_amounts.on(on)
    return Situation(
        stage=Stage(claim["stage"]),
        balance=Money(claim["balance_ore"]),
        tolerance=limits.tolerance if limits else NOTHING,
        letters=tuple(Letter(name) for name in claim["letters"]),
        waiting_for=claim["waiting_for"],
        next_on=claim["next_on"],
        registered_on=claim["registered_on"],
        on=on,
        ending=Ending(claim["ending"]) if claim["ending"] else None,
        ended_on=claim["ended_on"],
        is_withdrawn=claim["is_withdrawn"],
        letter=_letter(claim),
        task=_task(claim["task"]),
        holds=tuple(_hold(hold) for hold in claim["holds"] or ()),
        agreement=_agreement(claim["agreement"]),
        recovery=_recovery(claim["action"], claim["notice"]),
    )


def balance_of(ledger: Iterable[RowMapping]) -> Balance:
    open_ore = {"principal": 0, "interest": 0, "fee": 0}
    total = other = 0
    for line in ledger:
        total += line["amount_ore"]
        if line["kind"] in open_ore:
            open_ore[line["kind"]] += line["open_ore"]
        else:
            other += line["open_ore"]
    return Balance(
        principal_ore=open_ore["principal"],
        interest_ore=open_ore["interest"],
        fees_ore=open_ore["fee"],
        other_ore=other,
        total_ore=total,
    )


def view_debtors(rows: Iterable[Any], primary: int, actor: Actor) -> list[DebtorView]:
    """*actor*: who is to read it."""
    return [_debtor(row, primary, actor) for row in rows]


def _debtor(row: Any, primary: int, actor: Actor) -> DebtorView:
    return DebtorView(
        id=row["id"],
        kind=row["kind"],
        national_id=masked(row["national_id"]),
        name=row["name"],
        address=address_for(actor, row),
        is_protected=row["is_protected"],
        is_primary=row["id"] == primary,
        limitation_date=row["limitation_date"],
    )


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None


def _letter(claim: Mapping[str, Any]) -> LetterFact | None:
    json = claim["letter"]
    if json is None or awaited_letter(claim["waiting_for"]) is None:
        return None
    return LetterFact(
        letter=Letter(json["letter"]),
        state=json["state"],
        planned_on=date.fromisoformat(json["planned_on"]),
        dispatched_on=_day(json["dispatched_on"]),
        deadline=max(date.fromisoformat(json["deadline"]), claim["next_on"] or date.min),
    )


def _task(json: dict[str, Any] | None) -> TaskFact | None:
    if json is None:
        return None
    return TaskFact(
        kind=TaskKind(json["kind"]),
        opened_on=date.fromisoformat(json["opened_on"]),
        due_on=date.fromisoformat(json["due_on"]),
        taken_by=json["taken_by"],
        outcome=Outcome(json["outcome"]) if json["outcome"] else None,
        look_again_on=_day(json["look_again_on"]),
    )


def _hold(json: dict[str, Any]) -> HoldFact:
    return HoldFact(
        HoldReason(json["reason"]), date.fromisoformat(json["since"]), _day(json["until"])
    )


def _agreement(json: dict[str, Any] | None) -> AgreementFact | None:
    if json is None:
        return None
    return AgreementFact(
        id=json["id"],
        number=json["number"],
        due_on=date.fromisoformat(json["due_on"]),
        missing=Money(json["missing_ore"]),
        instalments=json["instalments"],
    )


def _recovery(action: dict[str, Any] | None, notice: dict[str, Any] | None) -> RecoveryFact | None:
    if action is None:
        return None
    told = notice or {}
    return RecoveryFact(
        action=action["action"],
        state=action["state"],
        on=date.fromisoformat(action["on"]),
        notice=told.get("notice"),
        noticed_on=_day(told.get("noticed_on")),
    )

"""What the demo's caseworkers answer to each kind of task: by chance, but always the same."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from cli.demo.staff import ANNA, BENT, CARL, PIA
from domain.authority import Actor
from domain.decisions import Outcome, TaskKind
from domain.distraints.routing import route
from domain.money import Money
from domain.policy import AgreementRule, ClaimType, Policy, Route

_REASONS = {
    Outcome.AGREEMENT: "Talt med skyldner, der gerne vil betale over nogle måneder.",
    Outcome.PROMISE: "Skyldner lover at betale, når lønnen kommer.",
    Outcome.NOT_REACHED: "Ringet to gange uden svar; prøver igen.",
    Outcome.GO_ON: "Skyldner hverken kan eller vil betale.",
    Outcome.TRANSFER: "Inddrivelse er den hurtigste vej til betaling.",
    Outcome.ENFORCE: "Fortrinsberettiget krav; pantefogeden tager det.",
    Outcome.KEEP: "Skyldner får arbejde om kort tid; vi venter.",
    Outcome.WRITE_OFF: "Kravet har ikke længere et grundlag; se beviset.",
    Outcome.APPROVED: "Gennemgået og enig.",
    Outcome.REFUSED: "Skyldner har fået arbejde; prøv igen.",
    Outcome.FORCED_SALE: "Udlægget dækker; fogedretten bedes sætte auktion.",
    Outcome.REALISED: "Solgt; pengene er på vej.",
    Outcome.RELEASED: "Udlægget er ikke salget værd.",
    Outcome.RETRY: "Oplysningen er rettet; send igen.",
    Outcome.GIVE_UP: "Kan ikke rettes; vi taler med skyldner.",
    Outcome.DONE: "Set og taget til efterretning.",
    Outcome.ANSWERED_BY_PHONE: "Ringet op og forklaret.",
    Outcome.FILED: "Anmeldt i boet med opgørelse.",
    Outcome.NOT_FILED: "Beløbet er mindre end arbejdet.",
    Outcome.RESUME: "Grunden er der ikke længere.",
    Outcome.NO_ANSWER_NEEDED: "Borgeren takker og beder ikke om mere.",
}
# What frees one debtor alone is no reason to give up what another owes.
_LAPSED = {"reason": "lapse", "proved_on": "2025-12-01"}
_INSOLVENT_ESTATE = _LAPSED | {"reason": "insolvent-estate", "journal": "SKS 2025-1417"}
_AFTER = (Outcome.FORCED_SALE, Outcome.REALISED, Outcome.KEEP, Outcome.RELEASED)
_MONTHS = (2, 3, 4, 6)
_INCOME = 190_000_00
_SPECIALISTS = {
    TaskKind.WRITE_OFF_APPROVAL: BENT,
    TaskKind.DISCHARGE_APPROVAL: BENT,
    TaskKind.WRITE_OFF_BATCH: BENT,
    TaskKind.DISTRAINT: PIA,
    TaskKind.AFTER_DISTRAINT: PIA,
    TaskKind.LIMITATION_UNOFFERED: BENT,
}
_GLANCES = {
    TaskKind.WRITE_OFF_APPROVAL: (0.85, Outcome.APPROVED, Outcome.REFUSED),
    TaskKind.DISCHARGE_APPROVAL: (0.95, Outcome.APPROVED, Outcome.REFUSED),
    TaskKind.WRITE_OFF_BATCH: (0.95, Outcome.APPROVED, Outcome.REFUSED),
    TaskKind.ESTATE_CLAIM: (0.95, Outcome.FILED, Outcome.NOT_FILED),
    TaskKind.SUSPENSION_REVIEW: (1.0, Outcome.RESUME, Outcome.RESUME),
    TaskKind.EXCEPTION: (0.7, Outcome.RETRY, Outcome.GIVE_UP),
    TaskKind.UNDELIVERED_LETTER: (0.6, Outcome.RETRY, Outcome.DONE),
    TaskKind.ENQUIRY: (0.85, Outcome.ANSWERED_BY_PHONE, Outcome.NO_ANSWER_NEEDED),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """Who answers, and the body they send."""

    by: Actor
    outcome: Outcome
    look_again_on: date | None = None
    agreement: dict[str, Any] | None = None
    write_off: dict[str, Any] | None = None

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"outcome": self.outcome.value, "reasons": _REASONS[self.outcome]}
        if self.write_off:
            body["write_off"] = self.write_off
        if self.look_again_on:
            body["look_again_on"] = self.look_again_on.isoformat()
        if self.agreement:
            body["agreement"] = self.agreement
        return body


def reply_to(
    task: dict[str, Any], claim: dict[str, Any] | None, policy: Policy, on: date, chance: Random
) -> Reply:
    """*claim* as the API shows it; None where the task is about none."""
    worker = chance.choice((ANNA, CARL))
    match TaskKind(task["kind"]):
        case TaskKind.DIALOGUE if claim:
            return _after_talk(claim, policy, on, chance, worker)
        case TaskKind.ASSESSMENT if claim:
            return _assessment(claim, policy, on, chance, worker)
        case TaskKind.AFTER_DISTRAINT:
            return _after_distraint(on, chance)
        case kind:
            return _short_reply(kind, chance, worker)


def _short_reply(kind: TaskKind, chance: Random, worker: Actor) -> Reply:
    """Where the answer follows from a glance; the first of two outcomes with a likelihood."""
    if kind not in _GLANCES:
        answer = Outcome.APPROVED if kind is TaskKind.HEARING else Outcome.DONE
        return Reply(_SPECIALISTS.get(kind, worker), answer)
    share, likely, other = _GLANCES[kind]
    outcome = likely if chance.random() < share else other
    return Reply(_SPECIALISTS.get(kind, worker), outcome)


def _after_distraint(on: date, chance: Random) -> Reply:
    """A forced sale takes its time; what is not worth it is given up."""
    outcome = chance.choices(_AFTER, (4, 3, 2, 2))[0]
    if outcome is Outcome.RELEASED:
        return Reply(PIA, outcome)
    return Reply(PIA, outcome, on + timedelta(days=chance.randint(14, 35)))


def _after_talk(
    claim: dict[str, Any], policy: Policy, on: date, chance: Random, worker: Actor
) -> Reply:
    draw = chance.random()
    rule = policy.claim_type(claim["claim_type"]).agreement.on(on)
    owed = Money(claim["balance"]["total_ore"])
    if draw < 0.4 and rule and rule.is_offered:  # noqa: PLR2004 - a picture of a town
        return Reply(worker, Outcome.AGREEMENT, agreement=_plan(claim, rule, owed, on, chance))
    if draw < 0.5:  # noqa: PLR2004
        return Reply(worker, Outcome.PROMISE, on + timedelta(days=chance.randint(5, 15)))
    if draw < 0.6:  # noqa: PLR2004
        return Reply(worker, Outcome.NOT_REACHED, on + timedelta(days=chance.randint(2, 6)))
    return Reply(worker, Outcome.GO_ON)


def _plan(
    claim: dict[str, Any], rule: AgreementRule, owed: Money, on: date, chance: Random
) -> dict[str, Any]:
    most = max(1, owed.ore // max(rule.minimum_instalment.ore, 1))
    first_due = (on + timedelta(days=chance.randint(10, 20))).isoformat()
    months = min(chance.choice(_MONTHS), most, rule.max_months)
    by = {"yearly_income_ore": _INCOME} if rule.by_income_table else {"months": months}
    return {"claim_ids": [claim["id"]], "first_due": first_due, **by}


def _assessment(
    claim: dict[str, Any], policy: Policy, on: date, chance: Random, worker: Actor
) -> Reply:
    draw = chance.random()
    if draw < 0.5:  # noqa: PLR2004
        return Reply(worker, _enforcer(policy.claim_type(claim["claim_type"]), claim, on))
    if draw < 0.65:  # noqa: PLR2004
        return Reply(worker, Outcome.KEEP, on + timedelta(days=21))
    write_off = _LAPSED if len(claim["debtors"]) > 1 else _INSOLVENT_ESTATE
    return Reply(worker, Outcome.WRITE_OFF, write_off=write_off)


def _enforcer(claim_type: ClaimType, claim: dict[str, Any], on: date) -> Outcome:
    period_end = date.fromisoformat(claim["period_end"])
    is_ours = route(claim_type, period_end, on) is Route.MUNICIPALITY
    return Outcome.ENFORCE if is_ours else Outcome.TRANSFER

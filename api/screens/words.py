"""What a screen says beside the facts: why it is asked, what an answer leads to, what to say."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_datetime
from sqlalchemy import RowMapping

from api.languages import DANISH
from api.sentences import amount_in_words
from domain.basis import basis_of
from domain.calendar import COPENHAGEN, working_days_after
from domain.deadlines import deadline_after, dispatch_day
from domain.decisions import Outcome, TaskKind
from domain.distraints.routing import route
from domain.errors import NotFound
from domain.letters import Letter
from domain.money import Money
from domain.policy import Policy, Route
from letters.catalogue import codes, sentence
from persistence.tasks.facts import CaseFacts

_NOTICES = {"notice_until": Letter.TRANSFER_NOTICE, "hearing_until": Letter.DISTRAINT_NOTICE}


def moment(at: datetime, language: str) -> str:
    """As ``16. marts 2026 kl. 10.42``."""
    locale = "da_DK" if language == DANISH else "en_GB"
    day = format_date(at.astimezone(COPENHAGEN).date(), "long", locale=locale)
    return sentence("task-moment", language, day=day, time=clock_time(at, language))


def clock_time(at: datetime, language: str) -> str:
    form = "HH.mm" if language == DANISH else "HH:mm"
    return format_datetime(at.astimezone(COPENHAGEN), form, locale="da_DK")


def told(code: str, values: Mapping[str, Any], language: str) -> str:
    """The sentence of a code that was written down once; nothing where the words have changed."""
    try:
        return sentence(code, language, **values)
    except KeyError:
        return ""


def leads_to(
    kind: TaskKind,
    outcome: Outcome,
    case: CaseFacts | None,
    policy: Policy,
    on: date,
    language: str,
) -> str:
    """What happens after the answer, and when."""
    code = f"task-leads-{kind}-{outcome}"
    if case and case.standing["transfer_notice_with"] and f"{code}-notified" in codes(language):
        code = f"{code}-notified"
    if code not in codes(language):
        return ""
    return sentence(code, language, **_days(case, policy, on, language))


def leads_of_action(outcome: Outcome, language: str) -> str:
    """Of a question about what was sent to the recovery authority: no story waits for it."""
    return sentence(f"recovery-leads-{outcome}", language)


def _days(case: CaseFacts | None, policy: Policy, on: date, language: str) -> dict[str, str]:
    """The days that the house's own rules give."""
    locale = "da_DK" if language == DANISH else "en_GB"
    leaves = dispatch_day(on)
    days = {
        "today": on,
        "letter_day": leaves,
        "assessed_by": working_days_after(on, policy.assessment_days),
        "approved_by": working_days_after(on, policy.approval_days),
    }
    if case:
        for name, letter in _NOTICES.items():
            days[name] = deadline_after(leaves, _days_of(letter, case.standing, policy))
    return {name: format_date(day, "long", locale=locale) for name, day in days.items()}


def _days_of(letter: Letter, claim: RowMapping, policy: Policy) -> int:
    try:
        return policy.letter_step(claim["claim_type"], letter, claim["registered_on"]).days
    except NotFound:  # a municipality may have no such letter
        return 0


def grounds(kind: TaskKind, case: CaseFacts | None, policy: Policy, on: date) -> str:
    """The law or decision the question rests on; always cited in Danish."""
    if case is None:
        return ""
    claim_type = policy.claim_type(case.standing["claim_type"])
    match kind:
        case TaskKind.DIALOGUE:
            return basis_of(policy, claim_type.code, "agreement", on, on)
        case TaskKind.ASSESSMENT | TaskKind.HEARING | TaskKind.EXCEPTION:
            return basis_of(policy, claim_type.code, "act-transfer", on, on)
        case TaskKind.LIMITATION_NEAR | TaskKind.LIMITATION_UNOFFERED:
            return claim_type.limitation_basis
        case _:
            return claim_type.legal_basis


def rule_for(case: CaseFacts, policy: Policy, on: date) -> Any:
    """What the policy offers for the claim, with its source; None when it offers nothing."""
    entry = policy.claim_type(case.standing["claim_type"]).agreement.entry_on(on)
    return entry if entry and entry.value.is_offered else None


def script(case: CaseFacts, policy: Policy, person: str, on: date, language: str) -> Iterator[str]:
    """What to say on the phone, in the order of the talk."""
    claim = case.standing
    claim_type = policy.claim_type(claim["claim_type"])
    values = {
        "person": person,
        "municipality": policy.municipality,
        "debtor": case.debtors[0]["name"] if case.debtors else "",
        "claim": _within_a_sentence(claim_type.name if language == DANISH else claim_type.name_en),
        "balance": amount_in_words(Money(claim["balance_ore"]), language),
    }
    for code in ("hello", "about", "listen"):
        yield sentence(f"task-script-{code}", language, **values)
    yield _offer(case, policy, on, language)
    if others := _others(case):
        total = amount_in_words(Money(sum(one["balance_ore"] for one in others)), language)
        yield sentence("task-script-others", language, count=len(others), total=total)
    enforcer = route(claim_type, claim["period_end"], on)
    is_own = enforcer is Route.MUNICIPALITY
    yield sentence(f"task-script-{'bailiff' if is_own else 'collector'}", language)
    yield sentence("task-script-goodbye", language)


def _within_a_sentence(name: str) -> str:
    return name[:1].lower() + name[1:]


def _others(case: CaseFacts) -> list[RowMapping]:
    return [one for one in case.claims if one["id"] != case.standing["id"] and one["balance_ore"]]


def _offer(case: CaseFacts, policy: Policy, on: date, language: str) -> str:
    entry = rule_for(case, policy, on)
    if entry is None:
        return sentence("task-script-no-agreement", language)
    if entry.value.by_income_table:
        return sentence("task-script-table", language)
    minimum = amount_in_words(entry.value.minimum_instalment, language)
    return sentence(
        "task-script-agreement", language, months=entry.value.max_months, minimum=minimum
    )

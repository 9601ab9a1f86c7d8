"""What a person asks the time machine: the same checks for a page and for a program."""

from dataclasses import dataclass
from typing import Any

from api.house import House
from api.languages import DANISH
from api.schemas.trials import NewTrialBody
from domain.errors import Fault, Invalid
from domain.money import Money
from domain.policy import Policy
from domain.replaying.trials import OtherPolicy, period_of
from domain.replaying.variants import Knobs
from letters.catalogue import sentence
from persistence.replaying.trials import NewTrial
from policies.trying import policy_of

_TEXT_IS_ENOUGH = 60


@dataclass(frozen=True, slots=True)
class Wish:
    """*policy*: the other one, read and found sound."""

    trial: NewTrial
    policy: Policy


def read_wish(house: House, body: NewTrialBody, language: str) -> Wish:
    """Raises Invalid, with what is wrong in the other policy too."""
    other = _other(body)
    period = period_of(body.months, house.today)
    policy = _read(house, other, language)
    name = _name(other, policy, language)
    trial = NewTrial(name, house.policy.version, other, period, body.people)
    return Wish(trial, policy)


def _read(house: House, other: OtherPolicy, language: str) -> Policy:
    """What is wrong in a file is told with its line, in the reader's language."""
    try:
        return policy_of(house.policy, other)
    except Invalid as invalid:
        reason = "reason" if language == DANISH else "reason_en"
        faults = [
            Fault(
                "policy_text",
                "trial-policy-line",
                {"line": one.values["line"], "reason": one.values[reason]},
            )
            if "line" in one.values
            else one
            for one in invalid.faults
        ]
        raise Invalid(*faults) from None


def _other(body: NewTrialBody) -> OtherPolicy:
    knobs = Knobs(body.days, body.without, _money(body.fee_kroner), _money(body.tolerance_kroner))
    ways = [body.profile is not None, body.policy_text is not None, knobs != Knobs()]
    if sum(ways) > 1:
        raise Invalid(Fault("", "trial-one-way"))
    if body.profile is not None:
        return OtherPolicy(profile=body.profile)
    if body.policy_text is not None:
        return OtherPolicy(text=body.policy_text)
    return OtherPolicy(knobs=knobs)


def _money(kroner: int | None) -> Money | None:
    return None if kroner is None else Money.kroner(kroner)


def _name(other: OtherPolicy, policy: Policy, language: str) -> str:
    """What the other policy is called in the list of trials."""
    if not other.knobs:
        return f"{policy.municipality}, {policy.version}"[:_TEXT_IS_ENOUGH]
    knobs = other.knobs
    turned: list[tuple[str, dict[str, Any]]] = [
        ("days", {"days": knobs.days} if knobs.days else {}),
        ("without", {"letter": _letter(knobs, language)} if knobs.without else {}),
        ("fee", {"fee": knobs.fee} if knobs.fee is not None else {}),
        ("tolerance", {"tolerance": knobs.tolerance} if knobs.tolerance is not None else {}),
    ]
    parts = [
        sentence(f"time-machine-variant-{code}", language, **values)
        for code, values in turned
        if values
    ]
    return sentence("time-machine-variant", language, changes=", ".join(parts))


def _letter(knobs: Knobs, language: str) -> str:
    return sentence(f"word-letter-{knobs.without}", language)

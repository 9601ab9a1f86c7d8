"""The time machine as pages: choose another policy, see where it differs, start, look, stop."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from api.dependencies import FigureVisitor, SteerVisitor, TheHouse
from api.house import House
from api.languages import language_of
from api.pages.claims.listing import type_names
from api.pages.forms import Form, Typed, files_in, read_body, texts, typed_facts
from api.pages.rendering import show
from api.pages.replaying.trial_picture import charts
from api.pages.replaying.trial_words import TrialWords
from api.pages.routing import PageRoute
from api.pages.steering.strategy_words import StrategyWords
from api.schemas.trials import LONGEST_POLICY, NewTrialBody
from api.trial_wish import read_wish
from domain.authority import Right, may
from domain.errors import Fault, Invalid
from domain.replaying.trial_figures import Measure
from domain.replaying.trials import ASSUMED, MONTHS, People, Side, TrialState, share_done, total
from domain.replaying.variants import REMINDED
from persistence.replaying.trials import (
    ask_for_trial,
    list_trials,
    read_figures,
    read_samples,
    read_trial,
    stop_trial,
)
from policies.loading import policy_names
from reports.strategy import between

router = APIRouter(route_class=PageRoute, prefix="/time-machine")
TrialNumber = Annotated[int, Path(ge=1, le=2**63 - 1)]
_LATEST, _HALF_YEAR = 20, 6
_KNOBS = ("days", "without", "fee_kroner", "tolerance_kroner")
_FIELDS = ("months", "people", "way", "profile", "policy_text", *_KNOBS)


@router.get("")
async def show_machine(request: Request, house: TheHouse, _: FigureVisitor) -> Response:
    typed = Typed(way="knobs", months="24", people=People.REACT.value)
    return await _show_form(request, house, typed, ())


@router.post("/preview")
async def preview(request: Request, house: TheHouse, _: SteerVisitor, form: Form) -> Response:
    """Where the other policy differs, before anything is reckoned."""
    typed = texts(form, *_FIELDS)
    try:
        typed["policy_text"] = await _policy_text(typed, form)
        wish = read_wish(house, _body(typed), language_of(request))
    except Invalid as invalid:
        return await _show_form(request, house, typed, _at_the_file(invalid))
    language = language_of(request)
    facts = {
        "name": wish.trial.name,
        "period": wish.trial.period,
        "people": wish.trial.people,
        "changes": between(house.policy, wish.policy, house.today),
        "words": StrategyWords(language),
        "types": type_names(house.policy, language),
        "sent": {name: typed[name] or "" for name in _FIELDS},
    }
    return show(request, "time-machine-preview", facts)


@router.post("")
async def start(request: Request, house: TheHouse, actor: SteerVisitor, form: Form) -> Response:
    typed = texts(form, *_FIELDS)
    if "back" in form:
        return await _show_form(request, house, typed, (), 200)
    try:
        wish = read_wish(house, _body(typed), language_of(request))
    except Invalid as invalid:
        return await _show_form(request, house, typed, invalid.faults)
    async with house.database.transaction() as connection:
        number = await ask_for_trial(connection, wish.trial, actor, house.clock())
    return RedirectResponse(f"/time-machine/{number}", 303)


@router.get("/{trial_number}")
async def show_trial(
    request: Request, house: TheHouse, actor: FigureVisitor, trial_number: TrialNumber
) -> Response:
    async with house.database.transaction() as connection:
        trial = await read_trial(connection, trial_number)
        figures = await read_figures(connection, trial_number)
        samples = {
            side: await read_samples(connection, trial_number, side)
            for side in (Side.OTHER, Side.HISTORY)
        }
    words = TrialWords(language_of(request))
    facts = {
        "trial": trial,
        "percent": _percent(trial),
        "is_over": TrialState(trial.state).is_over,
        "may_stop": may(actor, Right.STEER),
        "measures": tuple(Measure),
        "total": lambda side, measure, kind=None: total(figures[side], measure, kind),
        "claim_types": _known_types(figures),
        "types": type_names(house.policy, language_of(request)),
        "charts": charts(figures, trial.since, trial.until),
        "samples": samples,
        "assumed": (trial.people, *ASSUMED),
        "words": words,
    }
    return show(request, "time-machine-trial", facts)


@router.post("/{trial_number}/stop")
async def stop(house: TheHouse, actor: SteerVisitor, trial_number: TrialNumber) -> Response:
    async with house.database.transaction() as connection:
        await stop_trial(connection, trial_number, actor)
    return RedirectResponse(f"/time-machine/{trial_number}", 303)


async def _show_form(
    request: Request,
    house: House,
    typed: Typed,
    faults: tuple[Fault, ...],
    status: int | None = None,
) -> Response:
    async with house.database.transaction() as connection:
        trials = await list_trials(connection, _LATEST)
    actor = request.state.actor
    facts = {
        "trials": [(trial, _percent(trial)) for trial in trials],
        "is_running": any(not TrialState(trial.state).is_over for trial in trials),
        "may_start": may(actor, Right.STEER),
        "profiles": policy_names(),
        "letters": REMINDED,
        "months": MONTHS[::_HALF_YEAR],
        "people": tuple(People),
    }
    code = status or (422 if faults else 200)
    return show(request, "time-machine", facts | typed_facts(request, typed, faults), code)


def _at_the_file(invalid: Invalid) -> tuple[Fault, ...]:
    """What is wrong in the file is told where it was chosen."""
    return tuple(
        replace(one, field="file") if one.field == "policy_text" else one for one in invalid.faults
    )


def _body(typed: Mapping[str, Any]) -> NewTrialBody:
    """Only what belongs to the way that was chosen."""
    ways = {"knobs": _KNOBS, "profile": ("profile",), "file": ("policy_text",)}
    names = ("months", "people", *ways.get(typed["way"] or "knobs", _KNOBS))
    return read_body(NewTrialBody, {name: typed[name] for name in names})


async def _policy_text(typed: Mapping[str, Any], form: Form) -> str:
    """What was sent as a file, or has come along from the page before."""
    if typed["way"] != "file":
        return ""
    files = files_in(form)
    if not files and not typed["policy_text"]:
        raise Invalid(Fault("file", "trial-file-missing"))
    if not files:
        return str(typed["policy_text"])
    content = await files[0].read(LONGEST_POLICY + 1)
    if len(content) > LONGEST_POLICY:
        raise Invalid(Fault("file", "file-too-large", {"limit": "0,5"}))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(Fault("file", "trial-file-no-text")) from None


def _percent(trial: Any) -> int:
    return int(100 * share_done(trial.state, trial.first, trial.reached, trial.last))


def _known_types(figures: Mapping[Side, Any]) -> list[str]:
    return sorted({kind for of_side in figures.values() for kind, *_ in of_side})

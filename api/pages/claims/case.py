"""A claim's page: where it stands, what happened, what it consists of, and what may be done."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from babel.dates import format_date
from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import CaseVisitor, TheHouse
from api.distraints.standings import rights_of, view_standings
from api.house import House
from api.inbox.rows import TRANSFER_MARKS
from api.languages import DANISH, language_of
from api.pages.claims.timeline_picture import LANES, Picture, group_of, picture, spans_of
from api.pages.claims.writings import NoteForm
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.describing import ClaimId
from api.rule_words import rule_in_words
from api.schemas.claims import Standing
from api.views.cases import EventRow, event_rows, grounded, step_rows, what_if_rows
from api.views.claims import balance_of, masked, situation_of, view_standing
from api.views.limitation import first_accessory, liability_rows
from domain.authority import Actor, Right, may
from domain.claim import Stage
from domain.file_notes import FileOwner
from domain.limitation.dates import nearness
from domain.policy import Policy
from domain.recovery.events import CALLS_FOR
from persistence.claims.case_reading import Case, read_case
from persistence.endings.facts import endings_of
from persistence.files.notes import may_write, see_notes
from persistence.recovery.recall_proposals import read_proposal
from persistence.trail.audit import note_look

router = APIRouter(route_class=PageRoute)
Group = Annotated[Literal["all", "letters", "money", "decisions", "notes"], Query()]
SAID = frozenset(
    {
        *("note-written", "attached", "attached-before", "held", "released", "objected"),
        *("withdrawn", "recalled", "corrected", "debtor-added", "letter-written", "paid"),
        *("paid-known", "limitation", "discharge-proposed", "write-off-reversed"),
    }
)
"""What the page can say was just done."""


@router.get("/claims/{claim_id}")
async def show_claim(
    request: Request,
    house: TheHouse,
    actor: CaseVisitor,
    claim_id: ClaimId,
    show_only: Annotated[Group, Query(alias="show")] = "all",
    said: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """That someone looked is written down; what mentions them is seen."""
    on = house.today
    async with house.database.transaction() as connection:
        case = await read_case(connection, claim_id, on)
        await see_notes(connection, FileOwner(claim_id), actor.id)
        await note_look(connection, claim_id, actor.id)
        endings = await endings_of(connection, claim_id)
        since = await _since_transfer(connection, case, on)
    language = language_of(request)
    facts = _about(case, house, language) | _history(case, house, show_only, language)
    facts |= _rights(actor, case.claim, house) | dict(endings)
    facts |= {"said": said if said in SAID else "", "form": NoteForm()}
    facts["rule_words"] = lambda rule: rule_in_words(rule, language)
    facts |= {"mask": masked, "day_of": date.fromisoformat, "since_transfer": since}
    return show(request, "claim", facts)


async def _since_transfer(
    connection: AsyncConnection, case: Case, on: date
) -> Sequence[tuple[str, str | None]]:
    """What has happened to a claim that lies at the authority, and which recall that calls for."""
    claim = case.claim
    if claim["ending"] or not Stage(claim["stage"]).is_with_the_collector:
        return ()
    proposal = await read_proposal(connection, claim["id"], on)
    if proposal.is_asked:
        return ()
    return [(event.value, CALLS_FOR.get(event)) for event in proposal.events]


def _about(case: Case, house: House, language: str) -> dict[str, object]:
    claim, policy, on = case.claim, house.policy, house.today
    kind = policy.claim_type(claim["claim_type"])
    standing = view_standing(situation_of(claim, policy, on), language)
    return {
        "case": case,
        "claim": claim,
        "claim_type": kind,
        "type_name": kind.name if language == DANISH else kind.name_en,
        "balance": balance_of(case.ledger),
        "badges": _badges(claim),
        "liabilities": liability_rows(case.limitation, case.debtors),
        "accessory": _first_accessory(case, policy),
        "limitation": nearness(claim["limitation_date"], on, policy.limitation_alarm_months),
        "distraints": view_standings(policy, case.distraints, on),
        "on": on,
        "timely": claim["timely_day"],
        "standing": standing,
        "sentences": _sentences(standing, claim, house),
        "steps": step_rows(claim, case.events, policy, on, language),
        "what_ifs": what_if_rows(claim, policy, on, language),
    }


def _first_accessory(case: Case, policy: Policy) -> date | None:
    """When interest or fees are time-barred before the claim itself, for whoever lapses first."""
    code = case.claim["claim_type"]
    first = min(case.limitation.values(), key=lambda one: one.limitation_date, default=None)
    return first_accessory(case.ledger, first, code, policy) if first else None


def _sentences(standing: Standing, claim: Mapping[str, Any], house: House) -> dict[str, object]:
    """Each sentence of the explanation with its rule, where the house knows one."""
    policy, on = house.policy, house.today
    return {
        "where": grounded(standing.where, claim, policy, on),
        "why": [grounded(why, claim, policy, on) for why in standing.why],
        "next": grounded(standing.next, claim, policy, on),
    }


def _badges(claim: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Pairs of a code and how much it should catch the eye."""
    found, is_there = [], Stage(claim["stage"]).is_with_the_collector
    if claim["holds"] and not claim["ending"]:
        found.append(("held", "warning"))
    if claim["is_withdrawn"] and not claim["ending"]:
        found.append(("withdrawn", "warning"))
    if is_there:
        found.append(("at-the-collector", "info"))
    if claim["ending"]:
        found.append((f"ended-{claim['ending']}", "success"))
    elif claim["transfer_standing"] in TRANSFER_MARKS and not is_there:
        standing = claim["transfer_standing"]
        found.append((f"transfer-{standing}", TRANSFER_MARKS[standing]))
    return found


def _history(case: Case, house: House, show_only: str, language: str) -> dict[str, object]:
    groups = [group_of(event.name) for event in case.events]
    rows = event_rows(case.events, groups, house.policy, case.claim, language)
    drawn = _picture(case, house)
    return {
        "events": rows,
        "shown": [row for row in rows if show_only in {"all", row.group}],
        "bases": list(dict.fromkeys(row.legal_basis for row in rows)),
        "show_only": show_only,
        "tabs": _tabs(rows),
        "picture": drawn,
        "ticks": [(x, _month(day, language)) for x, day in drawn.ticks],
    }


def _picture(case: Case, house: House) -> Picture:
    claim = case.claim
    rights = rights_of(
        view_standings(house.policy, case.distraints, house.today), claim["due_date"]
    )
    spans = [*spans_of(case.events, case.holds, case.tasks), *rights]
    following = view_standing(situation_of(claim, house.policy, house.today), DANISH).next_on
    return picture(case.events, spans, house.today, following, claim["ended_on"])


def _tabs(rows: list[EventRow]) -> list[tuple[str, int]]:
    counts = {lane: sum(row.group == lane for row in rows) for lane in LANES}
    return [("all", len(rows)), *counts.items()]


def _month(day: date, language: str) -> str:
    locale = "da_DK" if language == DANISH else "en_GB"
    return str(format_date(day, "LLL yy", locale=locale))


def _rights(actor: Actor, claim: Mapping[str, Any], house: House) -> dict[str, object]:
    is_alive = not claim["ending"]
    is_there = Stage(claim["stage"]).is_with_the_collector
    is_ours = is_alive and not claim["is_withdrawn"]
    return {
        "may_hold": is_alive and may(actor, Right.HOLD_CLAIMS),
        "may_object": is_alive and may(actor, Right.WORK_ON_TASKS),
        "may_release": may(actor, Right.HOLD_CLAIMS),
        "may_write_letter": may(actor, Right.WORK_ON_TASKS),
        "may_book": may(actor, Right.BOOK_PAYMENTS),
        "may_reverse": may(actor, Right.APPROVE_WRITE_OFFS),
        "may_add_debtor": is_ours and not is_there and may(actor, Right.WORK_ON_TASKS),
        "may_recall": is_alive and is_there and may(actor, Right.WORK_ON_TASKS),
        "may_withdraw": is_ours and may(actor, Right.WITHDRAW_CLAIMS),
        "may_steer": may(actor, Right.STEER),
        "may_write": may_write(actor),
        "execution": house.executions.page_of(f"claim-{claim['id']}")
        if may(actor, Right.STEER)
        else None,
    }

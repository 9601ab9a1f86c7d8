"""The JSON API and the pages, put together from what the entry point hands it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI

from api.attaching import LARGEST_BODY as LARGEST_WITH_ATTACHMENTS
from api.correlation import Correlation
from api.doors.front_door import FrontDoor
from api.doors.gauges import Gauges, Timed
from api.doors.headers import SafeHeaders
from api.doors.limits import BodyLimit
from api.doors.neighbours import Neighbours
from api.errors import handle_errors
from api.house import House, Outlets, TemporalPages
from api.inbox.news import InboxNews
from api.openapi import describe
from api.pages.assets import PREFIX as ASSETS
from api.pages.assets import Assets
from api.parts import API, PAGES
from api.remembered import Remembered
from domain.policy import Policy
from persistence.database import Database

PREFIX = "/api/v1"
_WITH_FILES = ("notes", "attachments", "enquiries", "messages", "answer")  # ends of paths
_COUNTS_SECONDS = 5.0  # how old the numbers beside the filters may be
_LARGEST_BODY = 8 * 1024 * 1024  # a thousand claims, amply described
_LARGEST_UPLOAD = 64 * 1024 * 1024  # a bank's file of a hundred thousand payments
_DESCRIPTION = """
A municipality's claims and what is done about them. Amounts are whole øre; days are dates on the
municipality's calendar. Errors are `application/problem+json` with a `code` for programs and a
sentence for people, Danish or (by `Accept-Language`) English.
"""
_TAGS = [
    {"name": "claims", "description": "Register, list, read and withdraw claims."},
    {"name": "payments", "description": "Money received, where it lies and where it may belong."},
    {"name": "files", "description": "Files of claims and of payments."},
    {"name": "letters", "description": "What left, what did not and why, and who may stop it."},
    {"name": "distraints", "description": "The town's own distraint hearings."},
    {
        "name": "recovery",
        "description": "What lies at the recovery authority, and how it comes back.",
    },
    {"name": "holds", "description": "Times in which a claim's clock stands still."},
    {"name": "write-offs", "description": "What is given up, why, and what comes back."},
    {"name": "notes", "description": "What people write down, and the files they lay beside it."},
    {"name": "tasks", "description": "What people are asked, in the order of effect."},
    {"name": "agreements", "description": "Plans that are kept, and what is recommended."},
    {"name": "substitutions", "description": "Who stands in for whom."},
    {"name": "audit", "description": "Who looked, who acted, and what was before them."},
    {"name": "debtors", "description": "Who owes."},
    {"name": "enquiries", "description": "What citizens ask, and by when they are answered."},
    {"name": "consultations", "description": "Questions to the departments claims come from."},
    {"name": "limitation", "description": "What is time-barred when, and what has moved it."},
    {"name": "executions", "description": "Stories that do not go on, and what helps."},
    {"name": "figures", "description": "Where all claims are."},
    {"name": "webhooks", "description": "Which systems are told what became of their claims."},
    {
        "name": "personal data",
        "description": "What is erased by rule and by whom, and looks that are reviewed.",
    },
    {"name": "access", "description": "How programs get their tokens."},
    {"name": "operation", "description": "For those who run the system."},
]


def create_app(
    database: Database,
    policy: Policy,
    clock: Callable[[], datetime],
    temporal: Callable[[], Awaitable[bool]] | None = None,
    door: FrontDoor | None = None,
    executions: TemporalPages | None = None,
    outlets: Outlets | None = None,
) -> FastAPI:
    """*clock* shows the town's time; *temporal* answers whether Temporal does.

    *executions*: Temporal's own pages, if they are to be found.
    """
    app = _described()
    door, executions = door or FrontDoor(), executions or TemporalPages()
    furnish(app, House(database, policy, clock, temporal, door, executions, outlets or Outlets()))
    handle_errors(app)
    _surround(app)
    _add_routes(app)
    describe(app)
    return app


def furnish(app: FastAPI, house: House) -> None:
    """What all routes work with, and nothing of what was there before."""
    app.state.house = house
    app.state.news = InboxNews(house.database)
    app.state.gauges = Gauges()
    app.state.counts = Remembered(_COUNTS_SECONDS)


def _described() -> FastAPI:
    return FastAPI(
        title="rettidig",
        version=_version(),
        description=_DESCRIPTION,
        openapi_tags=_TAGS,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,  # its page would fetch scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )


def _surround(app: FastAPI) -> None:
    """From the inside out."""
    uploads = dict.fromkeys((f"{PREFIX}/files", "/files"), _LARGEST_UPLOAD)
    with_files = dict.fromkeys(_WITH_FILES, LARGEST_WITH_ATTACHMENTS)
    app.add_middleware(BodyLimit, largest=_LARGEST_BODY, by_path=uploads, by_ending=with_files)
    app.add_middleware(Neighbours, path=f"{PREFIX}/payloads")
    app.add_middleware(Timed, prefix=PREFIX)
    app.add_middleware(Correlation)
    app.add_middleware(SafeHeaders)


def _add_routes(app: FastAPI) -> None:
    for part in API:
        app.include_router(part.router, prefix=PREFIX)
    for page in PAGES:
        app.include_router(page.router, include_in_schema=False)
    app.mount(ASSETS, Assets(), name="assets")


def _version() -> str:
    try:
        return version("rettidig")
    except PackageNotFoundError:
        return "0"

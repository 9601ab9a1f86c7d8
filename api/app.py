"""The JSON API and the pages, put together from what the entry point hands it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI

from api.correlation import Correlation
from api.errors import handle_errors
from api.house import House
from api.limits import BodyLimit
from api.news import InboxNews
from api.openapi import describe
from api.pages import files as files_page
from api.pages import inbox as inbox_page
from api.pages import inbox_acts, inbox_events, information, reconciliation, sign_in
from api.pages import letters as letters_page
from api.pages import payments as payments_page
from api.pages import search as search_page
from api.pages.assets import PREFIX as ASSETS
from api.pages.assets import Assets
from api.remembered import Remembered
from api.routes import (
    cases,
    claims,
    debtors,
    figures,
    files,
    health,
    inbox,
    letters,
    payments,
    search,
    tasks,
)
from domain.policy import Policy
from persistence.database import Database

PREFIX = "/api/v1"
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
    {"name": "holds", "description": "Times in which a claim's clock stands still."},
    {"name": "tasks", "description": "What people are asked, in the order of effect."},
    {"name": "debtors", "description": "Who owes."},
    {"name": "figures", "description": "Where all claims are."},
    {"name": "operation", "description": "For those who run the system."},
]


def create_app(
    database: Database,
    policy: Policy,
    clock: Callable[[], datetime],
    temporal: Callable[[], Awaitable[bool]] | None = None,
) -> FastAPI:
    """*clock* shows the town's time; *temporal* answers whether Temporal does."""
    app = FastAPI(
        title="rettidig",
        version=_version(),
        description=_DESCRIPTION,
        openapi_tags=_TAGS,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,  # its page would fetch scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.house = House(database, policy, clock, temporal)
    app.state.news = InboxNews(database)
    app.state.counts = Remembered(_COUNTS_SECONDS)
    handle_errors(app)
    uploads = dict.fromkeys((f"{PREFIX}/files", "/files"), _LARGEST_UPLOAD)
    app.add_middleware(BodyLimit, largest=_LARGEST_BODY, by_path=uploads)
    app.add_middleware(Correlation)
    _include(app)
    app.mount(ASSETS, Assets(), name="assets")
    describe(app)
    return app


def _include(app: FastAPI) -> None:
    """The JSON API under its prefix, the pages at the root."""
    # What stands before another wins where an address fits both.
    for part in (claims, cases, payments, files, letters, inbox, tasks, search, debtors):
        app.include_router(part.router, prefix=PREFIX)
    for part in (figures, health):
        app.include_router(part.router, prefix=PREFIX)
    for pages in (inbox_page, inbox_acts, inbox_events, search_page):
        app.include_router(pages.router, include_in_schema=False)
    for pages in (information, reconciliation, files_page, letters_page, payments_page, sign_in):
        app.include_router(pages.router, include_in_schema=False)


def _version() -> str:
    try:
        return version("rettidig")
    except PackageNotFoundError:
        return "0"

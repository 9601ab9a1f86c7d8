"""The JSON API and the pages, put together from what the entry point hands it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI

from api.correlation import Correlation
from api.errors import handle_errors
from api.house import House
from api.limits import BodyLimit
from api.openapi import describe
from api.pages import files as files_page
from api.pages import information, looking, reconciliation, screens, sign_in, trail_export
from api.pages import letters as letters_page
from api.pages import payments as payments_page
from api.pages import substitutions as substitutions_page
from api.pages import trail as trail_page
from api.pages.assets import PREFIX as ASSETS
from api.pages.assets import Assets
from api.routes import (
    cases,
    claims,
    debtors,
    figures,
    files,
    health,
    letters,
    payments,
    substitutions,
    tasks,
    trail,
)
from domain.policy import Policy
from persistence.database import Database

PREFIX = "/api/v1"
_LARGEST_BODY = 8 * 1024 * 1024  # a thousand claims, amply described
_LARGEST_UPLOAD = 64 * 1024 * 1024  # a bank's file of a hundred thousand payments
_INSIDE = (
    claims,
    cases,
    payments,
    files,
    letters,
    tasks,
    substitutions,
    debtors,
    trail,
    figures,
    health,
)
_PAGES = (
    information,
    reconciliation,
    files_page,
    letters_page,
    payments_page,
    trail_page,
    trail_export,
    screens,
    looking,
    substitutions_page,
    sign_in,
)
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
    {"name": "substitutions", "description": "Who stands in for whom."},
    {"name": "audit", "description": "Who looked, who acted, and what was before them."},
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
    handle_errors(app)
    uploads = dict.fromkeys((f"{PREFIX}/files", "/files"), _LARGEST_UPLOAD)
    app.add_middleware(BodyLimit, largest=_LARGEST_BODY, by_path=uploads)
    app.add_middleware(Correlation)
    for part in _INSIDE:
        app.include_router(part.router, prefix=PREFIX)
    for pages in _PAGES:
        app.include_router(pages.router, include_in_schema=False)
    app.mount(ASSETS, Assets(), name="assets")
    describe(app)
    return app


def _version() -> str:
    try:
        return version("rettidig")
    except PackageNotFoundError:
        return "0"

"""How a page is made: its template, its language, and what a browser may do with it."""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.languages import language_of
from letters.catalogue import sentence

_FOLDER = Path(__file__).parents[2] / "templates" / "web"


def show(
    request: Request, template: str, facts: Mapping[str, object], status: int = 200
) -> HTMLResponse:
    """The page of that name, in the reader's language; it loads nothing from anywhere."""
    return show_in(language_of(request), template, facts, status)


def show_in(
    language: str, template: str, facts: Mapping[str, object], status: int = 200
) -> HTMLResponse:
    """As `show`, in the language of the address rather than of the reader."""
    html = (
        _environment(language)
        .get_template(f"pages/{template}.html")
        .render(facts, language=language, style=_style())
    )
    return HTMLResponse(html, status, headers=_headers(language))


def _headers(language: str) -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return {
        "Content-Language": language,
        "Vary": "Accept-Language, Cookie, Authorization",
        "Cache-Control": "no-store",
        "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{digest}'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
    }


@cache
def _style() -> str:
    return (_FOLDER / "style.css").read_text(encoding="utf-8")


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["say"] = lambda code, **values: sentence(code, language, **values)
    return environment

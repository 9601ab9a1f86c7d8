"""What pages are dressed in: files of `static/`, each at an address that its content decides."""

import hashlib
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from typing_extensions import override

PREFIX = "/static"
_FOLDER = Path(__file__).parents[2] / "static"
_A_YEAR = "public, max-age=31536000, immutable"


class Assets(StaticFiles):
    """May be kept for ever under an address with a mark: other content has another address."""

    def __init__(self) -> None:
        super().__init__(directory=_FOLDER)

    @override
    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if b"v=" in scope.get("query_string", b""):
            answer.headers["Cache-Control"] = _A_YEAR
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer


@cache
def asset(name: str) -> str:
    """The address of *name*, a path in `static/`. Raises FileNotFoundError before setup has run."""
    mark = hashlib.sha256((_FOLDER / name).read_bytes()).hexdigest()[:10]
    return f"{PREFIX}/{name}?v={mark}"

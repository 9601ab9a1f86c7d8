"""What every answer tells a browser: load nothing from elsewhere, run nothing but our files."""

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_ANYTHING_ELSE = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
# A browser's own reader of documents needs styles of its own.
_POLICIES = {"text/html": _PAGE, "application/pdf": "frame-ancestors 'none'"}
_KEPT = "/static/"  # All else may be somebody's: nothing between us and them keeps it.
_TWO_YEARS = "max-age=63072000; includeSubDomains"
_ALWAYS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class SafeHeaders:
    """Around all the others; what an answer says of itself stands."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), scope)
            await send(message)

        await self._app(scope, receive, send_safely)

    def _add(self, headers: MutableHeaders, scope: Scope) -> None:
        for name, value in _ALWAYS.items():
            headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", _policy_for(headers))
        if not scope["path"].startswith(_KEPT):
            headers.setdefault("Cache-Control", "no-store")
        if scope["scheme"] == "https" or scope["app"].state.house.door.is_https:
            headers.setdefault("Strict-Transport-Security", _TWO_YEARS)


def _policy_for(headers: Headers) -> str:
    kind = headers.get("content-type", "").partition(";")[0].strip()
    return _POLICIES.get(kind, _ANYTHING_ELSE)

"""The demo's own provider of sign-ins, on loopback: who is named is let in, without a password."""

import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qs, urlencode
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from authlib.deprecate import AuthlibDeprecationWarning
from typing_extensions import override

HOST, CLIENT = "127.0.0.1", "rettidig"
_AUTHORIZE = "/oauth2/authorize"
Application = Callable[..., Iterable[bytes]]


class _Threading(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    @override
    def log_message(self, format: str, *args: Any) -> None:
        """The console is the town's."""


@contextmanager
def guests_provider(
    claims: Sequence[dict[str, Any]], port: int = 0, around: Callable[..., Any] = lambda app: app
) -> Iterator[str]:
    """Its issuer, while it runs. *claims* is what it says of each person, `sub` among it."""
    app = around(_by_hint(_mock(claims)))
    with make_server(HOST, port, app, server_class=_Threading, handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _mock(claims: Sequence[dict[str, Any]]) -> Application:
    """Loaded only here: no other command needs it, and it takes its time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AuthlibDeprecationWarning)
        from oidc_provider_mock import User, app  # noqa: PLC0415 - as it says above
    users = [
        User(sub=said["sub"], claims={name: said[name] for name in said.keys() - {"sub"}})
        for said in claims
    ]
    made: Application = app(user_claims=users, require_nonce=True)
    return made


def _by_hint(app: Application) -> Application:
    """Whom a page of ours has named need not press a button on a second page as well."""

    def answer(environ: dict[str, Any], begin: Any) -> Iterable[bytes]:
        hint = parse_qs(environ.get("QUERY_STRING", "")).get("login_hint")
        if hint and environ["PATH_INFO"] == _AUTHORIZE and environ["REQUEST_METHOD"] == "GET":
            form = urlencode({"sub": hint[0]}).encode()
            environ |= {
                "REQUEST_METHOD": "POST",
                "CONTENT_TYPE": "application/x-www-form-urlencoded",
                "CONTENT_LENGTH": str(len(form)),
                "wsgi.input": BytesIO(form),
            }
        return app(environ, begin)

    return answer

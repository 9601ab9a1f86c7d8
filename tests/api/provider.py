"""A provider of sign-ins on loopback that can be made to lie, and the way through it and back."""

import base64
import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from api.doors.front_door import FrontDoor
from api.doors.identity import ClaimNames
from api.doors.provider import Provider, ProviderSettings
from cli.demo.provider import guests_provider
from tests.api.conftest import Browser

PEOPLE = (
    {"sub": "s-mette", "preferred_username": "mette.holm@by.example", "name": "Mette Holm",
     "role": "caseworker"},
    {"sub": "s-bo", "preferred_username": "bo", "name": "Bo Lund", "role": "department",
     "department": "Dagtilbud"},
    {"sub": "s-ulla", "name": "Ulla Uden"},
    {"sub": "s-maskine", "name": "Maskine", "role": "system"},
    {"sub": "s-vild", "name": "Vild", "role": "emperor"},
    {"sub": "s-loes", "name": "Løs", "role": "department"},
)  # fmt: skip


@dataclass
class Lies:
    """What is changed in the token that is signed, and how; *asked* is what came to it."""

    changes: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    is_down: bool = False
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "ours"}))
    shown: Any = None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def around(self, app):
        def answer(environ, begin):
            path = environ["PATH_INFO"]
            if self.is_down:
                begin("503 Service Unavailable", [])
                return [b"<h1>503</h1>"]
            if path == "/jwks":
                return send(begin, KeySet([self.shown or self.key]).as_dict(private=False))
            if path == "/oauth2/authorize":
                self.asked.append((path, dict(parse_qsl(environ["QUERY_STRING"]))))
            if path == "/oauth2/token":
                return self._token(app, environ, begin)
            return app(environ, begin)

        return answer

    def _token(self, app, environ, begin):
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.asked.append((environ["PATH_INFO"], dict(parse_qsl(body.decode()))))
        environ["wsgi.input"] = BytesIO(body)
        said = {}
        content = b"".join(app(environ, lambda status, headers, *_: said.update(status=status)))
        answer = json.loads(content)
        if "id_token" in answer:
            answer["id_token"] = self._sign(answer["id_token"])
        return send(begin, answer, said["status"])

    def _sign(self, token):
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        claims = {k: v for k, v in (claims | self.changes).items() if v is not ...}
        header = {"alg": self.algorithm, "kid": "ours"}
        if self.algorithm == "none":
            parts = (json.dumps(part).encode() for part in (header, claims))
            return ".".join(base64.urlsafe_b64encode(p).decode().rstrip("=") for p in parts) + "."
        return jwt.encode(header, claims, self.key)


def send(begin, content, status="200 OK"):
    begin(status, [("Content-Type", "application/json")])
    return [json.dumps(content).encode()]


@dataclass
class Town:
    """A house behind a door that such a provider guards."""

    api: Any
    issuer: str
    lies: Lies

    def open(self, roles=None, **door):
        names = ClaimNames(roles=roles or {})
        chosen = ProviderSettings(self.issuer, "rettidig", "hemmeligt", names=names)
        self.app = self.api.furnish(door=FrontDoor(Provider(chosen), **door))
        return self

    def browser(self, address="http://town"):
        browser = Browser(self.app)
        browser.base_url = address
        return browser

    async def leave(self, browser, hint, target="/letters"):
        """To the provider; what it answers leads back."""
        out = await browser.get("/sign-in/start", params={"hint": hint, "next": target})
        assert out.status_code == 303, out.text
        async with httpx.AsyncClient(trust_env=False) as http:
            back = await http.get(out.headers["location"])
        assert back.status_code == 302, back.text
        return back.headers["location"]

    async def sign_in(self, browser, hint="s-mette", target="/letters"):
        back = urlsplit(await self.leave(browser, hint, target))
        return await browser.get(f"{back.path}?{back.query}")


@contextmanager
def lying_provider():
    lies = Lies()
    with guests_provider(PEOPLE, around=lies.around) as issuer:
        yield issuer, lies

"""The platform's HTTP: tokens, who has a mailbox, and the doors for digital and printed letters."""

from asyncio import to_thread
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4

from fastapi import FastAPI, Form, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from lxml import etree

from domain.errors import GatewayRejected, GatewayUnavailable
from gateways.serviceplatformen.account import DIGITAL_POST, PHYSICAL_POST
from gateways.serviceplatformen.sandbox.building import build
from gateways.serviceplatformen.sandbox.counterpart import Counterpart, Trouble
from gateways.serviceplatformen.sandbox.letters import Letter, Refused, read_consignment, read_memo

_KIND = "Holder-of-key"
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_LIFETIME = {"Lifetime": "12/31/2099 23:59:59"}
_GARBAGE = "<html><body>Velkommen</body></html>"


def open_doors(counterpart: Counterpart) -> FastAPI:
    """Nothing is shown of itself: it speaks as the platform does and no more."""
    doors = FastAPI(openapi_url=None)
    doors.middleware("http")(_Mood(counterpart))
    tokens, letters = _Tokens(counterpart), _Letters(counterpart)
    doors.post("/runtime/api/rest/wstrust/v1/issue")(tokens.issue)
    doors.post("/service/AccessTokenService_1/token")(tokens.exchange)
    doors.get("/service/PostForespoerg_1/digitalpost")(letters.ask)
    doors.post("/service/KombiPostAfsend_1/memos")(letters.take_memo)
    doors.post("/service/KombiPostAfsend_1/kombi")(letters.take_consignment)
    return doors


class _Mood:
    """Troubles that come before anything is read."""

    def __init__(self, counterpart: Counterpart) -> None:
        self._counterpart = counterpart

    async def __call__(
        self, request: Request, answer: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        match self._counterpart.trouble():
            case Trouble.GARBAGE:
                return Response(_GARBAGE, media_type="text/html")
            case Trouble.LOCKED_OUT:
                return Response(status_code=403)
            case _:
                return await answer(request)


class _Tokens:
    def __init__(self, counterpart: Counterpart) -> None:
        self._counterpart = counterpart

    async def issue(self, asked: dict[str, Any]) -> dict[str, Any]:
        token = self._counterpart.give_token(str(asked["AnvenderKontekst"]["Cvr"]))
        return {"RequestedSecurityToken": {"Assertion": token}, **_LIFETIME}

    async def exchange(self, token: Annotated[str, Form(alias="saml-token")]) -> dict[str, Any]:
        owner = self._counterpart.owner_of(token)
        if owner is None:
            raise HTTPException(401)
        access = self._counterpart.give_token(owner)
        return {"access_token": access, "token_type": _KIND, "expires_in": 3600}


class _Letters:
    """Each door wants a token of ours and the town's time."""

    def __init__(self, counterpart: Counterpart) -> None:
        self._counterpart = counterpart

    async def ask(self, request: Request) -> Response:
        self._owner(request)
        number = request.query_params.get("cprNumber") or request.query_params.get("cvrNumber")
        if not number:
            raise HTTPException(400)
        try:
            found = await to_thread(self._counterpart.digital_post.has_mailbox, number)
        except GatewayUnavailable:
            raise HTTPException(503) from None
        return JSONResponse({"result": found})

    async def take_memo(self, request: Request) -> Response:
        owner = self._owner(request)
        return await self._take(request, DIGITAL_POST, lambda content: read_memo(content, owner))

    async def take_consignment(self, request: Request) -> Response:
        self._owner(request)
        return await self._take(request, PHYSICAL_POST, read_consignment)

    def _owner(self, request: Request) -> str:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        owner = self._counterpart.owner_of(token)
        if kind != _KIND or owner is None:
            raise HTTPException(401)
        return owner

    async def _take(
        self, request: Request, channel: str, read: Callable[[bytes], Letter]
    ) -> Response:
        trouble = self._counterpart.trouble()
        try:
            now = _time(request)
            letter = read(await request.body())
            await self._counterpart.take(channel, letter, now)
        except (Refused, GatewayRejected) as refused:
            code, reason = build("FejlId", refused.code), build("FejlTekst", refused.reason)
            return _answer(400, "false", code, reason)
        except GatewayUnavailable:
            raise HTTPException(503) from None
        if trouble is Trouble.SILENCE:
            raise HTTPException(504)
        advice = build("Advis", build("AdvisId"), build("AdvisTekst", "Received"))
        place = build("HovedoplysningerSvarREST", build("SvarReaktion", advice))
        return _answer(200, "true", build("TransmissionID", str(uuid4())), place)


def _time(request: Request) -> datetime:
    try:
        return datetime.strptime(request.headers["X-TransaktionsTid"], _TIME).replace(tzinfo=UTC)
    except (KeyError, ValueError):
        raise Refused("time", "X-TransaktionsTid is no time") from None


def _answer(status: int, result: str, *parts: etree._Element) -> Response:
    content = etree.tostring(build("kombi_response", build("Result", result), *parts))
    return Response(content, status, media_type="application/xml")

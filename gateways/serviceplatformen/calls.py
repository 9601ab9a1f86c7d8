"""Our calls to the platform over HTTP, and what each of its answers means."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import requests
import structlog
from python_serviceplatformen.date_helper import (
    format_datetime,
)

from domain.errors import GatewayRejected, GatewayUnavailable
from gateways.serviceplatformen.access import open_access
from gateways.serviceplatformen.account import Account
from gateways.serviceplatformen.elements import UnreadableXml, name_of, read_xml, text_of

_log = structlog.get_logger()
_SENDING = "http://entityid.kombit.dk/service/kombipostafsend/1"
_ASKING = "http://entityid.kombit.dk/service/postforespoerg/1"
_TIMEOUT_SECONDS = 30
_STALE_TOKEN = 401
# What these say is said of the letter. All others are said of us, the way or the hour: a
# certificate that has run out must stop the post, not make a task of every letter.
_NEVER = (400, 409, 413, 415, 422)
_ANSWER = ("Result", "AdvisId", "AdvisTekst", "FejlId", "FejlTekst")
_CVR_LENGTH = 8
_LONGEST_REASON = 500


class Platform:
    """One municipality's way to the platform. Safe with several threads.

    Nothing it raises names an address: PostForespoerg wants the CPR number in it.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._access = open_access(account)
        self._session = requests.Session()
        self._session.trust_env = not account.is_at_a_sandbox
        self._session.cert = str(account.certificate) if account.certificate else None

    def has_mailbox(self, gateway: str, national_id: str, now: datetime) -> bool:
        """Whether the person or company is registered for Digital Post."""
        kind = "cvrNumber" if len(national_id) == _CVR_LENGTH else "cprNumber"
        path = "PostForespoerg_1/digitalpost"
        answer = self._call(gateway, "GET", path, _ASKING, now, params={kind: national_id})
        found = _json(answer)
        result = found.get("result") if isinstance(found, dict) else None
        if not isinstance(result, bool):
            raise _strange(gateway, answer)
        return result

    def hand_over(self, gateway: str, path: str, request: bytes, now: datetime) -> None:
        """Returns when the platform has said that it has taken the letter, and not otherwise."""
        answer = self._call(
            gateway, "POST", f"KombiPostAfsend_1/{path}", _SENDING, now,
            data=request, headers={"Content-Type": "application/xml"},
        )  # fmt: skip
        said = _said(answer)
        if said["Result"] == "false":
            raise _refused(gateway, answer, said)
        if said["Result"] != "true":
            raise _strange(gateway, answer)

    def _call(
        self, gateway: str, method: str, path: str, service: str, now: datetime, **call: Any
    ) -> requests.Response:
        answer = self._offer(gateway, method, path, service, now, **call)
        if answer.status_code == _STALE_TOKEN:
            self._access = open_access(self._account)
            answer = self._offer(gateway, method, path, service, now, **call)
        if answer.status_code in _NEVER:
            raise _refused(gateway, answer, _said(answer))
        if not answer.ok:
            raise _strange(gateway, answer)
        return answer

    def _offer(
        self, gateway: str, method: str, path: str, service: str, now: datetime, **call: Any
    ) -> requests.Response:
        with reaching(gateway):
            call["headers"] = {
                **call.get("headers", {}),
                "X-TransaktionsId": str(uuid4()),
                "X-TransaktionsTid": format_datetime(now.astimezone(UTC)),
                "Authorization": self._access.get_access_token(service),
            }
            address = f"{self._access.environment}/service/{path}"
            return self._session.request(method, address, timeout=_TIMEOUT_SECONDS, **call)


@contextmanager
def reaching(gateway: str) -> Iterator[None]:
    """Whatever keeps us from the platform or its tokens means: try later."""
    try:
        yield
    except (requests.RequestException, OSError, ValueError, KeyError, TypeError) as trouble:
        _log.warning("the post's platform is away", gateway=gateway, why=type(trouble).__name__)
        raise GatewayUnavailable(gateway) from None


def _strange(gateway: str, answer: requests.Response) -> GatewayUnavailable:
    _log.warning(
        "the post's platform answers strangely", gateway=gateway, status=answer.status_code
    )
    return GatewayUnavailable(gateway)


def _refused(gateway: str, answer: requests.Response, said: Mapping[str, str]) -> GatewayRejected:
    code = said["FejlId"] or said["AdvisId"] or f"http-{answer.status_code}"
    reason = said["FejlTekst"] or said["AdvisTekst"] or answer.text
    return GatewayRejected(gateway, code, reason[:_LONGEST_REASON])


def _said(answer: requests.Response) -> dict[str, str]:
    """What stands in a kombi_response; all of it empty when the answer is none."""
    try:
        root = read_xml(answer.content)
    except UnreadableXml:
        return dict.fromkeys(_ANSWER, "")
    is_one = name_of(root) == "kombi_response"
    return {name: text_of(root, name) if is_one else "" for name in _ANSWER}


def _json(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None

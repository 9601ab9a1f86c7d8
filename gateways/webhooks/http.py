"""Signed messages over HTTP, as the Standard Webhooks say; to addresses of the whole world only."""

import asyncio
import socket
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx
from standardwebhooks import Webhook

from domain.telling.webhooks import is_public
from gateways.message_ports import HookAnswer, HookMessage, HookTrouble

_SECONDS = 8  # below a heartbeat's patience, connecting and answering together
_LOOPBACK = {"127.0.0.1", "localhost"}


class HttpHooks:
    """*allows_loopback*: for a sandbox, whose receivers are on this machine."""

    def __init__(self, *, allows_loopback: bool = False) -> None:
        self._allows_loopback = allows_loopback

    async def post(self, message: HookMessage, signed_at: datetime) -> HookAnswer:
        """As `Hooks.post`. What is answered is not read: its status is all we ask for."""
        try:
            async with asyncio.timeout(_SECONDS):
                address = await self._resolve(message.url)
                if address is None:
                    return HookAnswer(HookTrouble.FORBIDDEN)
                return _told(await _post(message, address, signed_at))
        except (TimeoutError, httpx.TimeoutException):
            return HookAnswer(HookTrouble.TOO_SLOW)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError):
            return HookAnswer(HookTrouble.UNREACHABLE)

    async def _resolve(self, url: str) -> str | None:
        """The address its name leads to now; None when any of those it leads to is inside.

        The message goes to that address and not to the name, which might lead elsewhere by then.
        """
        host, port = urlsplit(url).hostname or "", urlsplit(url).port
        if self._allows_loopback and host in _LOOPBACK:
            return "127.0.0.1"
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port or 443, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]) for one in found]
        return addresses[0] if all(map(_is_public, addresses)) else None


def _is_public(address: str) -> bool:
    return is_public(ip_address(address.partition("%")[0]))


async def _post(message: HookMessage, address: str, signed_at: datetime) -> int:
    """The status. The certificate must still be that of the name."""
    url = httpx.URL(message.url)
    headers = _signed(message, signed_at) | {"Host": url.netloc.decode("ascii")}
    async with (
        # Neither a proxy's word nor a redirect leads a signed message anywhere else.
        httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False, trust_env=False) as client,
        client.stream(
            "POST",
            url.copy_with(host=address),
            content=message.body.encode(),
            headers=headers,
            extensions={"sni_hostname": url.host},
        ) as answer,
    ):
        return answer.status_code


def _signed(message: HookMessage, at: datetime) -> dict[str, str]:
    signatures = [
        Webhook(one).sign(message.message_id, at, message.body) for one in message.secrets
    ]
    return {
        "Content-Type": "application/json",
        "User-Agent": "rettidig",
        "webhook-id": message.message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _told(status: int) -> HookAnswer:
    if httpx.codes.is_success(status):
        return HookAnswer(None, status)
    is_elsewhere = httpx.codes.is_redirect(status)
    return HookAnswer(HookTrouble.REDIRECTED if is_elsewhere else HookTrouble.REFUSED, status)

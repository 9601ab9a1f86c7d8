"""What other systems may hear of claims, where they may be, and how patient we are with them."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from domain.errors import Fault, Invalid

LONGEST_URL = 500


class WebhookEvent(StrEnum):
    """The names are those of the wire, and stand in the database's own triggers."""

    CLAIM_PAID = "claim.paid"
    CLAIM_WITHDRAWN = "claim.withdrawn"
    CLAIM_SETTLED = "claim.settled"
    CLAIM_WRITTEN_OFF = "claim.written-off"
    CLAIM_REOPENED = "claim.reopened"
    CLAIM_TRANSFERRED = "claim.transferred"
    CLAIM_RETURNED = "claim.returned"
    AGREEMENT_MADE = "agreement.made"
    AGREEMENT_BROKEN = "agreement.broken"
    AGREEMENT_DISSOLVED = "agreement.dissolved"
    TEST = "test"  # sent when a person asks for it, to any endpoint


TOLD = tuple(event for event in WebhookEvent if event is not WebhookEvent.TEST)
"""What an endpoint may ask to hear of."""


class EndpointState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"  # what happens meanwhile waits
    REMOVED = "removed"


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given-up"  # the next of the claim goes on; a person may send it again
    DROPPED = "dropped"  # its endpoint was removed first


# As the Standard Webhooks ask for: at once, soon again, and then over days.
PAUSES = (
    *(timedelta(seconds=seconds) for seconds in (10, 60)),
    *(timedelta(minutes=minutes) for minutes in (5, 30)),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
REST = timedelta(minutes=1)
"""How long an endpoint that did not answer is left alone with all it waits for."""
PATIENCE = timedelta(days=2)
"""So long nothing arrives before it is paused."""
OVERLAP = timedelta(days=7)
"""So long an old secret still signs beside a new one."""


def pause_after(tries: int) -> timedelta | None:
    """Until the next try, when *tries* have failed; None: it is given up."""
    return PAUSES[tries - 1] if tries <= len(PAUSES) else None


def check_url(url: str, *, allows_loopback: bool) -> str:
    """The *url* as it is kept. Raises Invalid unless it is https and nowhere inside.

    Of a name only its end is looked at here; where it leads is looked at each time it is used.
    *allows_loopback*: for a sandbox, http to this machine is allowed too.
    """
    try:
        parts, told = urlsplit(url.strip()), url.strip()
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise Invalid(Fault("url", "webhook-url-unreadable")) from None
    if not host or parts.username or parts.fragment or len(told) > LONGEST_URL:
        raise Invalid(Fault("url", "webhook-url-unreadable"))
    if allows_loopback and parts.scheme == "http" and host in {"127.0.0.1", "localhost"}:
        return told
    if parts.scheme != "https":
        raise Invalid(Fault("url", "webhook-url-not-https"))
    if _is_inside(host):
        raise Invalid(Fault("url", "webhook-url-inside"))
    return told


def _is_inside(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not is_public(ip_address(host))
    except ValueError:
        return "." not in host  # a name of the network itself


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is an address of the whole world: no private, loopback or link-local one."""
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return (inner or address).is_global and not address.is_multicast

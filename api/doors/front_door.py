"""How people come in: under which address, who says who they are, and how long they may stay."""

from dataclasses import dataclass, field

from fastapi import Request

from api.doors.pace import Pace
from api.doors.provider import Provider
from domain.authority import Role
from persistence.people.sessions import Lengths

_HTTPS = "https"


@dataclass(frozen=True, slots=True)
class Guest:
    """Someone whom the demo's provider lets in at once, by *hint*."""

    hint: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class FrontDoor:
    """*public_url* is what browsers call us; without it, whatever they called us by."""

    provider: Provider | None = None
    public_url: str | None = None
    lengths: Lengths = field(default_factory=Lengths)
    pace: Pace = field(default_factory=Pace)
    guests: tuple[Guest, ...] = ()

    @property
    def is_https(self) -> bool:
        """Whatever comes to us was sent over https, whoever undid that before it reached us."""
        return (self.public_url or "").startswith(f"{_HTTPS}:")

    def address(self, request: Request) -> str:
        """Scheme and host, without a slash at the end."""
        return (self.public_url or str(request.base_url)).rstrip("/")

    def is_secure(self, request: Request) -> bool:
        return self.address(request).startswith(f"{_HTTPS}:")


def address_of(request: Request) -> str:
    """Where a request came from, for what is counted by address."""
    return request.client.host if request.client else ""

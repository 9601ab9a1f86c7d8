"""How people come in: under which address, who says who they are, and how long they may stay."""

from dataclasses import dataclass, field

from fastapi import Request

from persistence.sessions import Lengths

_HTTPS = "https"


@dataclass(frozen=True, slots=True)
class FrontDoor:
    """*public_url* is what browsers call us; without it, whatever they called us by."""

    public_url: str | None = None
    lengths: Lengths = field(default_factory=Lengths)

    def address(self, request: Request) -> str:
        """Scheme and host, without a slash at the end."""
        return (self.public_url or str(request.base_url)).rstrip("/")

    def is_secure(self, request: Request) -> bool:
        return self.address(request).startswith(f"{_HTTPS}:")

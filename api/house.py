"""What every route works with, handed to the app by the entry point; nothing is global."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit

from api.doors.front_door import FrontDoor
from domain.calendar import today
from domain.policy import Policy
from persistence.database import Database
from sealing.keys import KeyRing


@dataclass(frozen=True, slots=True)
class Outlets:
    """*has_mail*: a server is set up, so people are mailed. *pages*: under which address.

    *allows_loopback*: other systems may be told on this machine too, for it is a sandbox.
    """

    has_mail: bool = False
    pages: str = ""
    allows_loopback: bool = False


@dataclass(frozen=True, slots=True)
class TemporalPages:
    """*address*: where Temporal's own pages show workflows. *ring*: what opens what they show."""

    address: str | None = None
    ring: KeyRing | None = None

    @property
    def origin(self) -> str | None:
        parts = urlsplit(self.address or "")
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None

    def page_of(self, workflow_id: str) -> str | None:
        return self.address and f"{self.address}{workflow_id}"


@dataclass(frozen=True, slots=True)
class House:
    """*clock* shows the town's time. *temporal* answers whether Temporal does; None: not known."""

    database: Database
    policy: Policy
    clock: Callable[[], datetime]
    temporal: Callable[[], Awaitable[bool]] | None
    door: FrontDoor = field(default_factory=FrontDoor)
    executions: TemporalPages = TemporalPages()
    outlets: Outlets = Outlets()

    @property
    def today(self) -> date:
        return today(self.clock())

"""What every route works with, handed to the app by the entry point; nothing is global."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from api.doors.front_door import FrontDoor
from domain.calendar import today
from domain.policy import Policy
from persistence.database import Database
from sealing.keys import KeyRing


@dataclass(frozen=True, slots=True)
class Outlets:
    """*has_mail*: a server is set up, so people are mailed. *pages*: under which address.

    *allows_loopback*: other systems may be told on this machine too, for it is a sandbox. *ring*:
    what opens what Temporal keeps of us, if it is sealed.
    """

    has_mail: bool = False
    pages: str = ""
    allows_loopback: bool = False
    ring: KeyRing | None = None


@dataclass(frozen=True, slots=True)
class House:
    """*clock* shows the town's time. *temporal* answers whether Temporal does; None: not known.

    *executions*: where the pages of Temporal show those of its workflows, if they do.
    """

    database: Database
    policy: Policy
    clock: Callable[[], datetime]
    temporal: Callable[[], Awaitable[bool]] | None
    door: FrontDoor = field(default_factory=FrontDoor)
    executions: str | None = None
    outlets: Outlets = Outlets()

    @property
    def today(self) -> date:
        return today(self.clock())

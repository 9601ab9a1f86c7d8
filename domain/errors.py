"""What can go wrong, sorted by who can do something about it.

RettidigError                   everything we raise on purpose
├── Refusal                     the request cannot be granted; asking again will not help
│   ├── NotFound                404
│   ├── NotAllowed              403  lacks the role, or may not approve their own decision
│   ├── Invalid                 422  the input is wrong; carries its faults
│   └── Conflict                409  true yesterday, not now
│       ├── AlreadyDecided      someone answered the task first
│       ├── TaskTaken           someone else has it
│       ├── TooLate             it cannot be taken back any more
│       └── ClaimHasEnded       the claim's story is over
├── Unavailable                 503  the world is down; wait and try again
│   └── GatewayUnavailable
└── Rejected                    the counterpart said no, and means it: a person must look
    └── GatewayRejected
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime


class RettidigError(Exception):
    """Base of all we raise on purpose. Messages are for operators and hold no personal data."""


class Refusal(RettidigError):
    """The request cannot be granted; asking again will not help."""


class NotFound(Refusal):
    """There is nothing of that *name*. *what* it should be is a word of the catalogue."""

    def __init__(self, what: str, name: object = "") -> None:
        super().__init__(f"{what} {name}".strip())
        self.what, self.name = what, str(name)


class NotAllowed(Refusal):
    """The person lacks the right, or may not approve their own decision."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field: *code* names the sentence in the catalogue.

    `field` is the name as the sender wrote it; `values` fills the sentence's placeholders.
    """

    field: str
    code: str
    values: dict[str, str] = dataclasses.field(default_factory=dict)


class Invalid(Refusal):
    """The input is wrong in the ways its faults say."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(", ".join(f"{fault.field}: {fault.code}" for fault in faults))
        self.faults = faults


class Conflict(Refusal):
    """It was possible before, and is not now."""


class _Overtaken(Conflict):
    """Someone was first: *by* their name and *at* the town's time, as far as is known."""

    def __init__(self, message: str, by: str | None = None, at: datetime | None = None) -> None:
        super().__init__(message)
        self.by, self.at = by, at


class AlreadyDecided(_Overtaken):
    """Someone answered the task first."""


class TaskTaken(_Overtaken):
    """Someone else has the task."""


class TooLate(Conflict):
    """It cannot be taken back any more."""


class ClaimHasEnded(Conflict):
    """The claim's story is over."""


class Unavailable(RettidigError):
    """The world is down: wait and try again."""


class GatewayUnavailable(Unavailable):
    """A counterpart does not answer."""

    def __init__(self, gateway: str) -> None:
        super().__init__(f"{gateway} does not answer")
        self.gateway = gateway


class Rejected(RettidigError):
    """The counterpart said no, and means it: a person must look."""


class GatewayRejected(Rejected):
    """A counterpart refused, with its own code and reason."""

    def __init__(self, gateway: str, code: str, reason: str) -> None:
        super().__init__(f"{gateway} refused with code {code}")
        self.gateway, self.code, self.reason = gateway, code, reason

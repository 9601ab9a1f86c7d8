"""How a municipality is known to KOMBIT's Serviceplatform, and where that is."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid5

TEST, PRODUCTION = "test", "production"
DIGITAL_POST, PHYSICAL_POST = "digital-post", "physical-post"
_OURS = UUID("6f0d2b4e-5a0c-4d8e-9c61-1f7f0f2e8a53")


@dataclass(frozen=True, slots=True)
class Account:
    """*platform* is `test`, `production`, or the address of a sandbox on this machine.

    *queue* is the id of the queue our receipts come to; a sandbox's is the whole address,
    `amqp://127.0.0.1:PORT/ID`. *print_type* is the printer's own number for our letters
    (forsendelsestype). *certificate* holds key and certificate; a sandbox asks for none.
    """

    platform: str
    queue: str
    cvr: str
    name: str
    print_type: int
    certificate: Path | None = None

    @property
    def is_at_a_sandbox(self) -> bool:
        return self.platform not in (TEST, PRODUCTION)

    def uuid_of(self, channel: str, message_id: str) -> str:
        """The same message has the same number each time it is offered.

        MeMo takes only what looks like a random UUID (version 4), so this one is made to.
        """
        name = f"{self.cvr}/{channel}/{message_id}"
        return str(UUID(bytes=uuid5(_OURS, name).bytes, version=4))

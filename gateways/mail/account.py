"""Through which server mails leave, and from whom."""

from dataclasses import dataclass, field
from typing import Literal

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class MailAccount:
    """*security*: `starttls` and `tls` check who the server is; `none` is for this machine."""

    host: str
    port: int
    security: Security
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def domain(self) -> str:
        return self.sender.rpartition("@")[2]

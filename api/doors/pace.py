"""How fast someone may ask, so that nobody guesses in peace and nobody crowds others out."""

from dataclasses import dataclass, field

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from domain.errors import RettidigError

_A_MINUTE = 60


class TooManyRequests(RettidigError):
    """Of one kind of request within a minute; in *seconds* it may surely be tried again."""

    def __init__(self, kind: str, seconds: int) -> None:
        super().__init__(f"too many: {kind}")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Paces:
    """The most a minute, counted in each process by itself."""

    sign_ins: int = 60  # from one address, behind which may be a whole town hall
    strangers: int = 300  # tokens that are nobody's, from one address
    writes: int = 6000  # by one client; programs send a thousand claims in one request


@dataclass(frozen=True, slots=True)
class Pace:
    paces: Paces = field(default_factory=Paces)
    _limiter: FixedWindowRateLimiter = field(
        default_factory=lambda: FixedWindowRateLimiter(MemoryStorage())
    )

    def sign_in(self, address: str) -> None:
        """Also what a program asks its token with. Raises TooManyRequests."""
        self._count("sign-in", self.paces.sign_ins, address)

    def stranger(self, address: str) -> None:
        self._count("stranger", self.paces.strangers, address)

    def write(self, who: str) -> None:
        self._count("write", self.paces.writes, who)

    def _count(self, kind: str, most: int, who: str) -> None:
        item = RateLimitItemPerMinute(most)
        if not self._limiter.hit(item, kind, who):
            raise TooManyRequests(kind, _A_MINUTE)

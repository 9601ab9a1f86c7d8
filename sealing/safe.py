"""What stands in tables and must not be read there: closed for one place, opened there alone."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections import Counter

from sealing.keys import CannotOpen, KeyRing, Sealed

_PARTED = ":"  # NAME:CONTENT, the content in base64


class Safe:
    """*opened* counts how often something was opened, by what for; never what it was."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring
        self.opened: Counter[str] = Counter()

    @property
    def current(self) -> str:
        """How everything begins that is closed with the newest key."""
        return self.ring.current + _PARTED

    def close(self, content: str, place: str) -> str:
        """*place* is where it will stand: moved to another, it cannot be opened."""
        sealed = self.ring.seal(content.encode(), place.encode())
        return sealed.key + _PARTED + b64encode(sealed.content).decode()

    def open(self, written: str, place: str, why: str) -> str:
        """Raises CannotOpen. *why* is a word of the code, which is counted."""
        key, _, content = written.partition(_PARTED)
        try:
            sealed = Sealed(key, b64decode(content, validate=True))
        except NotBase64:
            raise CannotOpen("not what was closed with that key") from None
        opened = self.ring.open(sealed, place.encode()).decode()
        self.opened[why] += 1
        return opened

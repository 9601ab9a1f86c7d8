"""A ring of keys: the first one closes, any of them opens. So keys can be changed in peace."""

import os
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import RettidigError

_BITS, _NONCE_BYTES = 256, 12  # of AES-GCM, NIST SP 800-38D
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


class CannotOpen(RettidigError):
    """Closed with a key that is not on the ring, or changed since."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """*key*: the name of the key it was closed with; *content* begins with its nonce."""

    key: str
    content: bytes


class KeyRing:
    """Written as ``NAME:KEY`` each, parted by white space; KEY is 32 bytes in base64."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        if not keys:
            raise ValueError("a ring needs a key")
        self._current = next(iter(keys))
        self._keys = {name: AESGCM(key) for name, key in keys.items()}

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises ValueError for what is no ring; its message never holds a key."""
        keys = dict(_read_key(number, word) for number, word in enumerate(text.split(), start=1))
        return cls(keys)

    @property
    def current(self) -> str:
        """The name of the key that closes."""
        return self._current

    def seal(self, content: bytes, about: bytes = b"") -> Sealed:
        """*about* stays readable beside it, and cannot be changed without being found out."""
        key, nonce = self._keys[self._current], os.urandom(_NONCE_BYTES)
        closed = key.encrypt(nonce, content, _known(self._current, about))
        return Sealed(self._current, nonce + closed)

    def open(self, sealed: Sealed, about: bytes = b"") -> bytes:
        """Raises CannotOpen."""
        key = self._keys.get(sealed.key)
        if key is None:
            raise CannotOpen("closed with a key that is not on the ring")
        nonce, content = sealed.content[:_NONCE_BYTES], sealed.content[_NONCE_BYTES:]
        try:
            return key.decrypt(nonce, content, _known(sealed.key, about))
        except (InvalidTag, ValueError):
            raise CannotOpen("not what was closed with that key") from None


def new_key(name: str) -> str:
    """Raises ValueError when that is no name for a key."""
    if not _NAME.fullmatch(name):
        raise ValueError("a key's name has letters, digits and . _ -")
    return f"{name}:{b64encode(AESGCM.generate_key(_BITS)).decode()}"


def _known(key: str, about: bytes) -> bytes:
    return key.encode() + b"\0" + about


def _read_key(number: int, word: str) -> tuple[str, bytes]:
    name, is_parted, written = word.partition(":")
    if not is_parted or not _NAME.fullmatch(name):
        raise ValueError(f"key {number} must be NAME:KEY")
    try:
        key = b64decode(written, validate=True)
    except NotBase64:
        key = b""
    if len(key) * 8 != _BITS:
        raise ValueError(f"key {number} must be 32 bytes in base64")
    return name, key

"""Payloads as Temporal's pages and tools send them to be opened: protobuf's JSON, in base64."""

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from typing import Any

from sealing.keys import CannotOpen, KeyRing, Sealed

ENCODING, SEALED = "encoding", "binary/encrypted"
KEY, WAS = "key", "was"
"""A sealed payload's metadata: the key's name, and what its metadata was before."""


def open_payload(ring: KeyRing, payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """As it was before it was sealed; what is not sealed stays as it is. Raises CannotOpen."""
    metadata = payload.get("metadata") or {}
    try:
        if _text(metadata.get(ENCODING, "")) != SEALED:
            return payload
        was = b64decode(metadata[WAS], validate=True)
        sealed = Sealed(_text(metadata[KEY]), b64decode(payload["data"], validate=True))
    except (KeyError, TypeError, UnicodeDecodeError, NotBase64):
        raise CannotOpen("no payload of ours") from None
    data = ring.open(sealed, was)
    return {
        "metadata": {name: _base64(value.encode()) for name, value in json.loads(was).items()},
        "data": _base64(data),
    }


def _text(written: str) -> str:
    return b64decode(written, validate=True).decode()


def _base64(content: bytes) -> str:
    return b64encode(content).decode()

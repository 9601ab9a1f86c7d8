"""How records, orders and messages travel: as JSON that pydantic reads and writes, and sealed."""

import json
from collections.abc import Sequence
from dataclasses import replace

from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import (
    PydanticJSONPlainPayloadConverter,
    PydanticPayloadConverter,
    pydantic_data_converter,
)
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
)
from typing_extensions import override

from sealing.keys import KeyRing, Sealed
from sealing.payloads import ENCODING, KEY, SEALED, WAS

_JSON = PydanticJSONPlainPayloadConverter()


class _PayloadConverter(CompositePayloadConverter):
    """Pydantic's, but what it learns about a type is learnt once.

    The SDK makes a converter for each story; with a memory of its own each would study every type
    anew, which took a tenth of a worker's time.
    """

    def __init__(self) -> None:
        converters = PydanticPayloadConverter().converters.values()
        super().__init__(
            *(_JSON if each.encoding == _JSON.encoding else each for each in converters)
        )


class SealedPayloads(PayloadCodec):
    """What was written before there were keys is read as it is."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    @override
    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._close(payload) for payload in payloads]

    @override
    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Raises CannotOpen when a key has been taken from the ring too early."""
        return [self._open(payload) for payload in payloads]

    def _close(self, payload: Payload) -> Payload:
        was = json.dumps({name: value.decode() for name, value in payload.metadata.items()})
        sealed = self._ring.seal(payload.data, was.encode())
        metadata = {ENCODING: SEALED.encode(), KEY: sealed.key.encode(), WAS: was.encode()}
        return Payload(metadata=metadata, data=sealed.content)

    def _open(self, payload: Payload) -> Payload:
        if payload.metadata.get(ENCODING) != SEALED.encode():
            return payload
        was = payload.metadata[WAS]
        data = self._ring.open(Sealed(payload.metadata[KEY].decode(), payload.data), was)
        metadata = {name: value.encode() for name, value in json.loads(was).items()}
        return Payload(metadata=metadata, data=data)


DATA_CONVERTER = replace(pydantic_data_converter, payload_converter_class=_PayloadConverter)


def data_converter(ring: KeyRing | None) -> DataConverter:
    """With keys, Temporal keeps nothing that it could read, what failures say included."""
    if ring is None:
        return DATA_CONVERTER
    return replace(
        DATA_CONVERTER,
        payload_codec=SealedPayloads(ring),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )

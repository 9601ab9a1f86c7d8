"""How records, orders and messages travel: as JSON that pydantic reads and writes."""

from dataclasses import replace

from temporalio.contrib.pydantic import (
    PydanticJSONPlainPayloadConverter,
    PydanticPayloadConverter,
    pydantic_data_converter,
)
from temporalio.converter import CompositePayloadConverter

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


DATA_CONVERTER = replace(pydantic_data_converter, payload_converter_class=_PayloadConverter)

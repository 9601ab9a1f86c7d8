"""What Temporal's pages and tools send to have it opened, and what they get back."""

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.common import View


class SealedPayload(BaseModel):
    """As protobuf writes it in JSON: *metadata* by name, and *data*, all in base64."""

    model_config = ConfigDict(frozen=True)

    metadata: dict[str, str] = Field(default_factory=dict, max_length=50)
    data: str = ""


class SealedPayloads(BaseModel):
    """Temporal's own tools may send more than we know of."""

    model_config = ConfigDict(frozen=True)

    payloads: list[SealedPayload] = Field(default_factory=list, max_length=1000)


class OpenedPayloads(View):
    """In the same order; what was not sealed comes back as it was."""

    payloads: list[SealedPayload]

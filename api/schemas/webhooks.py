"""Endpoints of other systems, and what they were told, as clients see it."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from api.schemas.common import Body, Line, Name, Named, Number, View
from domain.telling.webhooks import DeliveryState, EndpointState, WebhookEvent

_MOST_TYPES = 100
Types = Annotated[list[Name], Field(max_length=_MOST_TYPES)]


class NewWebhook(Body):
    """Where a system is told, and of what. It gets ids, the event and the day, and no more."""

    name: Named
    url: Line = Field(description="https, at an address of the whole world.")
    events: list[WebhookEvent] = Field(min_length=1, max_length=len(WebhookEvent))
    source: Name | None = Field(default=None, description="Only claims of this system.")
    claim_types: Types = Field(default=[], description="Only these types; none: all.")

    @field_validator("events")
    @classmethod
    def _are_facts(cls, events: list[WebhookEvent]) -> list[WebhookEvent]:
        if WebhookEvent.TEST in events:
            raise PydanticCustomError("no-fact", "a test is asked for when it is wanted")
        return events


class TurnWebhook(Body):
    """`active`: what waited is tried at once. `removed`: for good; what waits is never sent."""

    state: EndpointState


class WebhookView(View):
    """*waiting* and *given_up* are messages. *failing_since*: nothing has arrived since."""

    id: int
    name: str
    url: str
    events: list[str]
    source: str | None
    claim_types: list[str]
    state: EndpointState
    made_on: date
    failing_since: datetime | None
    paused_on: date | None
    paused_because: str | None
    waiting: int
    given_up: int
    arrived_at: datetime | None


class WebhookList(View):
    items: list[WebhookView]


class WebhookWithSecret(WebhookView):
    secret: str = Field(description="Signs every message (Standard Webhooks); told only now.")


class NewSecret(View):
    secret: str = Field(description="Told only now.")
    old_ends_at: datetime = Field(description="Until then the old one signs too.")


class TryView(View):
    """*status* none: no answer. *trouble* none: it has arrived."""

    at: datetime
    status: int | None
    trouble: str | None
    milliseconds: int


class DeliveryView(View):
    """*claim_id* none: a test. The message bears the id `delivery-` and this one's number."""

    id: int
    event: WebhookEvent
    claim_id: str | None
    happened_on: date
    state: DeliveryState
    next_try_at: datetime | None
    settled_at: datetime | None
    tries: list[TryView]


class DeliveryList(View):
    items: list[DeliveryView]
    next_before: int | None = Field(description="`before` of the next page.")


class DeliveryQuery(Body):
    before: Number | None = None
    limit: int = Field(default=50, ge=1, le=200, description="How many at most.")


class TestAsked(View):
    delivery_id: int

"""An endpoint as it was asked for, by a page or a program, read and checked in one place."""

from api.house import House
from api.schemas.webhooks import NewWebhook
from domain.errors import Fault, Invalid
from domain.telling.webhooks import check_url
from persistence.telling.webhooks import NewEndpoint


def endpoint_of(house: House, body: NewWebhook) -> NewEndpoint:
    """Raises Invalid for an address we do not send to, or a type of claim that there is not."""
    url = check_url(body.url, allows_loopback=house.outlets.allows_loopback)
    if set(body.claim_types) - set(house.policy.claim_types):
        raise Invalid(Fault("claim_types", "problem-not-found"))
    events = tuple(sorted({event.value for event in body.events}))
    types = tuple(sorted(set(body.claim_types)))
    return NewEndpoint(body.name.strip(), url, events, body.source or None, types)

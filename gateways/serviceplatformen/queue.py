"""Empties the queue of Beskedfordeleren (SF1461), which is spoken to in AMQP 0-9-1."""

import base64
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from urllib.parse import urlsplit

import pika
import structlog
from pika.adapters.utils import connection_workflow
from python_serviceplatformen import message_broker

from domain.errors import GatewayUnavailable
from gateways.serviceplatformen.access import open_access
from gateways.serviceplatformen.account import TEST, Account
from gateways.serviceplatformen.calls import reaching

_log = structlog.get_logger()
_SERVICE = "http://entityid.kombit.dk/service/bfo_modtag/2"
_AT_ONCE = 10_000
_TIMEOUT_SECONDS = 15
_HEARTBEAT_SECONDS = 30
_AWAY = (
    pika.exceptions.AMQPError,
    connection_workflow.AMQPConnectorException,
    OSError,
)
TOWN_TIME = "rettidig-town-time"
"""How a sandbox is told the time; to others it is one of the things a client says of itself."""


def empty_queue(
    gateway: str, account: Account, now: datetime | None, keep: Callable[[bytes], None]
) -> None:
    """Each message is acknowledged after *keep* has returned, so that none is ever lost.

    One that was kept by a process that died before that comes again.
    """
    with _reaching(gateway):
        connection = _connect(gateway, account, now)
    with _left(connection):
        with _reaching(gateway):
            channel = connection.channel()
        for _ in range(_AT_ONCE):
            with _reaching(gateway):
                delivery, _, content = channel.basic_get(_place(account)[2], auto_ack=False)
            if delivery is None:
                return
            keep(content)
            with _reaching(gateway):
                channel.basic_ack(delivery.delivery_tag)


def _connect(gateway: str, account: Account, now: datetime | None) -> pika.BlockingConnection:
    with reaching(gateway):
        token = base64.b64decode(open_access(account).get_saml_token(_SERVICE))
    host, port, _ = _place(account)
    return pika.BlockingConnection(
        pika.ConnectionParameters(
            host=host,
            port=port,
            virtual_host=message_broker.VIRTUAL_HOST,
            ssl_options=_encryption(account, host),
            credentials=message_broker.TokenCredentials(token=token),
            client_properties={TOWN_TIME: now.isoformat()} if now else None,
            heartbeat=_HEARTBEAT_SECONDS,
            socket_timeout=_TIMEOUT_SECONDS,
            stack_timeout=_TIMEOUT_SECONDS,
            blocked_connection_timeout=_TIMEOUT_SECONDS,
        )
    )


def _place(account: Account) -> tuple[str, int, str]:
    """Host, port, and the queue's id there."""
    if account.is_at_a_sandbox:
        address = urlsplit(account.queue)
        return address.hostname or "", address.port or 0, address.path.removeprefix("/")
    is_test = account.platform == TEST
    host = message_broker.TEST_HOST if is_test else message_broker.PROD_HOST
    return host, message_broker.PORT, account.queue


def _encryption(account: Account, host: str) -> pika.SSLOptions | None:
    if account.is_at_a_sandbox:
        return None
    return pika.SSLOptions(ssl.create_default_context(), server_hostname=host)


@contextmanager
def _left(connection: pika.BlockingConnection) -> Iterator[None]:
    """Left in any case; to one that has broken down there is nobody to say goodbye."""
    try:
        yield
    finally:
        with suppress(*_AWAY):
            connection.close()


@contextmanager
def _reaching(gateway: str) -> Iterator[None]:
    try:
        yield
    except _AWAY as trouble:
        _log.warning("the queue of receipts is away", gateway=gateway, why=type(trouble).__name__)
        raise GatewayUnavailable(gateway) from trouble

"""What leaves the house for people and systems: mails to those who work here, signed messages."""

from datetime import date, datetime

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Serial, Table

_WAITING = "state = 'waiting'"


class MailWish(Table):
    """What someone has chosen to be mailed; who has chosen nothing gets what their role does."""

    __tablename__ = "mail_wishes"
    __table_args__ = (CheckConstraint("hour between 0 and 23", name="hour_of_a_day"),)

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    has_digest: Mapped[bool]
    hour: Mapped[int]  # the town's, from which the digest leaves
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(Integer))  # 0 is Monday
    is_told_at_once: Mapped[bool]  # of what is escalated
    language: Mapped[str]


class MailRow(Table):
    """A mail laid down before it is sent, one digest a person and day; what it says goes after.

    A day on which there was nothing to tell has a row that says so.
    """

    __tablename__ = "mails"
    __table_args__ = (
        Index("ix_mails_digest", "user_id", "day", unique=True,
              postgresql_where="kind = 'digest'"),
        Index("ix_mails_user", "user_id", "id"),
        Index("ix_mails_waiting", "id", postgresql_where=_WAITING),
    )  # fmt: skip

    id: Mapped[Serial]
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str]  # a MailKind
    day: Mapped[date]
    about: Mapped[list[str]]  # what is escalated in it, so that nobody is told twice
    state: Mapped[str]  # a MailState
    address: Mapped[str]
    subject: Mapped[str | None]
    plain: Mapped[str | None]  # until it is settled
    html: Mapped[str | None]
    sha256: Mapped[str | None]
    laid_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    trouble: Mapped[str | None]  # what the server said of its latest try, as a code of ours


class WebhookEndpoint(Table):
    """Where another system hears of claims. Empty *claim_types*: all; no *source*: all systems."""

    __tablename__ = "webhook_endpoints"

    id: Mapped[Serial]
    name: Mapped[str]
    url: Mapped[str]
    events: Mapped[list[str]]
    source: Mapped[str | None]
    claim_types: Mapped[list[str]]
    state: Mapped[str]  # an EndpointState
    made_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    made_on: Mapped[date]
    failing_since: Mapped[datetime | None]  # nothing has arrived since
    next_try_at: Mapped[datetime | None]  # it did not answer, and is left alone until then
    paused_on: Mapped[date | None]
    paused_because: Mapped[str | None]


class WebhookSecret(Table):
    """What messages are signed with. While two overlap, each message bears both signatures."""

    __tablename__ = "webhook_secrets"

    id: Mapped[Serial]
    endpoint_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("webhook_endpoints.id"), index=True
    )
    secret: Mapped[str | None]  # until it is sealed
    sealed_secret: Mapped[str | None]
    made_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    is_shown: Mapped[bool]


class WebhookDelivery(Table):
    """That an endpoint is to hear of a fact, written with the fact by the database itself.

    Without a claim it is a test. What is sent follows from this row and the claim's reference.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_waiting", "endpoint_id", "claim_id", "id",
              postgresql_where=_WAITING),
        Index("ix_webhook_deliveries_endpoint", "endpoint_id", "id"),
    )  # fmt: skip

    id: Mapped[Serial]
    endpoint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("webhook_endpoints.id"))
    claim_id: Mapped[str | None] = mapped_column(ForeignKey("claims.id"))
    event: Mapped[str]
    happened_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


class WebhookTry(Table):
    """One try: what was answered and how long it took, none of the words. Kept for a while."""

    __tablename__ = "webhook_tries"

    id: Mapped[Serial]
    delivery_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("webhook_deliveries.id", ondelete="cascade"), index=True
    )
    tried_at: Mapped[datetime]
    status: Mapped[int | None]
    trouble: Mapped[str | None]
    milliseconds: Mapped[int]

"""Betalingsservice: who has joined, and what we have asked it to collect."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Ore, Serial, Table


class Mandate(Table):
    """A debtor's word that we may collect, by the number Betalingsservice gave it."""

    __tablename__ = "mandates"

    number: Mapped[str] = mapped_column(primary_key=True)
    debtor_id: Mapped[int] = mapped_column(ForeignKey("debtors.id"), index=True)
    began_on: Mapped[date]
    ended_on: Mapped[date | None]  # not in force from that day


class CollectionRow(Table):
    """A claim's due day, to be collected by Betalingsservice.

    States: requested → sent → paid, or refused; a paid one may be charged back.
    """

    __tablename__ = "collections"
    __table_args__ = (
        UniqueConstraint("claim_id", "due_on"),
        CheckConstraint("amount_ore > 0", name="positive"),
        Index("ix_collections_waiting", "delivery_id", postgresql_where="state = 'requested'"),
    )

    id: Mapped[Serial]
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"))
    mandate: Mapped[str] = mapped_column(ForeignKey("mandates.number"))
    amount_ore: Mapped[Ore]
    due_on: Mapped[date]
    delivery_id: Mapped[str]  # as ten digits: the day it was made, and 01
    state: Mapped[str]
    payment_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("payments.id"))

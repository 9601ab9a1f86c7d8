"""Who owes, and who works here."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Serial, Table

_IS_DATED = text("protected_until is not null")


class Debtor(Table):
    __tablename__ = "debtors"
    __table_args__ = (
        Index("uq_debtors_national_id_hash", "national_id_hash", unique=True),
        Index(
            "ix_debtors_search",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
        Index("ix_debtors_protected_until", "protected_until", postgresql_where=_IS_DATED),
    )

    id: Mapped[Serial]
    national_id: Mapped[str | None] = mapped_column(unique=True)  # CPR or CVR, until it is sealed
    sealed_number: Mapped[str | None]  # see persistence.debtors.numbers; neither: it is forgotten
    kind: Mapped[str]  # person | company
    name: Mapped[str]
    address: Mapped[list[str]]
    registered_on: Mapped[date]
    language: Mapped[str] = mapped_column(default="da", server_default=text("'da'"))  # da | en
    # As the registers told when a letter was last written:
    is_protected: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    status: Mapped[str] = mapped_column(default="alive", server_default=text("'alive'"))
    protected_until: Mapped[date | None]  # it stays hidden after that too, until somebody says so
    overruled: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """By fact, what others told of it, where it stands by hand: see domain.rectification."""
    national_id_hash: Mapped[str | None]  # keyed; see persistence.debtors.lookup
    erased_on: Mapped[date | None]  # nobody is known behind it since
    search_text: Mapped[str] = mapped_column(
        Computed("searchable(name, address, is_protected)", persisted=True)
    )


class Rectification(Table):
    """What was wrong of a person put right by hand, or not, and why (append-only).

    What did not change is null on both sides. *source*: who said it, and where it was seen.
    """

    __tablename__ = "rectifications"
    __table_args__ = (CheckConstraint("outcome in ('corrected', 'refused')", name="outcome_known"),)

    id: Mapped[Serial]
    debtor_id: Mapped[int] = mapped_column(ForeignKey("debtors.id"), index=True)
    outcome: Mapped[str]  # a RectificationOutcome
    name_was: Mapped[str | None]
    name_became: Mapped[str | None]
    address_was: Mapped[list[str] | None]
    address_became: Mapped[list[str] | None]
    protected_was: Mapped[bool | None]
    protected_became: Mapped[bool | None]
    until_was: Mapped[date | None]
    until_became: Mapped[date | None]
    source: Mapped[str]
    reason: Mapped[str]
    decided_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    decided_on: Mapped[date]
    decided_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class NumberSealing(Table):
    """One row, from when on no number is written in clear; *lookup_check* tells our key's hash."""

    __tablename__ = "number_sealing"
    __table_args__ = (CheckConstraint("is_one", name="is_one"),)

    is_one: Mapped[bool] = mapped_column(
        primary_key=True, default=True, server_default=text("true")
    )
    began_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    lookup_check: Mapped[str]


class User(Table):
    """A person or a client program; tokens and secrets are kept only as their SHA-256."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    department: Mapped[str | None]  # whose consultations they answer
    team: Mapped[str | None]  # with whom they work
    email: Mapped[str | None]  # as the provider of sign-ins tells it
    subject: Mapped[str | None] = mapped_column(unique=True)  # the provider's name for them
    token_sha256: Mapped[str | None] = mapped_column(unique=True)  # that never expires
    secret_sha256: Mapped[str | None]  # of a client program, which gets tokens for it

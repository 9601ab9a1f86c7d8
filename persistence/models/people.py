"""Who owes, and who works here."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Serial, Table


class Debtor(Table):
    __tablename__ = "debtors"

    id: Mapped[Serial]
    national_id: Mapped[str] = mapped_column(unique=True)  # CPR or CVR digits
    kind: Mapped[str]  # person | company
    name: Mapped[str]
    address: Mapped[list[str]]
    registered_on: Mapped[date]


class User(Table):
    """A person or a client program; the bearer token is kept only as its SHA-256."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    token_sha256: Mapped[str] = mapped_column(unique=True)

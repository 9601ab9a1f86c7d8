"""Who owes, and who works here."""

from datetime import date

from sqlalchemy import text
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
    language: Mapped[str] = mapped_column(default="da", server_default=text("'da'"))  # da | en
    # As the registers told when a letter was last written:
    is_protected: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    status: Mapped[str] = mapped_column(default="alive", server_default=text("'alive'"))


class User(Table):
    """A person or a client program; the bearer token is kept only as its SHA-256."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    department: Mapped[str | None]  # whose consultations they answer
    token_sha256: Mapped[str] = mapped_column(unique=True)

"""Who is signed in where, who is on the way in, and what they had written when time was up."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Serial, Table


class SessionRow(Table):
    """A browser that someone is signed in at; what its cookie holds is kept only as a SHA-256."""

    __tablename__ = "sessions"

    id_sha256: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    csrf_token: Mapped[str]
    began_at: Mapped[datetime] = mapped_column(server_default=func.now())
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())  # to the minute
    ended_at: Mapped[datetime | None]  # by signing out


class SignIn(Table):
    """One that has been begun and not come back from the provider."""

    __tablename__ = "sign_ins"

    state_sha256: Mapped[str] = mapped_column(primary_key=True)
    browser_sha256: Mapped[str]  # of the cookie of the browser that began it
    nonce: Mapped[str]
    code_verifier: Mapped[str]
    target: Mapped[str]  # the page they wanted
    began_at: Mapped[datetime] = mapped_column(server_default=func.now())


class KeptForm(Table):
    """What someone sent when their session was over, until they send it again; for a day."""

    __tablename__ = "kept_forms"

    id: Mapped[Serial]
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    path: Mapped[str]
    content: Mapped[dict[str, Any]]  # fields: pairs in their order; files: names of their fields
    kept_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AccessToken(Table):
    """A client program's bearer token, for an hour; kept only as its SHA-256."""

    __tablename__ = "access_tokens"

    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    expires_at: Mapped[datetime]

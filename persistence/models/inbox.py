"""What people keep of the inbox for themselves, and who looks at what."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Serial, Table


class SavedFilter(Table):
    """A view of the inbox under a name. *wish* is its query, without what was searched for."""

    __tablename__ = "saved_filters"
    __table_args__ = (
        UniqueConstraint("owner", "name"),
        Index("ix_saved_filters_default", "owner", unique=True, postgresql_where="is_default"),
    )

    id: Mapped[Serial]
    owner: Mapped[str] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    wish: Mapped[dict[str, Any]]
    is_shared: Mapped[bool]
    is_default: Mapped[bool]


class Presence(Table):
    """Somebody has a task on the screen. Not logged: after a crash nobody looks at anything."""

    __tablename__ = "presence"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    task_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]

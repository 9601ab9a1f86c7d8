"""What all tables share: names of constraints, and the kinds of columns."""

from datetime import date, datetime
from typing import Annotated, Any

from sqlalchemy import ARRAY, BigInteger, DateTime, Identity, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

Serial = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]
Ore = Annotated[int, mapped_column(BigInteger)]
"""Whole øre. Debt is positive, money paid is negative."""


class Table(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it so.
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: ARRAY(Text),
    }


__all__ = ["Ore", "Serial", "Table", "date", "datetime"]

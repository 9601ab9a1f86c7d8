"""Reads what the sections say, at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound
from persistence.debtors.numbers import with_numbers
from reports.access.sections import SECTIONS
from reports.access.shape import Section
from reports.reconciling.report import read_one_moment

_MINE = "with mine as materialized (select claim_id from liabilities where debtor_id = :debtor)"


@dataclass(frozen=True, slots=True)
class Told:
    section: Section
    rows: Sequence[Any]


async def read_all_about(connection: AsyncConnection, debtor_id: int) -> Sequence[Told]:
    """Every section, also those with nothing in them. Comes first in its transaction.

    Raises NotFound.
    """
    await read_one_moment(connection)
    told = [Told(one, await _rows(connection, one, debtor_id)) for one in SECTIONS]
    if not told[0].rows:
        raise NotFound("debtor", str(debtor_id))
    return told


async def _rows(connection: AsyncConnection, section: Section, debtor_id: int) -> Sequence[Any]:
    rows = (await connection.execute(_query(section), {"debtor": debtor_id})).mappings().all()
    is_sealed = section.code == "person"
    return with_numbers(connection, rows, "access") if is_sealed else rows


@cache
def _query(section: Section) -> TextClause:
    debtor = bindparam("debtor", type_=BigInteger)
    return text(f"{_MINE} {section.query}").bindparams(debtor)

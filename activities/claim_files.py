"""Takes claims from a file, some rows a transaction, so that a killed worker repeats nothing."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.files import OpenFiles, RowsFrom, Taken, refuse_file
from domain.claim_fields import UNKNOWN, Row
from domain.errors import Conflict, Fault, Invalid
from domain.policy import Policy
from domain.registration import NewClaim, read_claim
from gateways.claim_files import SourceRow, read_claim_file
from persistence.claims.bulk_registration import register_all
from persistence.claims.registration import Registered
from persistence.database import Database
from persistence.files.received import (
    DONE,
    RECEIVED,
    KeptFile,
    RowFault,
    find_file,
    move_cursor,
    note_faults,
    noted_unknown_fields,
    read_content,
    set_state,
)
from persistence.outbox import are_many_to_begin

ROWS_AT_ONCE = 200
_MOST_TO_BEGIN = 10 * ROWS_AT_ONCE
"""What people tell stories meanwhile stands behind so many beginnings at most: some seconds."""
_LOOKS, _LOOK_EVERY_SECONDS = 100, 0.2


def _rows(content: bytes) -> Iterator[tuple[SourceRow, int | None]]:
    """Rows, each with the number of an earlier one that has the same reference."""
    first_seen: dict[tuple[str, str], int] = {}
    for row in read_claim_file(content).rows:
        name = _reference(row)
        first = first_seen.setdefault(name, row.number) if name else row.number
        yield row, first if first != row.number else None


def _reference(row: SourceRow) -> tuple[str, str] | None:
    fields = Row(row.fields or {})
    if not (fields.has("source") and fields.has("reference")):
        return None
    return str(fields.value("source")).strip(), str(fields.value("reference")).strip()


@dataclass(frozen=True, slots=True)
class _Judged:
    """A row with its claim, if it is a good one; *faults* of a good row are warnings."""

    number: int
    reference_name: str
    claim: NewClaim | None
    faults: tuple[Fault, ...]

    def report(self) -> Iterator[RowFault]:
        for fault in self.faults:
            yield RowFault(self.number, fault, is_warning=self.claim is not None)


class ClaimFileActivities:
    def __init__(
        self, database: Database, policy: Policy, most_to_begin: int = _MOST_TO_BEGIN
    ) -> None:
        """No more is taken in while more than *most_to_begin* stories wait to be begun."""
        self._database, self._policy = database, policy
        self._most_to_begin = most_to_begin
        self._open = OpenFiles(_rows)

    @activity.defn(name="file.look-through-claims")
    async def look_through(self, file_id: int) -> int | None:
        """How many rows there are; None when the file as a whole is refused."""
        async with self._database.transaction() as connection:
            file = await find_file(connection, file_id, is_locked=True)
            if file.state != RECEIVED or "rows" in file.facts:
                return file.facts.get("rows")
            content = await read_content(connection, file_id)
            try:
                rows, warnings = await asyncio.to_thread(_count_rows, content)
            except Invalid as invalid:
                await refuse_file(connection, file, invalid)
                return None
            odd = [RowFault(0, fault, is_warning=True) for fault in warnings]
            await note_faults(connection, file_id, odd)
            await set_state(connection, file_id, RECEIVED, file.facts | {"rows": rows})
            return rows

    @activity.defn(name="file.take-claims")
    async def take_rows(self, order: RowsFrom) -> Taken:
        """Register the good rows, note the bad ones and move the cursor, all or nothing."""
        if not await self._may_go_on():
            return Taken(order.row, is_last=False)
        async with self._database.transaction() as connection:
            file = await find_file(connection, order.file_id, is_locked=True)
            if file.state != RECEIVED or file.rows_done > order.row:
                return Taken(file.rows_done, is_last=file.state != RECEIVED)
            reading = await self._open.at_cursor(connection, file)
            judged = [self._judge(file, *row) for row in reading.take(ROWS_AT_ONCE)]
            count, faults = await self._register(connection, file, judged)
            await note_faults(connection, file.id, await _unless_noted(connection, file, faults))
            await move_cursor(connection, file.id, reading.done, count)
            is_last = reading.done < file.rows_done + ROWS_AT_ONCE
            if is_last:
                await set_state(connection, file.id, DONE)
        return Taken(reading.done, is_last)

    async def _may_go_on(self) -> bool:
        """Whether the relay has caught up, within the time that one try may take."""
        for _ in range(_LOOKS):
            async with self._database.transaction() as connection:
                if not await are_many_to_begin(connection, self._most_to_begin):
                    return True
            activity.heartbeat()
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
        return False

    def _judge(self, file: KeptFile, row: SourceRow, earlier: int | None) -> _Judged:
        """What the row means, and all that is wrong or odd in it."""
        activity.heartbeat(row.number)
        if row.fields is None:
            return _Judged(row.number, "", None, row.faults)
        name = Row(row.fields).name_of("reference")
        try:
            claim, odd = read_claim(row.fields, self._policy, file.received_on)
        except Invalid as invalid:
            return _Judged(row.number, name, None, invalid.faults)
        if earlier:
            twice = Fault(name, "reference-twice", {"row": str(earlier)})
            return _Judged(row.number, name, None, (twice,))
        return _Judged(row.number, name, claim, odd)

    async def _register(
        self, connection: AsyncConnection, file: KeptFile, judged: list[_Judged]
    ) -> tuple[int, list[RowFault]]:
        """How many claims are new, and what there is to report on the rows."""
        claims = [one.claim for one in judged if one.claim]
        found = await register_all(
            connection, self._policy, claims, file.received_on, file.received_by, file.rows_done
        )
        outcomes = iter(found)
        count, faults = 0, list[RowFault]()
        for one in judged:
            faults += one.report()
            if one.claim:
                outcome = next(outcomes)
                faults += _report_on(one, outcome)
                count += isinstance(outcome, Registered) and outcome.is_new
        return count, faults


def _report_on(one: _Judged, outcome: Registered | Conflict) -> Iterator[RowFault]:
    if isinstance(outcome, Conflict):
        yield RowFault(one.number, Fault(one.reference_name, "reference-other-claim"))
    elif not outcome.is_new:
        fault = Fault(one.reference_name, "claim-known", {"claim": outcome.claim_id})
        yield RowFault(one.number, fault, is_warning=True)


def _count_rows(content: bytes) -> tuple[int, tuple[Fault, ...]]:
    file = read_claim_file(content)
    return sum(1 for _ in file.rows), file.warnings


async def _unless_noted(
    connection: AsyncConnection, file: KeptFile, faults: list[RowFault]
) -> list[RowFault]:
    """A field nobody knows is mentioned once, not in each of ten thousand rows."""
    if not any(at.fault.code in UNKNOWN for at in faults):
        return faults
    noted, kept = await noted_unknown_fields(connection, file.id), []
    for at in faults:
        if at.fault.code in UNKNOWN:
            if at.fault.field in noted:
                continue
            noted.add(at.fault.field)
        kept.append(at)
    return kept

"""Where tests put files in and read what became of them."""

from datetime import date

from sqlalchemy import func, select
from temporalio.testing import ActivityEnvironment

from activities.claim_files import ClaimFileActivities
from activities.files import RowsFrom, receive_file
from persistence.files import received as files
from persistence.models import Claim
from reports.files import report

TODAY = date(2026, 3, 2)
FOR_EVER = 10**9  # no relay carries away what these tests lay down


class Desk:
    kind = "claims"

    def __init__(self, database, policy):
        self.database, self.policy = database, policy
        self.acts = ClaimFileActivities(database, policy, FOR_EVER)

    async def receive(self, content, kind=None):
        return await receive_file(self.database, kind or self.kind, "fil", content, "anna", TODAY)

    async def read(self, content):
        """Receive the file and read it to its end; its id."""
        file_id, _ = await self.receive(content)
        await self.go_on(file_id)
        return file_id

    async def go_on(self, file_id, acts=None, environment=None):
        acts, environment = acts or self.acts, environment or ActivityEnvironment()
        if await environment.run(acts.look_through, file_id) is None:
            return
        taken, done = None, (await self.progress(file_id)).rows_done
        while not (taken and taken.is_last):
            taken = await environment.run(acts.take_rows, RowsFrom(file_id, done))
            done = taken.rows_done

    async def progress(self, file_id):
        async with self.database.transaction() as connection:
            return await files.progress(connection, file_id)

    async def faults(self, file_id):
        """Row, field and code of all that is not about modulus 11."""
        async with self.database.transaction() as connection:
            found = await files.faults(connection, file_id)
        return [
            (at.row, at.fault.field, at.fault.code) for at in found if at.fault.code != "cpr-mod-11"
        ]

    async def claims(self, source):
        columns = (Claim.reference, Claim.balance_ore, Claim.principal_ore)
        found = select(*columns).where(Claim.source == source).order_by(Claim.serial)
        async with self.database.transaction() as connection:
            return [tuple(row) for row in await connection.execute(found)]

    async def count(self, column):
        async with self.database.transaction() as connection:
            return await connection.scalar(select(func.count(column)))

    async def report(self, file_id, language):
        async with self.database.transaction() as connection:
            return await report(connection, file_id, language)

    async def ids(self, source):
        found = select(Claim.id).where(Claim.source == source).order_by(Claim.serial)
        async with self.database.transaction() as connection:
            return list((await connection.execute(found)).scalars())

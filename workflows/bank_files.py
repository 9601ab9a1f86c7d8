"""Books a bank's file to its end, once its sums agree, and tells how far it is."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.bank_files import BankFileActivities
    from workflows.claim_files import FileReading, look_through, take_rows


@workflow.defn(name="bank-file")
class BankFileWorkflow:
    @workflow.init
    def __init__(self, reading: FileReading) -> None:
        self.reading = reading

    @workflow.run
    async def run(self, reading: FileReading) -> FileReading:
        if reading.rows is None:
            self.reading = await look_through(BankFileActivities.look_through, reading)
        while not self.reading.is_done:
            self.reading = await take_rows(BankFileActivities.take_rows, self.reading)
        return self.reading

    @workflow.query
    def progress(self) -> FileReading:
        return self.reading

"""The console's figures are whole numbers, whatever they come to."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert

from cli.demo.figures import read_figures
from persistence.database import Database
from persistence.models import Payment


@pytest.mark.parametrize("ore", [30_410_000, 1])
async def test_money_that_came_is_counted_to_the_ore(database_url, ore):
    """A sum of many noughts comes from the database as 3.041E+7, if one lets it."""
    day = date(2026, 3, 2)
    payment = {
        "source_reference": "bank-1", "amount_ore": ore, "paid_on": day, "booked_on": day,
        "payment_references": [], "payer": "", "text": "",
    }  # fmt: skip
    database = Database(database_url)
    try:
        async with database.transaction() as connection:
            await connection.execute(insert(Payment).values(payment))
            figures = await read_figures(connection, datetime(2026, 3, 2, tzinfo=UTC))
    finally:
        await database.close()
    assert figures.count("paid_ore") == ore

"""What one debtor owes on a day, and the bench's own books."""

from datetime import date

from sqlalchemy import text

from bench.books import measure
from domain.money import Money
from reports.balances import debtor_balance

MAY, JUNE, JULY = date(2026, 5, 4), date(2026, 6, 1), date(2026, 7, 1)


async def test_a_debtor_owes_what_was_booked_up_to_the_day_on_all_claims(books):
    first, _ = await books.claim(MAY, 1000), await books.claim(JUNE, 500)
    await books.pay(first, 12_345, JULY)
    async with books.database.transaction() as connection:
        debtor = (await connection.execute(text("select id from debtors"))).scalar_one()
        days = (date(2026, 5, 3), MAY, JUNE, JULY)
        owed = [await debtor_balance(connection, debtor, day) for day in days]
    assert owed == [Money(0), Money(100_000), Money(150_000), Money(137_655)]


async def test_the_books_of_the_bench_balance_and_are_measured(database_url):
    figures = await measure(database_url, 2000)
    assert figures["entries"] == 2000
    assert figures["reconcile_s"] < 5
    assert 0 < figures["debtor_balance_ms"] < 1000

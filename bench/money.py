"""The bank's money and the books: a file of payments, a debtor's balance, a year reconciled."""

from typing import Any

from bench import books, payments


async def run(*, is_small: bool) -> dict[str, Any]:
    """Each in a durable PostgreSQL of its own, beside a plain COPY of the same rows."""
    async with books.scratch() as url:
        booked = await payments.measure(url, payments.FEW if is_small else payments.PAYMENTS)
    return booked | await books.run(is_small=is_small)

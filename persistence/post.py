"""The post room's tray."""

from datetime import date

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.models import LetterRow


async def send_again(connection: AsyncConnection, letter_id: int, on: date) -> None:
    """Lay a letter that could not be delivered back in the tray, as physical post."""
    again = {"state": "requested", "channel": "physical-post", "planned_on": on}
    await connection.execute(update(LetterRow).where(LetterRow.id == letter_id).values(again))

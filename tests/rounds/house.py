"""What the tests of the rounds speak of: claims with letters asked for, and the world's answers."""

from datetime import date
from typing import Any

from sqlalchemy import text

from activities.claims import ClaimActivities
from activities.exchange import ExchangeActivities
from activities.post_room import PostRoomActivities
from activities.watch import WatchActivities
from domain.authority import HOUSE
from domain.letters import Letter
from domain.money import Money
from domain.orders import Transfer, WriteLetter
from persistence.booking import NewPayment, book_payment
from persistence.registration import register
from tests.builders import a_claim


class RoundsHouse:
    def __init__(self, database, policy, gateways, day: date) -> None:
        self.database, self.policy, self.gateways, self.day = database, policy, gateways, day
        self.acts = ClaimActivities(database, policy)
        self.post_room = PostRoomActivities(
            database, policy, gateways.digital_post, gateways.physical_post
        )
        self.exchange = ExchangeActivities(database, policy, gateways.recovery_authority)
        self.watch = WatchActivities(database, policy)

    async def open(self, letter: Letter = Letter.DEMAND, **facts: Any) -> str:
        async with self.database.transaction() as connection:
            claim = a_claim(due=facts.pop("due", self.day), **facts)
            registered = await register(connection, self.policy, claim, self.day, HOUSE.id)
        await self.acts.write_letter(
            WriteLetter(registered.claim_id, letter.value, self.day, letter=letter)
        )
        return registered.claim_id

    async def transfer(self, **facts: Any) -> str:
        claim = await self.open(**facts)
        await self.acts.transfer(Transfer(claim, "transfer-0-0", self.day))
        return claim

    async def pay(self, claim_id: str, kroner: int) -> None:
        payment = NewPayment(
            f"bank-{claim_id}", Money.kroner(kroner), self.day, self.day, claim_id=claim_id
        )
        async with self.database.transaction() as connection:
            await book_payment(connection, self.policy, payment, self.day, HOUSE.id)

    async def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        async with self.database.transaction() as connection:
            return [tuple(row) for row in await connection.execute(text(query), values)]

    async def value(self, query: str, **values: Any) -> Any:
        return (await self.rows(query, **values))[0][0]

    async def told(self) -> list[str]:
        """The names of the messages to stories, but those that start them."""
        found = "select name from outbox where name not like 'start%' order by id"
        return [name for (name,) in await self.rows(found)]

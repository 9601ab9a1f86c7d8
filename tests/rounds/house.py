"""What the tests of the rounds speak of: claims with letters asked for, and the world's answers."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from activities.claims import ClaimActivities
from activities.exchange import ExchangeActivities
from activities.post_receipts import PostReceiptActivities
from activities.post_room import Channel, Emptied, PostRoomActivities
from activities.watch import WatchActivities
from domain.authority import HOUSE
from domain.letters import Letter
from domain.money import Money
from domain.orders import Transfer, WriteLetter
from persistence.claims.registration import register
from persistence.money.booking import NewPayment, book_payment
from tests.builders import a_claim
from tests.proofs import make_ready


class RoundsHouse:
    def __init__(self, database, policy, gateways, day: date) -> None:
        self.database, self.policy, self.gateways, self.day = database, policy, gateways, day
        self.acts = ClaimActivities(database, policy)
        self.post_room = self.staffed(gateways.digital_post)
        self.receipts = self.receiving(gateways.digital_post)
        self.exchange = self.exchanging(gateways.recovery_authority)
        self.watch = WatchActivities(database, policy)
        self.payments = 0

    def staffed(self, digital_post, **ways: Any) -> PostRoomActivities:
        ways = {"physical_post": self.gateways.physical_post} | ways
        registers = self.gateways.registers
        return PostRoomActivities(
            self.database, self.policy, digital_post, registers=registers, **ways
        )

    def receiving(self, digital_post) -> PostReceiptActivities:
        return PostReceiptActivities(
            self.database, self.policy, digital_post, self.gateways.physical_post
        )

    def exchanging(self, recovery_authority) -> ExchangeActivities:
        return ExchangeActivities(self.database, self.policy, recovery_authority)

    async def open(self, letter: Letter = Letter.DEMAND, **facts: Any) -> str:
        """A claim whose story has just asked for *letter*."""
        claim_id = await self.register(**facts)
        await self.write(claim_id, letter)
        return claim_id

    async def register(self, **facts: Any) -> str:
        async with self.database.transaction() as connection:
            claim = a_claim(due=facts.pop("due", self.day), **facts)
            registered = await register(connection, self.policy, claim, self.day, HOUSE.id)
        return registered.claim_id

    async def write(self, claim_id: str, letter: Letter) -> None:
        order = WriteLetter(claim_id, letter.value, self.day, letter=letter)
        assert (await self.acts.write_letter(order)).is_done

    async def transfer(self, **facts: Any) -> str:
        claim = await self.open(**facts)
        async with self.database.transaction() as connection:
            await make_ready(connection, claim, self.day)
        assert (await self.acts.transfer(Transfer(claim, "transfer-0-0", self.day))).is_done
        return claim

    async def pay(self, claim_id: str, kroner: int) -> None:
        self.payments += 1
        payment = NewPayment(
            f"bank-{self.payments}", Money.kroner(kroner), self.day, self.day, claim_id=claim_id
        )
        async with self.database.transaction() as connection:
            await book_payment(connection, self.policy, payment, self.day, HOUSE.id)

    async def empty(self, now: datetime, post_room: PostRoomActivities | None = None) -> Emptied:
        """Empty the whole tray, as the workflow does."""
        total: Counter[str] = Counter()
        for channel in Channel:
            after: int | None = 0
            while after is not None:
                emptied = await (post_room or self.post_room).dispatch(now, channel, after)
                total.update(
                    sent=emptied.sent, cancelled=emptied.cancelled, held_back=emptied.held_back
                )
                after = emptied.goes_on_after
        return Emptied(total["sent"], total["cancelled"], total["held_back"])

    async def collect(self, now: datetime) -> None:
        for channel in Channel:
            await self.receipts.collect_receipts(now, channel)

    async def serve(self, now: datetime) -> None:
        """A round of the post room, and an hour later the receipts."""
        await self.empty(now)
        await self.collect(now + timedelta(hours=1))

    async def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        async with self.database.transaction() as connection:
            return [tuple(row) for row in await connection.execute(text(query), values)]

    async def value(self, query: str, **values: Any) -> Any:
        return (await self.rows(query, **values))[0][0]

    async def change(self, statement: str, **values: Any) -> None:
        async with self.database.transaction() as connection:
            await connection.execute(text(statement), values)

    async def told(self) -> list[str]:
        """The names of the messages to stories, but those that start them."""
        found = "select name from outbox where name not like 'start%' order by id"
        return [name for (name,) in await self.rows(found)]

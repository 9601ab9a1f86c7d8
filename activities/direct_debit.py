"""Asks Betalingsservice to collect what falls due from debtors who have joined."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import RowMapping
from temporalio import activity

from activities.failures import told_to_temporal
from domain.calendar import is_working_day, today, working_days_after
from domain.house_rules import DirectDebitRule
from domain.policy import Policy
from gateways.betalingsservice.contents import Collection
from gateways.betalingsservice.writing import write_collection
from gateways.ports import DirectDebit
from persistence.database import Database
from persistence.money.direct_debit import (
    customer_number,
    mark_delivered,
    request_collections,
    waiting_collections,
)


class DirectDebitActivities:
    def __init__(self, database: Database, policy: Policy, direct_debit: DirectDebit) -> None:
        self._database, self._policy, self._gateway = database, policy, direct_debit

    @activity.defn(name="direct-debit.collect")
    @told_to_temporal
    async def collect(self, now: datetime) -> int:
        """Deliver the day's collections (0601); how many were in it.

        What is asked for is written down before it leaves: after a kill the same delivery, with
        the same number and bytes, is handed over again, which Betalingsservice takes once.
        """
        on = today(now)
        rule = self._policy.direct_debit.on(on)
        if rule is None or not is_working_day(on):
            return 0
        first = working_days_after(on, rule.working_days_before)
        last = working_days_after(on, rule.working_days_ahead)
        async with self._database.transaction() as connection:
            await request_collections(connection, first, last, on, f"{on:%Y%m%d}01")
            waiting = await waiting_collections(connection)
        for delivery_id, rows in groupby(waiting, lambda row: str(row["delivery_id"])):
            await self._deliver(rule, delivery_id, list(rows))
        return len(waiting)

    async def _deliver(
        self, rule: DirectDebitRule, delivery_id: str, rows: Sequence[RowMapping]
    ) -> None:
        made_on = datetime.strptime(delivery_id[:8], "%Y%m%d").date()  # noqa: DTZ007 - a day
        content = write_collection(
            rule.supplier, rule.pbs_number, rule.debtor_group, delivery_id, made_on,
            [_collection(row) for row in rows], self._policy.municipality,
        )  # fmt: skip
        await self._gateway.deliver(f"0601-{delivery_id}", content)
        async with self._database.transaction() as connection:
            await mark_delivered(connection, delivery_id)


def _collection(row: RowMapping) -> Collection:
    return Collection(
        customer_number(row["debtor_id"]), row["mandate"], row["due_on"], row["amount_ore"],
        row["claim_id"],
    )  # fmt: skip

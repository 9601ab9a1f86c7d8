"""Nothing goes to the recovery authority unproved, whatever is missing, and nothing twice."""

import asyncio
from datetime import date
from random import Random

import pytest
from sqlalchemy import text

from domain.limitation.dates import LimitationKind
from domain.orders import Transfer
from persistence.limitation.events import note_limitation
from persistence.recovery.dossiers import recovery_claims
from tests.rounds.test_dossiers import TAKEN_AWAY, TRANSFER, ready

NAMES = sorted(TAKEN_AWAY)
SENT = ("recovery_actions", "transfers", "recovery_claims")


async def hand_over(house, claim, key=TRANSFER):
    return await house.acts.transfer(Transfer(claim, key, house.day))


def subsets(seed, number=6):
    """Some sets of what is taken away; now and then nothing."""
    dice = Random(seed)
    return [dice.sample(NAMES, dice.randint(0, len(NAMES))) for _ in range(number)]


@pytest.mark.parametrize("seed", range(4))
async def test_a_claim_goes_exactly_when_nothing_is_missing(house, seed):
    """Any proofs taken away together, in any order: one of them is enough to refuse."""
    for taken_away in subsets(seed):
        claim = await ready(house)
        for name in taken_away:
            await house.change(_of(claim, TAKEN_AWAY[name][0]))
        went = await hand_over(house, claim)
        assert went.is_done is (not taken_away), taken_away
        for table in SENT:
            found = await house.value(f"select count(*) from {table} where claim_id = :c", c=claim)
            assert (found > 0) is went.is_done, (table, taken_away)
        told = f"select count(*) from preflights where claim_id = '{claim}' and refused_act <> ''"
        assert await house.value(told) == (0 if went.is_done else 1)


def _of(claim, statement):
    """The same, of this claim alone."""
    at = f"claim_id = '{claim}'"
    statement = statement.replace("where letter <>", f"where {at} and letter <>")
    statement = statement.replace("where debtor_id = 2", f"where {at} and debtor_id = 2")
    statement = statement.replace("from letters)", f"from letters where {at})")
    return (
        f"{statement} where id = '{claim}'" if statement.startswith("update claims") else statement
    )


async def test_two_who_transfer_the_same_claim_at_once_transfer_it_once(house):
    """The same act told twice at the same moment, and another act beside it."""
    claim = await ready(house)
    keys = (TRANSFER, TRANSFER, "transfer-1-0", TRANSFER, "transfer-2-0")
    told = await asyncio.gather(*(hand_over(house, claim, key) for key in keys))
    assert any(verdict.is_done for verdict in told)
    assert await house.value("select count(*) from recovery_actions where kind = 'create'") == 1
    assert await house.value("select count(*) from recovery_claims where parent is null") == 1
    references = await house.rows("select reference from recovery_claims")
    assert len(references) == len(set(references))
    assert await house.value("select count(*) from transfers where not is_back") == 1


async def test_many_claims_at_once_go_each_once_under_references_of_their_own(house):
    claims = [await ready(house) for _ in range(6)]
    await asyncio.gather(*(hand_over(house, claim) for claim in claims for _ in range(2)))
    found = await house.rows(
        "select claim_id, count(*) from recovery_claims where parent is null group by 1 order by 1"
    )
    assert found == [(claim, 1) for claim in sorted(claims)]


async def test_each_debtor_goes_with_their_own_limitation(house):
    claim = await ready(house)
    async with house.database.transaction() as connection:
        _, other = (
            await connection.execute(
                text("select debtor_id from liabilities where claim_id = :c order by 1"),
                {"c": claim},
            )
        ).scalars()
        kind = LimitationKind.ACKNOWLEDGEMENT
        await note_limitation(
            connection, house.policy, claim, kind, date(2026, 2, 2), "Brev 7", [other]
        )
    assert (await hand_over(house, claim)).is_done
    async with house.database.transaction() as connection:
        main, *related = await recovery_claims(connection, house.policy, claim, house.day)
    dates = {one.debtor_id: one.limitation_date for one in main.liabilities}
    assert dates[other] == date(2029, 2, 2)
    assert min(dates.values()) == date(2029, 1, 5)
    assert all(len(one.liabilities) == 2 for one in related)


async def test_a_judgment_that_was_struck_out_is_no_judgment_to_the_authority(house):
    claim = await ready(house)
    await house.change(
        """insert into limitation_events (claim_id, debtor_id, kind, happened_on, limitation_date,
          source)
        select claim_id, debtor_id, 'judgment', '2026-02-02', limitation_date, 'Dom'
        from liabilities"""
    )
    await house.change(
        """insert into limitation_events (claim_id, debtor_id, kind, happened_on, limitation_date,
          source, strikes_id)
        select claim_id, debtor_id, 'correction', '2026-02-03', limitation_date, 'Fejl', id
        from limitation_events"""
    )
    async with house.database.transaction() as connection:
        main, *_ = await recovery_claims(connection, house.policy, claim, house.day)
    assert [one.judged_on for one in main.liabilities] == [None, None]

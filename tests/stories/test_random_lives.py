"""Whatever the world does: the rehearsal foretells it, a replay tells it again to the last row."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import TypeAdapter

from domain.calendar import REAL_TIME, start_of
from domain.dated import Dated
from domain.decisions import OUTCOMES_WITH_A_DAY, Outcome
from domain.money import Money
from domain.policy import Route, RoutingRule
from domain.record import ClaimRecord
from persistence.claims.records import claim_record
from policies.loading import load_policy
from tests.replaying import differing, lived_again
from tests.stories.imagined import MONTHS, ImaginedLife
from tests.stories.town import ANNA, BENT, PIA
from workflows.rehearsal import ClaimTerms

THEIRS, OURS = "parking-fee", "own-parking-fee"
LIVES = 200
A_GROUP = 10
HORIZON = timedelta(days=900)
RECORD = TypeAdapter(ClaimRecord)
UNWRITTEN = {
    "promise",
    "not",
    "keep",
    "property",
    "paid",
    "forced",
    "realised",
}  # waits whose day stands in the answer itself


@pytest.fixture
def policy():
    """Skanderborg's, but random lives pay in small parts, and some fees the town enforces itself.

    By law a claim is enforced by the town or by the authority, never by whom one likes.
    """
    policy = load_policy("skanderborg")
    parking = policy.claim_type("parking-fee")
    entries = tuple(
        replace(entry, value=replace(entry.value, minimum_instalment=Money.kroner(1)))
        for entry in parking.agreement.entries
    )
    ours = (RoutingRule(Route.MUNICIPALITY, source="test"),)
    parking = replace(parking, agreement=Dated(entries))
    own = replace(
        parking, name=OURS, routing=ours, has_distraint_right=True, has_priority_right=True
    )
    types = {**policy.claim_types, THEIRS: parking, OURS: own}
    return replace(policy, claim_types=types)


@pytest.mark.parametrize("group", range(LIVES // A_GROUP))
async def test_the_rehearsal_of_a_life_and_the_life_itself_are_the_same(town, group):
    for seed in range(group * A_GROUP, (group + 1) * A_GROUP):
        await _live_as_foretold(town, seed)
    pasts, replays = await lived_again(town.database, town.policy, town.policy, town.today)
    assert differing(pasts, replays) == [], "lived again they are as they were, to the last row"


async def _live_as_foretold(town, seed):
    claim_type = OURS if seed % 2 else THEIRS
    claim = await town.open(kroner=300, claim_type=claim_type)
    imagined = await _imagine(town, claim, seed, claim_type)
    acts = imagined.live(town.now + HORIZON)
    agreements = {}
    for happening in [*imagined.happenings, None]:
        if happening:
            await _live_until(town, acts, happening.at)
            await _let_happen(town, claim, happening, agreements)
            await _assert_the_facts_tell_the_same_record(town, claim, seed)
    await _live_until(town, acts, max(start_of(a.on) for a in acts) + timedelta(hours=6))
    foretold = [(act.on, act.key) for act in acts if act.subject == claim]
    lived = await town.diary(claim)
    assert lived[1:] == foretold, f"life {seed}"
    for imagined_id, real_id in agreements.items():
        foretold = [(act.on, act.key) for act in acts if act.subject == imagined_id]
        assert await town.diary(real_id) == foretold, f"agreement of life {seed}"
    await _assert_invariants(town, claim)
    await _end(town, claim)
    await town.replay(f"claim-{claim}")


async def _imagine(town, claim, seed, claim_type):
    """The rehearsal begins where the real claim stands: its demand is written."""
    async with town.database.transaction() as connection:
        record = await claim_record(connection, town.policy, claim, REAL_TIME, town.today)
    due = await town.value("select last_timely_payment_date from claims where id = :id", id=claim)
    terms = ClaimTerms(claim_type, town.today, due)
    return ImaginedLife(town.policy, record, terms, town.now, seed, is_ours=claim_type == OURS)


async def _live_until(town, acts, moment):
    """Stop on every day on which something was foretold, so that the world can see it."""
    for day in sorted({start_of(act.on) for act in acts}):
        stop = day + timedelta(minutes=20)
        if town.now < stop < moment:
            await town.pass_time(stop - town.now)
    if town.now < moment:
        await town.pass_time(moment - town.now)


async def _let_happen(town, claim, happening, agreements):
    move = happening.move
    match move.verb:
        case "decide":
            await _decide(town, claim, happening, agreements)
        case "pay":
            await town.pay(claim)
        case "withdraw":
            await town.withdraw(claim)
        case "hold":
            await town.hold(claim, until=town.today + timedelta(days=move.look_again_days))
        case "news":
            await town.hear_from_the_authority(claim, move.more)
        case "instalment":
            await _pay_instalment(town, claim, agreements[move.more], happening.number)


async def _decide(town, claim, happening, agreements):
    move, key = happening.move, happening.key
    is_bailiffs = key.startswith(("distraint", "after-distraint"))
    by = PIA if is_bailiffs else BENT if key.startswith("write") else ANNA
    if key.startswith("distraint"):
        await town.as_if_held(claim, key)
    if move.outcome is Outcome.AGREEMENT:
        await town.agree(claim, key, months=MONTHS)
        imagined = f"A-{len(agreements) + 1:06d}"
        agreements[imagined] = await town.value("select max(id) from agreements")
    elif move.outcome in OUTCOMES_WITH_A_DAY:
        day = town.today + timedelta(days=move.look_again_days)
        await town.decide(claim, key, move.outcome, by=by, look_again_on=day)
    else:
        await town.decide(claim, key, move.outcome, by=by)


async def _pay_instalment(town, claim, agreement, number):
    missing = await town.value(
        "select i.total_ore - g.paid_ore from instalments i"
        " join agreements g on g.id = agreement_id"
        " where agreement_id = :id and number = :number",
        id=agreement,
        number=number,
    )
    await town.pay_ore(claim, missing)


async def _assert_the_facts_tell_the_same_record(town, claim, seed):
    """A lost execution could begin again, at any moment, from what the database holds."""
    if await town.ending(claim):
        return
    told = RECORD.validate_python(await town.handle(claim).query("current"))
    async with town.database.transaction() as connection:
        rebuilt = await claim_record(connection, town.policy, claim, REAL_TIME, town.today)
    waiting = await town.value("select waiting_for from claims where id = :id", id=claim)
    for record in (told, rebuilt):
        record.acts = {k: v for k, v in record.acts.items() if k.split("-")[0] not in UNWRITTEN}
    assert rebuilt.acts.keys() == told.acts.keys(), f"life {seed}"
    assert rebuilt.acts.get(waiting) == told.acts.get(waiting), f"life {seed}, {waiting}"
    for name in ("answers", "rounds", "holds", "held_since", "news", "rejections",
                 "is_with_collector", "agreements"):  # fmt: skip
        assert getattr(rebuilt, name) == getattr(told, name), f"life {seed}: {name}"


async def _assert_invariants(town, claim):
    """No act twice, none in a hold, none after the end; the money sums."""
    diary = await town.diary(claim)
    assert len({key for _, key in diary}) == len(diary)
    assert [key for _, key in diary if key == "close"] in ([], [diary[-1][1]])
    held = await town.rows("select since, until from holds where claim_id = :id", id=claim)
    for since, until in held:
        inside = [key for on, key in diary if since < on <= until and key != "close"]
        assert not inside, f"acted in a hold: {inside}"
    balance, total = (
        await town.rows(
            "select balance_ore, (select sum(amount_ore) from ledger_entries where claim_id = c.id)"
            " from claims c where id = :id",
            id=claim,
        )
    )[0]
    assert balance == total
    if await town.ending(claim):
        assert balance == 0


async def _end(town, claim):
    """Leave no living claim behind for the next life."""
    if await town.ending(claim) is None:
        await town.withdraw(claim)
        if await town.ending(claim) is None:
            await town.hear_from_the_authority(claim, "recalled")
    assert await town.ending(claim)

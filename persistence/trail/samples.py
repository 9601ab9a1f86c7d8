"""The looks that are drawn each month, and judged by someone else than who looked."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from secrets import token_hex

from sqlalchemy import RowMapping, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import HOUSE, Actor, Right, require
from domain.calendar import COPENHAGEN, today
from domain.errors import Conflict, Fault, Invalid, NotAllowed, NotFound
from domain.keeping.looks import LookVerdict, draw
from persistence.columns import every
from persistence.models import LookReview, LookSample
from persistence.trail.audit import note

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('look-samples'))")
_DRAWN = text("select id from look_samples where month = :month")
# Programs that read on behalf of nobody have no purpose to be judged.
_LOOKS = text("""
select a.id from audit a join users u on u.id = a.actor
where a.act = 'viewed' and a.at >= :since and a.at < :until and u.role <> 'system'
  and exists (select from debtors_of_subject(a.subject)) order by a.id""")
_SEED_BYTES = 16
_SAMPLES = text(f"""
select {every(LookSample, "s")}, count(r.audit_id) as drawn, count(r.verdict) as judged,
  count(*) filter (where r.verdict = 'fine') as fine,
  count(*) filter (where r.verdict = 'ask') as ask,
  count(*) filter (where r.verdict = 'reported') as reported,
  coalesce(extract(day from max(r.judged_at) - s.drawn_at), 0)::int as days
from look_samples s left join look_reviews r on r.sample_id = s.id
where cast(:sample as bigint) is null or s.id = :sample
group by s.id order by s.month desc limit :limit""")
_REVIEWS = text("""
select r.audit_id, r.verdict, r.note, r.judged_at, j.name as judged_by_name, a.at, a.actor,
  u.name, u.role, a.subject, a.act, a.facts, a.seq
from look_reviews r join audit a on a.id = r.audit_id join users u on u.id = a.actor
left join users j on j.id = r.judged_by where r.sample_id = :sample
and (cast(:look as bigint) is null or r.audit_id = :look) order by a.id""")
_JUDGE = text("""
update look_reviews set verdict = :verdict, note = :note, judged_by = :user, judged_at = now()
where sample_id = :sample and audit_id = :look""")


async def draw_last_month(connection: AsyncConnection, wanted: int, now: datetime) -> int | None:
    """The number of the sample of the month before the day of *now*; None when it was drawn.

    Looks are dated by the real time, and by the town's own month.
    """
    this_month = today(now).replace(day=1)
    month = (this_month - timedelta(days=1)).replace(day=1)
    await connection.execute(_ONE_AT_A_TIME)
    if (await connection.execute(_DRAWN, {"month": month})).first():
        return None
    bounds = {"since": _midnight(month), "until": _midnight(this_month)}
    looks = (await connection.execute(_LOOKS, bounds)).scalars().all()
    return await _keep(connection, month, looks, wanted, now)


async def list_samples(connection: AsyncConnection, limit: int) -> Sequence[RowMapping]:
    """The newest month first, with what was said of its looks."""
    values = {"sample": None, "limit": limit}
    return (await connection.execute(_SAMPLES, values)).mappings().all()


async def read_sample(
    connection: AsyncConnection, number: int
) -> tuple[RowMapping, Sequence[RowMapping]]:
    """The sample and its looks. Raises NotFound."""
    values = {"sample": number, "limit": 1}
    sample = (await connection.execute(_SAMPLES, values)).mappings().first()
    if sample is None:
        raise NotFound("look-sample", number)
    found = await connection.execute(_REVIEWS, {"sample": number, "look": None})
    return sample, found.mappings().all()


async def judge_look(
    connection: AsyncConnection,
    number: int,
    look: int,
    verdict: LookVerdict,
    words: str,
    actor: Actor,
) -> None:
    """A later judgement takes the place of the one before it; the trail has both.

    Raises NotFound; NotAllowed for one's own look; Invalid when words are missing; Conflict when
    it was reported: that is no longer the house's to take back.
    """
    require(actor, Right.SEE_AUDIT)
    values = {"sample": number, "look": look}
    row = (await connection.execute(_REVIEWS, values)).mappings().first()
    if row is None:
        raise NotFound("look", look)
    if row["actor"] == actor.id:
        raise NotAllowed("nobody judges their own look")
    if row["verdict"] == LookVerdict.REPORTED:
        raise Conflict(f"look {look} was reported")
    if verdict is not LookVerdict.FINE and not words.strip():
        raise Invalid(Fault("note", "look-words-missing"))
    judged = values | {"verdict": verdict.value, "note": words.strip(), "user": actor.id}
    await connection.execute(_JUDGE, judged)
    await note(
        connection, row["subject"], actor.id, "look-judged", look=look, verdict=verdict.value
    )


async def _keep(
    connection: AsyncConnection, month: date, looks: Sequence[int], wanted: int, now: datetime
) -> int:
    seed = token_hex(_SEED_BYTES)
    values = {"month": month, "seed": seed, "looks": len(looks), "wanted": wanted, "drawn_at": now}
    made = insert(LookSample).values(values).returning(LookSample.id)
    number = int((await connection.execute(made)).scalar_one())
    drawn = [{"sample_id": number, "audit_id": look} for look in draw(seed, looks, wanted)]
    if drawn:
        await connection.execute(insert(LookReview), drawn)
    facts = {"month": month.isoformat(), "seed": seed, "looks": len(looks)}
    await note(connection, f"look-sample-{number}", HOUSE.id, "looks-drawn", **facts)
    return number


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), COPENHAGEN)

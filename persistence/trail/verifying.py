"""Whether the audit trail is as it was written: every row, every end of a chain, every screen."""

from dataclasses import dataclass

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.keeping.trail_words import SEAL

_HASH = """encode(sha256(convert_to(concat_ws('|', previous, subject, seq,
    extract(epoch from at), actor, act, facts::text), 'UTF8')), 'hex')"""
_CHAINS = f"""
with chain as (
  select subject, seq, previous, hash, erased_in, facts, {_HASH} as should,
    lag(hash, 1, '') over w as hash_before, lag(seq, 1, 0) over w as seq_before
  from audit where cast(:subject as text) is null or subject = :subject
  window w as (partition by subject order by seq)
)
select subject, seq, 'changed' as what from chain
where (hash <> should and erased_in is null) or (seq = seq_before + 1 and previous <> hash_before)
  or (erased_in is not null and facts <> '{{}}')
union all
select subject, n, 'gone' from chain cross join generate_series(seq_before + 1, seq - 1) n
where seq > seq_before + 1"""
_HEADS = """
with heads as (
  select a.id, a.after_id, a.last_id, h.key as subject,
    split_part(h.value, ':', 1)::int as seq, split_part(h.value, ':', 2) as mark
  from audit_anchors a cross join jsonb_each_text(a.heads) h
  where cast(:subject as text) is null or h.key = :subject
), ends as (
  select h.subject, max(h.seq) as held, coalesce((
      select max(r.seq) from audit r where r.subject = h.subject), 0) as there
  from heads h group by h.subject
)
select subject, n as seq, 'gone' as what from ends cross join generate_series(there + 1, held) n
union all
select h.subject, h.seq, 'changed' from heads h
join audit r on r.subject = h.subject and r.seq = h.seq where left(r.hash, 16) <> h.mark
union all
select r.subject, r.seq, 'added' from audit_anchors a
join audit r on r.id > a.after_id and r.id <= a.last_id
left join heads h on h.id = a.id and h.subject = r.subject
where (cast(:subject as text) is null or r.subject = :subject)
  and (h.seq is null or r.seq > h.seq)"""
_ANCHORS = """
with chain as (
  select id, after_id, previous, hash,
    encode(sha256(convert_to(concat_ws('|', previous, after_id, last_id, row_count,
      extract(epoch from made_at), heads::text), 'UTF8')), 'hex') as should,
    lag(hash, 1, '') over (order by id) as hash_before,
    lag(last_id, 1, 0) over (order by id) as last_before
  from audit_anchors
)
select 'audit-anchors' as subject, id as seq, 'changed' as what from chain
where hash <> should or previous <> hash_before or after_id <> last_before
union all
select 'audit-anchors', (r.facts->>'anchor')::bigint, 'gone' from audit r
where r.subject = 'audit' and r.act = 'anchored' and not exists (
  select from audit_anchors a where a.id = (r.facts->>'anchor')::bigint
    and a.hash = r.facts->>'hash')"""
_SCREENS = """
select r.subject, r.seq, case when s.sha256 is null then 'screen-gone' else 'screen-changed' end
  as what
from audit r left join screens s on s.sha256 = r.facts->>'screen'
where r.facts ? 'screen' and (cast(:subject as text) is null or r.subject = :subject)
  and (s.sha256 is null or encode(sha256(convert_to(s.content, 'UTF8')), 'hex') <> s.sha256)"""
# Rows whose words were erased by rule: together they are what the row says that tells of it.
_ERASED = f"""
with sealed as (
  select erased_in, {SEAL} as seal from audit where erased_in is not null group by erased_in
), told as (
  select id, subject, seq, facts->>'seal' as seal from audit where act = 'erased'
)
select t.subject, t.seq, 'changed' as what from told t left join sealed s on s.erased_in = t.id
where t.seal <> coalesce(s.seal, '') and (cast(:subject as text) is null or t.subject = :subject)
union all
select r.subject, r.seq, 'changed' from audit r
where r.erased_in is not null and not exists (select from told t where t.id = r.erased_in)
  and (cast(:subject as text) is null or r.subject = :subject)"""
_PARTS = (_CHAINS, _HEADS, _SCREENS, _ERASED)


def _question(*parts: str) -> TextClause:
    return text(" union ".join(f"select * from ({part}) x" for part in parts) + " order by 1, 2, 3")


_ONE, _ALL = _question(*_PARTS), _question(*_PARTS, _ANCHORS)


@dataclass(frozen=True, slots=True, order=True)
class Break:
    """*what*: changed, gone, added, screen-changed, screen-gone; of the subject's row *number*."""

    subject: str
    number: int
    what: str


async def find_breaks(connection: AsyncConnection, subject: str | None = None) -> list[Break]:
    """All that is not as it was written; of one subject only, when it is named."""
    question = _ALL if subject is None else _ONE
    found = await connection.execute(question, {"subject": subject})
    return [Break(row.subject, row.seq, row.what) for row in found]

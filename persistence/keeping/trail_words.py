"""Words in the audit trail, erased so that the trail can still be verified.

Who did what, and when, stays, and each row's hash with it: the chain holds. Its own words cannot be
held against that hash any more. So the rows that lose theirs are hashed together first, and that
hash stands in a row that says what was erased and is itself in the chain.
"""

from collections import Counter

from sqlalchemy import ARRAY, BigInteger, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import HOUSE
from domain.keeping.retention import RecordKind
from persistence.models import AuditRow
from persistence.trail.audit import noted

SEAL = """coalesce(encode(sha256(convert_to(string_agg(concat_ws('|', id, subject, seq,
  extract(epoch from at), actor, act, previous, hash), ' ' order by id), 'UTF8')), 'hex'), '')"""
"""What rows whose words are erased are held against from then on."""

_NUMBER = "cast(cast(:key as text) as bigint)"
_SUBJECTS = {
    RecordKind.CLAIM: """
  select :key union all select 'letter-' || id from letters where claim_id = :key
  union all select 'enquiry-' || id from enquiries where claim_id = :key
  union all select 'consultation-' || id from consultations where claim_id = :key
  union all select 'distraint-' || id from distraints where claim_id = :key
  union all select 'payment-' || id from payments where claim_id = :key and payer = ''
  union all select agreement_id from agreement_claims where claim_id = :key""",
    RecordKind.PERSON: """
  select 'debtor-' || :key
  union all select 'letter-' || id from letters where debtor_id = {number}
  union all select 'enquiry-' || id from enquiries where debtor_id = {number}
  union all select 'suspension-' || id from suspensions where debtor_id = {number}
  union all select id from agreements where debtor_id = {number}""",
}
# Looks hold a purpose, and what the story did holds codes and sums: they keep both.
_FIND = """
with gone as (
  select * from audit where subject in ({subjects}) and erased_in is null
    and act not in ('viewed', 'erased') and actor <> 'story' and facts <> '{{}}'
)
select array_agg(id) as ids, array_remove(array_agg(facts->>'screen'), null) as screens,
  {seal} as seal from gone"""
_FOUND = {
    kind: text(_FIND.format(subjects=subjects.format(number=_NUMBER), seal=SEAL)).bindparams(
        bindparam("key", type_=Text)
    )
    for kind, subjects in _SUBJECTS.items()
}
_ERASE = text("""
update audit set facts = '{}', erased_in = :told_in where id = any(:ids)""").bindparams(
    bindparam("told_in", type_=BigInteger), bindparam("ids", type_=ARRAY(BigInteger))
)
_DROP_SCREENS = text("delete from screens where sha256 = any(:screens)").bindparams(
    bindparam("screens", type_=ARRAY(Text))
)


async def erase_trail_words(
    connection: AsyncConnection, erasure_id: int, kind: RecordKind, key: str
) -> Counter[str]:
    """Rows by table. What was on the screens that were decided from goes with the words."""
    found = (await connection.execute(_FOUND[kind], {"key": key})).one()
    ids, screens = found.ids or [], found.screens or []
    subject = key if kind is RecordKind.CLAIM else f"debtor-{key}"
    facts = {"erasure": erasure_id, "rows": len(ids), "seal": found.seal}
    told = noted(subject, HOUSE.id, "erased", **facts).returning(AuditRow.id)
    told_in = (await connection.execute(told)).scalar_one()
    await connection.execute(_ERASE, {"told_in": told_in, "ids": ids})
    dropped = await connection.execute(_DROP_SCREENS, {"screens": screens})
    return Counter({"audit": len(ids), "screens": dropped.rowcount})

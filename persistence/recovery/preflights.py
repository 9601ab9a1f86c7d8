"""What would stand in claims' way to the recovery authority, kept so that lists can show it."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.policy import Policy
from domain.recovery.dossier import Dossier, DossierFacts
from domain.recovery.requirements import dossier_of
from persistence.limitation.early_lapses import early_rows, keep_early_lapses
from persistence.recovery.dossiers import read_dossier_facts

BATCH = 2000

_NEXT = text("""
select id from claims where id > :after and ending is null and not is_withdrawn
  and stage not in ('transfer', 'recovery') order by id limit :limit""")

# Most claims are as they were the night before: only what has changed is written.
_KEEP = text("""
insert into preflights as p
  (claim_id, since, missing, rejected, in_hearing, findings, refused_act, standing, codes)
select claim_id, :on, missing, rejected, in_hearing, findings, refused_act, standing, codes
from jsonb_to_recordset(:rows) as s (claim_id text, missing text[], rejected int,
  in_hearing int, findings jsonb, refused_act text, standing text, codes text[])
on conflict (claim_id) do update set since = excluded.since, missing = excluded.missing,
  rejected = excluded.rejected, in_hearing = excluded.in_hearing, findings = excluded.findings,
  refused_act = coalesce(excluded.refused_act, p.refused_act), standing = excluded.standing,
  codes = excluded.codes
where (p.missing, p.findings, p.standing, p.codes)
    is distinct from (excluded.missing, excluded.findings, excluded.standing, excluded.codes)
  or p.refused_act is distinct from coalesce(excluded.refused_act, p.refused_act)
""").bindparams(bindparam("rows", type_=JSONB))
_REFUSED = text("""
select p.refused_act, p.missing, p.rejected, p.in_hearing, p.findings from preflights p
where p.claim_id = :claim and starts_with(p.refused_act, :act)""").columns(findings=JSONB)
_FORGET = text("delete from preflights where claim_id = :claim")
_REFUSAL = re.compile(r"exception-(\d+)-refusal\d+")


async def keep_preflight(
    connection: AsyncConnection,
    claim_id: str,
    dossier: Dossier,
    on: date,
    refused_act: str | None = None,
) -> None:
    """*refused_act*: the transfer that was refused for what the dossier lacks."""
    await _keep(connection, [_row(claim_id, dossier, refused_act)], on)


async def renew_preflight(
    connection: AsyncConnection, policy: Policy, claim_id: str, on: date
) -> None:
    """Look anew at a claim of which something has just been mended."""
    for facts in await read_dossier_facts(connection, [claim_id], on):
        await keep_preflight(connection, claim_id, _look(facts, policy, on), on)


async def forget_preflight(connection: AsyncConnection, claim_id: str) -> None:
    """The claim has gone: nothing stood in its way."""
    await connection.execute(_FORGET, {"claim": claim_id})


async def refused_for(connection: AsyncConnection, claim_id: str, task: str) -> dict[str, Any]:
    """Why the transfer that *task* asks about was refused; empty if it asks of another act.

    Codes alone, as a task remembers them: who and how much is in the dossier.
    """
    asked = _REFUSAL.fullmatch(task)
    if asked is None:
        return {}
    values = {"claim": claim_id, "act": f"transfer-{asked[1]}-"}
    row = (await connection.execute(_REFUSED, values)).mappings().first()
    return dict(row) if row else {}


async def sweep(
    connection: AsyncConnection, policy: Policy, on: date, after: str = "", limit: int = BATCH
) -> str | None:
    """Look at the next open claims after *after*; the last of them, None when there is none.

    What is not due yet is looked at as it would be on the first day on which it could go. What of
    a claim is time-barred before the claim itself is found by the way.
    """
    values = {"after": after, "limit": limit}
    ids = (await connection.execute(_NEXT, values)).scalars().all()
    if not ids:
        return None
    rows, early = [], []
    for one in await read_dossier_facts(connection, ids, on):
        rows.append(_row(one.claim.id, _look(one, policy, on)))
        early += early_rows(one, policy)
    await _keep(connection, rows, on)
    await keep_early_lapses(connection, ids, early)
    return str(ids[-1])


def _look(facts: DossierFacts, policy: Policy, on: date) -> Dossier:
    return dossier_of(facts, policy, max(on, facts.claim.last_timely_on + timedelta(days=1)))


async def _keep(connection: AsyncConnection, rows: Sequence[dict[str, Any]], on: date) -> None:
    await connection.execute(_KEEP, {"on": on, "rows": rows})


def _row(claim_id: str, dossier: Dossier, refused_act: str | None = None) -> dict[str, Any]:
    return {
        "claim_id": claim_id,
        "missing": sorted({condition.requirement.value for condition in dossier.missing}),
        "rejected": len(dossier.rejections),
        "in_hearing": len(dossier.hearings),
        "findings": _written(dossier),
        "refused_act": refused_act,
        "standing": dossier.standing.value,
        "codes": dossier.codes,
    }


def _written(dossier: Dossier) -> Sequence[dict[str, Any]]:
    """Codes alone: the sentences are made from the facts when someone reads them."""
    return [
        {"of": one.reference, "rule": one.rule, "then": one.consequence.value, "field": one.field}
        for one in dossier.findings
    ]

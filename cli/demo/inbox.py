"""Files of claims, as the town's own systems write them."""

import csv
from collections.abc import Sequence
from pathlib import Path

from domain.registration import NewClaim

_HEADINGS = (
    *("fagsystem", "løbenummer", "kravtype", "cpr_cvr", "navn", "adresse", "medhæfter_cpr_cvr"),
    *("medhæfter_navn", "beløb", "beskrivelse", "periode_fra", "periode_til", "forfaldsdato"),
)


def write_claims(path: Path, claims: Sequence[NewClaim]) -> None:
    """As a line-of-business system would; there is never half a file in the folder."""
    draft = path.with_suffix(".part")
    with draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(_HEADINGS)
        writer.writerows(_row(claim) for claim in claims)
    draft.replace(path)


def _row(claim: NewClaim) -> Sequence[str]:
    first, *others = claim.debtors
    other = others[0] if others else None
    kroner, ore = divmod(claim.principal.ore, 100)
    return (
        *(claim.source, claim.reference, claim.claim_type),
        *(first.national_id.digits, first.name, ", ".join(first.address)),
        *((other.national_id.digits, other.name) if other else ("", "")),
        *(f"{kroner},{ore:02d}", claim.description),
        *(str(claim.period_start), str(claim.period_end), str(claim.due_date)),
    )

"""What stands in the way of a transfer, in words, and where it is mended."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import RowMapping

from domain.errors import Fault, Invalid
from domain.particulars import FIELDS
from domain.policy import Policy
from domain.recovery.dossier import COMES_BY_ITSELF, Requirement, Standing
from domain.recovery.entry_check import UNKNOWN_TYPE
from domain.recovery.entry_filter_rules import CHECKS
from letters.catalogue import sentence
from persistence.recovery.transfer_lists import TransferFilter

CODES = frozenset({*map(str, Requirement), *CHECKS, UNKNOWN_TYPE})


@dataclass(frozen=True, slots=True)
class Obstacle:
    """*rule*: the authority's own number, where it is one of its rules."""

    code: str
    text: str
    rule: str | None
    field: str | None
    href: str


def obstacle_in_words(code: str, language: str) -> str:
    return sentence(f"found-{code}", language)


def rule_of(code: str) -> str | None:
    return code if code in CHECKS else None


def obstacles_of(row: RowMapping, language: str) -> Iterator[Obstacle]:
    """Of a claim of the list, each once, with the field that mends it; what waits comes last."""
    of = {one["rule"]: one for one in reversed(row["findings"])}
    for code in sorted(row["codes"], key=COMES_BY_ITSELF.__contains__):
        field = of[code]["field"] if code in of else None
        is_main = code in of and "-" not in of[code]["of"].removeprefix(row["id"])
        yield Obstacle(
            code, obstacle_in_words(code, language), rule_of(code), field,
            _where(row["id"], code, field, is_main=is_main),
        )  # fmt: skip


def _where(claim_id: str, code: str, field: str | None, *, is_main: bool) -> str:
    """The field itself where it can be mended, else where the dossier tells of it."""
    base = f"/claims/{claim_id}"
    if code == Requirement.DESCRIPTION or (is_main and field in FIELDS):
        return f"{base}/mend#{field or 'description'}"
    if field is None:
        return f"{base}/transfer#condition-{code}"
    return f"{base}/transfer#field-{field}" if is_main else f"{base}/transfer#filter"


def narrowed_transfers(
    policy: Policy,
    standing: str | None,
    claim_type: str | None,
    department: str | None,
    code: str | None,
) -> TransferFilter:
    """Raises Invalid for what there is not."""
    faults = []
    if standing is not None and standing not in set(Standing):
        faults.append(Fault("standing", "problem-not-found"))
    if claim_type is not None and claim_type not in policy.claim_types:
        faults.append(Fault("claim_type", "problem-not-found"))
    if code is not None and code not in CODES:
        faults.append(Fault("code", "problem-not-found"))
    if faults:
        raise Invalid(*faults)
    return TransferFilter(Standing(standing) if standing else None, claim_type, department, code)

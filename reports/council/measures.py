"""What makes two municipalities' key figures comparable: shares and averages beside the amounts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from domain.steering.council import AgeBand
from reports.council.document import Unit
from reports.council.figures import CouncilFigure as Figure
from reports.council.figures import Dimension

Amounts = Mapping[tuple[str, str, str], tuple[int | None, int | None]]
"""Øre and number of each figure, by figure, how it is told, and part; None: left out."""
_OLD = (AgeBand.YEARS_1_2, AgeBand.YEARS_2_3, AgeBand.YEARS_OVER_3)


@dataclass(frozen=True, slots=True)
class Measure:
    """*name* is its word in the catalogue; *value* None: something it needs was left out."""

    name: str
    unit: Unit
    value: Decimal | None


def measures(amounts: Amounts) -> tuple[Measure, ...]:
    """The same ones of every file, in their order."""
    return tuple(Measure(name, unit, of(amounts)) for name, unit, of in _MEASURES)


def age_shares(amounts: Amounts) -> dict[str, Decimal | None]:
    """Of the closing arrears, by age band."""
    whole = _ore(amounts, Figure.CLOSING)
    return {
        band.value: _share(_ore(amounts, Figure.CLOSING, Dimension.AGE, band), whole)
        for band in AgeBand
    }


def _ore(
    amounts: Amounts, figure: Figure, by: Dimension = Dimension.TOTAL, part: str = ""
) -> Decimal | None:
    """Nothing where the file has no such line; None where it was left out."""
    found, _ = amounts.get((figure.value, by.value, str(part)), (0, 0))
    return None if found is None else Decimal(found)


def _number(amounts: Amounts, figure: Figure) -> Decimal | None:
    _, found = amounts.get((figure.value, Dimension.TOTAL.value, ""), (0, 0))
    return None if found is None else Decimal(found)


def _share(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return part / whole if part is not None and whole else None


def _sum(*parts: Decimal | None) -> Decimal | None:
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if len(known) == len(parts) else None


def _there(amounts: Amounts) -> Decimal | None:
    there, here = _ore(amounts, Figure.THERE_CLOSING), _ore(amounts, Figure.CLOSING)
    return _share(there, _sum(there, here))


def _old(amounts: Amounts) -> Decimal | None:
    parts = (_ore(amounts, Figure.CLOSING, Dimension.AGE, band) for band in _OLD)
    return _share(_sum(*parts), _ore(amounts, Figure.CLOSING))


def _kept(amounts: Amounts) -> Decimal | None:
    kept, broken = (
        _number(amounts, figure) for figure in (Figure.AGREEMENTS_KEPT, Figure.AGREEMENTS_BROKEN)
    )
    return _share(kept, _sum(kept, broken))


def _companies(amounts: Amounts) -> Decimal | None:
    owed = _ore(amounts, Figure.CLOSING, Dimension.KIND, "company")
    return _share(owed, _ore(amounts, Figure.CLOSING))


_MEASURES: tuple[tuple[str, Unit, Callable[[Amounts], Decimal | None]], ...] = (
    ("arrears", Unit.KRONER, lambda a: _ore(a, Figure.CLOSING)),
    ("claims", Unit.COUNT, lambda a: _number(a, Figure.CLOSING)),
    ("debtors", Unit.COUNT, lambda a: _number(a, Figure.DEBTORS)),
    (
        "of-a-debtor",
        Unit.KRONER,
        lambda a: _share(_ore(a, Figure.CLOSING), _number(a, Figure.DEBTORS)),
    ),
    ("share", Unit.SHARE, lambda a: _share(_ore(a, Figure.CLOSING), _ore(a, Figure.BILLED))),
    ("old", Unit.SHARE, _old),
    ("companies", Unit.SHARE, _companies),
    ("there", Unit.SHARE, _there),
    (
        "given-up",
        Unit.SHARE,
        lambda a: _share(_ore(a, Figure.GIVEN_UP), _ore(a, Figure.OPENING)),
    ),
    ("kept", Unit.SHARE, _kept),
    (
        "days",
        Unit.DAYS,
        lambda a: _share(_ore(a, Figure.DAYS_TO_PAY), _number(a, Figure.DAYS_TO_PAY)),
    ),
)

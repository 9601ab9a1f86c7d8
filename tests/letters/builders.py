"""Letters for tests: to nobody who exists, about nothing that happened."""

from dataclasses import replace
from datetime import date

from domain.letters import Letter
from domain.money import Money
from letters.content import LetterContent, Office, OwedClaim, OwedLine, PlannedPayment

OFFICE = Office(
    "Skanderborg Kommune",
    ("Skanderborg Kommune", "Opkrævningen", "Skanderborg Fælled 1", "8660 Skanderborg"),
    "87 94 70 00",
)
DAY_CARE = OwedClaim(
    id="2026-000123",
    claim_type="Daginstitution",
    description="Børnehaven Solsikken, september",
    period_start=date(2026, 9, 1),
    period_end=date(2026, 9, 30),
    lines=(
        OwedLine("Selve beløbet", Money(123450), "dagtilbudslovens § 31"),
        OwedLine("Renter", Money(2470), "gebyrlovens § 3"),
        OwedLine("Rykkergebyr", Money(25000), "gebyrlovens § 2, stk. 2"),
    ),
    payment_line="+71<000000000001230+87654321<",
    can_grow=True,
)
WASTE = replace(
    DAY_CARE,
    id="2026-000124",
    claim_type="Renovation",
    description="Affald, 3. kvartal",
    lines=(OwedLine("Selve beløbet", Money(80000), "affaldsbekendtgørelsen"),),
    payment_line="+71<000000000001248+87654321<",
)
PLAN = (
    PlannedPayment(1, date(2026, 11, 2), Money(50000), Money(0)),
    PlannedPayment(2, date(2026, 12, 1), Money(50000), Money(30000)),
)


def a_letter(letter: Letter, **changes) -> LetterContent:
    is_agreement = letter.value.startswith("agreement")
    content = LetterContent(
        letter=letter,
        written_on=date(2026, 10, 12),
        name="Karla Prøvesen",
        address=("Prøvevej 1", "8660 Skanderborg"),
        claims=(DAY_CARE,),
        deadline=date(2026, 11, 2),
        office=OFFICE,
        fee=DAY_CARE.lines[2] if letter.is_reminder else None,
        instalments=PLAN if is_agreement else (),
        missing=PLAN[1] if letter is Letter.AGREEMENT_REMINDER else None,
        can_be_withheld_from_wages=True,
    )
    return replace(content, **changes)

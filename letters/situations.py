"""Invented people in the situations a letter may be written in: every text is tried on them all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from domain.letters import Letter
from domain.money import Money
from letters.catalogue import sentence
from letters.content import (
    HearingCall,
    LetterContent,
    Office,
    OwedClaim,
    OwedLine,
    PlannedPayment,
)

OFFICE = Office(
    "Skanderborg Kommune",
    ("Skanderborg Kommune", "Opkrævningen", "Skanderborg Fælled 1", "8660 Skanderborg"),
    "87 94 70 00",
)
PLAN = (
    PlannedPayment(1, date(2026, 11, 2), Money(50000), Money(0)),
    PlannedPayment(2, date(2026, 12, 1), Money(50000), Money(30000)),
)
HEARING = HearingCall(
    date(2026, 11, 2), "10.30", "Prøvevej 1, 8660 Skanderborg",
    Money(152920), Money(70000), Money(222920), "17",
)  # fmt: skip
_LONG_NAME = "Karla-Elisabeth Ørsted von Prøvesen-Nørregaard til Lille Store-Mellemskov"


def day_care(language: str = "da") -> OwedClaim:
    """A claim with interest and a fee."""
    return OwedClaim(
        id="2026-000123",
        claim_type="Daginstitution" if language == "da" else "Day care",
        description="Børnehaven Solsikken, september",
        period_start=date(2026, 9, 1),
        period_end=date(2026, 9, 30),
        lines=(
            _line(language, "principal", 123450, "dagtilbudslovens § 31"),
            _line(language, "interest", 2470, "gebyrlovens § 3"),
            _line(language, "fee", 25000, "gebyrlovens § 2, stk. 2"),
        ),
        payment_line="+71<000000000001230+87654321<",
        legal_basis="dagtilbudslovens § 31",
        can_grow=True,
    )


def waste(language: str = "da") -> OwedClaim:
    """A claim with nothing but its principal."""
    return replace(
        day_care(language),
        id="2026-000124",
        claim_type="Renovation" if language == "da" else "Waste collection",
        description="Affald, 3. kvartal",
        lines=(_line(language, "principal", 80000, "miljøbeskyttelseslovens § 48"),),
        payment_line="+71<000000000001248+87654321<",
        legal_basis="miljøbeskyttelseslovens § 48",
        can_grow=False,
    )


def _line(language: str, kind: str, ore: int, law: str) -> OwedLine:
    return OwedLine(sentence(f"owed-{kind}", language), Money(ore), law)


def plain(letter: Letter, language: str = "da") -> LetterContent:
    """What the letter most often has to say."""
    claim = replace(day_care(language), carries_transfer_notice=letter in _TELLING_OF_TRANSFER)
    is_agreement = letter in _OF_AGREEMENTS
    return LetterContent(
        letter=letter,
        written_on=date(2026, 10, 12),
        name="Karla Prøvesen",
        address=("Prøvevej 1, 2. th.", "8660 Skanderborg"),
        claims=() if letter is Letter.OWNER_NOTICE else (claim,),
        deadline=date(2026, 11, 2),
        office=OFFICE,
        language=language,
        fee=claim.lines[2] if letter.is_reminder else None,
        instalments=PLAN if is_agreement else (),
        missing=PLAN[1] if letter in _OF_ONE_INSTALMENT else None,
        can_be_withheld_from_wages=True,
        may_agree=True,
        note=_note(letter, language),
        held_since=date(2026, 10, 5),
        refund=Money(15000),
        ground="konkurslovens § 226" if letter is Letter.DISCHARGE_GRANTED else "",
        rested_interest=Money(2470) if letter in _ENDING else None,
        hearing=HEARING if letter in _OF_A_HEARING else None,
    )


def _note(letter: Letter, language: str) -> tuple[str, ...]:
    """What a person would have written for it."""
    if letter is Letter.AGREEMENT_ENDED:
        return (_WHY_ENDED[language],)
    return (_NOTES[language],) if letter in _WITH_NOTE else ()


def situations(letter: Letter, language: str) -> Iterator[tuple[str, LetterContent]]:
    """By name: every situation in which the letter must be right."""
    usual = plain(letter, language)
    both = (*usual.claims, waste(language)) if usual.claims else ()
    one = (waste(language),) if usual.claims else ()
    foreign = ("c/o Prøve", "Musterstraße 1", "D-24937 Flensburg", "Tyskland")
    yield "plain", usual
    yield "several-claims", replace(usual, claims=both)
    yield "owing-together", replace(usual, has_co_debtors=True)
    bare = replace(usual, claims=one, fee=None, may_agree=False, rested_interest=None)
    yield "without-extras", bare
    yield "company", replace(usual, name="Prøve ApS", can_be_withheld_from_wages=False)
    yield "long-name", replace(usual, name=_LONG_NAME)
    yield "abroad", replace(usual, address=foreign)
    yield "protected", replace(usual, address=())
    yield "markup", replace(usual, name="#let x = [*Karla*] <b>& Søn</b> {# #} $")
    if letter is Letter.DISTRAINT_NOTICE:
        yield "no-hearing-yet", replace(usual, hearing=None)
    if usual.hearing:
        named = replace(usual.hearing, estate="BFE 5381234, Prøvevej 1, 8660 Skanderborg")
        yield "estate-known", replace(usual, hearing=named)
    yield "until-a-day", replace(usual, held_until=date(2026, 12, 31), note=())


_OF_AGREEMENTS = {
    Letter.AGREEMENT_OFFER,
    Letter.AGREEMENT_CONFIRMATION,
    Letter.INSTALMENT_NUDGE,
    Letter.AGREEMENT_REMINDER,
    Letter.AGREEMENT_BROKEN,
    Letter.AGREEMENT_ENDED,
}
_OF_A_HEARING = {Letter.DISTRAINT_NOTICE, Letter.OWNER_NOTICE, Letter.HEARING_OFF}
_OF_ONE_INSTALMENT = {Letter.INSTALMENT_NUDGE, Letter.AGREEMENT_REMINDER}
_TELLING_OF_TRANSFER = {Letter.SECOND_REMINDER, Letter.TRANSFER_NOTICE}
_ENDING = {Letter.AGREEMENT_BROKEN, Letter.AGREEMENT_ENDED}
_WITH_NOTE = {
    Letter.AGREEMENT_OFFER,
    Letter.OBJECTION_ANSWERED,
    Letter.ENQUIRY_REPLY,
}
_NOTES = {
    "da": "Vi har set på din mail og talt med børnehaven. Dit barn gik der hele måneden.",
    "en": "We have read your mail and talked with the kindergarten. "
    "Your child was there all month.",
}
_WHY_ENDED = {
    "da": "Du har selv bedt om det. Du vil hellere betale resten på én gang.",
    "en": "You asked for it yourself. You would rather pay the rest at once.",
}

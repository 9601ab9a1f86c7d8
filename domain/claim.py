"""What a claim is, where it can stand, and how its life can end."""

from enum import StrEnum


class Ending(StrEnum):
    PAID = "paid"
    WITHDRAWN = "withdrawn"
    SETTLED = "settled"  # afsluttet hos restanceinddrivelsesmyndigheden
    WRITTEN_OFF = "written-off"  # afskrevet


class Stage(StrEnum):
    """Where a claim stands, as people speak of it."""

    DEMAND = "demand"  # opkrævet
    REMINDER = "reminder"  # rykket
    DIALOGUE = "dialogue"  # dialog
    AGREEMENT = "agreement"  # betalingsaftale
    ASSESSMENT = "assessment"  # vurdering
    WRITE_OFF = "write-off"  # indstillet til afskrivning
    TRANSFER_NOTICE = "transfer-notice"  # underrettet om overdragelse
    TRANSFER = "transfer"  # på vej til inddrivelse
    RECOVERY = "recovery"  # hos restanceinddrivelsesmyndigheden
    ENFORCEMENT = "enforcement"  # egen udlægsforretning
    ENDED = "ended"

    @property
    def is_with_the_collector(self) -> bool:
        return self in {Stage.TRANSFER, Stage.RECOVERY}


class HoldReason(StrEnum):
    """Why the clock stands still."""

    OBJECTION = "objection"  # indsigelse
    DEATH = "death"  # dødsbo
    BANKRUPTCY = "bankruptcy"  # konkurs, rekonstruktion
    DEBT_RELIEF = "debt-relief"  # gældssanering
    INSOLVENCY = "insolvency"  # konkurs eller gældssanering, before they were told apart
    DEFERRAL = "deferral"  # henstand
    HARDSHIP = "hardship"  # akut social situation
    MISSING_ADDRESS = "missing-address"  # ingen adresse og fritaget for Digital Post
    COMPLAINT = "complaint"  # klage hos en myndighed
    INVESTIGATION = "investigation"  # kravet undersøges
    AGREEMENT = "agreement"  # omfattet af en aftale, der er indgået om et andet krav

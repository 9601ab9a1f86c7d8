"""What people are asked about a claim, and what they may answer."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class TaskKind(StrEnum):
    DIALOGUE = "dialogue"  # dialog med skyldner
    ASSESSMENT = "assessment"  # vurdering: overdrag eller behold
    WRITE_OFF_APPROVAL = "write-off-approval"  # godkendelse af afskrivning
    DISTRAINT = "distraint"  # udlægsforretning
    AFTER_DISTRAINT = "after-distraint"  # udlæg er foretaget: hvad nu
    EXCEPTION = "exception"  # noget gik galt
    HEARING = "hearing"  # fordring i høring hos restanceinddrivelsesmyndigheden
    UNDELIVERED_LETTER = "undelivered-letter"  # brev kunne ikke leveres
    LIMITATION_NEAR = "limitation-near"  # forældelse nærmer sig
    LIMITATION_UNOFFERED = "limitation-unoffered"  # nær forældelse, og ingen er spurgt i tide
    UNPLACED_PAYMENT = "unplaced-payment"  # uanbringelig indbetaling
    REFUND_APPROVAL = "refund-approval"  # godkendelse af tilbagebetaling
    BANK_FILE = "bank-file"  # bankfil kan ikke bogføres
    POST_STOPPED = "post-stopped"  # flere breve end ventet, posten står stille
    ENQUIRY = "enquiry"  # henvendelse fra en borger
    CONSULTATION = "consultation"  # høring af fagafdeling: svar kom, eller fristen er gået
    OBJECTION = "objection"  # indsigelse
    WRITE_OFF_BATCH = "write-off-batch"  # godkendelse af bagatelbeløb, afskrevet samlet
    ESTATE_CLAIM = "estate-claim"  # anmeldelse af krav i et bo
    SUSPENSION_REVIEW = "suspension-review"  # se igen på, om kravet skal ligge i bero
    DISCHARGE_APPROVAL = "discharge-approval"  # godkendelse af, at én skyldner fritages
    UNCLEAR_NOTICE = "unclear-notice"  # besked fra Gældsstyrelsen, som ikke kan forstås


class Outcome(StrEnum):
    AGREEMENT = "agreement"  # aftale indgået; names the agreement
    PROMISE = "promise"  # lovet betaling; has a day
    NOT_REACHED = "not-reached"  # ikke truffet; has a day to try again
    GO_ON = "go-on"  # ingen løsning, videre til vurdering
    TRANSFER = "transfer"  # overdrag til inddrivelse
    ENFORCE = "enforce"  # egen udlægsforretning
    KEEP = "keep"  # behold og prøv igen; has a day
    WRITE_OFF = "write-off"  # indstil til afskrivning
    APPROVED = "approved"
    REFUSED = "refused"
    DISTRAINT_MADE = "distraint-made"  # udlæg foretaget; see NO_LONGER_GIVEN
    UNSUCCESSFUL = "unsuccessful"  # forgæves; see NO_LONGER_GIVEN
    PROPERTY_TAKEN = "property-taken"  # udlæg i fast ejendom; has a day to go on
    ASSETS_TAKEN = "assets-taken"  # udlæg i løsøre eller andet; has a day to go on
    IN_VAIN = "in-vain"  # forgæves; the claim is assessed anew
    PAID_AT_HEARING = "paid-at-hearing"  # betalt ved forretningen; the day the money is here
    CANCELLED = "cancelled"  # forretningen er aflyst
    FORCED_SALE = "forced-sale"  # tvangsauktion; has a day to look again
    REALISED = "realised"  # solgt eller indfriet; the day the money is here
    RELEASED = "released"  # udlægget er ophævet
    RETRY = "retry"
    GIVE_UP = "give-up"  # ad anden vej; leads back to the dialogue
    WITHDRAW = "withdraw"  # trække fordringen tilbage fra høring
    DONE = "done"  # taget til efterretning
    ANSWERED_BY_LETTER = "answered-by-letter"  # besvaret med brev; the reasons are its words
    ANSWERED_BY_PHONE = "answered-by-phone"  # besvaret i telefonen; the reasons are the note
    NO_ANSWER_NEEDED = "no-answer-needed"  # kræver ikke svar
    UPHELD = "upheld"  # indsigelsen imødekommes; the claim is withdrawn
    FILED = "filed"  # anmeldt i boet
    NOT_FILED = "not-filed"  # anmeldes ikke
    NOTHING_LEFT = "nothing-left"  # boet er sluttet (boudlæg, konkurs, kendelse): indstil
    PROLONG = "prolong"  # ligger fortsat i bero; has a day
    RESUME = "resume"  # uret går igen


ANSWERS: dict[TaskKind, frozenset[Outcome]] = {
    TaskKind.DIALOGUE: frozenset(
        {Outcome.AGREEMENT, Outcome.PROMISE, Outcome.NOT_REACHED, Outcome.GO_ON}
    ),
    TaskKind.ASSESSMENT: frozenset(
        {Outcome.TRANSFER, Outcome.ENFORCE, Outcome.KEEP, Outcome.WRITE_OFF}
    ),
    TaskKind.WRITE_OFF_APPROVAL: frozenset({Outcome.APPROVED, Outcome.REFUSED}),
    TaskKind.DISTRAINT: frozenset(
        {
            *(Outcome.PROPERTY_TAKEN, Outcome.ASSETS_TAKEN, Outcome.IN_VAIN),
            *(Outcome.PAID_AT_HEARING, Outcome.AGREEMENT, Outcome.CANCELLED),
        }
    ),
    TaskKind.AFTER_DISTRAINT: frozenset(
        {Outcome.FORCED_SALE, Outcome.REALISED, Outcome.KEEP, Outcome.RELEASED}
    ),
    TaskKind.EXCEPTION: frozenset({Outcome.RETRY, Outcome.GIVE_UP}),
    TaskKind.HEARING: frozenset({Outcome.APPROVED, Outcome.WITHDRAW}),
    TaskKind.UNDELIVERED_LETTER: frozenset({Outcome.RETRY, Outcome.DONE}),
    TaskKind.LIMITATION_NEAR: frozenset({Outcome.DONE}),
    TaskKind.LIMITATION_UNOFFERED: frozenset({Outcome.DONE}),
    TaskKind.UNPLACED_PAYMENT: frozenset({Outcome.DONE}),
    TaskKind.REFUND_APPROVAL: frozenset({Outcome.APPROVED, Outcome.REFUSED}),
    TaskKind.BANK_FILE: frozenset({Outcome.DONE}),
    TaskKind.POST_STOPPED: frozenset({Outcome.DONE}),
    TaskKind.ENQUIRY: frozenset(
        {Outcome.ANSWERED_BY_LETTER, Outcome.ANSWERED_BY_PHONE, Outcome.NO_ANSWER_NEEDED}
    ),
    TaskKind.CONSULTATION: frozenset({Outcome.DONE}),
    TaskKind.OBJECTION: frozenset({Outcome.UPHELD, Outcome.REFUSED}),
    TaskKind.WRITE_OFF_BATCH: frozenset({Outcome.APPROVED, Outcome.REFUSED}),
    TaskKind.ESTATE_CLAIM: frozenset({Outcome.FILED, Outcome.NOT_FILED, Outcome.NOTHING_LEFT}),
    TaskKind.SUSPENSION_REVIEW: frozenset({Outcome.PROLONG, Outcome.RESUME, Outcome.NOTHING_LEFT}),
    TaskKind.DISCHARGE_APPROVAL: frozenset({Outcome.APPROVED, Outcome.REFUSED}),
    TaskKind.UNCLEAR_NOTICE: frozenset({Outcome.DONE}),
}

NO_LONGER_GIVEN = frozenset({Outcome.DISTRAINT_MADE, Outcome.UNSUCCESSFUL})
"""Answers that stories were given before minutes were kept, and still understand."""

OUTCOMES_WITH_A_DAY = frozenset(
    {
        *(Outcome.PROMISE, Outcome.NOT_REACHED, Outcome.KEEP, Outcome.DISTRAINT_MADE),
        *(Outcome.PROPERTY_TAKEN, Outcome.ASSETS_TAKEN, Outcome.PAID_AT_HEARING),
        *(Outcome.FORCED_SALE, Outcome.REALISED, Outcome.PROLONG),
    }
)

STORY_TASKS = frozenset(
    {
        TaskKind.DIALOGUE,
        TaskKind.ASSESSMENT,
        TaskKind.WRITE_OFF_APPROVAL,
        TaskKind.DISTRAINT,
        TaskKind.AFTER_DISTRAINT,
        TaskKind.EXCEPTION,
        TaskKind.HEARING,
    }
)
"""The tasks whose answer a claim's story waits for; the others only stand in the inbox."""

OFFERS_A_DECISION = frozenset(
    {
        TaskKind.DIALOGUE,
        TaskKind.ASSESSMENT,
        TaskKind.WRITE_OFF_APPROVAL,
        TaskKind.DISTRAINT,
        TaskKind.HEARING,
        TaskKind.LIMITATION_NEAR,
    }
)
"""The tasks in which a person says what is to become of the claim before it is time-barred."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person decided, as the story needs to know it: no names, no amounts.

    *on* is the day to look again (promise, not reached, keep); *agreement* its id.
    """

    outcome: Outcome
    on: date | None = None
    agreement: str | None = None

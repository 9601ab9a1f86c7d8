"""The pages a visitor may open from anywhere, in the order of their day."""

from dataclasses import dataclass

from domain.authority import Actor, Right, may


@dataclass(frozen=True, slots=True)
class PageLink:
    """*name* is the catalogue's code for the page's title."""

    href: str
    name: str


_PLACES = (
    (Right.ANSWER_TASKS, PageLink("/", "web-inbox")),
    (Right.SEE_CLAIMS, PageLink("/claims", "claims-title")),
    (Right.SEE_CLAIMS, PageLink("/limitation", "limitation-title")),
    (Right.WORK_ON_TASKS, PageLink("/enquiries", "web-enquiries")),
    (Right.ANSWER_CONSULTATIONS, PageLink("/consultations", "consultations-title")),
    (Right.BOOK_PAYMENTS, PageLink("/payments", "payments-title")),
    (Right.SEE_CLAIMS, PageLink("/letters", "letters-title")),
    (Right.SEE_CLAIMS, PageLink("/files", "files-title")),
    (Right.SEE_FIGURES, PageLink("/reconciliation", "reconciliation-title")),
    (Right.ANSWER_TASKS, PageLink("/substitutions", "substitutions-title")),
    (Right.SEE_AUDIT, PageLink("/audit", "trail-title")),
)


def places_for(visitor: Actor | None) -> list[PageLink]:
    return [link for right, link in _PLACES if visitor and may(visitor, right)]

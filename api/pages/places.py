"""The pages a visitor may open from anywhere, in the order of their day."""

from dataclasses import dataclass

from domain.authority import Actor, Right, may


@dataclass(frozen=True, slots=True)
class PageLink:
    """*name* is the catalogue's code for the page's title."""

    href: str
    name: str


@dataclass(frozen=True, slots=True)
class PageGroup:
    """Pages of one subject under one word, *name* its code."""

    name: str
    links: tuple[PageLink, ...]


_PLACES = (
    (Right.ANSWER_TASKS, PageLink("/", "web-inbox"), None),
    (Right.SEE_CLAIMS, PageLink("/claims", "claims-title"), None),
    (Right.WORK_ON_TASKS, PageLink("/enquiries", "web-enquiries"), None),
    (Right.ANSWER_CONSULTATIONS, PageLink("/consultations", "consultations-title"), None),
    (Right.SEE_CLAIMS, PageLink("/letters", "letters-title"), None),
    (Right.BOOK_PAYMENTS, PageLink("/payments", "payments-title"), "web-money"),
    (Right.SEE_CLAIMS, PageLink("/files", "files-title"), "web-money"),
    (Right.SEE_FIGURES, PageLink("/flow", "flow-title"), "web-steering"),
    (Right.SEE_FIGURES, PageLink("/tomorrow", "tomorrow-title"), "web-steering"),
    (Right.SEE_CLAIMS, PageLink("/executions", "executions-title"), "web-steering"),
    (Right.STEER, PageLink("/workload", "workload-title"), "web-steering"),
    (Right.WORK_ON_TASKS, PageLink("/prevention", "prevention-title"), "web-steering"),
    (Right.SEE_FIGURES, PageLink("/council-reports", "council-title"), "web-steering"),
    (Right.SEE_CLAIMS, PageLink("/strategy", "strategy-title"), "web-steering"),
    (Right.SEE_FIGURES, PageLink("/time-machine", "time-machine-title"), "web-steering"),
    (Right.SEE_FIGURES, PageLink("/reconciliation", "reconciliation-title"), "web-money"),
    (Right.SEE_CLAIMS, PageLink("/transfers", "transfers-title"), "web-ends"),
    (Right.SEE_CLAIMS, PageLink("/recovery", "recovery-title"), "web-ends"),
    (Right.SEE_CLAIMS, PageLink("/limitation", "limitation-title"), "web-ends"),
    (Right.SEE_CLAIMS, PageLink("/distraints", "distraints-title"), "web-ends"),
    (Right.SEE_FIGURES, PageLink("/write-offs", "write-offs-title"), "web-ends"),
    (Right.ANSWER_TASKS, PageLink("/substitutions", "substitutions-title"), "web-house"),
    (Right.ANSWER_TASKS, PageLink("/notifications", "notifications-title"), "web-house"),
    (Right.STEER, PageLink("/webhooks", "webhooks-title"), "web-house"),
    (Right.WORK_ON_TASKS, PageLink("/protections", "protections-title"), "web-house"),
    (Right.SEE_AUDIT, PageLink("/audit", "trail-title"), "web-house"),
    (Right.SEE_AUDIT, PageLink("/look-samples", "look-samples-title"), "web-house"),
    (Right.SEE_AUDIT, PageLink("/erasures", "erasures-title"), "web-house"),
)


def places_for(visitor: Actor | None) -> list[PageLink]:
    return [link for right, link, _ in _PLACES if visitor and may(visitor, right)]


def ways_for(visitor: Actor | None) -> list[PageLink | PageGroup]:
    """The same, those of a subject together; a subject with one page is that page."""
    groups: dict[str, list[PageLink]] = {}
    for right, link, group in _PLACES:
        if visitor and may(visitor, right):
            groups.setdefault(group or link.href, []).append(link)
    return [links[0] if len(links) == 1 else PageGroup(name, tuple(links))
            for name, links in groups.items()]  # fmt: skip

"""Mails to those who work here, in plain words: what waits today, and what stands still."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from domain.telling.digest import Digest, Escalation, Pile, StandIn, TaskLine
from letters.catalogue import sentence

_FOLDER = Path(__file__).parent.parent / "templates" / "mail"
_LOCALES = {"da": "da_DK", "en": "en_GB"}
CHOICES = "/notifications"
"""The page on which each chooses what they are mailed."""


@dataclass(frozen=True, slots=True)
class Line:
    """*address*: where it leads; empty: nowhere."""

    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class MailText:
    """The same words twice, once for each kind of reader."""

    subject: str
    plain: str
    html: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(f"{self.subject}\n{self.plain}\n{self.html}".encode()).hexdigest()


def write_digest(digest: Digest, language: str, pages: str) -> MailText:
    """Of a digest that is not empty. *pages*: the address of the house, without a last slash."""
    words = _Words(language, pages)
    subject = words.count("mail-subject", digest.count)
    opening = words.say("mail-opening", day=words.day(digest.day))
    return _write(words, subject, opening, tuple(words.sections(digest)))


def write_escalations(escalations: Sequence[Escalation], language: str, pages: str) -> MailText:
    words = _Words(language, pages)
    lines = tuple(words.escalation(one) for one in escalations)
    heading = words.count("mail-escalated", len(lines))
    section = Section(heading, lines)
    return _write(words, heading, words.say("mail-escalated-opening"), (section,))


class _Words:
    def __init__(self, language: str, pages: str) -> None:
        self.language, self._pages = language, pages

    def say(self, code: str, **values: object) -> str:
        return sentence(code, self.language, **values)

    def count(self, code: str, count: int, **values: object) -> str:
        return self.say(f"{code}-{'one' if count == 1 else 'many'}", count=count, **values)

    def day(self, day: date) -> str:
        return str(format_date(day, "long", locale=_LOCALES[self.language]))

    def at(self, page: str) -> str:
        return f"{self._pages}{page}"

    def sections(self, digest: Digest) -> Iterator[Section]:
        """In the order in which they should be read; none that is empty."""
        if digest.stops:
            yield Section(self.say("mail-stopped"), (self._way("mail-stopped-see", "/letters"),))
        yield from self._pile("mail-overdue", digest.overdue, "mail-due-line", "/?view=mine")
        yield from self._pile("mail-asked", digest.asked, "mail-due-line", "/?view=mine")
        yield from self._pile("mail-approvals", digest.approvals, "mail-line", "/?view=team")
        if digest.mentions:
            way = self._way("mail-mentions-see", "/mentions")
            yield Section(self.count("mail-mentions", digest.mentions), (way,))
        if digest.stand_ins:
            lines = tuple(self._stand_in(one) for one in digest.stand_ins)
            yield Section(self.say("mail-stand-ins"), lines)
        if digest.endpoints:
            lines = tuple(Line(name, self.at("/webhooks")) for name in digest.endpoints)
            yield Section(self.say("mail-endpoints"), lines)

    def _pile(self, code: str, pile: Pile, line: str, rest: str) -> Iterator[Section]:
        if not pile.count:
            return
        lines = [self._task(one, line) for one in pile.first]
        if more := pile.count - len(lines):
            lines.append(Line(self.count("mail-more", more), self.at(rest)))
        yield Section(self.count(code, pile.count), tuple(lines))

    def _task(self, task: TaskLine, code: str) -> Line:
        kind = self.say(f"word-task-{task.kind}").capitalize()
        about = self.say("mail-claim", claim=task.claim_id) if task.claim_id else ""
        words = self.say(code, kind=kind, about=about, day=self.day(task.day))
        return Line(words, self.at(f"/tasks/{task.task_id}"))

    def _stand_in(self, one: StandIn) -> Line:
        told = {"name": one.absent, "until": self.day(one.until)}
        return Line(self.count("mail-stand-in", one.tasks, **told), self.at("/substitutions"))

    def _way(self, code: str, page: str) -> Line:
        return Line(self.say(code), self.at(page))

    def escalation(self, one: Escalation) -> Line:
        kind = self.say(f"word-task-{one.code}").capitalize()
        about = self.say("mail-claim", claim=one.claim_id) if one.claim_id else ""
        return Line(f"{kind}{about}", self.at(f"/tasks/{one.number}" if one.number else "/letters"))


def _write(words: _Words, subject: str, opening: str, sections: tuple[Section, ...]) -> MailText:
    closing, choose = words.say("mail-choose"), words.at(CHOICES)
    told = "\n\n".join([opening, *map(_in_plain, sections), f"{closing} {choose}"])
    html = _template().render(
        language=words.language, subject=subject, opening=opening, sections=sections,
        closing=closing, choose=choose,
    )  # fmt: skip
    return MailText(subject, f"{told}\n", html)


def _in_plain(section: Section) -> str:
    lines = [f"- {line.text}\n  {line.address}" for line in section.lines]
    return "\n".join([section.heading, *lines])


@cache
def _template() -> Template:
    loader = FileSystemLoader(_FOLDER)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("mail.html")

"""Whether anything we use has a known flaw: ``python -m provenance.audit``.

0: none that is not accepted. 1: there are, and which versions mend them. 3: not everything could be
asked about, so nobody knows; that is said, and never taken for good news.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from provenance.advisories import Answer, Unanswered, ask_about_npm, ask_about_python
from provenance.flaws import ACCEPTED, AcceptedFlaws, Flaw
from workers.clock import real_now

CLEAN, FLAWED, NOT_KNOWN = 0, 1, 3


def main(words: Sequence[str] | None = None) -> int:
    """Prints what was found, and answers with how to end."""
    options = _options(words)
    accepted = AcceptedFlaws.read(options.accepted)
    answers, silent = _ask(options.osv_url)
    flaws = [flaw for answer in answers for flaw in answer.flaws]
    to_mend = [flaw for flaw in flaws if not accepted.cover(flaw, options.on)]
    told = (_sentence(flaw, accepted, options.on) for flaw in flaws)
    print("\n".join((*silent, *told, *_summary(answers, len(to_mend), len(flaws)))))
    if to_mend:
        return FLAWED
    return NOT_KNOWN if silent else CLEAN


def _options(words: Sequence[str] | None) -> Namespace:
    parser = ArgumentParser(prog="python -m provenance.audit")
    parser.add_argument("--osv-url", help="ask there, by OSV's protocol, not pip-audit's service")
    parser.add_argument("--accepted", type=Path, default=ACCEPTED, help="flaws we live with")
    parser.add_argument("--on", type=date.fromisoformat, default=real_now().date(), help="today")
    return parser.parse_args(words)


def _ask(osv_url: str | None) -> tuple[list[Answer], list[str]]:
    """The answers, and a sentence for each thing nobody has answered about."""
    service = ("--vulnerability-service", "osv", "--osv-url", osv_url) if osv_url else ()
    answers, silent = [], []
    for ask in (partial(ask_about_python, service), ask_about_npm):
        try:
            answers.append(ask())
        except Unanswered as why:
            silent.append(f"Not known: the advisory service could not be asked. {why}")
    if unheard := sorted(name for answer in answers for name in answer.unheard):
        silent.append(f"Not known: the advisory service knows nothing of {', '.join(unheard)}.")
    return answers, silent


def _sentence(flaw: Flaw, accepted: AcceptedFlaws, today: date) -> str:
    acceptance = accepted.of(flaw)
    if acceptance is None:
        return f"Flawed: {flaw}"
    if acceptance.until < today:
        return f"Flawed: {flaw} (accepted until {acceptance.until}, which is over)"
    return f"Accepted until {acceptance.until}: {flaw} ({acceptance.reason})"


def _summary(answers: Sequence[Answer], to_mend: int, in_all: int) -> Iterator[str]:
    left_out = sorted(f"{name} {version}" for one in answers for name, version in one.left_out)
    if left_out:
        yield f"Not asked about, for they are for other machines: {', '.join(left_out)}."
    count = sum(len(answer.asked) for answer in answers)
    yield f"Asked about {count} packages: {to_mend} flaws to mend, {in_all - to_mend} accepted."


if __name__ == "__main__":
    sys.exit(main())

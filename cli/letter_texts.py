"""Reads the texts of all letters as a proofreader would, and takes new ones into use."""

import sys

from cli.words import Words
from domain.calendar import today
from letters.pictures import draw
from letters.releasing import findings, release, unreleased
from letters.templates import TemplateChanged
from policies.loading import load_policy
from workers.clock import real_now


async def release_letters(policy: str, say: Words, *, is_only_checked: bool) -> int:
    """Exit code 1 when a text is wrong, or when one in use has been changed."""
    most_lix = load_policy(policy).post_rule(today(real_now())).most_lix
    try:
        wrong = findings(most_lix)
    except TemplateChanged as changed:
        print(say("texts-changed", names=str(changed)), file=sys.stderr)
        return 1
    for one in wrong:
        reason = say(one.fault.code, **one.fault.values)
        place = f"{one.template} ({one.situation})"
        print(say("text-wrong", place=place, reason=reason), file=sys.stderr)
    if wrong:
        return 1
    new = unreleased()
    for name in new:
        print(say("text-waits" if is_only_checked else "text-released", name=name))
    if not is_only_checked:
        release()
        draw()
    print(say("texts-fine"))
    return 0

"""How what came from outside comes again: the story is told, and what is known of it is kept."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.calendar import today
from domain.deadlines import letter_deadline
from domain.decisions import Answer
from domain.letters import Letter
from domain.money import NOTHING
from domain.record import Hold
from domain.replaying.pasts import Happening, Origin
from workflows.messages import (
    HoldPlaced,
    HoldReleased,
    InstalmentsCovered,
    LetterSent,
    NewsArrived,
    TaskDecided,
)
from workflows.story import Story

if TYPE_CHECKING:
    from workflows.replaying.lives import LivedClaim
    from workflows.replaying.replay import Replay


def let_come(replay: "Replay", subject: str, happening: Happening) -> None:
    """A claim that has ended hears only of money, and that a hold is lifted: it may live on."""
    ways = _TO_CLAIMS if subject in replay.lived else _TO_AGREEMENTS
    if _hears(replay, subject, happening.origin):
        ways[happening.origin](replay, subject, happening)


def _hears(replay: "Replay", subject: str, origin: Origin) -> bool:
    if subject in replay.agreed:
        return replay.agreed[subject].is_alive
    return not replay.lived[subject].is_ended or origin in _HEARD_AFTER_THE_END


def _decided(replay: "Replay", subject: str, one: Happening) -> None:
    assert one.answer
    on = today(replay.now)
    look_again = one.answer.on and one.answer.on + (on - one.on)
    if one.answer.agreement in replay.agreed:
        replay.agree(subject, str(one.answer.agreement), on)
    answer = Answer(one.answer.outcome, look_again, one.answer.agreement)
    replay.claims[subject].task_decided(TaskDecided(one.key, answer))


def _withdrawn(replay: "Replay", subject: str, _: Happening) -> None:
    replay.lived[subject].is_withdrawn = True
    replay.claims[subject].withdrawn()


def _given_up(replay: "Replay", subject: str, _: Happening) -> None:
    replay.lived[subject].is_given_up = True
    replay.claims[subject].written_off()


def _news(replay: "Replay", subject: str, one: Happening) -> None:
    assert one.news
    replay.claims[subject].news_arrived(NewsArrived(one.number, one.news))


def _money(replay: "Replay", subject: str, one: Happening) -> None:
    lived = replay.lived[subject]
    lived.owed_ore = one.ore
    if one.origin is Origin.CHARGED and one.until:
        lived.earlier.append((one.until + (today(replay.now) - one.on), NOTHING))
    _settle(replay, lived, one)


def _returned(replay: "Replay", subject: str, one: Happening) -> None:
    lived = replay.lived[subject]
    lived.take_back(one.key, one.ore)
    _settle(replay, lived, one)


def _settle(replay: "Replay", lived: "LivedClaim", one: Happening) -> None:
    """Who settled a claim settles it again, whatever it costs now; so does who comes near enough.

    The story hears of it where the claim is with us; else its acts see it when it comes back.
    """
    limits = replay.policy.claim_type(lived.past.claim_type).small_amounts.on(today(replay.now))
    tolerance = limits.tolerance if limits else NOTHING
    lived.is_settled = one.is_settled or lived.balance <= tolerance
    story = replay.claims[lived.past.id]
    if lived.is_settled and not lived.is_ended and not story.record.is_with_collector:
        story.settled()


def _reopened(replay: "Replay", subject: str, _: Happening) -> None:
    replay.lived[subject].is_settled = False
    if replay.lived[subject].is_ended:
        replay.reopen(subject)


def _held(replay: "Replay", subject: str, one: Happening) -> None:
    on = today(replay.now)
    until = one.until and one.until + (on - one.on)
    _story(replay, subject).held(HoldPlaced(one.number, Hold(on, until)))


def _released(replay: "Replay", subject: str, one: Happening) -> None:
    _story(replay, subject).released(HoldReleased(one.number, today(replay.now)))


def _letter_left(replay: "Replay", subject: str, one: Happening) -> None:
    lived = replay.lived.get(subject) or replay.agreed[subject]
    lived.late.pop(one.key, None)
    assert one.until
    deadline = one.until + (today(replay.now) - one.on)
    if subject in replay.lived and replay.policy is not replay.in_force:
        deadline = _deadline(replay, replay.lived[subject], one.key, deadline)
    _story(replay, subject).letter_sent(LetterSent(one.key, deadline))


def _wait_ended(replay: "Replay", subject: str, one: Happening) -> None:
    assert one.until
    until = one.until + (today(replay.now) - one.on)
    _story(replay, subject).letter_sent(LetterSent(one.key, until))


def _deadline(replay: "Replay", lived: "LivedClaim", key: str, known: date) -> date:
    """Where the policy gives another number of days it is counted anew."""
    letter = next((one for one in Letter if key.startswith(one.value)), None)
    if letter is None:
        return known
    past = lived.past
    ours, theirs = (
        policy.letter_step(past.claim_type, letter, past.begun_on)
        for policy in (replay.policy, replay.in_force)
    )
    if ours.days == theirs.days:
        return known
    return letter_deadline(letter, today(replay.now), ours.days, past.last_timely_payment_date)


def _covered(replay: "Replay", subject: str, one: Happening) -> None:
    replay.agreements[subject].instalments_covered(InstalmentsCovered(one.number))


def _dissolved(replay: "Replay", subject: str, _: Happening) -> None:
    replay.agreements[subject].dissolved()


def _story(replay: "Replay", subject: str) -> Story[Any]:
    return replay.claims.get(subject) or replay.agreements[subject]


Way = Callable[["Replay", str, Happening], None]
_HEARD_AFTER_THE_END = frozenset(
    {Origin.MONEY, Origin.CHARGED, Origin.RETURNED, Origin.REOPENED, Origin.RELEASED}
)
_TO_BOTH: Mapping[Origin, Way] = {
    Origin.HELD: _held,
    Origin.RELEASED: _released,
    Origin.LETTER_LEFT: _letter_left,
}
_TO_CLAIMS: Mapping[Origin, Way] = {
    **_TO_BOTH,
    Origin.WITHDRAWN: _withdrawn,
    Origin.GIVEN_UP: _given_up,
    Origin.DECIDED: _decided,
    Origin.RETURNED: _returned,
    Origin.MONEY: _money,
    Origin.CHARGED: _money,
    Origin.NEWS: _news,
    Origin.WAIT_ENDED: _wait_ended,
    Origin.REOPENED: _reopened,
}
_TO_AGREEMENTS: Mapping[Origin, Way] = {
    **_TO_BOTH,
    Origin.COVERED: _covered,
    Origin.DISSOLVED: _dissolved,
}

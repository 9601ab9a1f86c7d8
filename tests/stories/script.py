"""What the world does in a random life: the same script drives the real town and the rehearsal."""

import random
from dataclasses import dataclass
from datetime import timedelta

from domain.decisions import Outcome

DECISIONS = {
    "write": [Outcome.APPROVED, Outcome.APPROVED, Outcome.REFUSED],
    "distraint": [
        *(Outcome.IN_VAIN, Outcome.PROPERTY_TAKEN, Outcome.PAID_AT_HEARING, Outcome.CANCELLED),
    ],
    "exception": [Outcome.RETRY, Outcome.GIVE_UP],
    "hearing": [Outcome.APPROVED, Outcome.WITHDRAW],
}
NEWS = {"transfer": ["executed", "rejected", "in-hearing"], "recall": ["recalled"]}


@dataclass(frozen=True)
class Move:
    """What happens *days* days after an act, at noon of that day.

    *verb*: decide, pay (all), withdraw, hold, instalment or news; *more* says which.
    """

    days: int
    verb: str
    outcome: Outcome | None = None
    look_again_days: int = 0
    more: str = ""


class Script:
    """Answers to acts, drawn from *seed* and the act alone, so that order plays no part.

    *is_ours*: the town enforces the claim itself; else the authority does, and never both.
    """

    def __init__(self, seed: int, *, is_ours: bool = False) -> None:
        self.seed, self.is_ours = seed, is_ours

    def answer_to(self, subject_kind: str, key: str) -> Move | None:
        if subject_kind == "agreement":
            return None
        rng = random.Random(f"{self.seed}-{subject_kind}-{key}")
        kind, _, rest = key.partition("-")
        if kind in {"dialogue", "assessment", "after"}:
            numbers = rest.removeprefix("distraint-").split("-")
            return getattr(self, f"_{kind}")(rng, *map(int, numbers))
        if kind in DECISIONS and "notice" not in rest:
            days, outcome = rng.randint(1, 9), rng.choice(DECISIONS[kind])
            return Move(days, "decide", outcome, rng.randint(3, 40))
        if kind in NEWS and "notice" not in rest:
            return Move(rng.randint(1, 5), "news", more=rng.choice(NEWS[kind]))
        return self._letter(rng)

    def after_news(self, number: int, kind: str) -> Move | None:
        """What the authority says next, when it has the claim."""
        rng = random.Random(f"{self.seed}-news-{number}-{kind}")
        if kind in {"executed", "in-hearing"}:
            return Move(
                rng.randint(20, 90), "news", more=rng.choice(["settled", "returned", "written-off"])
            )
        return None

    def _dialogue(self, rng: random.Random, number: int) -> Move:
        if number >= 3:
            return Move(2, "withdraw")
        outcome = rng.choice(
            [Outcome.AGREEMENT, Outcome.PROMISE, Outcome.NOT_REACHED, Outcome.GO_ON, Outcome.GO_ON]
        )
        return Move(rng.randint(0, 12), "decide", outcome, rng.randint(3, 40))

    def _assessment(self, rng: random.Random, number: int, attempt: int = 0) -> Move:
        way = Outcome.ENFORCE if self.is_ours else Outcome.TRANSFER
        ends = [Outcome.KEEP, Outcome.WRITE_OFF]
        outcome = rng.choice([way, way, way, *ends] if attempt < 2 else ends)
        return Move(rng.randint(0, 12), "decide", outcome, rng.randint(3, 40))

    def _after(self, rng: random.Random, _: int, __: int, step: int) -> Move:
        ways = [Outcome.FORCED_SALE, Outcome.KEEP, Outcome.REALISED, Outcome.RELEASED]
        outcome = rng.choice(ways if step < 2 else ways[2:])
        return Move(rng.randint(0, 12), "decide", outcome, rng.randint(3, 40))

    def _letter(self, rng: random.Random) -> Move | None:
        draw = rng.random()
        if draw < 0.12:
            return Move(rng.randint(1, 8), "pay")
        if draw < 0.16:
            return Move(rng.randint(1, 8), "withdraw")
        if draw < 0.36:
            return Move(rng.randint(1, 8), "hold", look_again_days=rng.randint(1, 40))
        return None


NOON = timedelta(hours=12)

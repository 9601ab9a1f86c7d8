"""What a claim or an agreement that is lived again has come to, and what its acts answer."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from domain.letters import Letter
from domain.money import Money
from domain.orders import Order, Transfer, WriteLetter
from domain.policy import AgreementRule, Policy
from domain.record import ClaimRecord, Verdict
from domain.replaying.pasts import Fee, Happening, Origin, PastAgreement, PastClaim

_REFUSED = "Refused"
_MAY_BE_REFUSED = (WriteLetter, Transfer)

# The deed that a happening follows, and the days since.
Anchor = Callable[[Happening], tuple[str, int]]


class _Lived:
    """*coming*: what is still to come from outside, by the deed that it follows."""

    def __init__(self, past: PastClaim | PastAgreement, anchor: Anchor) -> None:
        self.coming: dict[str, list[tuple[int, Happening]]] = defaultdict(list)
        for happening in past.happenings:
            key, days = anchor(happening)
            self.coming[key].append((days, happening))
        self.late = {one.key: one.on for one in past.happenings if one.origin is Origin.LETTER_LEFT}
        """Letters that will leave late, or never, with the day on which they did."""


class LivedClaim(_Lived):
    """*owed_ore*: beside the reminder fees; *earlier*: when something was charged before."""

    def __init__(self, past: PastClaim, anchor: Anchor) -> None:
        super().__init__(past, anchor)
        self.past = past
        self.owed_ore = past.principal_ore
        self.is_settled = self.is_withdrawn = self.is_given_up = self.is_ended = False
        self.fees: list[Fee] = []
        self.earlier: list[tuple[date, Money]] = []
        self._days = {deed.key: (n, deed.on) for n, deed in enumerate(past.deeds)}

    def begin_again(self, before: ClaimRecord, done: set[str]) -> ClaimRecord:
        """The record of a claim that lives on: *done* are its real acts."""
        self.is_settled = self.is_ended = False
        rounds = [int(key.partition("-")[2]) for key in done if key.startswith("dialogue-")]
        return replace(
            before,
            acts={key: day for key, day in before.acts.items() if key in done},
            rounds=max(rounds, default=0),
            is_settled=False,
            is_written_off=False,
            reopenings=before.reopenings + 1,
        )

    @property
    def balance(self) -> Money:
        return Money(self.owed_ore + sum(fee.ore - fee.returned_ore for fee in self.fees))

    def was_done_on(self, key: str) -> date | None:
        return self._days[key][1] if key in self._days else None

    def owed_at(self, order: WriteLetter) -> Money:
        """What the debtor owes when the letter is written, with the interest it adds."""
        fees = self.balance.ore - self.owed_ore
        if self.was_done_on(order.key) == order.on and order.key in self.past.owed:
            return Money(self.past.owed[order.key] + fees)
        return self.balance

    def charge(self, fee: Fee, planned: date) -> None:
        self.fees.append(fee)
        self.earlier.append((planned, Money(fee.ore)))

    def take_back(self, letter: str, ore: int) -> None:
        """As much as was taken back; all of it where that was all."""
        whole = sum(fee.ore for fee in self.past.fees if fee.letter == letter)
        for number, fee in enumerate(self.fees):
            if fee.letter == letter and fee.returned_ore < fee.ore:
                back = fee.ore if ore >= whole else min(fee.ore, fee.returned_ore + ore)
                self.fees[number] = replace(fee, returned_ore=back)
                return

    def obstacle(self, order: Order, record: ClaimRecord) -> Verdict | None:
        """Why the act is not done now, as the real act would see it."""
        if verdict := self._over(record):
            return verdict
        if order.after in self.late and not self._was_done_before(order, self.late[order.after]):
            return Verdict(is_done=False, postponed={order.after: None})
        if isinstance(order, _MAY_BE_REFUSED) and self._was_refused(order, record):
            return Verdict(is_done=False, refused=_REFUSED)
        return None

    def _over(self, record: ClaimRecord) -> Verdict | None:
        if record.is_with_collector:
            return None
        if self.is_withdrawn:
            return Verdict(is_done=False, is_withdrawn=True)
        if self.is_settled:
            return Verdict(is_done=False, is_settled=True)
        return Verdict(is_done=False, is_written_off=True) if self.is_given_up else None

    def _was_done_before(self, order: Order, day: date) -> bool:
        """A letter that came back later had left in time when the act was done."""
        return order.key in self._days and self._days[order.key][1] < day

    def _was_refused(self, order: Order, record: ClaimRecord) -> bool:
        asked = self._days.get(f"exception-{record.rounds}-refusal{record.refusals}")
        done = self._days.get(order.key)
        return asked is not None and (done is None or asked[0] < done[0])


def fresh_record(policy: Policy, past: PastClaim) -> ClaimRecord:
    """As the policy has a claim's life when it is registered."""
    steps = policy.claim_type(past.claim_type).steps.on(past.begun_on) or ()
    notice = next((step.letter for step in steps if step.carries_transfer_notice), None)
    letters = tuple(step.letter for step in steps)
    record = ClaimRecord(id=past.id, letters=letters, transfer_notice_with=notice)
    if past.is_demanded:
        record.acts[Letter.DEMAND.value] = past.last_timely_payment_date
    return record


class LivedAgreement(_Lived):
    def __init__(self, past: PastAgreement, anchor: Anchor) -> None:
        super().__init__(past, anchor)
        self.past = past
        self.is_alive = False
        self.reminded_until: date | None = None
        """The last day that its latest reminder gave, as it was written."""
        self.joined: list[tuple[str, int]] = []
        """The claims that stand still with it, and the numbers of their holds."""

    def rule(self, policy: Policy, in_force: Policy, claim_type: str, on: date) -> tuple[int, int]:
        """Days of grace, and days to catch up: as they were agreed, or as *policy* has them."""
        ours, theirs = (_rule(one, claim_type, on) for one in (policy, in_force))
        if ours is None or ours == theirs:
            return self.past.grace_days, self.past.catch_up_days
        return ours.grace_days, ours.catch_up_days


def _rule(policy: Policy, claim_type: str, on: date) -> AgreementRule | None:
    return policy.claim_type(claim_type).agreement.on(on)

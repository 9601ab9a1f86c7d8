"""The sandbox's authority answers late and by its rules: never twice, never for what is gone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import GatewayRejected, GatewayUnavailable
from domain.money import Money
from domain.recovery.actions import ActionKind, ActionReason
from domain.recovery.claim import Part, RecoveryClaim, RecoveryLiability
from gateways.ports import NoticeKind, RecoveryAction, RecoveryDelivery
from gateways.recovery_authority.sandbox import RecoveryBehaviour, SandboxRecoveryAuthority
from gateways.recovery_authority.signing import SandboxSigner
from tests.builders import CPR_NUMBERS

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
REASONS = {ActionKind.WRITE_DOWN: ActionReason.INDB, ActionKind.RECALL: ActionReason.HENS}
NO_END = RecoveryBehaviour(days_between_payouts=1000, days_to_end=1000)
RECOVERING = RecoveryBehaviour(share_returned=0, share_written_off=0)


def a_claim_there(reference="K-1", ore=100_00, part=Part.PRINCIPAL, parent=None, **facts):
    given = {
        "type_code": "KFDAINS" if part is Part.PRINCIPAL else "REOPDAG",
        "principal": Money(max(ore, 1)),
        "amount": Money(ore),
        "description": "Prøvekrav",
        "period_start": date(2026, 1, 1),
        "period_end": date(2026, 1, 31),
        "originated_on": date(2026, 1, 1),
        "due_on": date(2026, 1, 1),
        "last_timely_on": date(2026, 2, 1),
        "liabilities": (RecoveryLiability(1, date(2029, 1, 1)),),
    }
    return RecoveryClaim(reference, part, parent=parent, **(given | facts))


class Creditor:
    """Sends one action after another about one claim, and reads on."""

    def __init__(self, folder, behaviour=NO_END):
        self.authority = SandboxRecoveryAuthority(folder)
        self.behave(behaviour)
        self.seen, self.actions = 0, 0

    def behave(self, behaviour):
        """It reads late, and of the claim alone: it hears of no interest."""
        self.authority.behave(replace(behaviour, months_kept=600, yearly_interest=0))

    async def act(self, kind, ore=0, day=0, reference="K-1", action_id=None, **more):
        self.actions += 1
        now = START + timedelta(days=day)
        more = {"reason": REASONS.get(kind)} | more
        if kind is ActionKind.WRITE_DOWN:
            more.setdefault("effective_on", now.date())
        if kind in {ActionKind.CREATE, ActionKind.RESEND}:
            more["claim"] = more.get("claim") or a_claim_there(reference, ore)
            more["national_ids"] = {1: CPR_NUMBERS[0]}
            ore = 0
        action = RecoveryAction(kind, reference, amount_ore=ore, **more)
        delivery = RecoveryDelivery(action_id or f"action-{self.actions}", (action,))
        await self.authority.submit(delivery, now)

    async def create(self, ore=100_00, day=0, **more):
        await self.act(ActionKind.CREATE, ore, day, **more)

    async def write_down(self, ore, day):
        await self.act(ActionKind.WRITE_DOWN, ore, day)

    async def recall(self, day):
        await self.act(ActionKind.RECALL, day=day)

    async def hear(self, day):
        """What has been told since last time, as (kind, code)."""
        return [(notice.kind, notice.code) for notice in await self.read(day)]

    async def read(self, day):
        told = await self.authority.notices(self.seen, START + timedelta(days=day))
        self.seen = told[-1].number if told else self.seen
        return [notice for notice in told if notice.kind is not NoticeKind.PAYOUT]


@pytest.fixture
def creditor(tmp_path):
    return Creditor(tmp_path)


EXECUTED = (NoticeKind.EXECUTED, None)


def rejected(code):
    return (NoticeKind.REJECTED, code)


async def test_a_claim_is_executed_the_next_day_and_told_once(creditor):
    await creditor.create()
    assert await creditor.hear(day=0) == []
    [notice] = await creditor.read(day=1)
    assert (notice.action_id, notice.claim_reference) == ("action-1", "K-1")
    assert (notice.kind, notice.on) == (NoticeKind.EXECUTED, date(2026, 3, 3))
    assert await creditor.hear(day=2) == []


async def test_an_action_offered_again_is_not_a_second_action(creditor):
    for day in (0, 0, 5):
        await creditor.create(day=day, action_id="action-1")
    assert [offer.times for offer in creditor.authority.sent()] == [3]
    assert await creditor.hear(day=10) == [EXECUTED]


async def test_an_outage_takes_nothing(creditor):
    creditor.behave(RecoveryBehaviour(is_out=True))
    with pytest.raises(GatewayUnavailable):
        await creditor.create()
    with pytest.raises(GatewayUnavailable):
        await creditor.hear(day=1)
    assert creditor.authority.sent() == []


async def test_an_action_before_the_last_is_answered_is_rejected(creditor):
    await creditor.create()
    await creditor.write_down(10_00, day=0)
    assert await creditor.hear(day=1) == [EXECUTED, rejected("418")]
    await creditor.write_down(10_00, day=1)
    assert await creditor.hear(day=2) == [EXECUTED]


async def test_a_claim_in_hearing_takes_no_report_until_it_is_received(creditor):
    creditor.behave(RecoveryBehaviour(share_in_hearing=1, days_to_end=1000))
    await creditor.create()
    await creditor.write_down(10_00, day=5)
    assert await creditor.hear(day=10) == [(NoticeKind.IN_HEARING, "R_4_2"), rejected("418")]
    assert await creditor.hear(day=11) == [EXECUTED]
    await creditor.write_down(10_00, day=12)
    assert await creditor.hear(day=13) == [EXECUTED]


async def test_a_claim_we_hold_to_in_a_hearing_is_received_at_once(creditor):
    creditor.behave(RecoveryBehaviour(share_in_hearing=1, days_to_end=1000))
    await creditor.create()
    await creditor.act(ActionKind.APPROVE, day=3, remark="Barnet gik der hele måneden")
    told = await creditor.read(day=4)
    assert [(n.kind, n.action_id) for n in told[1:]] == [
        (NoticeKind.EXECUTED, "action-2"),
        (NoticeKind.EXECUTED, "action-1"),
    ]
    await creditor.write_down(10_00, day=5)
    assert await creditor.hear(day=6) == [EXECUTED]


async def test_a_claim_withdrawn_in_a_hearing_was_never_there(tmp_path):
    creditor = Creditor(tmp_path, RecoveryBehaviour(share_in_hearing=1))
    await creditor.create()
    await creditor.act(ActionKind.RECALL, day=3, reason=ActionReason.FEJL)
    assert await creditor.hear(day=100) == [(NoticeKind.IN_HEARING, "R_4_2"), EXECUTED]
    assert await creditor.authority.statement(date(2026, 6, 1), START) == []


async def test_a_reference_is_used_once(creditor):
    await creditor.create()
    await creditor.create(day=3)
    assert await creditor.hear(day=4) == [EXECUTED, rejected("486")]
    await creditor.write_down(100_00, day=5)
    assert await creditor.hear(day=6) == [EXECUTED, (NoticeKind.SETTLED, None)]


async def test_a_rejected_claim_may_be_sent_again(creditor):
    creditor.behave(RecoveryBehaviour(share_rejected=1))
    await creditor.create()
    assert await creditor.hear(day=1) == [rejected("R_7_1")]
    await creditor.write_down(1, day=1)
    assert await creditor.hear(day=2) == [rejected("428")]
    creditor.behave(NO_END)
    await creditor.create(day=3)
    assert await creditor.hear(day=4) == [EXECUTED]


async def test_no_more_can_be_written_down_than_is_left(creditor):
    await creditor.create(100_00)
    await creditor.write_down(60_00, day=2)
    await creditor.write_down(40_01, day=4)
    await creditor.write_down(0, day=6)
    await creditor.write_down(40_00, day=8)
    assert await creditor.hear(day=9) == [
        EXECUTED,
        EXECUTED,
        rejected("SALDO"),
        rejected("408"),
        EXECUTED,
        (NoticeKind.SETTLED, None),
    ]


async def test_nothing_happens_to_a_claim_that_was_recalled(tmp_path):
    creditor = Creditor(tmp_path, RECOVERING)
    await creditor.create()
    await creditor.recall(day=5)
    await creditor.write_down(1, day=7)
    await creditor.recall(day=9)
    assert await creditor.hear(day=100) == [EXECUTED, EXECUTED, rejected("498"), rejected("603")]


async def test_a_claim_recalled_for_good_may_not_come_again(creditor):
    await creditor.create()
    await creditor.act(ActionKind.RECALL, day=2, reason=ActionReason.FEJL)
    await creditor.act(ActionKind.RECALL, day=4, reason=ActionReason.FEJL)
    await creditor.act(ActionKind.RESEND, 100_00, day=6, reference="K-1.2", undoes="K-1")
    assert await creditor.hear(day=9) == [EXECUTED, EXECUTED, rejected("602"), rejected("539")]


async def test_a_recalled_claim_may_come_again_and_lives_a_life_of_its_own(tmp_path):
    creditor = Creditor(tmp_path, RECOVERING)
    await creditor.create(100_00)
    await creditor.recall(day=5)
    await creditor.act(ActionKind.RESEND, 80_00, day=10, reference="K-1.2", undoes="K-1")
    notices = await creditor.read(day=100)
    assert [(n.kind, n.amount_ore, n.on) for n in notices if n.amount_ore] == [
        (NoticeKind.PAID, 40_00, date(2026, 3, 28)),
        (NoticeKind.SETTLED, 40_00, date(2026, 4, 12)),
    ]


async def test_an_unknown_claim_cannot_be_changed(creditor):
    await creditor.write_down(1, day=0)
    await creditor.recall(day=0)
    assert await creditor.hear(day=1) == [rejected("429"), rejected("429")]


async def test_what_is_recovered_is_paid_out_in_parts_until_it_is_settled(tmp_path):
    behaviour = RecoveryBehaviour(
        share_returned=0, share_written_off=0, share_recovered=0.3, days_between_payouts=30,
        days_to_end=100,
    )  # fmt: skip
    creditor = Creditor(tmp_path, behaviour)
    await creditor.create(100_00)
    notices = await creditor.read(day=200)
    assert [(n.kind, n.amount_ore, n.on) for n in notices] == [
        (NoticeKind.EXECUTED, 0, date(2026, 3, 3)),
        (NoticeKind.PAID, 30_00, date(2026, 4, 2)),
        (NoticeKind.PAID, 30_00, date(2026, 5, 2)),
        (NoticeKind.PAID, 30_00, date(2026, 6, 1)),
        (NoticeKind.SETTLED, 10_00, date(2026, 6, 11)),
    ]
    assert {notice.action_id for notice in notices[1:]} == {None}


async def test_a_write_down_lessens_what_is_left_to_recover(tmp_path):
    creditor = Creditor(tmp_path, RECOVERING)
    await creditor.create(100_00)
    await creditor.write_down(70_00, day=2)
    notices = await creditor.read(day=100)
    assert [(n.kind, n.amount_ore) for n in notices] == [
        (NoticeKind.EXECUTED, 0),
        (NoticeKind.EXECUTED, 0),
        (NoticeKind.SETTLED, 30_00),
    ]


async def test_a_payout_nobody_has_read_yet_counts_before_the_next_action(tmp_path):
    creditor = Creditor(tmp_path, RECOVERING)
    await creditor.create(100_00)
    await creditor.write_down(60_00, day=20)  # 50 kroner were paid out on day 16
    kinds = [(n.kind, n.amount_ore) for n in await creditor.read(day=25)]
    assert kinds == [
        (NoticeKind.EXECUTED, 0),
        (NoticeKind.PAID, 50_00),
        (NoticeKind.REJECTED, 0),
    ]


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (RecoveryBehaviour(share_returned=1), NoticeKind.RETURNED),
        (RecoveryBehaviour(share_returned=0, share_written_off=1), NoticeKind.WRITTEN_OFF),
    ],
)
async def test_a_claim_that_came_back_is_sent_under_a_new_reference(tmp_path, behaviour, kind):
    creditor = Creditor(tmp_path, behaviour)
    await creditor.create()
    assert await creditor.hear(day=31) == [EXECUTED, (kind, None)]
    await creditor.write_down(1, day=32)
    assert await creditor.hear(day=33) == [rejected("498")]
    await creditor.create(day=34)
    await creditor.create(day=34, reference="K-1.2")
    assert await creditor.hear(day=35) == [rejected("486"), EXECUTED]


async def test_an_answer_may_get_lost_though_the_action_was_done(creditor):
    creditor.behave(RecoveryBehaviour(share_lost=1, days_to_end=1000))
    await creditor.create()
    assert [n.kind for n in await creditor.read(day=10)] == []
    assert len(creditor.authority.sent()) == 1
    await creditor.create(day=11, action_id="action-1")
    assert await creditor.hear(day=12) == [EXECUTED], "who asks again is answered again"
    await creditor.create(day=13, action_id="action-1")
    assert await creditor.hear(day=14) == []


async def test_an_answer_that_cannot_be_read_is_told_with_its_words_and_again_when_asked(creditor):
    creditor.behave(RecoveryBehaviour(share_garbled=1, days_to_end=1000))
    await creditor.create()
    [notice] = await creditor.read(day=10)
    assert (notice.kind, notice.claim_reference) == (NoticeKind.UNREADABLE, "")
    assert notice.document.startswith("<?xml")
    await creditor.create(day=11, action_id="action-1")
    assert await creditor.hear(day=12) == [EXECUTED]


async def test_answers_come_twice_and_late(creditor):
    creditor.behave(RecoveryBehaviour(share_doubled=1, share_late=1, days_late=5, days_to_end=1000))
    await creditor.create()
    assert await creditor.hear(day=5) == []
    notices = await creditor.read(day=10)
    assert [(n.kind, n.on) for n in notices] == [(NoticeKind.EXECUTED, date(2026, 3, 3))] * 2


async def test_related_claims_go_and_come_with_their_main_claim(tmp_path):
    creditor = Creditor(tmp_path, RECOVERING)
    related = (a_claim_there("K-1-2", 10_00, Part.INTEREST, "K-1"),)
    await creditor.act(ActionKind.CREATE, 100_00, related=related)
    await creditor.act(ActionKind.RECALL, day=20, reason=ActionReason.FEJL)
    told = await creditor.read(day=100)
    assert [(n.claim_reference, n.kind, n.amount_ore) for n in told] == [
        ("K-1", NoticeKind.EXECUTED, 0),
        ("K-1-2", NoticeKind.EXECUTED, 0),
        ("K-1", NoticeKind.PAID, 50_00),
        ("K-1-2", NoticeKind.PAID, 5_00),
        ("K-1", NoticeKind.EXECUTED, 0),
        ("K-1", NoticeKind.REVERSED, 50_00),
        ("K-1-2", NoticeKind.REVERSED, 5_00),
    ]
    lines = await creditor.authority.statement(date(2026, 6, 1), START + timedelta(days=100))
    assert [(one.came_ore, one.recalled_ore, one.recovered_ore) for one in lines] == [
        (100_00, 100_00, 0),
        (10_00, 10_00, 0),
    ]


async def test_a_claim_whose_parent_nobody_knows_is_rejected_with_all_that_came_along(creditor):
    orphan = a_claim_there("K-1-2", 10_00, Part.FEE, "K-9")
    await creditor.act(ActionKind.CREATE, 100_00, related=(orphan,))
    assert await creditor.hear(day=2) == [rejected("463")] * 2


async def test_a_message_nobody_has_signed_is_not_read(creditor):
    envelope = SandboxSigner(b"someone else").sign(b"<MFFordringIndberet_I/>")
    with pytest.raises(GatewayRejected, match="900"):
        creditor.authority.receive(envelope, START)
    with pytest.raises(GatewayRejected, match="900"):
        creditor.authority.receive(SandboxSigner().sign(b"<something-else/>"), START)
    assert creditor.authority.sent() == []


async def test_shares_fall_on_the_same_claims_each_time(tmp_path):
    behaviour = RecoveryBehaviour(share_rejected=0.2, share_in_hearing=0.2, days_to_end=1000)
    told = []
    for name in "ab":
        creditor = Creditor(tmp_path / name, behaviour)
        for number in range(200):
            await creditor.create(reference=f"K-{number}")
        told.append([(n.claim_reference, n.kind) for n in await creditor.read(day=1)])
    assert told[0] == told[1]
    kinds = [kind for _, kind in told[0]]
    assert 20 <= kinds.count(NoticeKind.REJECTED) <= 60
    assert 20 <= kinds.count(NoticeKind.IN_HEARING) <= 60


ASKED = (ActionKind.CREATE, ActionKind.WRITE_DOWN, ActionKind.RECALL, ActionKind.APPROVE)
ACTIONS = st.lists(
    st.tuples(st.sampled_from(ASKED), st.integers(0, 120), st.integers(0, 12)), max_size=12
)


@given(ACTIONS, st.integers(0, 99))
@settings(deadline=None, max_examples=40)
async def test_whatever_is_asked_each_action_has_one_answer_and_no_ore_comes_from_nothing(
    tmp_path_factory, actions, seed
):
    behaviour = RecoveryBehaviour(share_rejected=0.2, share_in_hearing=0.2, seed=seed)
    creditor, day = Creditor(tmp_path_factory.mktemp("authority"), behaviour), 0
    for kind, kroner, pause in actions:
        day += pause
        await creditor.act(kind, kroner * 100, day)
    notices = await creditor.read(day=day + 200)
    answers = [n for n in notices if n.kind in {NoticeKind.EXECUTED, NoticeKind.REJECTED}]
    ids = [f"action-{number}" for number in range(1, len(actions) + 1)]
    told = [n.action_id for n in answers]
    heard = {n.action_id for n in notices if n.kind is NoticeKind.IN_HEARING}
    assert len(set(told)) == len(told)
    assert set(ids) - set(told) <= heard, "only what was withdrawn in a hearing has no answer"
    executed = {n.action_id for n in answers if n.kind is NoticeKind.EXECUTED}
    done = [
        (kind, kroner * 100)
        for id_, (kind, kroner, _) in zip(ids, actions, strict=True)
        if id_ in executed
    ]
    brought = sum(ore for kind, ore in done if kind is ActionKind.CREATE)
    taken = sum(ore for kind, ore in done if kind is ActionKind.WRITE_DOWN)
    assert taken >= 0
    assert sum(n.amount_ore for n in notices) + taken <= brought
    assert all(n.amount_ore >= 0 for n in notices)

"""Each kind of task, as the house lays it in the inbox, and an answer for each outcome."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, text

from activities.tidings import Tidings
from api.screens.kinds import screen_of
from domain.authority import Actor, Right, Role, right_to_decide
from domain.claim import HoldReason
from domain.decisions import ANSWERS, OUTCOMES_WITH_A_DAY, STORY_TASKS, Outcome, TaskKind
from domain.endings.suspension import Need, Told
from domain.endings.write_off import NewWriteOff
from domain.enquiries import EnquiryChannel
from domain.letters import Letter
from domain.money import Money
from gateways.ports import NoticeKind, RecoveryNotice
from persistence.claims.objecting import register_objection
from persistence.endings.discharging import NewDischarge, propose_discharge
from persistence.endings.suspending import NewSuspension, suspend_claim
from persistence.endings.write_off_batches import propose_small
from persistence.enquiries.answering import NewEnquiry, NewMessage, register_enquiry
from persistence.enquiries.consultations import NewConsultation, ask_department, open_overdue_tasks
from persistence.limitation.watch import open_limitation_tasks, sweep_limitation
from persistence.models import Claim, Task
from persistence.money.booking import NewPayment, book_payment
from persistence.money.refunding import NewRefund, propose_refund
from persistence.post.arriving import ask_about_undelivered
from tests.builders import HELD_TODAY

EVERY_ANSWER = sorted((kind, outcome) for kind, outcomes in ANSWERS.items() for outcome in outcomes)
ON_SCREENS = [(kind, one) for kind, one in EVERY_ANSWER if one in screen_of(kind).answers]
"""What comes of a distraint hearing is written on the hearing's own page."""
_OURS = {
    "claim_type": "household-waste",
    "period_start": "2023-10-01",
    "period_end": "2023-12-31",
}
_ANNA = Actor("caseworker", Role.CASEWORKER)
_FIE = Actor("finance", Role.FINANCE)


WRITE_OFF = {
    "outcome": "write-off",
    "reasons": "Pligten er bortfaldet.",
    "write_off": {"reason": "lapse", "proved_on": "2026-03-01"},
}


def who_answers(kind: TaskKind) -> str:
    """A second person where one is needed; the bailiff where it is theirs."""
    is_bailiffs = right_to_decide(kind) is Right.HOLD_DISTRAINT_HEARINGS
    return "bailiff" if is_bailiffs else "supervisor"


def body(kind: TaskKind, outcome: Outcome, api, claim: str) -> dict[str, Any]:
    """What a program sends."""
    sent: dict[str, Any] = {"outcome": outcome.value, "reasons": "Sådan er det."}
    if outcome in OUTCOMES_WITH_A_DAY:
        sent["look_again_on"] = (api.today + timedelta(days=10)).isoformat()
    if outcome is Outcome.AGREEMENT:
        first = (api.today + timedelta(days=14)).isoformat()
        sent["agreement"] = {"claim_ids": [claim], "months": 4, "first_due": first}
    if outcome is Outcome.WRITE_OFF:
        sent["write_off"] = {"reason": "lapse", "proved_on": api.today.isoformat()}
    if outcome is Outcome.NOTHING_LEFT:
        sent["write_off"] = {
            "reason": "insolvent-estate", "proved_on": api.today.isoformat(), "journal": "SKS 17",
        }  # fmt: skip
    if kind is TaskKind.OBJECTION:
        sent["words"] = "Vi har set på det, og svaret er dette."
    return sent


async def lay(api, kind: TaskKind, **claim: Any) -> tuple[int, str]:
    """The task's number, and the claim it is about."""
    usual = _OURS if kind is TaskKind.ASSESSMENT else {"claim_type": "rent"}
    claim_id = await api.register(**({"principal_ore": 240_000} | usual | claim))
    if kind is TaskKind.WRITE_OFF_APPROVAL:
        proposal = await api.ask(claim_id, TaskKind.ASSESSMENT)
        sent = body(TaskKind.ASSESSMENT, Outcome.WRITE_OFF, api, claim_id)
        answer = await api.post(f"/tasks/{proposal}/decide", sent, _ANNA.id)
        assert answer.status_code == 200, answer.text
    if kind in STORY_TASKS:
        task = await api.ask(claim_id, kind)
        if kind is TaskKind.DISTRAINT:
            await _hold_hearing(api, claim_id)
        return task, claim_id
    await _LAY[kind](api, claim_id)
    async with api.database.transaction() as connection:
        found = select(Task.id).where(Task.kind == kind.value).order_by(Task.id.desc()).limit(1)
        return (await connection.execute(found)).scalar_one(), claim_id


async def _hold_hearing(api, claim_id):
    """What came of it can only be answered when it was held."""
    values = {"claim": claim_id, "key": "distraint-0", "bailiff": "bailiff", "on": api.today}
    async with api.database.transaction() as connection:
        await connection.execute(text(HELD_TODAY), values)


async def _undelivered(api, claim_id):
    await api.write(claim_id, Letter.DEMAND)
    async with api.database.transaction() as connection:
        ids = list((await connection.execute(text("select id from letters"))).scalars())
        sent = "update letters set state = 'dispatched', dispatched_on = :on, body = 'Betal nu.'"
        await connection.execute(text(sent), {"on": api.today})
        await ask_about_undelivered(connection, ids, "returned", api.today, api.today)


async def _limitation(api, _):
    async with api.database.transaction() as connection:
        steps = {12: api.today + timedelta(days=9999)}
        await open_limitation_tasks(connection, steps, api.today, api.today)


async def _unoffered(api, claim_id):
    """Nobody swept before the very last month."""
    async with api.database.transaction() as connection:
        found = select(Claim.limitation_date).where(Claim.id == claim_id)
        late = (await connection.execute(found)).scalar_one() - timedelta(days=20)
        await sweep_limitation(connection, api.policy, late, late)


async def _money(api, claim_id, ore=300_000):
    """More than the claim owes: what is left has no place."""
    payment = NewPayment(
        f"b-{claim_id}", Money(ore), api.today, api.today, payer="Karla", claim_id=claim_id
    )
    async with api.database.transaction() as connection:
        booked = await book_payment(connection, api.policy, payment, api.today, "anna")
    return booked.payment_id


async def _refund(api, claim_id):
    payment = await _money(api, claim_id, 400_000)
    wish = NewRefund(payment, Money(60_000), "Betalt for meget.")
    async with api.database.transaction() as connection:
        await propose_refund(connection, api.policy, wish, _FIE, api.today)


async def _objection(api, claim_id):
    async with api.database.transaction() as connection:
        await register_objection(
            connection, api.policy, claim_id, "Jeg har betalt.", api.today, _ANNA
        )


async def _enquiry(api, claim_id):
    said = NewMessage(EnquiryChannel.CALL, "Karla", "Hvad skylder jeg?", api.today)
    async with api.database.transaction() as connection:
        await register_enquiry(
            connection, api.policy, NewEnquiry(None, claim_id, "Beløb", said), _ANNA, api.now
        )


async def _consultation(api, claim_id):
    department = min(kind.department for kind in api.policy.claim_types.values())
    later = api.today + timedelta(days=30)
    async with api.database.transaction() as connection:
        question = NewConsultation(claim_id, None, department, "Er det rigtigt?", api.today)
        await ask_department(connection, api.policy, question, _ANNA, api.now)
        await open_overdue_tasks(connection, later, later)


async def _batch(api, claim_id):
    small = await api.register(principal_ore=15_000, due_date="2025-01-10")
    async with api.database.transaction() as connection:
        await propose_small(connection, api.policy, [small], "For dyrt.", _ANNA, api.today)


async def _death(api, claim_id):
    told = Told({Need.DIED_ON: api.today, Need.NOTICE_ON: api.today})
    await _suspend(api, claim_id, NewSuspension(HoldReason.DEATH, told))


async def _discharge(api, claim_id):
    """Karla is to be freed of what Bo owes too."""
    insert_bo = """
        with bo as (insert into debtors (national_id, national_id_hash, kind, name, address,
            registered_on) values ('1108650456', 'x', 'person', 'Bo', '{}', :on)
          on conflict (national_id) do update set name = 'Bo' returning id)
        insert into liabilities (claim_id, debtor_id, limitation_date)
        select c.id, bo.id, c.limitation_date from claims c, bo where c.id = :claim"""
    async with api.database.transaction() as connection:
        await connection.execute(text(insert_bo), {"claim": claim_id, "on": api.today})
        found = select(Claim.debtor_id).where(Claim.id == claim_id)
        karla = (await connection.execute(found)).scalar_one()
        why = NewWriteOff("debt-relief", api.today, journal="SKS 17")
        wish = NewDischarge(claim_id, karla, why, "Kendelse.")
        await propose_discharge(connection, api.policy, wish, api.today, _ANNA)


async def _suspend(api, claim_id, wish):
    async with api.database.transaction() as connection:
        await suspend_claim(connection, api.policy, claim_id, wish, api.today, _ANNA)


async def _unclear(api, _):
    """The authority answers about a claim that nobody knows."""
    told = RecoveryNotice(1, "action-1", "2001-000001", NoticeKind.REJECTED, api.today, "151")
    async with api.database.transaction() as connection:
        await Tidings(api.policy).take(connection, told, api.today)


def _plain(kind, **facts):
    async def put(api, _):
        row = {
            "subject": f"{kind}-1", "key": kind.value, "kind": kind.value, "state": "open",
            "department": "finance", "opened_on": api.today, "due_on": api.today, "facts": facts,
        }  # fmt: skip
        async with api.database.transaction() as connection:
            await connection.execute(insert(Task), row)

    return put


_LAY = {
    TaskKind.UNDELIVERED_LETTER: _undelivered,
    TaskKind.LIMITATION_NEAR: _limitation,
    TaskKind.LIMITATION_UNOFFERED: _unoffered,
    TaskKind.UNPLACED_PAYMENT: _money,
    TaskKind.REFUND_APPROVAL: _refund,
    TaskKind.OBJECTION: _objection,
    TaskKind.ENQUIRY: _enquiry,
    TaskKind.CONSULTATION: _consultation,
    TaskKind.WRITE_OFF_BATCH: _batch,
    TaskKind.ESTATE_CLAIM: _death,
    TaskKind.DISCHARGE_APPROVAL: _discharge,
    TaskKind.SUSPENSION_REVIEW: _death,
    TaskKind.UNCLEAR_NOTICE: _unclear,
    TaskKind.BANK_FILE: _plain(
        TaskKind.BANK_FILE,
        file=1,
        name="bank.xml",
        code="bank-file-sums",
        statement="7",
        opening="1,00",
        entries="2,00",
        closing="4,00",
        difference="1,00",
    ),
    TaskKind.POST_STOPPED: _plain(TaskKind.POST_STOPPED, volume=900, foreseen=300),
}

"""One debtor with all there is about them, made from what the database has."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping

from api.distraints.standings import view_standings
from api.house import House
from api.schemas.claims import HoldView
from api.schemas.debtors import (
    GROUP,
    AgreementView,
    CoDebtor,
    DebtorDetails,
    DebtorPayment,
    DebtorTask,
    HandlerView,
    MandateView,
    MonthOwed,
    OwedClaim,
    Said,
    SentLetter,
)
from api.views.addresses import address_for
from api.views.claims import masked, situation_of, view_standing
from api.views.consultations import name_of_type
from api.views.enquiries import view_summary
from domain.authority import Actor
from domain.claim import Stage
from domain.rectification import RectifiedFact
from persistence.debtors.files import DebtorFile
from reports.sendings import Sending, sendings

_COPIED = ("id", "kind", "name", "language", "is_protected", "protected_until", "status")
_AGREEMENT = frozenset(AgreementView.model_fields) - {"claim_ids"}


def view_debtor(file: DebtorFile, house: House, language: str, actor: Actor) -> DebtorDetails:
    """*actor*: who is to read it."""
    debtor, on = file.debtor, house.today
    claims = [_claim(row, house, language) for row in file.claims]
    posted = sendings(house.policy, file.letters, on)
    return DebtorDetails(
        **{name: debtor[name] for name in _COPIED},
        address=address_for(actor, debtor),
        national_id=masked(debtor["national_id"]),
        by_hand=[RectifiedFact(fact) for fact in debtor["overruled"]],
        owed_ore=sum(one.balance_ore for one in claims if not one.ending),
        at_collector_ore=sum(one.balance_ore for one in claims if one.group == "collector"),
        spared_ore=sum(one.spared.ore for one in posted if one.has_left),
        last_handler=file.handler
        and HandlerView(id=file.handler.id, name=file.handler.name, on=file.handler.on),
        mandates=[MandateView(**one) for one in debtor["mandates"] or ()],
        claims=claims,
        agreements=[_agreement(row) for row in file.agreements],
        letters=[_letter(one) for one in posted],
        co_debtors=[
            CoDebtor(id=row["id"], name=row["name"], claim_ids=row["claims"])
            for row in file.co_debtors
        ],
        payments=[_payment(row, row["claims"]) for row in file.payments],
        unplaced=[_payment(row, []) for row in file.unplaced],
        tasks=[_task(row, house, language) for row in file.tasks],
        said=sorted(_said(file, on), key=lambda one: one.on, reverse=True),
        distraints=view_standings(house.policy, file.distraints, on),
        months=[MonthOwed(month=row.month, owed_ore=row.ore) for row in file.months],
    )


def group_of(row: RowMapping) -> GROUP:
    """Where a claim lies, as people speak of it."""
    stage = Stage(row["stage"])
    if row["ending"]:
        return "ended"
    if stage.is_with_the_collector:
        return "collector"
    if stage is Stage.ENFORCEMENT:
        return "enforcement"
    return "agreement" if row["agreement_id"] else "ours"


def _claim(row: RowMapping, house: House, language: str) -> OwedClaim:
    standing = view_standing(situation_of(dict(row), house.policy, house.today), language)
    return OwedClaim(
        **{name: row[name] for name in ("id", "claim_type", "ending", "balance_ore")},
        claim_type_name=name_of_type(house.policy, row["claim_type"], language),
        group=group_of(row),
        stage=standing.stage,
        due_date=row["due_date"],
        limitation_date=row["limitation_date"],
        where=standing.where,
        next=standing.next,
        next_on=standing.next_on,
        holds=[HoldView(**hold) for hold in row["holds"] or ()],
    )


def _agreement(row: RowMapping) -> AgreementView:
    return AgreementView(**{name: row[name] for name in _AGREEMENT}, claim_ids=row["claims"] or [])


def _letter(sending: Sending) -> SentLetter:
    first, *_ = sending.rows
    return SentLetter(
        letter_id=first["id"],
        letter=first["letter"],
        state=first["state"],
        channel=first["channel"],
        claim_ids=list(dict.fromkeys(row["claim_id"] for row in sending.rows)),
        planned_on=first["planned_on"],
        dispatched_on=first["dispatched_on"],
        delivered_on=first["delivered_on"],
        deadline=first["deadline"],
        fee_ore=sending.fee.ore,
        spared_ore=sending.spared.ore,
    )


def _payment(row: RowMapping, claims: Sequence[str]) -> DebtorPayment:
    copied = ("paid_on", "payer", "text", "amount_ore", "unused_ore")
    facts: dict[str, Any] = {name: row[name] for name in copied}
    return DebtorPayment(payment_id=row["id"], claim_ids=list(claims), **facts)


def _task(row: RowMapping, house: House, language: str) -> DebtorTask:
    return DebtorTask(
        **{name: row[name] for name in DebtorTask.model_fields if name != "claim_type_name"},
        claim_type_name=name_of_type(house.policy, row["claim_type"], language),
    )


def _said(file: DebtorFile, on: date) -> Iterator[Said]:
    """Notes, enquiries and the answers of dialogues, as one stream."""
    for row in file.notes:
        yield Said(
            on=row["written_on"], kind=row["kind"], who=row["author_name"], text=row["text"],
            claim_id=row["claim_id"],
        )  # fmt: skip
    for row in file.enquiries:
        yield Said(
            on=row["received_on"], kind="enquiry", who=row["sender"], text=row["subject"],
            claim_id=row["claim_id"], enquiry=view_summary(row, on),
        )  # fmt: skip
    for row in file.talks:
        yield Said(
            on=row["decided_on"], kind="dialogue", who=row["person"], text=row["reasons"],
            claim_id=row["claim_id"], outcome=row["outcome"], look_again_on=row["look_again_on"],
        )  # fmt: skip

"""What the letters in the tray have to say, from what the tray knows."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping as Row

from domain.claim import Stage
from domain.deadlines import letter_deadline
from domain.letters import Letter
from domain.money import NOTHING, Money
from domain.payment_reference import payment_line
from domain.policy import Policy
from letters.catalogue import sentence
from letters.content import LetterContent, Office, OwedClaim, OwedLine, PlannedPayment
from persistence.telling import is_settled
from persistence.tray import Tray

_LANGUAGE = "da"


def new_deadline(row: Row, on: date) -> date:
    """The debtor's last day when the letter leaves on the day *on*: never sooner than it was."""
    due = row["last_timely_payment_date"]
    promised: date = row["deadline"]
    return max(promised, letter_deadline(Letter(row["letter"]), on, row["days"], due))


def is_needless(policy: Policy, tray: Tray, row: Row, on: date) -> bool:
    """Whether there is nothing left to write about since the story asked for the letter."""
    if row["subject"] != row["claim_id"]:
        return _is_needless_to_agreement(policy, tray, row, on)
    if row["ending"] or row["is_withdrawn"] or Stage(row["stage"]).is_with_the_collector:
        return True
    fee = unearned_fee(row)
    return is_settled(policy, row, Money(row["balance_ore"] - (fee["ore"] if fee else 0)), on)


def unearned_fee(row: Row) -> dict[str, Any] | None:
    """What was charged for the letter while none of its copies has left."""
    fee: dict[str, Any] | None = row["fee"]
    return None if row["is_fee_earned"] else fee


def _is_needless_to_agreement(policy: Policy, tray: Tray, row: Row, on: date) -> bool:
    agreement, letter = tray.agreements[row["subject"]], Letter(row["letter"])
    if not any(_is_owed(policy, account, on) for account in _accounts(tray, row)):
        return True
    if letter is Letter.AGREEMENT_BROKEN:
        return False
    missing = _missing(agreement, row["key"])
    is_caught_up = missing is not None and missing.missing <= NOTHING
    return agreement["state"] != "active" or is_caught_up


def write_content(policy: Policy, tray: Tray, row: Row, on: date) -> LetterContent:
    """The letter *row* as it is written on the day *on*."""
    agreement = tray.agreements.get(row["subject"])
    claim_type = policy.claim_type(row["claim_type"])
    is_person = row["kind"] == "person"
    return LetterContent(
        letter=Letter(row["letter"]),
        written_on=on,
        name=row["name"],
        address=tuple(row["address"]),
        claims=tuple(
            _owed_claim(policy, account, on)
            for account in _accounts(tray, row)
            if _is_owed(policy, account, on)
        ),
        deadline=row["deadline"] if row["days"] == 0 else new_deadline(row, on),
        office=Office(policy.municipality, policy.sender, policy.phone),
        fee=_fee(row),
        instalments=_instalments(agreement),
        missing=_missing(agreement, row["key"]),
        carries_transfer_notice=row["letter"] == row["transfer_notice_with"],
        can_be_withheld_from_wages=is_person and not claim_type.is_civil,
        has_co_debtors=row["debtors"] > 1,
    )


def _accounts(tray: Tray, row: Row) -> list[Row]:
    """The claims a letter is about: its own, or all that the agreement covered."""
    agreement = tray.agreements.get(row["subject"])
    ids: Sequence[str] = (agreement and agreement["claims"]) or [row["claim_id"]]
    return [tray.accounts[claim_id] for claim_id in ids]


def _is_owed(policy: Policy, account: Row, on: date) -> bool:
    is_over = account["ending"] or account["is_withdrawn"]
    return not (is_over or is_settled(policy, account, Money(account["balance_ore"]), on))


def _owed_claim(policy: Policy, account: Row, on: date) -> OwedClaim:
    claim_type = policy.claim_type(account["claim_type"])
    reference = account["payment_reference"]
    return OwedClaim(
        id=account["id"],
        claim_type=claim_type.name,
        description=account["description"],
        period_start=account["period_start"],
        period_end=account["period_end"],
        lines=_lines(account),
        payment_line=payment_line(reference, policy.creditor_number),
        can_grow=bool(claim_type.interest.on(on) or claim_type.fee.on(on)),
    )


def _lines(account: Row) -> tuple[OwedLine, ...]:
    """What is open of each kind, and what the balance has beside: they sum to the balance."""
    lines = [_line(kind, Money(int(ore)), basis) for kind, ore, basis in account["open"]]
    rest = Money(account["balance_ore"]) - sum((line.amount for line in lines), NOTHING)
    return (*lines, _line("correction", rest)) if rest else tuple(lines)


def _line(kind: str, amount: Money, basis: str = "") -> OwedLine:
    return OwedLine(sentence(f"owed-{kind}", _LANGUAGE), amount, basis)


def _fee(row: Row) -> OwedLine | None:
    fee = row["fee"]
    return _line("fee", Money(fee["ore"]), fee["basis"]) if fee else None


def _instalments(agreement: Row | None) -> tuple[PlannedPayment, ...]:
    if agreement is None:
        return ()
    return tuple(
        PlannedPayment(
            number=json["number"],
            due_on=date.fromisoformat(json["due"]),
            amount=Money(json["ore"]),
            missing=Money(min(json["total"] - agreement["paid_ore"], json["ore"])),
        )
        for json in agreement["instalments"] or ()
    )


def _missing(agreement: Row | None, key: str) -> PlannedPayment | None:
    """The instalment that the reminder *key* (as ``reminder-3``) is about."""
    name, _, number = key.partition("-")
    if name != "reminder":
        return None
    return next((one for one in _instalments(agreement) if str(one.number) == number), None)

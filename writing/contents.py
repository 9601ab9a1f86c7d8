"""What the letters in the tray have to say, from what the tray knows."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping as Row

from domain.claim import Stage
from domain.deadlines import letter_deadline
from domain.letters import Letter
from domain.merging import Waiting
from domain.money import NOTHING, Money
from domain.payment_reference import payment_line
from domain.policy import Policy
from letters.catalogue import sentence
from letters.content import (
    HearingCall,
    LetterContent,
    Office,
    OwedClaim,
    OwedLine,
    PlannedPayment,
)
from persistence.claims.telling import is_settled
from persistence.post.tray import Tray

_DIGITAL = "digital-post"
_TO_OWNERS = {Letter.OWNER_NOTICE, Letter.HEARING_OFF}
_OF_THE_END = {Letter.AGREEMENT_BROKEN, Letter.AGREEMENT_ENDED}


def new_deadline(row: Row, on: date) -> date:
    """The debtor's last day when the letter leaves on the day *on*: never sooner than it was."""
    due, promised = row["last_timely_payment_date"], row["deadline"]
    assert isinstance(promised, date)
    if row["days"] == 0:
        return promised
    return max(promised, letter_deadline(Letter(row["letter"]), on, row["days"], due))


def why_needless(policy: Policy, tray: Tray, row: Row, on: date) -> str | None:
    """Why there is nothing left to write about since the letter was asked for; None: there is."""
    letter = Letter(row["letter"])
    if not letter.hangs_on_a_debt:
        return None
    if row["subject"] != row["claim_id"]:
        return _why_needless_to_agreement(policy, tray, row, on)
    if row["is_withdrawn"]:
        return "withdrawn"
    if Stage(row["stage"]).is_with_the_collector and not is_of_raise(row):
        return "transferred"
    if row["is_hearing_off"]:
        return "hearing-off"
    fee = unearned_fee(row)
    rest = Money(row["balance_ore"] - (fee["ore"] if fee else 0))
    is_paid = row["ending"] or is_settled(policy, row, rest, on)
    return "paid" if is_paid else None


def is_of_raise(row: Row) -> bool:
    """Whether it is asked for what a claim at the authority is to be raised by: a person must hear
    of it before the authority does."""
    return "raised_ore" in row["facts"]


def unearned_fee(row: Row) -> dict[str, Any] | None:
    """What was charged for the letter while none of its copies has left."""
    fee: dict[str, Any] | None = row["fee"]
    return None if row["is_fee_earned"] else fee


def as_waiting(row: Row) -> Waiting:
    """What decides with which others the letter leaves."""
    fee = unearned_fee(row)
    return Waiting(
        row["id"], row["debtor_id"], Letter(row["letter"]), row["claim_id"], row["subject"],
        fee["ore"] if fee else 0, row["goes_with"] or (row["id"] if row["template"] else None),
    )  # fmt: skip


def _why_needless_to_agreement(policy: Policy, tray: Tray, row: Row, on: date) -> str | None:
    agreement, letter = tray.agreements[row["subject"]], Letter(row["letter"])
    owed = [account for account in _accounts(tray, row) if _is_owed(policy, account, on)]
    if not owed:
        return "paid"
    if letter in _OF_THE_END:
        is_anew = all(one["agreement_id"] not in {None, row["subject"]} for one in owed)
        return "agreed-anew" if is_anew else None
    missing, fee = _missing(agreement, row["key"]), unearned_fee(row)
    if missing is not None:
        is_last = missing.number == _instalments(agreement)[-1].number
        fee_in_it = Money(fee["ore"]) if fee and is_last else NOTHING
        if missing.missing <= fee_in_it:
            return "paid"
    return "agreement-ended" if agreement["state"] != "active" else None


def write_content(policy: Policy, tray: Tray, rows: Sequence[Row], on: date) -> LetterContent:
    """The letter that *rows* leave as on the day *on*, in the words of the first of them."""
    row = rows[0]
    agreement = tray.agreements.get(row["subject"])
    facts = row["facts"]
    is_by_post = row["channel"] != _DIGITAL
    return LetterContent(
        letter=Letter(row["letter"]),
        written_on=on,
        name=row["name"],
        address=() if row["is_protected"] and not is_by_post else tuple(row["address"]),
        claims=_claims(policy, tray, rows, on),
        deadline=max(new_deadline(one, on) for one in rows),
        office=Office(policy.municipality, policy.sender, policy.phone),
        language=row["language"],
        fee=_fee(rows),
        instalments=_instalments(agreement),
        missing=_missing(agreement, row["key"]),
        can_be_withheld_from_wages=any(_may_be_withheld(policy, one) for one in rows),
        has_co_debtors=any(one["co_debtors"] for one in rows),
        may_agree=any(_may_agree(policy, one, on) for one in rows),
        note=tuple(facts.get("note", ())),
        held_since=_day(facts.get("held_since")),
        held_until=_day(facts.get("held_until")),
        refund=Money(facts["refund_ore"]) if "refund_ore" in facts else None,
        rested_interest=Money(facts["rested_ore"]) if "rested_ore" in facts else None,
        hearing=_hearing(facts.get("hearing")),
        ground=facts.get("ground", ""),
    )


def _hearing(told: dict[str, Any] | None) -> HearingCall | None:
    if told is None:
        return None
    expected, court_fee = Money(told["expected_ore"]), Money(told["court_fee_ore"])
    return HearingCall(
        date.fromisoformat(told["day"]), told["time"], told["place"],
        expected, court_fee, expected + court_fee,
        str(told["distraint"]), told.get("estate", ""),
    )  # fmt: skip


def _claims(policy: Policy, tray: Tray, rows: Sequence[Row], on: date) -> tuple[OwedClaim, ...]:
    """Each claim once; what is paid is left out, unless the letter is about that.

    An owner who owes nothing is not told what it is about.
    """
    row, found = rows[0], {}
    letter = Letter(row["letter"])
    if letter in _TO_OWNERS and not row["is_liable"]:
        return ()
    is_about_debt = letter.asks_for_payment or letter is Letter.HEARING_OFF
    for one in rows:
        for account in _accounts(tray, one):
            if not is_about_debt or _is_owed(policy, account, on):
                found[account["id"]] = _owed_claim(policy, account, one, on)
    return tuple(found.values())


def _may_be_withheld(policy: Policy, row: Row) -> bool:
    return row["kind"] == "person" and not policy.claim_type(row["claim_type"]).is_civil


def _may_agree(policy: Policy, row: Row, on: date) -> bool:
    rule = policy.claim_type(row["claim_type"]).agreement.on(on)
    return rule is not None and rule.is_offered


def _accounts(tray: Tray, row: Row) -> list[Row]:
    """The claims a letter is about: its own, or all that the agreement covered."""
    agreement = tray.agreements.get(row["subject"])
    ids: Sequence[str] = (agreement and agreement["claims"]) or [row["claim_id"]]
    return [tray.accounts[claim_id] for claim_id in ids]


def _is_owed(policy: Policy, account: Row, on: date) -> bool:
    is_over = account["ending"] or account["is_withdrawn"]
    return not (is_over or is_settled(policy, account, Money(account["balance_ore"]), on))


def _owed_claim(policy: Policy, account: Row, row: Row, on: date) -> OwedClaim:
    claim_type, language = policy.claim_type(account["claim_type"]), row["language"]
    reference = account["payment_reference"]
    return OwedClaim(
        id=account["id"],
        claim_type=claim_type.name if language == "da" else claim_type.name_en,
        description=account["description"],
        period_start=account["period_start"],
        period_end=account["period_end"],
        lines=_lines(account, language),
        payment_line=payment_line(reference, policy.creditor_number),
        legal_basis=claim_type.legal_basis,
        can_grow=bool(claim_type.interest.on(on) or claim_type.fee.on(on)),
        carries_transfer_notice=row["letter"]
        in {row["transfer_notice_with"], Letter.TRANSFER_NOTICE},
    )


def _lines(account: Row, language: str) -> tuple[OwedLine, ...]:
    """What is open of each kind, and what the balance has beside: they sum to the balance."""
    lines = [_line(language, kind, Money(int(ore)), law) for kind, ore, law in account["open"]]
    rest = Money(account["balance_ore"]) - sum((line.amount for line in lines), NOTHING)
    return (*lines, _line(language, "correction", rest)) if rest else tuple(lines)


def _line(language: str, kind: str, amount: Money, basis: str = "") -> OwedLine:
    return OwedLine(sentence(f"owed-{kind}", language), amount, basis)


def _fee(rows: Sequence[Row]) -> OwedLine | None:
    """What the letter itself costs: one fee, however many claims it is about."""
    for row in rows:
        if fee := row["fee"]:
            return _line(row["language"], "fee", Money(fee["ore"]), fee["basis"])
    return None


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
        if json["ore"]
    )


def _missing(agreement: Row | None, key: str) -> PlannedPayment | None:
    """The instalment that the reminder or the nudge *key* (as ``reminder-3``) is about."""
    name, _, number = key.partition("-")
    if name not in {"reminder", "nudge"}:
        return None
    return next((one for one in _instalments(agreement) if str(one.number) == number), None)


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None

"""What we send, MFFordringIndberet_I: written as XML, and read back as the authority reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from domain.money import Money
from domain.recovery.actions import RULES, ActionKind, ActionReason, rule_of
from domain.recovery.claim import Part, RecoveryClaim, RecoveryLiability
from gateways.ports import RecoveryAction, RecoveryDelivery
from gateways.recovery_authority.messages_v1.elements import (
    Element,
    UnreadableMessage,
    add,
    add_money,
    begin,
    parsed,
    written,
)

_ROOT = "MFFordringIndberet_I"
_ART = "INDR"  # inddrivelse; MODR would be set-off alone
_LONGEST_DESCRIPTION = 100
_CVR_DIGITS = 8
_INTEREST_TYPES = ("REOP", "REIN", "KFOPREN", "KOPRORE")  # fact sheet § 3.8
_KINDS = {rule.code: rule.kind for rule in RULES}
_CHOICES = {
    ActionKind.CREATE: "OpretFordringAktion",
    ActionKind.RESEND: "GenindsendFordringAktion",
    ActionKind.WRITE_DOWN: "NedskrivFordringAktion",
    ActionKind.RECALL: "TilbagekaldFordringAktion",
    ActionKind.RAISE: "OpskrivFordringAktion",
    ActionKind.UNDO_RAISE: "AnnullerOpskrivningAktion",
    ActionKind.WRITE_UP: "AnnullerNedskrivningAktion",
    ActionKind.UNDO_CORRECTION: "OmgoerNedskrivningAktion",
    ActionKind.UNDO_WRITE_UP: "AnnullerAnnulleringAktion",
    ActionKind.RAISE_PRINCIPAL: "AendrFordringAktion",
    ActionKind.APPROVE: "GodkendHoeringAktion",
}
_CLAIM, _RELATED = "MFOpretFordringStruktur", "OpretUnderfordringSamling"
_BALANCE = ("FordringBeløbStruktur", "DMIFordringBeløb")
_PRINCIPAL = ("FordringOprindeligBeløbStruktur", "EFIFordringOprindeligBeløb")


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who sends: the municipality's SE number and its number as a claimant (fordringshaver)."""

    se_number: str
    claimant_id: str


def write_delivery(delivery: RecoveryDelivery, claimant: Claimant, now: datetime) -> bytes:
    root = begin(_ROOT)
    main = add(add(root, "Kontekst"), "HovedOplysninger")
    add(main, "TransaktionsID", delivery.delivery_id)
    add(main, "TransaktionsTid", now.isoformat(timespec="seconds"))
    add(add(root, "FordringhaverSystemIDStruktur"), "VirksomhedSENummer", claimant.se_number)
    add(root, "MFLeveranceID", delivery.delivery_id)
    actions = add(root, "FordringAktionSamling")
    for action in delivery.actions:
        _write_action(add(actions, "FordringAktion"), action, claimant)
    return written(root)


def _write_action(parent: etree._Element, action: RecoveryAction, claimant: Claimant) -> None:
    rule = rule_of(action.kind, action.reason)
    assert rule, f"{action.kind} for {action.reason} is no action"
    add(parent, "MFAktionKode", rule.code)
    add(parent, "DMIFordringHaverID", claimant.claimant_id)
    choice = add(add(parent, "AktionValg"), _CHOICES[action.kind])
    if action.kind is ActionKind.RESEND:
        add(choice, "DMIFordringGenindsendRef", action.undoes)
    elif action.kind is not ActionKind.CREATE:
        _write_change(choice, action)
    if action.claim:
        _write_claim(add(choice, _CLAIM), action.claim, action.national_ids, claimant)
    if action.related:
        holder = add(choice, _RELATED)
        for claim in action.related:
            _write_claim(add(holder, _CLAIM), claim, action.national_ids, claimant)


def _write_change(choice: etree._Element, action: RecoveryAction) -> None:
    add(choice, "DMIFordringFordringHaverRef", action.reference)
    add(choice, "MFAarsagKode", action.reason)
    add(choice, "MFVirkningDato", action.effective_on)
    add(choice, "MFAktionIDRef", action.undoes)
    if action.amount_ore:
        add_money(choice, *_BALANCE, action.amount_ore)
    add(choice, "MFBemaerkning", action.remark or None)


def _write_claim(
    parent: etree._Element,
    claim: RecoveryClaim,
    national_ids: Mapping[int, str],
    claimant: Claimant,
) -> None:
    add(parent, "DMIFordringFordringArtKode", _ART)
    add(parent, "DMIFordringTypeKode", claim.type_code)
    add(parent, "DMIFordringFordringHaverRef", claim.reference)
    add(parent, "DMIFordringHovedFordringRef", claim.parent)
    add(parent, "DMIFordringStiftelseTidspunkt", claim.originated_on)
    add(parent, "DMIFordringForfaldDato", claim.due_on)
    add(parent, "DMIFordringSRBDato", claim.last_timely_on)
    add(parent, "DMIFordringBeskrivelse", claim.description[:_LONGEST_DESCRIPTION] or None)
    add_money(parent, *_BALANCE, claim.amount.ore)
    period = add(parent, "FordringPeriodeStruktur")
    add(period, "DMIFordringPeriodeFraDato", claim.period_start)
    add(period, "DMIFordringPeriodeTilDato", claim.period_end)
    add_money(parent, *_PRINCIPAL, claim.principal.ore)
    add(parent, "DMIFordringHaverID", claimant.claimant_id)
    liabilities = add(parent, "FordringHæftelseSamling")
    for liability in claim.liabilities:
        number = national_ids[liability.debtor_id]
        _write_liability(add(liabilities, "MFHæftelseStruktur"), liability, number)


def _write_liability(parent: etree._Element, liability: RecoveryLiability, number: str) -> None:
    choice = add(add(parent, "MFKundeStruktur"), "Valg")
    is_company = len(number) == _CVR_DIGITS
    add(choice, "VirksomhedCVRNummer" if is_company else "PersonCPRNummer", number)
    add(parent, "HæftelseForældelseDato", liability.limitation_date)
    add(parent, "HæftelseDom", liability.judged_on)
    add(parent, "HæftelseForlig", liability.settled_on)


def read_delivery(document: bytes) -> RecoveryDelivery:
    """As the authority reads it: debtors are numbered as they come. Raises UnreadableMessage."""
    root = parsed(document, _ROOT)
    root.text("FordringhaverSystemIDStruktur", "VirksomhedSENummer")
    actions = tuple(_action(one) for one in root.all("FordringAktionSamling", "FordringAktion"))
    if not actions:
        raise UnreadableMessage(root.child("FordringAktionSamling").path, "empty")
    return RecoveryDelivery(root.text("MFLeveranceID"), actions)


def _action(element: Element) -> RecoveryAction:
    code = element.text("MFAktionKode")
    kind = _KINDS.get(code)
    choice = element.child("AktionValg").only()
    if kind is None or choice.name != _CHOICES[kind]:
        raise UnreadableMessage(f"{element.path}/MFAktionKode", f"{code} is no such action")
    national_ids: dict[int, str] = {}
    found = choice.maybe(_CLAIM)
    claim = _claim(found, national_ids) if found else None
    related = tuple(_claim(one, national_ids) for one in choice.all(_RELATED, _CLAIM))
    is_new = kind in {ActionKind.CREATE, ActionKind.RESEND}
    if is_new and claim is None:
        raise UnreadableMessage(f"{choice.path}/{_CLAIM}", "missing")
    reference = claim.reference if claim else choice.text("DMIFordringFordringHaverRef")
    amount = choice.ore(*_BALANCE) if not is_new and choice.maybe(_BALANCE[0]) else 0
    earlier = "DMIFordringGenindsendRef" if kind is ActionKind.RESEND else "MFAktionIDRef"
    return RecoveryAction(
        kind, reference, _reason(choice), amount, choice.day_or_none("MFVirkningDato"),
        choice.text_or_none(earlier), choice.text_or_none("MFBemaerkning") or "",
        claim, related, national_ids,
    )  # fmt: skip


def _reason(choice: Element) -> ActionReason | None:
    text = choice.text_or_none("MFAarsagKode")
    try:
        return ActionReason(text) if text else None
    except ValueError as error:
        raise UnreadableMessage(f"{choice.path}/MFAarsagKode", "no such reason") from error


def _claim(element: Element, national_ids: dict[int, str]) -> RecoveryClaim:
    parent = element.text_or_none("DMIFordringHovedFordringRef")
    type_code = element.text("DMIFordringTypeKode")
    if element.text("DMIFordringFordringArtKode") != _ART:
        raise UnreadableMessage(f"{element.path}/DMIFordringFordringArtKode", f"not {_ART}")
    return RecoveryClaim(
        reference=element.text("DMIFordringFordringHaverRef"),
        part=_part(type_code) if parent else Part.PRINCIPAL,
        type_code=type_code,
        principal=Money(element.ore(*_PRINCIPAL)),
        amount=Money(element.ore(*_BALANCE)),
        description=element.text_or_none("DMIFordringBeskrivelse") or "",
        period_start=element.day("FordringPeriodeStruktur", "DMIFordringPeriodeFraDato"),
        period_end=element.day("FordringPeriodeStruktur", "DMIFordringPeriodeTilDato"),
        originated_on=element.day("DMIFordringStiftelseTidspunkt"),
        due_on=element.day("DMIFordringForfaldDato"),
        last_timely_on=element.day("DMIFordringSRBDato"),
        liabilities=tuple(
            _liability(one, national_ids)
            for one in element.all("FordringHæftelseSamling", "MFHæftelseStruktur")
        ),
        parent=parent,
    )


def _part(type_code: str) -> Part:
    """What a related claim is shows in its type alone."""
    return Part.INTEREST if type_code.startswith(_INTEREST_TYPES) else Part.FEE


def _liability(element: Element, national_ids: dict[int, str]) -> RecoveryLiability:
    number = _national_id(element.child("MFKundeStruktur", "Valg").only())
    known = {national_id: id_ for id_, national_id in national_ids.items()}
    debtor = known.get(number, len(national_ids) + 1)
    national_ids[debtor] = number
    return RecoveryLiability(
        debtor,
        element.day("HæftelseForældelseDato"),
        element.day_or_none("HæftelseDom"),
        element.day_or_none("HæftelseForlig"),
    )


def _national_id(element: Element) -> str:
    number = element.text()
    if not number.isdecimal():
        raise UnreadableMessage(element.path, "not a number")
    return number

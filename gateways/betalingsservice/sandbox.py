"""A Betalingsservice that keeps mandates, collects on the day, rejects some and takes some back."""

import hashlib
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

from domain.calendar import is_working_day, start_of, working_day_from, working_days_after
from domain.errors import GatewayRejected, Invalid
from gateways.betalingsservice.contents import MANDATES, Collection, MandateKind
from gateways.betalingsservice.notices import Creditor, write_mandates, write_payments
from gateways.betalingsservice.reading import read_collections, read_records
from gateways.betalingsservice.records import ENCODING
from gateways.betalingsservice.tally import Sign
from gateways.betalingsservice.walking import DeliveryTotals
from gateways.journal import Body, Journal, Page, share
from gateways.laying import lay_file

_NAME = "betalingsservice"
_CODES = {kind: transaction for transaction, kind in MANDATES.items()}
_COMPLETED, _REJECTED, _CANCELLED, _CHARGED_BACK = "0236", "0237", "0238", "0239"


@dataclass(frozen=True, slots=True)
class CollectingBehaviour:
    """Shares from 0 to 1 fall on a collection always alike; days are working days."""

    share_rejected: float = 0.05
    share_charged_back: float = 0.02
    days_to_charge_back: int = 3
    seed: int = 1


class SandboxBetalingsservice:
    """On days when banks are closed nothing happens and nothing is told."""

    def __init__(
        self,
        folder: Path,
        creditor: Creditor | None = None,
        behaviour: CollectingBehaviour | None = None,
    ) -> None:
        self._journal = Journal(folder / f"{_NAME}.sqlite")
        self._creditor = creditor or Creditor()
        self._behaviour = behaviour or CollectingBehaviour()

    def deliver(self, name: str, content: bytes) -> None:
        """Takes a file of collections (0601), all or nothing, and once however often it comes.

        Raises GatewayRejected for one that cannot be read, for another under the same id, and for
        another creditor's.
        """
        collections, totals = _read(name, content)
        if not self._is_ours(content, totals):
            raise GatewayRejected(_NAME, "CREDITOR-UNKNOWN", name)
        digest = {"digest": hashlib.sha256(content).hexdigest()}
        with self._journal.open() as page:
            known = page.noted(f"delivery {totals.delivery_id}")
            if known is not None and known != digest:
                raise GatewayRejected(_NAME, "DELIVERY-KNOWN", f"{name}: {totals.delivery_id}")
            if known is None:
                page.note(f"delivery {totals.delivery_id}", digest)
                for collection in collections:
                    _await(page, collection)

    def _is_ours(self, content: bytes, totals: DeliveryTotals) -> bool:
        """By the numbers of who sends it and of whom each record collects for."""
        records = read_records(BytesIO(content))
        numbers = {record.said("pbs_number") for record in records}
        return totals.supplier == self._creditor.supplier and numbers <= {self._creditor.pbs_number}

    def sign_up(self, customer_number: str, on: date) -> str:
        """The customer's mandate; a new one unless there is one in force."""
        with self._journal.open() as page:
            known = page.noted(f"customer {customer_number}")
            if known is not None and known["mandate"] is not None:
                return str(known["mandate"])
            number = (page.noted("last mandate") or {"number": 0})["number"] + 1
            mandate = f"{number:09}"
            page.note("last mandate", {"number": number})
            page.note(f"customer {customer_number}", {"mandate": mandate})
            begun = {"customer_number": customer_number, "start": on.isoformat(), "end": None}
            page.note(f"mandate {mandate}", begun)
            _tell_of(page, mandate, begun, MandateKind.REGISTERED, on)
            return mandate

    def cancel(
        self, mandate: str, on: date, kind: MandateKind = MandateKind.CANCELLED_BY_BANK
    ) -> None:
        """Ended once, from *on*; raises GatewayRejected for a mandate that never was."""
        with self._journal.open() as page:
            known = page.noted(f"mandate {mandate}")
            if known is None:
                raise GatewayRejected(_NAME, "MANDATE-UNKNOWN", mandate)
            if known["end"] is None:
                ended = known | {"end": on.isoformat()}
                page.note(f"mandate {mandate}", ended)
                page.note(f"customer {known['customer_number']}", {"mandate": None})
                _tell_of(page, mandate, ended, kind, on)

    def write_notices(self, on: date, into: Path) -> list[Path]:
        """That day's files in *into*: mandates (0603) and payments (0602), where there are any.

        The same bytes when asked again; what comes later is told on a later day.
        """
        return [
            lay_file(into / f"bs{delivery_type}-{on.isoformat()}.txt", text.encode(ENCODING))
            for delivery_type, text in self._notices(on).items()
        ]

    def _notices(self, on: date) -> dict[str, str]:
        """By type of delivery. They are kept: nothing told is ever told otherwise."""
        if not is_working_day(on):
            return {}
        with self._journal.open() as page:
            known = page.noted(f"notices {on.isoformat()}")
            if known is None:
                known = self._tell(page, on)
                page.note(f"notices {on.isoformat()}", known)
            return known

    def _tell(self, page: Page, on: date) -> Body:
        last = (page.noted("last told") or {"number": 0})["number"]
        page.tell_due(start_of(on), lambda event: self._become(page, event, on))
        told = page.told(last)
        if told:
            page.note("last told", {"number": told[-1][0]})
        mandates = [body for _, body in told if "start" in body]
        payments = [body for _, body in told if "amount" in body]
        files = {}
        if mandates:
            files["0603"] = write_mandates(self._creditor, on, mandates).decode(ENCODING)
        if payments:
            files["0602"] = write_payments(self._creditor, on, payments).decode(ENCODING)
        return files

    def _become(self, page: Page, event: Body, on: date) -> Body:
        """A mandate's change is told as it is; a collection becomes what came of it."""
        if "start" in event or event["transaction"] == _CHARGED_BACK:
            return event
        name = "-".join(str(event[part]) for part in sorted(event))
        if not _is_in_force(page, event, on):
            return _came_of(event, _CANCELLED, on)
        if share(self._behaviour.seed, f"rejected-{name}") < self._behaviour.share_rejected:
            return _came_of(event, _REJECTED, on)
        completed = _came_of(event, _COMPLETED, on)
        draw = share(self._behaviour.seed, f"charged back {name}")
        if draw < self._behaviour.share_charged_back:
            back_on = working_days_after(on, self._behaviour.days_to_charge_back)
            page.will_tell(start_of(back_on), _taken_back(completed, back_on))
        return completed


def _read(name: str, content: bytes) -> tuple[list[Collection], DeliveryTotals]:
    collections = list[Collection]()
    totals: DeliveryTotals | None = None
    try:
        for told in read_collections(BytesIO(content)):
            if isinstance(told, DeliveryTotals):
                totals = told
            else:
                collections.append(told)
    except Invalid as invalid:
        [fault] = invalid.faults
        place = f"line {fault.values['line']}, column {fault.values['column']}"
        raise GatewayRejected(_NAME, fault.code, f"{name}: {place}") from invalid
    assert totals is not None
    return collections, totals


def _await(page: Page, collection: Collection) -> None:
    """What falls due when banks are closed is collected on their next day."""
    event = {
        "transaction": _COMPLETED,
        "customer_number": collection.customer_number,
        "mandate": collection.mandate,
        "due_on": collection.due_on.isoformat(),
        "amount": collection.amount_ore,
        "reference": collection.reference,
    }
    page.will_tell(start_of(working_day_from(collection.due_on)), event)


def _tell_of(page: Page, mandate: str, known: Body, kind: MandateKind, on: date) -> None:
    page.will_tell(start_of(on), known | {"mandate": mandate, "transaction": _CODES[kind]})


def _is_in_force(page: Page, event: Body, on: date) -> bool:
    """The mandate is that customer's, and has begun and not ended."""
    known = page.noted(f"mandate {event['mandate']}")
    if known is None or known["customer_number"] != event["customer_number"]:
        return False
    day = on.isoformat()
    return bool(known["start"] <= day and (known["end"] is None or day < known["end"]))


def _came_of(event: Body, transaction: str, on: date) -> Body:
    is_paid = transaction == _COMPLETED
    return event | {
        "transaction": transaction,
        "sign": Sign.COLLECT.value,
        "paid_on": on.isoformat() if is_paid else None,
        "booked_on": on.isoformat(),
        "paid_amount": event["amount"] if is_paid else 0,
    }


def _taken_back(completed: Body, on: date) -> Body:
    """It tells of the day that was paid, and is booked when it is taken back.

    Unverified: that Betalingsservice gives it the sign of a disbursement.
    """
    sign = Sign.DISBURSE.value
    return completed | {"transaction": _CHARGED_BACK, "sign": sign, "booked_on": on.isoformat()}

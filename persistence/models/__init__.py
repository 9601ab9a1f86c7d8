"""All tables, by the subject they keep."""

from persistence.models.agreements import Agreement, Instalment
from persistence.models.base import Table
from persistence.models.claims import Act, Claim, Hold, Liability, LimitationEvent
from persistence.models.direct_debit import CollectionRow, Mandate
from persistence.models.files import BankLine, BankStatement, FileFault, FileRow
from persistence.models.ledger import LedgerCoverage, LedgerEntry, Payment, Payout, Refund
from persistence.models.letters import (
    LetterDocument,
    LetterEvent,
    LetterRow,
    PostForecast,
    PostStop,
)
from persistence.models.people import Debtor, User
from persistence.models.recovery import GatewayCursor, RecoveryAction, RecoveryNotice, TransferRow
from persistence.models.tasks import Decision, Task
from persistence.models.trail import AuditAnchor, AuditRow, PurposeRow, ScreenRow, Substitution
from persistence.models.wires import IdempotencyKey, OutboxRow, TownClockRow

__all__ = [
    "Act",
    "Agreement",
    "AuditAnchor",
    "AuditRow",
    "BankLine",
    "BankStatement",
    "Claim",
    "CollectionRow",
    "Debtor",
    "Decision",
    "FileFault",
    "FileRow",
    "GatewayCursor",
    "Hold",
    "IdempotencyKey",
    "Instalment",
    "LedgerCoverage",
    "LedgerEntry",
    "LetterDocument",
    "LetterEvent",
    "LetterRow",
    "Liability",
    "LimitationEvent",
    "Mandate",
    "OutboxRow",
    "Payment",
    "Payout",
    "PostForecast",
    "PostStop",
    "PurposeRow",
    "RecoveryAction",
    "RecoveryNotice",
    "Refund",
    "ScreenRow",
    "Substitution",
    "Table",
    "Task",
    "TownClockRow",
    "TransferRow",
    "User",
]

"""All tables, by the subject they keep."""

from persistence.models.agreements import Acknowledgement, Agreement, AgreementClaim, Instalment
from persistence.models.base import Table
from persistence.models.claims import (
    Act,
    Claim,
    EarlyLapse,
    Hold,
    Liability,
    LimitationEvent,
    StageMove,
)
from persistence.models.direct_debit import CollectionRow, Mandate
from persistence.models.enforcement import (
    Distraint,
    DistraintAsset,
    DistraintHearing,
    DistraintMinutes,
    DistraintNote,
    DistraintOwner,
    DistraintProperty,
)
from persistence.models.enquiries import Consultation, Enquiry, EnquiryMessage
from persistence.models.files import BankLine, BankStatement, FileFault, FileRow
from persistence.models.foresight import Forecast, ForeseenRow, Pause, PauseClaim
from persistence.models.inbox import Presence, SavedFilter
from persistence.models.ledger import LedgerCoverage, LedgerEntry, Payment, Payout, Refund
from persistence.models.letters import (
    LetterDocument,
    LetterEvent,
    LetterRow,
    PostForecast,
    PostStop,
)
from persistence.models.people import Debtor, User
from persistence.models.recovery import (
    GatewayCursor,
    Preflight,
    RecoveryAction,
    RecoveryClaimRow,
    RecoveryMove,
    RecoveryNotice,
    RecoveryPayout,
    RecoveryStatementRead,
    RecoveryStatementRow,
    TransferRow,
)
from persistence.models.sign_in import AccessToken, KeptForm, SessionRow, SignIn
from persistence.models.steering import CouncilReport
from persistence.models.tasks import (
    Decision,
    Delegation,
    Draft,
    Task,
    TaskWeighing,
    TaskWeight,
    UndoStep,
)
from persistence.models.telling import (
    MailRow,
    MailWish,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookSecret,
    WebhookTry,
)
from persistence.models.trail import AuditAnchor, AuditRow, PurposeRow, ScreenRow, Substitution
from persistence.models.trials import PolicyTrial, PolicyTrialFigure, PolicyTrialSample
from persistence.models.wires import IdempotencyKey, OutboxRow, TownClockRow
from persistence.models.write_offs import Discharge, Suspension, WriteOff, WriteOffBatch
from persistence.models.writings import Attachment, AttachmentContent, FileNote, NoteMention

__all__ = [
    "AccessToken",
    "Acknowledgement",
    "Act",
    "Agreement",
    "AgreementClaim",
    "Attachment",
    "AttachmentContent",
    "AuditAnchor",
    "AuditRow",
    "BankLine",
    "BankStatement",
    "Claim",
    "CollectionRow",
    "Consultation",
    "CouncilReport",
    "Debtor",
    "Decision",
    "Delegation",
    "Discharge",
    "Distraint",
    "DistraintAsset",
    "DistraintHearing",
    "DistraintMinutes",
    "DistraintNote",
    "DistraintOwner",
    "DistraintProperty",
    "Draft",
    "EarlyLapse",
    "Enquiry",
    "EnquiryMessage",
    "FileFault",
    "FileNote",
    "FileRow",
    "Forecast",
    "ForeseenRow",
    "GatewayCursor",
    "Hold",
    "IdempotencyKey",
    "Instalment",
    "KeptForm",
    "LedgerCoverage",
    "LedgerEntry",
    "LetterDocument",
    "LetterEvent",
    "LetterRow",
    "Liability",
    "LimitationEvent",
    "MailRow",
    "MailWish",
    "Mandate",
    "NoteMention",
    "OutboxRow",
    "Pause",
    "PauseClaim",
    "Payment",
    "Payout",
    "PolicyTrial",
    "PolicyTrialFigure",
    "PolicyTrialSample",
    "PostForecast",
    "PostStop",
    "Preflight",
    "Presence",
    "PurposeRow",
    "RecoveryAction",
    "RecoveryClaimRow",
    "RecoveryMove",
    "RecoveryNotice",
    "RecoveryPayout",
    "RecoveryStatementRead",
    "RecoveryStatementRow",
    "Refund",
    "SavedFilter",
    "ScreenRow",
    "SessionRow",
    "SignIn",
    "StageMove",
    "Substitution",
    "Suspension",
    "Table",
    "Task",
    "TaskWeighing",
    "TaskWeight",
    "TownClockRow",
    "TransferRow",
    "UndoStep",
    "User",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookSecret",
    "WebhookTry",
    "WriteOff",
    "WriteOffBatch",
]

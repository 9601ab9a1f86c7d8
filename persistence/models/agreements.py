"""Payment agreements: by each day this much shall have been paid in all."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Ore, Serial, Table


class Agreement(Table):
    """*paid_ore* is what has come in on its claims since it was signed (positive)."""

    __tablename__ = "agreements"

    id: Mapped[str] = mapped_column(primary_key=True)  # as A-000017
    debtor_id: Mapped[int] = mapped_column(ForeignKey("debtors.id"), index=True)
    state: Mapped[str] = mapped_column(default="active")  # or an AgreementOutcome
    signed_on: Mapped[date]
    ended_on: Mapped[date | None]
    grace_days: Mapped[int]
    catch_up_days: Mapped[int]
    owed_ore: Mapped[Ore]
    paid_ore: Mapped[Ore] = mapped_column(default=0)
    bears_interest: Mapped[bool] = mapped_column(default=False, server_default="false")
    follows: Mapped[str | None] = mapped_column(ForeignKey("agreements.id"))
    """The broken agreement it takes up again."""
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    """Who asked for its end before the plan was over, and why; the story ends it."""
    ended_because: Mapped[str | None]


class AgreementClaim(Table):
    """A claim an agreement covers or covered. *owed_ore*: its share when it was made, if known.

    *ledger_seq*: the last line on its account then; money that came later is the agreement's.
    """

    __tablename__ = "agreement_claims"

    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), primary_key=True, index=True)
    owed_ore: Mapped[Ore | None]
    ledger_seq: Mapped[int | None]


class Acknowledgement(Table):
    """That the debtor has said yes, how, and what of the debt they acknowledged. Append-only."""

    __tablename__ = "acknowledgements"

    id: Mapped[Serial]
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"), index=True)
    accepted_by: Mapped[str]  # an AcceptedBy
    acknowledged: Mapped[str]  # an Acknowledged
    given_on: Mapped[date]
    attachment_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("attachments.id"))
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Instalment(Table):
    __tablename__ = "instalments"
    __table_args__ = (CheckConstraint("amount_ore >= 0", name="not_negative"),)

    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    due_on: Mapped[date]
    amount_ore: Mapped[Ore]  # nothing where the plan needs it no more
    total_ore: Mapped[Ore]  # this and all before it

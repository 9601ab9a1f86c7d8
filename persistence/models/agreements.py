"""Payment agreements: by each day this much shall have been paid in all."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Ore, Table


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


class Instalment(Table):
    __tablename__ = "instalments"
    __table_args__ = (CheckConstraint("amount_ore > 0", name="positive"),)

    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    due_on: Mapped[date]
    amount_ore: Mapped[Ore]
    total_ore: Mapped[Ore]  # this and all before it

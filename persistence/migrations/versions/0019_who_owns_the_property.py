"""who owns the property that a distraint hearing is about, and hearings that go on later"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    _create_properties()
    _create_owners()
    op.add_column(
        "distraint_hearings",
        sa.Column("is_adjourned", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def _create_properties() -> None:
    table = "distraint_properties"
    op.create_table(
        table,
        _id(),
        sa.Column("distraint_id", sa.BigInteger(), nullable=False),
        _text("number"),
        sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False),
        _text("asked_by"),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("is_found", sa.Boolean(), nullable=True),
        _foreign(table, "distraint_id", "distraints"),
        _foreign(table, "asked_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("distraint_id", "number", name=op.f(f"uq_{table}_distraint_id_number")),
    )
    op.create_index(
        "ix_distraint_properties_open",
        table,
        ["id"],
        postgresql_where=sa.text("answered_on is null"),
    )


def _create_owners() -> None:
    table = "distraint_owners"
    op.create_table(
        table,
        _id(),
        sa.Column("distraint_id", sa.BigInteger(), nullable=False),
        sa.Column("debtor_id", sa.BigInteger(), nullable=False),
        _text("share"),
        _text("source"),
        _text("named_by"),
        sa.Column("named_on", sa.Date(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("told_how", sa.Text(), nullable=True),
        sa.Column("struck_on", sa.Date(), nullable=True),
        sa.Column("struck_why", sa.Text(), nullable=True),
        sa.CheckConstraint("source in ('register', 'typed')", name=op.f(f"ck_{table}_sources")),
        sa.CheckConstraint(
            "(told_on is null) = (told_how is null)", name=op.f(f"ck_{table}_told_with_proof")
        ),
        sa.CheckConstraint(
            "(struck_on is null) = (struck_why is null)",
            name=op.f(f"ck_{table}_struck_with_reason"),
        ),
        _foreign(table, "distraint_id", "distraints"),
        _foreign(table, "debtor_id", "debtors"),
        _foreign(table, "named_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "distraint_id", "debtor_id", name=op.f(f"uq_{table}_distraint_id_debtor_id")
        ),
    )
    op.create_index(op.f("ix_distraint_owners_debtor_id"), table, ["debtor_id"])


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def _foreign(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
    )


def downgrade() -> None:
    op.drop_column("distraint_hearings", "is_adjourned")
    for table in ("distraint_owners", "distraint_properties"):
        op.drop_table(table)

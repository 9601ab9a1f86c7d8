"""direct debit: mandates and collections"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.create_table(
        "mandates",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("debtor_id", sa.BigInteger(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["debtor_id"], ["debtors.id"], name=op.f("fk_mandates_debtor_id_debtors")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_mandates")),
    )
    op.create_index(op.f("ix_mandates_debtor_id"), "mandates", ["debtor_id"])
    op.create_table(
        "collections",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("mandate", sa.Text(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount_ore > 0", name=op.f("ck_collections_positive")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_collections_claim_id_claims")
        ),
        sa.ForeignKeyConstraint(
            ["mandate"], ["mandates.number"], name=op.f("fk_collections_mandate_mandates")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_collections_payment_id_payments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collections")),
        sa.UniqueConstraint("claim_id", "due_on", name=op.f("uq_collections_claim_id_due_on")),
    )
    op.create_index(
        "ix_collections_waiting", "collections", ["delivery_id"],
        postgresql_where="state = 'requested'",
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("collections")
    op.drop_table("mandates")

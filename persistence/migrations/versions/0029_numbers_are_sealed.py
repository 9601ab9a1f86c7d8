"""CPR and CVR numbers and the secrets of endpoints can be sealed; in clear until they are"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.create_table(
        "number_sealing",
        sa.Column("is_one", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.Column("lookup_check", sa.Text(), nullable=False),
        sa.CheckConstraint("is_one", name=op.f("ck_number_sealing_is_one")),
        sa.PrimaryKeyConstraint("is_one", name=op.f("pk_number_sealing")),
    )  # fmt: skip
    op.add_column("debtors", sa.Column("sealed_number", sa.Text(), nullable=True))
    op.alter_column("debtors", "national_id", nullable=True)
    op.add_column("webhook_secrets", sa.Column("sealed_secret", sa.Text(), nullable=True))
    op.alter_column("webhook_secrets", "secret", nullable=True)
    op.add_column("files", sa.Column("sealed_key", sa.Text(), nullable=True))
    # While it is built, people are registered: nothing waits for it. One that was given up halfway
    # is there, and invalid.
    with op.get_context().autocommit_block():
        op.execute("drop index concurrently if exists uq_debtors_national_id_hash")
        op.execute(
            "create unique index concurrently uq_debtors_national_id_hash"
            " on debtors (national_id_hash)"
        )
        op.execute("drop index concurrently if exists ix_debtors_national_id_hash")


def downgrade() -> None:
    """Not while anything is sealed: the columns in clear must be whole again."""
    op.alter_column("webhook_secrets", "secret", nullable=False)
    op.alter_column("debtors", "national_id", nullable=False)
    op.drop_column("files", "sealed_key")
    op.drop_column("webhook_secrets", "sealed_secret")
    op.drop_column("debtors", "sealed_number")
    op.drop_index("uq_debtors_national_id_hash", "debtors")
    op.create_index("ix_debtors_national_id_hash", "debtors", ["national_id_hash"])
    op.drop_table("number_sealing")

"""what is foreseen for the coming days, and what does not come"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forecasts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=True),
        sa.Column("priced_on", sa.Date(), nullable=True),
        sa.Column("lives", sa.Integer(), nullable=False),
        sa.Column("audit_seen", sa.BigInteger(), nullable=False),
        sa.Column("hold_seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecasts")),
    )
    op.create_index(op.f("ix_forecasts_state"), "forecasts", ["state"], unique=True)
    op.create_table(
        "foreseen",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("forecast_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("debtor_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("letter_id", sa.BigInteger(), nullable=True),
        sa.Column("fee_ore", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("instead_on", sa.Date(), nullable=True),
        sa.Column("facts", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["forecast_id"], ["forecasts.id"], ondelete="cascade",
            name=op.f("fk_foreseen_forecast_id_forecasts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_foreseen")),
    )
    op.create_index("ix_foreseen_day", "foreseen", ["forecast_id", "day", "id"])
    op.create_index("ix_foreseen_claim", "foreseen", ["claim_id"])


def downgrade() -> None:
    op.drop_table("foreseen")
    op.drop_table("forecasts")

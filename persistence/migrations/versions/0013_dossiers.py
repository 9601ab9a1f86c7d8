"""what is proved before a transfer, and what was handed over"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_KEPT = """
create trigger refuse_change before update or delete or truncate on sent_claims
  for each statement execute function refuse_change()"""
_CHECKS = {
    "reference_fits": "char_length(reference) <= 20",
    "within_principal": "principal_ore >= amount_ore and amount_ore >= 0",
    "related_to_the_main": "(parent is null) = (place = 0)",
}
_DAYS = ("period_start", "period_end", "originated_on", "due_on", "last_timely_on")


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.create_table(
        "sent_claims",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("type_code", sa.Text(), nullable=False),
        sa.Column("principal_ore", sa.BigInteger(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        *(sa.Column(day, sa.Date(), nullable=False) for day in _DAYS),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("liabilities", JSONB(), nullable=False),
        sa.Column("handed_over_on", sa.Date(), nullable=False),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_sent_claims_{name}"))
            for name, rule in _CHECKS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_claims")),
        sa.UniqueConstraint("reference", name=op.f("uq_sent_claims_reference")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_sent_claims_claim_id_claims")
        ),
        sa.ForeignKeyConstraint(
            ["parent"], ["sent_claims.reference"], name=op.f("fk_sent_claims_parent_sent_claims")
        ),
    )
    op.create_index(op.f("ix_sent_claims_claim_id"), "sent_claims", ["claim_id"])
    op.execute(_KEPT)
    op.create_table(
        "preflights",
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("missing", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("in_hearing", sa.Integer(), nullable=False),
        sa.Column("findings", JSONB(), nullable=False),
        sa.Column("refused_act", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_preflights")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_preflights_claim_id_claims")
        ),
    )


def downgrade() -> None:
    for table in ("preflights", "sent_claims"):
        op.drop_table(table)

"""what would stand in the way of a transfer"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None



def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
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
    op.drop_table("preflights")

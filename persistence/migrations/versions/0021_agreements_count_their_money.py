"""agreements: from which line of each account on the money is the agreement's"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# Of agreements made before it is known by days only: what was booked before the day is not theirs.
FILL = """
update agreement_claims k set ledger_seq = coalesce((
  select max(e.seq) from ledger_entries e
  where e.claim_id = k.claim_id and e.booked_on < g.signed_on), 0)
from agreements g where g.id = k.agreement_id"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.add_column("agreement_claims", sa.Column("ledger_seq", sa.Integer(), nullable=True))
    op.execute(FILL)


def downgrade() -> None:
    op.drop_column("agreement_claims", "ledger_seq")

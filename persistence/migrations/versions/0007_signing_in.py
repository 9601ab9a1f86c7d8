"""signing in: people and clients known from elsewhere, and their sessions"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.add_column("users", sa.Column("department", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("users", "department")

"""claims know one thing more, by which they are found"""

import sqlalchemy as sa
from alembic import op
from alembic.script import ScriptDirectory

from tests.upgrade import next_release

revision = "9999"
down_revision = ScriptDirectory.from_config(next_release.RELEASED()).get_current_head()
branch_labels = None
depends_on = None


def upgrade():
    next_release.tries.append(revision)
    op.execute("set local lock_timeout = '1s'")
    op.add_column("claims", sa.Column("one_more", sa.Text(), nullable=True))
    with op.get_context().autocommit_block():
        op.execute("drop index concurrently if exists ix_claims_one_more")
        op.execute("create index concurrently ix_claims_one_more on claims (one_more)")

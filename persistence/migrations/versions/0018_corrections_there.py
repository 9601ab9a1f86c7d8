"""corrections, interest and payouts of the recovery authority"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# What a report undoes was told by its key alone, which holds for the first of each kind.
_UNDOES = """
update recovery_actions u set facts = u.facts || jsonb_build_object('undoes', d.id)
from recovery_actions d
where u.kind = 'write-up' and not u.facts ? 'undoes' and d.claim_id = u.claim_id
  and d.key = replace(u.key, 'write-up', 'write-down')"""

# What was told before payouts were kept is taken as paid out: nobody can tell any more.
_BEGIN = """
insert into recovery_payouts (notice, paid_on, amount_ore, covered_ore)
select max(number), max(noticed_on), 0, 0 from recovery_notices having max(number) > 0"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.add_column("recovery_claims", sa.Column("raised_to_ore", sa.BigInteger()))
    op.execute(_UNDOES)
    op.create_table(
        "recovery_payouts",
        sa.Column("notice", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("covered_ore", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("notice", name=op.f("pk_recovery_payouts")),
    )
    op.execute(_BEGIN)


def downgrade() -> None:
    op.drop_table("recovery_payouts")
    op.drop_column("recovery_claims", "raised_to_ore")

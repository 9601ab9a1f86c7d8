"""before it is lost: how near each claim is to a transfer, and what lapses before its claim"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# As the house would say it by the findings that are kept already; the next night looks anew.
_FILL = """
update preflights p set
  codes = p.missing || array(select distinct f->>'rule' from jsonb_array_elements(p.findings) f
    order by 1),
  standing = case
    when 'route' = any(p.missing) then 'ours'
    when p.missing && array['description', 'reference', 'liable'] or exists (
      select from jsonb_array_elements(p.findings) f where f->>'then' = 'rejected' and f->>'rule'
        not in ('R_5_1', 'R_5_2', 'R_5_3', 'R_5_5', 'R_8_2', 'R_10_2')) then 'lacking'
    when p.missing <> '{}' or p.rejected > 0 then 'underway'
    when p.in_hearing > 0 then 'hearing' else 'ready' end"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.add_column("preflights", sa.Column("standing", sa.Text(), nullable=True))
    op.add_column("preflights", sa.Column("codes", sa.ARRAY(sa.Text()), nullable=True))
    op.execute(_FILL)
    for column in ("standing", "codes"):
        op.alter_column("preflights", column, nullable=False)
    op.create_index("ix_preflights_standing", "preflights", ["standing", "claim_id"])
    op.create_table(
        "early_lapses",
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("limitation_date", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("claim_id", "seq", name=op.f("pk_early_lapses")),
        sa.ForeignKeyConstraint(
            ["claim_id", "seq"],
            ["ledger_entries.claim_id", "ledger_entries.seq"],
            name=op.f("fk_early_lapses_claim_id_ledger_entries"),
        ),
    )


def downgrade() -> None:
    op.drop_table("early_lapses")
    op.drop_index("ix_preflights_standing", "preflights")
    for column in ("codes", "standing"):
        op.drop_column("preflights", column)

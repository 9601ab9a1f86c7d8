"""what is wrong of people is put right by hand, and a protection has a last day"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_TABLE = "rectifications"
_APPEND_ONLY = f"""
create trigger refuse_change before update or delete or truncate on {_TABLE}
  for each statement execute function refuse_change()"""

# As step 0030 has them; an approved erasure takes words out of these.
_OPENED = (
    "file_notes", "attachments", "attachment_contents", "enquiry_messages", "decisions",
    "limitation_events", "distraint_hearings", "distraint_minutes", "distraint_assets",
    "distraint_notes", "screens", "audit", "letter_documents", "recovery_claims", "letter_events",
)  # fmt: skip
_IS_ERASING = """
create or replace function is_erasing(what text) returns boolean language sql stable as $$
  select what = any(array{opened!r}) and exists (
    select from erasures where state = 'approved'
      and id = nullif(current_setting('rettidig.erasure', true), '')::bigint)
$$"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.add_column("debtors", sa.Column("protected_until", sa.Date(), nullable=True))
    op.add_column(
        "debtors",
        sa.Column(
            "overruled", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False
        ),
    )
    _rectifications()
    op.execute(_APPEND_ONLY)
    op.execute(_IS_ERASING.format(opened=[*_OPENED, _TABLE]))
    # People are registered while it is built: nothing waits for it.
    with op.get_context().autocommit_block():
        op.execute("drop index concurrently if exists ix_debtors_protected_until")
        op.execute(
            "create index concurrently ix_debtors_protected_until on debtors (protected_until)"
            " where protected_until is not null"
        )


def _rectifications() -> None:
    facts: tuple[tuple[str, sa.types.TypeEngine[Any]], ...] = (
        ("name", sa.Text()),
        ("address", sa.ARRAY(sa.Text())),
        ("protected", sa.Boolean()),
        ("until", sa.Date()),
    )
    op.create_table(
        _TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("debtor_id", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        *(
            sa.Column(f"{fact}_{when}", kind, nullable=True)
            for fact, kind in facts
            for when in ("was", "became")
        ),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column(
            "decided_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "outcome in ('corrected', 'refused')", name=op.f("ck_rectifications_outcome_known")
        ),
        sa.ForeignKeyConstraint(
            ["debtor_id"], ["debtors.id"], name=op.f("fk_rectifications_debtor_id_debtors")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_rectifications_decided_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectifications")),
    )
    op.create_index("ix_rectifications_debtor_id", _TABLE, ["debtor_id"])


def downgrade() -> None:
    """What was put right stands in the debtors' rows; that it was, and why, is lost."""
    op.execute(_IS_ERASING.format(opened=[*_OPENED]))
    op.drop_table(_TABLE)
    op.drop_column("debtors", "overruled")
    op.drop_column("debtors", "protected_until")

"""enquiries from citizens, questions to departments"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KEPT = """
create trigger refuse_change before update or delete or truncate on enquiry_messages
  for each statement execute function refuse_change()"""


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name)


def _attachments() -> sa.Column[list[int]]:
    none = sa.text("'{}'::bigint[]")
    kind = sa.ARRAY(sa.BigInteger())
    return sa.Column("attachment_ids", kind, nullable=False, server_default=none)


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.create_table(
        "enquiries",
        _id(),
        sa.Column("debtor_id", sa.BigInteger(), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        _key("enquiries", "debtor_id", "debtors"),
        _key("enquiries", "claim_id", "claims"),
        _key("enquiries", "task_id", "tasks"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiries")),
    )
    for column in ("debtor_id", "claim_id", "task_id"):
        op.create_index(op.f(f"ix_enquiries_{column}"), "enquiries", [column])
    op.create_table(
        "enquiry_messages",
        _id(),
        sa.Column("enquiry_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        _attachments(),
        sa.Column("registered_by", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        _key("enquiry_messages", "enquiry_id", "enquiries"),
        _key("enquiry_messages", "task_id", "tasks"),
        _key("enquiry_messages", "registered_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry_messages")),
    )
    for column in ("enquiry_id", "task_id", "received_on"):
        op.create_index(op.f(f"ix_enquiry_messages_{column}"), "enquiry_messages", [column])
    op.execute(_KEPT)
    op.create_table(
        "consultations",
        _id(),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        _attachments(),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recall_reason", sa.Text(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('open', 'answered', 'recalled') and (state = 'open') = (closed_at is null)"
            " and (state = 'answered') = (answer is not null)",
            name=op.f("ck_consultations_state_told"),
        ),
        _key("consultations", "claim_id", "claims"),
        _key("consultations", "task_id", "tasks"),
        _key("consultations", "asked_by", "users"),
        _key("consultations", "closed_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations")),
    )
    for column in ("claim_id", "asked_by"):
        op.create_index(op.f(f"ix_consultations_{column}"), "consultations", [column])
    op.create_index(
        "ix_consultations_department", "consultations", ["department", "state", "due_on"]
    )
    op.create_index(
        "ix_consultations_waiting", "consultations", ["task_id"],
        postgresql_where="state = 'open'",
    )  # fmt: skip


def downgrade() -> None:
    for table in ("consultations", "enquiry_messages", "enquiries"):
        op.drop_table(table)

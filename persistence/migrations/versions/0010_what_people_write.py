"""file notes and attachments"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_KEPT = ("file_notes", "attachments", "attachment_contents")
_ONE_OWNER = "(claim_id is null) <> (debtor_id is null)"


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.create_table(
        "file_notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=True),
        sa.Column("debtor_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        _now("written_at"),
        sa.Column("corrects_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(_ONE_OWNER, name=op.f("ck_file_notes_one_owner")),
        sa.CheckConstraint("text <> ''", name=op.f("ck_file_notes_says_something")),
        *_owners("file_notes"),
        _foreign("file_notes", "author", "users"),
        _foreign("file_notes", "corrects_id", "file_notes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_notes")),
    )
    for column in ("claim_id", "debtor_id", "corrects_id"):
        op.create_index(op.f(f"ix_file_notes_{column}"), "file_notes", [column])
    op.create_table(
        "note_mentions",
        sa.Column("note_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        _foreign("note_mentions", "note_id", "file_notes"),
        _foreign("note_mentions", "user_id", "users"),
        sa.PrimaryKeyConstraint("note_id", "user_id", name=op.f("pk_note_mentions")),
    )
    op.create_index(
        "ix_note_mentions_unseen", "note_mentions", ["user_id"], postgresql_where="seen_at is null"
    )
    op.create_index("ix_note_mentions_user", "note_mentions", ["user_id", "note_id"])
    op.create_table(
        "attachment_contents",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_attachment_contents")),
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=True),
        sa.Column("debtor_id", sa.BigInteger(), nullable=True),
        sa.Column("note_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("attached_by", sa.Text(), nullable=False),
        sa.Column("attached_on", sa.Date(), nullable=False),
        _now("attached_at"),
        sa.CheckConstraint(_ONE_OWNER, name=op.f("ck_attachments_one_owner")),
        *_owners("attachments"),
        _foreign("attachments", "note_id", "file_notes"),
        _foreign("attachments", "attached_by", "users"),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["attachment_contents.sha256"],
            name=op.f("fk_attachments_sha256_attachment_contents"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("claim_id", "sha256", name=op.f("uq_attachments_claim_id_sha256")),
        sa.UniqueConstraint("debtor_id", "sha256", name=op.f("uq_attachments_debtor_id_sha256")),
    )
    op.create_index(op.f("ix_attachments_note_id"), "attachments", ["note_id"])
    for table in _KEPT:
        op.execute(
            f"create trigger refuse_change before update or delete or truncate on {table} "
            "for each statement execute function refuse_change()"
        )


def _now(name: str) -> sa.Column[Any]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def _owners(table: str) -> tuple[sa.ForeignKeyConstraint, sa.ForeignKeyConstraint]:
    return _foreign(table, "claim_id", "claims"), _foreign(table, "debtor_id", "debtors")


def _foreign(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
    )


def downgrade() -> None:
    for table in ("attachments", "attachment_contents", "note_mentions", "file_notes"):
        op.drop_table(table)

"""the post room: letters that leave as one, what they looked like, stops and forecasts"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_JSON = postgresql.JSONB(astext_type=sa.Text())

# What a debtor was sent is never made otherwise; what was never offered may be written anew.
_KEPT = (
    """
create function letter_documents_kept() returns trigger language plpgsql as $$
begin
  raise exception 'a letter that was sent is never changed';
end $$""",
    """
create trigger letter_documents_kept before update or delete on letter_documents
  for each row when (old.pdf is not null) execute function letter_documents_kept()""",
    """
create trigger refuse_change before update or delete or truncate on letter_events
  for each statement execute function refuse_change()""",
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    for name, kind, default in (
        ("language", sa.Text(), "'da'"),
        ("is_protected", sa.Boolean(), "false"),
        ("status", sa.Text(), "'alive'"),
    ):
        column = sa.Column(name, kind, nullable=False, server_default=sa.text(default))
        op.add_column("debtors", column)
    op.add_column("letters", sa.Column("goes_with", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_letters_goes_with_letters"), "letters", "letters", ["goes_with"], ["id"]
    )
    facts = sa.Column("facts", _JSON, nullable=False, server_default=sa.text("'{}'::jsonb"))
    op.add_column("letters", facts)
    op.create_index(
        "ix_letters_followers", "letters", ["goes_with"], postgresql_where="goes_with is not null"
    )
    op.create_index("ix_letters_dispatched", "letters", ["dispatched_on"])
    op.create_index("ix_letters_planned", "letters", ["planned_on"])
    op.create_index(
        "ix_letters_tray_by_debtor", "letters", ["debtor_id"],
        postgresql_where="state = 'requested'",
    )  # fmt: skip
    op.create_table(
        "letter_documents",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.BigInteger(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("document", _JSON, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=True),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("pdf_sha256", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(pdf is null) = (pdf_sha256 is null) and (pdf is null) = (layout is null)",
            name=op.f("ck_letter_documents_printed"),
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_letter_documents_letter_id_letters")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_letter_documents")),
    )
    op.create_index(op.f("ix_letter_documents_letter_id"), "letter_documents", ["letter_id"])
    op.create_table(
        "letter_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("letter_id", sa.BigInteger(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("facts", _JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_letter_events_letter_id_letters")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_events")),
        sa.UniqueConstraint(
            "letter_id", "happened_on", "event", "reason",
            name=op.f("uq_letter_events_letter_id_happened_on_event_reason"),
        ),  # fmt: skip
    )
    op.create_index(op.f("ix_letter_events_happened_on"), "letter_events", ["happened_on"])
    op.create_table(
        "post_stops",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_by", sa.Text(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("facts", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_stops")),
    )
    op.create_index(
        "ix_post_stops_in_force", "post_stops", ["kind"], unique=True,
        postgresql_where="released_at is null",
    )  # fmt: skip
    op.create_table(
        "post_forecasts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_post_forecasts")),
    )
    for statement in _KEPT:
        op.execute(statement)


def downgrade() -> None:
    for table in ("post_forecasts", "post_stops", "letter_events", "letter_documents"):
        op.drop_table(table)
    op.execute("drop function letter_documents_kept()")
    for name in ("ix_letters_tray_by_debtor", "ix_letters_planned", "ix_letters_dispatched"):
        op.drop_index(name, "letters")
    op.drop_column("letters", "facts")
    op.drop_column("letters", "goes_with")
    for name in ("status", "is_protected", "language"):
        op.drop_column("debtors", name)

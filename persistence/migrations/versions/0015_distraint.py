"""the municipality's own enforcement"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_RECORDS = ("distraint_hearings", "distraint_minutes", "distraint_assets", "distraint_notes")


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    _create_distraints()
    _create_hearings()
    _create_minutes()
    _create_notes()
    for table in _RECORDS:
        op.execute(
            f"create trigger refuse_change before update or delete or truncate on {table} "
            "for each statement execute function refuse_change()"
        )
    op.execute(
        "insert into task_weights (part, name, step, points) "
        "values ('kind', 'after-distraint', 0, 20) on conflict do nothing"
    )


def _create_distraints() -> None:
    op.create_table(
        "distraints",
        _id(),
        _text("claim_id"),
        _text("task_key"),
        _text("bailiff"),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("demanded_on", sa.Date(), nullable=False),
        sa.Column("fee_entry_id", sa.BigInteger(), nullable=True),
        sa.Column("called_off_on", sa.Date(), nullable=True),
        _foreign("distraints", "claim_id", "claims"),
        _foreign("distraints", "bailiff", "users"),
        _foreign("distraints", "fee_entry_id", "ledger_entries"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distraints")),
        sa.UniqueConstraint("claim_id", "task_key", name=op.f("uq_distraints_claim_id_task_key")),
    )
    op.create_index("ix_distraints_bailiff", "distraints", ["bailiff", "id"])


def _create_hearings() -> None:
    op.create_table(
        "distraint_hearings",
        _id(),
        sa.Column("distraint_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        _text("place"),
        sa.Column("is_outside", sa.Boolean(), nullable=False),
        sa.Column("expected_ore", sa.BigInteger(), nullable=False),
        sa.Column("court_fee_ore", sa.BigInteger(), nullable=False),
        _text("reason"),
        _text("set_by"),
        sa.Column("set_on", sa.Date(), nullable=False),
        _foreign("distraint_hearings", "distraint_id", "distraints"),
        _foreign("distraint_hearings", "set_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distraint_hearings")),
        sa.UniqueConstraint(
            "distraint_id", "number", name=op.f("uq_distraint_hearings_distraint_id_number")
        ),
    )
    op.create_index("ix_distraint_hearings_starts_at", "distraint_hearings", ["starts_at"])


def _create_minutes() -> None:
    table = "distraint_minutes"
    op.create_table(
        table,
        _id(),
        sa.Column("distraint_id", sa.BigInteger(), nullable=False),
        sa.Column("hearing_id", sa.BigInteger(), nullable=False),
        _text("outcome"),
        _text("text"),
        _text("present"),
        sa.Column("owed_ore", sa.BigInteger(), nullable=False),
        sa.Column("court_fee_entry_id", sa.BigInteger(), nullable=True),
        _text("held_by"),
        sa.Column("held_on", sa.Date(), nullable=False),
        _now("written_at"),
        sa.CheckConstraint("text <> ''", name=op.f(f"ck_{table}_says_something")),
        _foreign(table, "distraint_id", "distraints"),
        _foreign(table, "hearing_id", "distraint_hearings"),
        _foreign(table, "court_fee_entry_id", "ledger_entries"),
        _foreign(table, "held_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("distraint_id", name=op.f(f"uq_{table}_distraint_id")),
    )
    op.create_table(
        "distraint_assets",
        _id(),
        sa.Column("minutes_id", sa.BigInteger(), nullable=False),
        _text("kind"),
        _text("description"),
        sa.Column("value_ore", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind in ('property', 'movables', 'other')", name=op.f("ck_distraint_assets_kinds")
        ),
        _foreign("distraint_assets", "minutes_id", table),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distraint_assets")),
    )
    op.create_index(op.f("ix_distraint_assets_minutes_id"), "distraint_assets", ["minutes_id"])


def _create_notes() -> None:
    op.create_table(
        "distraint_notes",
        _id(),
        sa.Column("distraint_id", sa.BigInteger(), nullable=False),
        _text("event"),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), server_default=sa.text("''"), nullable=False),
        _text("noted_by"),
        _now("noted_at"),
        _foreign("distraint_notes", "distraint_id", "distraints"),
        _foreign("distraint_notes", "noted_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distraint_notes")),
    )
    op.create_index(op.f("ix_distraint_notes_distraint_id"), "distraint_notes", ["distraint_id"])


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def _now(name: str) -> sa.Column[Any]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def _foreign(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
    )


def downgrade() -> None:
    op.execute("delete from task_weights where part = 'kind' and name = 'after-distraint'")
    for table in reversed(("distraints", *_RECORDS)):
        op.drop_table(table)

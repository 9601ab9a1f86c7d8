"""claims that are given up, for which reason; what lets claims rest, and until when"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_JSON = postgresql.JSONB(astext_type=sa.Text())
_STANDS = "state in ('proposed', 'approved')"
_REMEMBERED = ("suspensions", "write_off_batches", "write_offs")
_REMEMBER = """
create trigger remember_undo_step after insert or update or delete on {table}
  for each row when (current_setting('rettidig.undoable_task', true) <> '')
  execute function remember_undo_step()"""
_WEIGHTS = """
insert into task_weights (part, name, step, points) values ('kind', 'write-off-batch', 0, 5),
  ('kind', 'estate-claim', 0, 30), ('kind', 'suspension-review', 0, 10)"""


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def _number(name: str, *, nullable: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _text(
    name: str, *, nullable: bool = False, default: sa.TextClause | None = None
) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable, server_default=default)


def _day(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name)


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    _batches()
    _write_offs()
    _suspensions()
    op.add_column("liabilities", _day("discharged_on"))
    op.add_column("liabilities", sa.Column("discharge", _JSON, nullable=True))
    for table in _REMEMBERED:
        op.execute(_REMEMBER.format(table=table))
    op.execute(_WEIGHTS)


def _batches() -> None:
    table = "write_off_batches"
    op.create_table(
        table,
        _id(),
        _text("reasons"),
        _text("state"),
        _text("proposed_by"),
        _day("proposed_on", nullable=False),
        _text("decided_by", nullable=True),
        _day("decided_on"),
        _key(table, "proposed_by", "users"),
        _key(table, "decided_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _write_offs() -> None:
    table = "write_offs"
    people = ("proposed_by", "decided_by", "reversed_by")
    op.create_table(
        table,
        _id(),
        _text("claim_id"),
        *(_number(name) for name in ("batch_id", "task_id")),
        *(_text(name) for name in ("reason", "legal_basis", "explanation")),
        _day("proved_on"),
        _number("attachment_id"),
        _text("journal", default=sa.text("''")),
        _number("amount_ore", nullable=False),
        *(_text(name) for name in ("approval", "state", "proposed_by")),
        _day("proposed_on", nullable=False),
        _text("decided_by", nullable=True),
        _day("decided_on"),
        _text("why_not", nullable=True),
        _day("committee_on"),
        _text("committee_item", nullable=True),
        _number("committee_attachment_id"),
        _text("committee_journal", nullable=True),
        _number("booked_ore"),
        *(_day(name) for name in ("booked_on", "reversed_on")),
        *(_text(name, nullable=True) for name in ("reversed_by", "reversal_reasons")),
        sa.CheckConstraint(
            "(booked_ore is null) = (booked_on is null)", name=op.f("ck_write_offs_booking_dated")
        ),
        _key(table, "claim_id", "claims"),
        _key(table, "batch_id", "write_off_batches"),
        _key(table, "task_id", "tasks"),
        _key(table, "attachment_id", "attachments"),
        _key(table, "committee_attachment_id", "attachments"),
        *(_key(table, name, "users") for name in people),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_write_offs")),
    )
    for column in ("claim_id", "batch_id"):
        op.create_index(op.f(f"ix_write_offs_{column}"), table, [column])
    op.create_index(
        "ix_write_offs_standing", table, ["claim_id"], unique=True, postgresql_where=_STANDS
    )
    booked = "booked_on is not null"
    op.create_index("ix_write_offs_booked_on", table, ["booked_on"], postgresql_where=booked)


def _suspensions() -> None:
    table = "suspensions"
    op.create_table(
        table,
        _id(),
        _number("debtor_id"),
        *(_text(name) for name in ("reason", "note")),
        _day("since", nullable=False),
        _day("until"),
        sa.Column("facts", _JSON, nullable=False),
        *(_day(name) for name in ("file_by", "filed_on", "review_on")),
        _text("placed_by"),
        _day("ended_on"),
        _text("ended_by", nullable=True),
        _key(table, "debtor_id", "debtors"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f("ix_suspensions_debtor_id"), table, ["debtor_id"])
    op.add_column("holds", _number("suspension_id"))
    op.create_foreign_key(
        op.f("fk_holds_suspension_id_suspensions"), "holds", table, ["suspension_id"], ["id"]
    )
    op.create_index(op.f("ix_holds_suspension_id"), "holds", ["suspension_id"])


def downgrade() -> None:
    op.execute(
        "delete from task_weights where name in ('write-off-batch', 'estate-claim', "
        "'suspension-review')"
    )
    op.drop_column("liabilities", "discharge")
    op.drop_column("liabilities", "discharged_on")
    op.drop_column("holds", "suspension_id")
    for table in ("suspensions", "write_offs", "write_off_batches"):
        op.drop_table(table)

"""discharges that two people agree to, and estates: what is filed is known of each claim"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_REMEMBER = """
create trigger remember_undo_step after insert or update or delete on discharges
  for each row when (current_setting('rettidig.undoable_task', true) <> '')
  execute function remember_undo_step()"""
_WEIGHT = """
insert into task_weights (part, name, step, points) values ('kind', 'discharge-approval', 0, 5)"""
# What was filed in an estate was filed for all that rested by it then.
_FILED = """
update holds h set filed_on = s.filed_on from suspensions s
where h.suspension_id = s.id and s.filed_on is not null"""
# Batches were of small amounts alone.
_SMALL = "update write_off_batches set reason = 'small-amount'"


def _text(
    name: str, *, nullable: bool = False, default: sa.TextClause | None = None
) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable, server_default=default)


def _day(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _number(name: str, *, nullable: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name)


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    _discharges()
    op.add_column("holds", _day("filed_on"))
    op.execute(_FILED)
    _batches()
    op.execute(_REMEMBER)
    op.execute(_WEIGHT)


def _discharges() -> None:
    table = "discharges"
    people = ("proposed_by", "proposed_for", "decided_by")
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        _text("claim_id"),
        _number("debtor_id", nullable=False),
        _number("task_id"),
        *(_text(name) for name in ("reason", "legal_basis", "explanation")),
        _day("proved_on"),
        _number("attachment_id"),
        _text("journal", default=sa.text("''")),
        _number("amount_ore", nullable=False),
        *(_text(name) for name in ("approval", "state", "proposed_by")),
        _text("proposed_for", nullable=True),
        _day("proposed_on", nullable=False),
        _text("decided_by", nullable=True),
        _day("decided_on"),
        _day("committee_on"),
        _text("committee_item", nullable=True),
        _number("committee_attachment_id"),
        _text("committee_journal", nullable=True),
        _key(table, "claim_id", "claims"),
        _key(table, "debtor_id", "debtors"),
        _key(table, "task_id", "tasks"),
        _key(table, "attachment_id", "attachments"),
        _key(table, "committee_attachment_id", "attachments"),
        *(_key(table, name, "users") for name in people),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(
        "ix_discharges_standing", table, ["claim_id", "debtor_id"], unique=True,
        postgresql_where="state = 'proposed'",
    )  # fmt: skip
    op.create_index(op.f("ix_discharges_claim_id"), table, ["claim_id"])


def _batches() -> None:
    table = "write_off_batches"
    op.add_column(table, _text("reason", nullable=True))
    op.execute(_SMALL)
    op.alter_column(table, "reason", nullable=False)
    op.add_column(table, _number("suspension_id"))
    op.add_column(table, _number("task_id"))
    for column, to in (("suspension_id", "suspensions"), ("task_id", "tasks")):
        name = op.f(f"fk_{table}_{column}_{to}")
        op.create_foreign_key(name, table, to, [column], ["id"])


def downgrade() -> None:
    op.execute("delete from task_weights where name = 'discharge-approval'")
    for column in ("task_id", "suspension_id", "reason"):
        op.drop_column("write_off_batches", column)
    op.drop_column("holds", "filed_on")
    op.drop_table("discharges")

"""decisions: drafts, and half a minute in which an answer can be taken back"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_JSON = postgresql.JSONB(astext_type=sa.Text())
REMEMBERED = (
    "agreements", "claims", "drafts", "holds", "instalments", "letters", "outbox",
    "recovery_actions", "refunds", "tasks",
)
_MAY_BE_TAKEN_BACK = "current_setting('rettidig.undoable_task', true) <> ''"

# What a transaction writes that calls itself undoable is written down, row by row, and what it
# tells the stories waits as long.
UP = (
    """
create function remember_undo_step() returns trigger language plpgsql as $$
begin
  insert into undo_steps (task_id, table_name, row_key, before, after, until) values (
    current_setting('rettidig.undoable_task')::bigint, tg_table_name,
    coalesce(to_jsonb(new), to_jsonb(old)) ->> 'id',
    case when tg_op <> 'INSERT' then to_jsonb(old) end,
    case when tg_op <> 'DELETE' then to_jsonb(new) end,
    current_setting('rettidig.undoable_until')::timestamptz);
  return null;
end $$""",
    *(
        f"""
create trigger remember_undo_step after insert or update or delete on {table}
  for each row when ({_MAY_BE_TAKEN_BACK}) execute function remember_undo_step()"""
        for table in REMEMBERED
    ),
    """
create function wait_for_undo() returns trigger language plpgsql as $$
begin
  new.not_before := greatest(new.not_before,
    current_setting('rettidig.undoable_until')::timestamptz);
  return new;
end $$""",
    f"""
create trigger wait_for_undo before insert on outbox
  for each row when ({_MAY_BE_TAKEN_BACK}) execute function wait_for_undo()""",
    "drop trigger refuse_change on decisions",
    """
create trigger refuse_change before update or truncate on decisions
  for each statement execute function refuse_change()""",
    """
create trigger refuse_undo before delete on decisions
  for each row when (old.undoable_until is null or old.undoable_until <= clock_timestamp())
  execute function refuse_change()""",
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    until = sa.Column("undoable_until", sa.DateTime(timezone=True), nullable=True)
    op.add_column("decisions", until)
    facts = sa.Column("facts", _JSON, nullable=False, server_default=sa.text("'{}'::jsonb"))
    op.add_column("decisions", facts)
    op.create_table(
        "drafts",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("fields", _JSON, nullable=False),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_drafts_user_id_users")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_drafts_task_id_tasks")),
        sa.PrimaryKeyConstraint("user_id", "task_id", name=op.f("pk_drafts")),
    )
    op.create_table(
        "undo_steps",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=True),
        sa.Column("before", _JSON, nullable=True),
        sa.Column("after", _JSON, nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_undo_steps_task_id_tasks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undo_steps")),
    )
    op.create_index("ix_undo_steps_row", "undo_steps", ["table_name", "row_key"])
    op.create_index(op.f("ix_undo_steps_task_id"), "undo_steps", ["task_id"])
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop trigger refuse_undo on decisions")
    op.execute("drop trigger refuse_change on decisions")
    op.execute(
        "create trigger refuse_change before update or delete or truncate on decisions "
        "for each statement execute function refuse_change()"
    )
    op.execute("drop trigger wait_for_undo on outbox")
    op.execute("drop function wait_for_undo()")
    for table in REMEMBERED:
        op.execute(f"drop trigger remember_undo_step on {table}")
    op.execute("drop function remember_undo_step()")
    op.drop_table("undo_steps")
    op.drop_table("drafts")
    op.drop_column("decisions", "facts")
    op.drop_column("decisions", "undoable_until")

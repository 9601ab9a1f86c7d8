"""what moves a limitation date, and the guard that nothing else does"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_MAY_BE_TAKEN_BACK = "current_setting('rettidig.undoable_task', true) <> ''"
_REMEMBERED = ("liabilities", "limitation_events")

UP = (
    "insert into task_weights (part, name, step, points) "
    "values ('kind', 'limitation-unoffered', 0, 40)",
    # Until now nothing has moved a date.
    "update liabilities set first_limitation_date = limitation_date",
    "alter table liabilities alter column first_limitation_date set not null",
    """
create function keep_first_limitation() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    raise exception 'the first limitation date of claim % is corrected by an event', old.claim_id;
  end if;
  new.first_limitation_date := new.limitation_date;
  return new;
end $$""",
    """
create trigger keep_first_limitation before insert on liabilities
  for each row when (new.first_limitation_date is null)
  execute function keep_first_limitation()""",
    """
create trigger refuse_first_limitation before update on liabilities
  for each row when (old.first_limitation_date is distinct from new.first_limitation_date)
  execute function keep_first_limitation()""",
    # A date is what its latest event says, and a claim's that of its first liability to lapse. It
    # is looked at when the transaction ends, so that the order of its writes does not matter.
    """
create function hold_to_limitation_event() returns trigger language plpgsql as $$
begin
  if exists (select from liabilities l
      where l.claim_id = new.claim_id and l.debtor_id = new.debtor_id
        and l.limitation_date <> coalesce(
          (select e.limitation_date from limitation_events e
            where e.claim_id = l.claim_id and e.debtor_id = l.debtor_id order by e.id desc limit 1),
          l.first_limitation_date)) then
    raise exception 'the limitation date of claim % moves by events only', new.claim_id;
  end if;
  return null;
end $$""",
    """
create constraint trigger hold_to_limitation_event after update on liabilities
  deferrable initially deferred for each row
  when (old.limitation_date is distinct from new.limitation_date)
  execute function hold_to_limitation_event()""",
    """
create constraint trigger hold_to_limitation_event after insert on limitation_events
  deferrable initially deferred for each row execute function hold_to_limitation_event()""",
    """
create function hold_to_first_liability() returns trigger language plpgsql as $$
begin
  if exists (select from claims c where c.id = new.id and c.limitation_date <>
      (select min(l.limitation_date) from liabilities l where l.claim_id = c.id)) then
    raise exception 'the limitation date of claim % is that of its liabilities', new.id;
  end if;
  return null;
end $$""",
    """
create constraint trigger hold_to_first_liability after update on claims
  deferrable initially deferred for each row
  when (old.limitation_date is distinct from new.limitation_date)
  execute function hold_to_first_liability()""",
    # An event of an answer goes with the answer, as long as that may be taken back.
    """
create function refuse_unless_taken_back() returns trigger language plpgsql as $$
begin
  if not exists (select from undo_steps u where u.table_name = tg_table_name
      and u.row_key = cast(old.id as text) and u.until > clock_timestamp()) then
    raise exception '% is append-only', tg_table_name;
  end if;
  return old;
end $$""",
    "drop trigger refuse_change on limitation_events",
    """
create trigger refuse_change before update or truncate on limitation_events
  for each statement execute function refuse_change()""",
    """
create trigger refuse_delete before delete on limitation_events
  for each row execute function refuse_unless_taken_back()""",
    *(
        f"""
create trigger remember_undo_step after insert or update or delete on {table}
  for each row when ({_MAY_BE_TAKEN_BACK}) execute function remember_undo_step()"""
        for table in _REMEMBERED
    ),
)

DOWN = (
    "delete from task_weights where name = 'limitation-unoffered'",
    *(f"drop trigger remember_undo_step on {table}" for table in _REMEMBERED),
    "drop trigger refuse_delete on limitation_events",
    "drop trigger refuse_change on limitation_events",
    """
create trigger refuse_change before update or delete or truncate on limitation_events
  for each statement execute function refuse_change()""",
    "drop function refuse_unless_taken_back()",
    "drop trigger hold_to_first_liability on claims",
    "drop function hold_to_first_liability()",
    "drop trigger hold_to_limitation_event on limitation_events",
    "drop trigger hold_to_limitation_event on liabilities",
    "drop function hold_to_limitation_event()",
    "drop trigger refuse_first_limitation on liabilities",
    "drop trigger keep_first_limitation on liabilities",
    "drop function keep_first_limitation()",
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.add_column("liabilities", sa.Column("first_limitation_date", sa.Date(), nullable=True))
    for column in (
        sa.Column("strikes_id", sa.BigInteger(), nullable=True),
        sa.Column("first_limitation_date", sa.Date(), nullable=True),
        sa.Column(
            "noted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
    ):
        op.add_column("limitation_events", column)
    op.create_foreign_key(
        op.f("fk_limitation_events_strikes_id_limitation_events"),
        "limitation_events", "limitation_events", ["strikes_id"], ["id"],
    )  # fmt: skip
    op.create_check_constraint(
        op.f("ck_limitation_events_proven"), "limitation_events", "source <> ''"
    )
    op.create_check_constraint(
        op.f("ck_limitation_events_correction_told"), "limitation_events",
        "num_nonnulls(strikes_id, first_limitation_date) = cast(kind = 'correction' as int)",
    )  # fmt: skip
    op.create_index(
        "ix_claims_limitation", "claims", ["limitation_date"], postgresql_where="ending is null"
    )
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
    op.drop_index("ix_claims_limitation", table_name="claims")
    for name in ("correction_told", "proven"):
        op.drop_constraint(op.f(f"ck_limitation_events_{name}"), "limitation_events")
    op.drop_constraint(
        op.f("fk_limitation_events_strikes_id_limitation_events"), "limitation_events"
    )
    for column in ("noted_at", "first_limitation_date", "strikes_id"):
        op.drop_column("limitation_events", column)
    op.drop_column("liabilities", "first_limitation_date")

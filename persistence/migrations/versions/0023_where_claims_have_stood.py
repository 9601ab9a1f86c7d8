"""claims: since when each stands where it stands, and each move from stage to stage"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_MAY_BE_TAKEN_BACK = "current_setting('rettidig.undoable_task', true) <> ''"
_IS_TAKEN_BACK = "current_setting('rettidig.taking_back', true) = 'yes'"

UP = (
    # When a claim came to its stage was not written down; its last act is the latest it can be.
    """
update claims c set stage_since = coalesce(c.ended_on,
  (select max(done_on) from acts a where a.subject = c.id), c.registered_on)""",
    """
insert into stage_moves (claim_id, moved_on, stage_to)
select id, registered_on, 'demand' from claims""",
    """
insert into stage_moves (claim_id, moved_on, stage_from, stage_to)
select id, stage_since, 'demand', stage from claims where stage <> 'demand'""",
    """
create function note_first_stages() returns trigger language plpgsql as $$
begin
  insert into stage_moves (claim_id, moved_on, stage_to)
  select id, stage_since, stage from added;
  return null;
end $$""",
    """
create trigger note_first_stages after insert on claims referencing new table as added
  for each statement execute function note_first_stages()""",
    f"""
create function note_stage_move() returns trigger language plpgsql as $$
begin
  if {_IS_TAKEN_BACK} then return null; end if;
  insert into stage_moves (claim_id, moved_on, stage_from, stage_to)
  values (new.id, new.stage_since, old.stage, new.stage);
  return null;
end $$""",
    """
create trigger note_stage_move after update of stage on claims
  for each row when (old.stage <> new.stage) execute function note_stage_move()""",
    f"""
create trigger remember_undo_step after insert or update or delete on stage_moves
  for each row when ({_MAY_BE_TAKEN_BACK}) execute function remember_undo_step()""",
    """
create trigger refuse_change before update or truncate on stage_moves
  for each statement execute function refuse_change()""",
)


def upgrade() -> None:
    op.create_table(
        "stage_moves",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("stage_from", sa.Text(), nullable=True),
        sa.Column("stage_to", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_stage_moves_claim_id_claims")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_moves")),
    )
    op.add_column("claims", sa.Column("stage_since", sa.Date(), nullable=True))
    for statement in UP:
        op.execute(statement)
    op.alter_column("claims", "stage_since", nullable=False)
    op.create_index(
        "ix_stage_moves_day", "stage_moves", ["moved_on"],
        postgresql_include=["stage_from", "stage_to", "claim_id"],
    )
    op.create_index(op.f("ix_stage_moves_claim_id"), "stage_moves", ["claim_id"])


def downgrade() -> None:
    op.execute("drop trigger note_stage_move on claims")
    op.execute("drop trigger note_first_stages on claims")
    op.drop_table("stage_moves")
    op.execute("drop function note_stage_move()")
    op.execute("drop function note_first_stages()")
    op.drop_column("claims", "stage_since")

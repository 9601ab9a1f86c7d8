"""audit: what was on the screen, purposes, substitution, and anchors that hold the trail's ends"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_JSON = postgresql.JSONB(astext_type=sa.Text())
_PEOPLE = "actor not in ('story', 'rettidig')"
_APPEND_ONLY = ("audit_anchors", "screens")

_FUNCTIONS = (
    # An anchor's hash covers the anchor before it, as an audit row's does.
    """
create function chain_audit_anchor() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('audit-anchors'));
  select coalesce(max(hash), '') into new.previous from audit_anchors
    where id = (select max(id) from audit_anchors where id < new.id);
  new.hash := encode(sha256(convert_to(concat_ws('|', new.previous, new.after_id, new.last_id,
    new.row_count, extract(epoch from new.made_at), new.heads::text), 'UTF8')), 'hex');
  return new;
end $$""",
    """
create trigger chain_audit_anchor before insert on audit_anchors
  for each row execute function chain_audit_anchor()""",
    """
create function debtors_of_subject(subject text) returns setof bigint language sql stable as $$
  select debtor_id from liabilities where claim_id = subject
  union
  select substring(subject from '^debtor-([0-9]{1,18})$')::bigint
    where subject like 'debtor-%'
  union
  select debtor_id from letters where id = substring(subject from '^letter-([0-9]{1,18})$')::bigint
$$""",
    # Why someone may be looking, as far as the house knows it; null when it does not.
    """
create function purpose_of_look(looked_at text, viewer text) returns text
language sql stable as $$
  select case
    when (select role from users where id = viewer) = 'auditor' then 'control'
    when exists (select from tasks t where t.state = 'open' and t.claimed_by = viewer
        and (t.subject = looked_at or t.claim_id = looked_at or t.claim_id in (
          select l.claim_id from liabilities l
          where l.debtor_id in (select debtors_of_subject(looked_at)))))
      or exists (select from audit a where a.subject = looked_at and a.actor = viewer
        and a.act in ('task-claimed', 'decided') and a.at > now() - interval '1 day')
      then 'own-task'
    else coalesce(
      (select p.purpose from purposes p where p.user_id = viewer
        and p.day = (now() at time zone 'Europe/Copenhagen')::date
        and p.debtor_id in (select debtors_of_subject(looked_at)) limit 1),
      (select 'supervision' from users where id = viewer and role = 'supervisor'))
    end
$$""",
    # Runs before the row is chained: triggers of one kind run by their names.
    """
create function add_purpose() returns trigger language plpgsql as $$
begin
  if not new.facts ? 'purpose' then
    new.facts := new.facts || jsonb_build_object('purpose',
      coalesce(purpose_of_look(new.subject, new.actor), 'not-stated'));
  end if;
  return new;
end $$""",
    """
create trigger add_purpose before insert on audit
  for each row when (new.act = 'viewed') execute function add_purpose()""",
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    _create_tables()
    for table, column in (("decisions", "decided_for"), ("refunds", "proposed_for")):
        op.add_column(table, sa.Column(column, sa.Text(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_{table}_{column}_users"), table, "users", [column], ["id"]
        )
    for name, columns in (
        ("ix_audit_people_at", ["at", "id"]),
        ("ix_audit_people_actor", ["actor", "at", "id"]),
        ("ix_audit_people_act", ["act", "at", "id"]),
    ):
        op.create_index(name, "audit", columns, postgresql_where=sa.text(_PEOPLE))
    for statement in _FUNCTIONS:
        op.execute(statement)
    for table in _APPEND_ONLY:
        op.execute(
            f"create trigger refuse_change before update or delete or truncate on {table} "
            "for each statement execute function refuse_change()"
        )


def _create_tables() -> None:
    op.create_table(
        "audit_anchors",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("after_id", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("heads", _JSON, nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_anchors")),
        sa.UniqueConstraint("after_id", name=op.f("uq_audit_anchors_after_id")),
    )
    op.create_table(
        "screens",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column(
            "kept_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_screens")),
    )
    op.create_table(
        "purposes",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("debtor_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_purposes_user_id_users")),
        sa.ForeignKeyConstraint(
            ["debtor_id"], ["debtors.id"], name=op.f("fk_purposes_debtor_id_debtors")
        ),
        sa.PrimaryKeyConstraint("user_id", "debtor_id", "day", name=op.f("pk_purposes")),
    )
    op.create_table(
        "substitutions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("absent", sa.Text(), nullable=False),
        sa.Column("substitute", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "absent <> substitute", name=op.f("ck_substitutions_not_for_oneself")
        ),
        sa.CheckConstraint("since <= until", name=op.f("ck_substitutions_begins_before_it_ends")),
        sa.ForeignKeyConstraint(
            ["absent"], ["users.id"], name=op.f("fk_substitutions_absent_users")
        ),
        sa.ForeignKeyConstraint(
            ["substitute"], ["users.id"], name=op.f("fk_substitutions_substitute_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitutions")),
    )
    for column in ("absent", "substitute"):
        op.create_index(
            f"ix_substitutions_{column}", "substitutions", [column, "until"],
            postgresql_where="ended_at is null",
        )  # fmt: skip


def downgrade() -> None:
    op.execute("drop trigger add_purpose on audit")
    for function in (
        "add_purpose()",
        "purpose_of_look(text, text)",
        "debtors_of_subject(text)",
    ):
        op.execute(f"drop function {function}")
    for name in ("ix_audit_people_act", "ix_audit_people_actor", "ix_audit_people_at"):
        op.drop_index(name, "audit")
    op.drop_column("refunds", "proposed_for")
    op.drop_column("decisions", "decided_for")
    for table in ("substitutions", "purposes", "screens", "audit_anchors"):
        op.drop_table(table)
    op.execute("drop function chain_audit_anchor()")

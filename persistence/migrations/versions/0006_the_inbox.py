"""the inbox: why a task stands where it stands, snoozed, delegated, who looks at it"""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OPEN = "state = 'open'"
_FAR = "'9999-01-01'"

# Points of a part are those of the greatest step that its value has reached. A limitation's value
# is the days that are left, below nothing: a day fewer is more.
_WEIGHTS = """
insert into task_weights (part, name, step, points)
select 'kind', name, 0, points from (values ('limitation-near', 30), ('bank-file', 30),
  ('post-stopped', 30), ('hearing', 25), ('dialogue', 20), ('distraint', 20), ('exception', 15),
  ('assessment', 15), ('undelivered-letter', 15), ('refund-approval', 10),
  ('unplaced-payment', 10), ('write-off-approval', 5), ('enquiry', 20), ('consultation', 15),
  ('objection', 20)) k (name, points)
union all
select 'amount', '', step, points from (values (50000, 4), (100000, 8), (250000, 12), (500000, 16),
  (1000000, 20), (2500000, 24), (5000000, 28)) a (step, points)
union all
select 'limitation', '', -step, points from (values (29, 40), (89, 30), (179, 20), (364, 10))
  l (step, points)
union all
select 'age', '', n, n from generate_series(1, 20) n
union all
select 'promise', '', step, points from (values (1, 8), (2, 12)) p (step, points)
"""

_TRIGGERS = """
create function searchable(name text, address text[], is_protected boolean) returns text
language sql immutable parallel safe as $$
  select lower(name || case when is_protected then '' else ' ' || array_to_string(address, ' ') end)
$$;

-- Danish order, whatever the locale of the database: æ, ø, å after z.
create function in_danish_order(name text) returns text
language sql immutable parallel safe as $$ select translate(lower(name), 'æäøöå', '{{||}') $$;

create function points_of(of_part text, of_name text, of_value bigint) returns int
language sql stable as $$
  select coalesce((select points from task_weights
    where part = of_part and name = of_name and step <= of_value order by step desc limit 1), 0)
$$;

-- What the inbox shows, filters and sorts by stands with the task, so that a page of it is read
-- from one index. These triggers alone keep it.
create function enter_task() returns trigger language plpgsql as $$
declare c record; weighed_on date;
begin
  new.kind_points := points_of('kind', new.kind, 0);
  select max(w.weighed_on) into weighed_on from task_weighing w;
  weighed_on := greatest(new.opened_on, weighed_on);
  new.age_points := points_of('age', '', weighed_on - new.due_on);
  if new.claim_id is null then
    return new;
  end if;
  select k.claim_type, k.stage, k.balance_ore, k.limitation_date, k.debtor_id, d.name into c
    from claims k join debtors d on d.id = k.debtor_id where k.id = new.claim_id;
  new.claim_type := c.claim_type;
  new.stage := c.stage;
  new.balance_ore := c.balance_ore;
  new.limitation_date := c.limitation_date;
  new.debtor_id := c.debtor_id;
  new.debtor_order := in_danish_order(c.name);
  new.amount_points := points_of('amount', '', c.balance_ore);
  new.limitation_points := points_of('limitation', '', weighed_on - c.limitation_date);
  if new.kind = 'dialogue' then
    new.promise_points := points_of('promise', '', (select count(*) from tasks t
      join decisions a on a.task_id = t.id where t.claim_id = new.claim_id
      and t.kind = 'dialogue' and a.outcome = 'promise'));
  elsif new.kind = 'write-off-approval' and new.asked_by is null then
    new.asked_by := (select a.decided_by from tasks t join decisions a on a.task_id = t.id
      where t.claim_id = new.claim_id and a.outcome = 'write-off' order by a.id desc limit 1);
  end if;
  return new;
end $$;
create trigger enter_task before insert on tasks
  for each row when (new.state = 'open') execute function enter_task();

create function ask_for_refund() returns trigger language plpgsql as $$
begin
  new.asked_by := (select proposed_by from refunds where id = (new.facts ->> 'refund')::bigint);
  return new;
end $$;
create trigger enter_task_of_refund before insert on tasks for each row
  when (new.state = 'open' and new.kind = 'refund-approval' and new.asked_by is null)
  execute function ask_for_refund();

create function follow_claim() returns trigger language plpgsql as $$
begin
  update tasks set claim_type = new.claim_type, stage = new.stage, balance_ore = new.balance_ore,
      limitation_date = new.limitation_date,
      amount_points = points_of('amount', '', new.balance_ore),
      limitation_points = points_of('limitation', '', greatest(opened_on,
        (select max(weighed_on) from task_weighing)) - new.limitation_date)
    where claim_id = new.id and state = 'open';
  return null;
end $$;
create trigger follow_claim after update on claims for each row
  when (old.balance_ore is distinct from new.balance_ore or old.stage is distinct from new.stage
    or old.limitation_date is distinct from new.limitation_date)
  execute function follow_claim();

create function follow_debtor() returns trigger language plpgsql as $$
begin
  update tasks set debtor_order = in_danish_order(new.name)
    where debtor_id = new.id and state = 'open';
  return null;
end $$;
create trigger follow_debtor after update on debtors for each row
  when (old.name is distinct from new.name) execute function follow_debtor();

create function announce_task() returns trigger language plpgsql as $$
begin
  perform pg_notify('inbox', json_build_object('task', new.id, 'kind', new.kind,
    'what', case when tg_op = 'INSERT' then 'opened' when new.state <> 'open' then 'closed'
      else 'changed' end, 'holder', new.claimed_by)::text);
  return null;
end $$;
create trigger announce_task after insert on tasks
  for each row when (new.state = 'open') execute function announce_task();
create trigger announce_task_change after update on tasks for each row
  when (old.state is distinct from new.state or old.claimed_by is distinct from new.claimed_by
    or old.snoozed_until is distinct from new.snoozed_until)
  execute function announce_task();
"""

_FILL = """
update tasks t set claim_type = c.claim_type, stage = c.stage, balance_ore = c.balance_ore,
  limitation_date = c.limitation_date, debtor_id = c.debtor_id,
  debtor_order = in_danish_order(d.name), amount_points = points_of('amount', '', c.balance_ore),
  limitation_points = points_of('limitation', '', t.opened_on - c.limitation_date)
from claims c join debtors d on d.id = c.debtor_id
where c.id = t.claim_id and t.state = 'open';

update tasks set kind_points = points_of('kind', kind, 0) where state = 'open';

update tasks t set asked_by = (select d.decided_by from tasks p join decisions d on d.task_id = p.id
  where p.claim_id = t.claim_id and d.outcome = 'write-off' order by d.id desc limit 1)
where t.state = 'open' and t.kind = 'write-off-approval';

update tasks t set asked_by = r.proposed_by from refunds r
where t.state = 'open' and t.kind = 'refund-approval' and r.id = (t.facts ->> 'refund')::bigint;
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("create extension if not exists pg_trgm")
    _weights()
    _tasks()
    _words_and_eyes()
    for statement in re.split(r";\n(?=\n|create|--)", _TRIGGERS):
        op.execute(statement)
    _lookups()
    for statement in re.split(r";\n(?=\n|$)", _FILL):
        if statement.strip():
            op.execute(statement)
    _indexes()


def _weights() -> None:
    op.create_table(
        "task_weights",
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("part", "name", "step", name=op.f("pk_task_weights")),
    )
    op.execute(_WEIGHTS)
    op.create_table(
        "task_weighing",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("weighed_on", sa.Date(), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_task_weighing_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_weighing")),
    )


def _tasks() -> None:
    text, number = sa.Text(), sa.BigInteger()
    for name, kind, default in (
        ("claim_type", text, "''"),
        ("stage", text, "''"),
        ("balance_ore", number, "0"),
        ("limitation_date", sa.Date(), _FAR),
        ("debtor_order", text, "''"),
        ("kind_points", sa.Integer(), "0"),
        ("amount_points", sa.Integer(), "0"),
        ("limitation_points", sa.Integer(), "0"),
        ("age_points", sa.Integer(), "0"),
        ("promise_points", sa.Integer(), "0"),
    ):
        column = sa.Column(name, kind, nullable=False, server_default=sa.text(default))
        op.add_column("tasks", column)
    total = "kind_points + amount_points + limitation_points + age_points + promise_points"
    points = sa.Column("points", sa.Integer(), sa.Computed(total, persisted=True), nullable=False)
    op.add_column("tasks", points)
    op.add_column("tasks", sa.Column("debtor_id", number, nullable=True))
    op.add_column("tasks", sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tasks", sa.Column("snoozed_until", sa.Date(), nullable=True))
    op.add_column("tasks", sa.Column("snooze_reason", text, nullable=True))
    for name in ("asked_by", "delegated_by"):
        op.add_column("tasks", sa.Column(name, text, nullable=True))
        op.create_foreign_key(op.f(f"fk_tasks_{name}_users"), "tasks", "users", [name], ["id"])


def _words_and_eyes() -> None:
    op.create_table(
        "delegations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_of", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_delegations_task_id_tasks")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_delegations_asked_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["asked_of"], ["users.id"], name=op.f("fk_delegations_asked_of_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
    )
    op.create_index(op.f("ix_delegations_task_id"), "delegations", ["task_id"])
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("wish", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner"], ["users.id"], name=op.f("fk_saved_filters_owner_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint("owner", "name", name=op.f("uq_saved_filters_owner_name")),
    )
    op.create_index(
        "ix_saved_filters_default", "saved_filters", ["owner"], unique=True,
        postgresql_where="is_default",
    )  # fmt: skip
    op.create_table(
        "presence",
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "user_id", name=op.f("pk_presence")),
        prefixes=["UNLOGGED"],
    )


def _lookups() -> None:
    op.add_column("debtors", sa.Column("national_id_hash", sa.Text(), nullable=True))
    op.create_index("ix_debtors_national_id_hash", "debtors", ["national_id_hash"])
    searchable = sa.Computed("searchable(name, address, is_protected)", persisted=True)
    op.add_column("debtors", sa.Column("search_text", sa.Text(), searchable, nullable=False))
    op.create_index(
        "ix_debtors_search", "debtors", ["search_text"],
        postgresql_using="gin", postgresql_ops={"search_text": "gin_trgm_ops"},
    )  # fmt: skip


def _indexes() -> None:
    op.create_index(
        "ix_tasks_queue", "tasks", [sa.text("points desc"), "id"],
        postgresql_where=_OPEN,
        postgresql_include=[
            "kind", "claim_type", "stage", "department", "claimed_by", "asked_by", "delegated_by",
            "balance_ore", "limitation_date", "opened_on", "due_on", "snoozed_until", "debtor_id",
            "claim_id",
        ],
    )  # fmt: skip
    for name, columns in (
        ("opened", ["opened_on", "id"]),
        ("amount", ["balance_ore", "id"]),
        ("limitation", ["limitation_date", "id"]),
        ("debtor_order", ["debtor_order", "id"]),
        ("claim_type", ["claim_type", "id"]),
        ("kind", ["kind", "id"]),
        ("debtor", ["debtor_id"]),
        ("open_claim", ["claim_id", "id"]),
        ("open_id", ["id"]),
    ):
        op.create_index(f"ix_tasks_{name}", "tasks", columns, postgresql_where=_OPEN)
    op.create_index(
        "ix_tasks_holder", "tasks", ["claimed_by", "id"],
        postgresql_where=_OPEN, postgresql_include=["opened_on", "due_on", "snoozed_until"],
    )  # fmt: skip
    for name, column in (("holder_order", "claimed_by"), ("claim_order", "claim_id")):
        order = sa.text(f"coalesce({column}, ''::text)")
        op.create_index(f"ix_tasks_{name}", "tasks", [order, "id"], postgresql_where=_OPEN)
    op.create_index("ix_decisions_decided_by", "decisions", ["decided_by", "id"])
    # The queue is read from its index alone where the pages behind it are known to be all visible.
    op.execute(
        "alter table tasks set (autovacuum_vacuum_scale_factor = 0.01, "
        "autovacuum_analyze_scale_factor = 0.02)"
    )


def downgrade() -> None:
    op.execute("alter table tasks reset (autovacuum_vacuum_scale_factor)")
    op.execute("alter table tasks reset (autovacuum_analyze_scale_factor)")
    op.drop_index("ix_decisions_decided_by", "decisions")
    for trigger, table in (
        ("enter_task", "tasks"),
        ("enter_task_of_refund", "tasks"),
        ("announce_task", "tasks"),
        ("announce_task_change", "tasks"),
        ("follow_claim", "claims"),
        ("follow_debtor", "debtors"),
    ):
        op.execute(f"drop trigger {trigger} on {table}")
    for name in ("queue", "opened", "amount", "limitation", "debtor_order", "claim_type", "kind",
                 "holder", "debtor", "open_claim", "open_id", "holder_order", "claim_order"):  # fmt: skip
        op.drop_index(f"ix_tasks_{name}", "tasks")
    op.drop_column("debtors", "search_text")
    op.drop_column("debtors", "national_id_hash")
    for name in ("points", "claim_type", "stage", "balance_ore", "limitation_date", "debtor_order",
                 "kind_points", "amount_points", "limitation_points", "age_points",
                 "promise_points", "debtor_id", "claimed_at", "snoozed_until", "snooze_reason",
                 "asked_by", "delegated_by"):  # fmt: skip
        op.drop_column("tasks", name)
    for table in ("presence", "saved_filters", "delegations", "task_weighing", "task_weights"):
        op.drop_table(table)
    for function in ("enter_task()", "ask_for_refund()", "follow_claim()", "follow_debtor()",
                     "announce_task()", "points_of(text, text, bigint)", "in_danish_order(text)",
                     "searchable(text, text[], boolean)"):  # fmt: skip
        op.execute(f"drop function {function}")

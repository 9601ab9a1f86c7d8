"""the exchange with the recovery authority"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_COLUMNS = ("came_ore", "recalled_ore", "down_ore", "up_ore", "recovered_ore")

# Claims that lie there, or are on their way: until now the whole of each was one claim there.
_CLAIMS_THERE = """
insert into recovery_claims (claim_id, action_id, reference, part, state, answered_on,
  principal_ore, amount_ore, left_ore, facts)
select distinct on (a.claim_id) a.claim_id, a.id, a.claim_id, 'principal',
  case a.state when 'executed' then case when c.ending = 'settled' then 'settled'
      when c.stage in ('transfer', 'recovery') then 'received'
      when exists (select from recovery_actions r where r.claim_id = a.claim_id and r.id > a.id
        and r.kind = 'recall' and r.state = 'executed') then 'recalled'
      else 'returned' end
    when 'in-hearing' then 'in-hearing' else 'asked' end,
  case when a.state = 'executed' then coalesce(a.submitted_on, a.requested_on) end,
  c.principal_ore, a.amount_ore, 0, '{}'
from recovery_actions a join claims c on c.id = a.claim_id
where a.kind = 'create' and a.state in ('submitted', 'in-hearing', 'executed')
order by a.claim_id, a.id desc"""

_MOVES = """
insert into recovery_moves (claim_id, reference, action_id, kind, amount_ore, state, moved_on)
select a.claim_id, r.reference, a.id,
  case a.kind when 'create' then 'came' when 'write-down' then 'down' else 'up' end,
  a.amount_ore, case a.state when 'executed' then 'done' else 'asked' end,
  case when a.state = 'executed' then coalesce(a.submitted_on, a.requested_on) end
from recovery_actions a join recovery_claims r on r.claim_id = a.claim_id
where (a.id = r.action_id and a.state = 'executed')
  or (a.id > r.action_id and a.kind in ('write-down', 'write-up')
    and a.state in ('submitted', 'executed'))"""

_RECOVERED = """
insert into recovery_moves (claim_id, reference, notice, kind, amount_ore, state, moved_on)
select n.claim_id, r.reference, n.number, 'recovered', n.amount_ore, 'done', n.noticed_on
from recovery_notices n join recovery_claims r on r.claim_id = n.claim_id
join recovery_actions a on a.id = r.action_id
where n.kind in ('paid', 'settled') and n.amount_ore > 0 and n.noticed_on >= a.requested_on"""

_LEFT = """
update recovery_claims r set left_ore = r.amount_ore + coalesce((select sum(case m.kind
    when 'up' then m.amount_ore when 'came' then 0 else -m.amount_ore end)
  from recovery_moves m where m.reference = r.reference and m.state = 'done'), 0)
where r.state <> 'recalled'"""

_RECALLED = """
insert into recovery_moves (claim_id, reference, action_id, kind, amount_ore, state, moved_on)
select r.claim_id, r.reference, a.id, 'recalled',
  r.amount_ore + coalesce((select sum(case m.kind
    when 'up' then m.amount_ore when 'came' then 0 else -m.amount_ore end)
  from recovery_moves m where m.reference = r.reference and m.state = 'done'), 0),
  'done', coalesce(a.submitted_on, a.requested_on)
from recovery_claims r join recovery_actions a on a.claim_id = r.claim_id and a.id > r.action_id
where r.state = 'recalled' and a.kind = 'recall' and a.state = 'executed'"""

_CHECKS = {
    "reference_fits": "char_length(reference) <= 20",
    "not_negative": "amount_ore >= 0",
    "related_to_the_main": "(parent is null) = (part = 'principal')",
}

# What a claim was when it went stands for ever; only where it is now may change. What lay there
# before its parts were told apart has no facts yet.
_KEPT = (
    """
create function keep_stamdata() returns trigger language plpgsql as $$
begin
  raise exception 'what went to the recovery authority stands as it was';
end $$""",
    """
create trigger keep_stamdata before update on recovery_claims for each row
  when ((old.claim_id, old.reference, old.parent, old.part, old.principal_ore, old.amount_ore)
    is distinct from
    (new.claim_id, new.reference, new.parent, new.part, new.principal_ore, new.amount_ore)
    or (old.facts <> '{}' and old.facts <> new.facts))
  execute function keep_stamdata()""",
    """
create trigger refuse_change before delete or truncate on recovery_claims
  for each statement execute function refuse_change()""",
)

_WEIGHT = """
insert into task_weights (part, name, step, points) values ('kind', 'unclear-notice', 0, 20)"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.alter_column("recovery_notices", "claim_id", nullable=True)
    op.add_column("recovery_notices", sa.Column("reference", sa.Text()))
    op.add_column("recovery_notices", sa.Column("document", sa.Text()))
    _make_claims()
    _make_moves()
    _make_statements()
    for step in (_CLAIMS_THERE, _MOVES, _RECOVERED, _LEFT, _RECALLED):
        op.execute(step)
    for statement in (*_KEPT, _WEIGHT):
        op.execute(statement)


def _make_claims() -> None:
    op.create_table(
        "recovery_claims",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("action_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text()),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date()),
        sa.Column("recalled_for", sa.Text()),
        sa.Column("resends", sa.Text()),
        _ore("principal_ore"),
        _ore("amount_ore"),
        _ore("left_ore"),
        sa.Column("facts", sa.dialects.postgresql.JSONB(), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_recovery_claims_{name}"))
          for name, rule in _CHECKS.items()),
        *_foreign("recovery_claims"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_claims")),
        sa.UniqueConstraint("reference", name=op.f("uq_recovery_claims_reference")),
    )
    for column in ("claim_id", "action_id"):
        op.create_index(op.f(f"ix_recovery_claims_{column}"), "recovery_claims", [column])


def _make_moves() -> None:
    op.create_table(
        "recovery_moves",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("action_id", sa.BigInteger()),
        sa.Column("notice", sa.BigInteger()),
        sa.Column("kind", sa.Text(), nullable=False),
        _ore("amount_ore"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("moved_on", sa.Date()),
        *_foreign("recovery_moves"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_moves")),
        sa.UniqueConstraint(
            "action_id", "reference", "kind",
            name=op.f("uq_recovery_moves_action_id_reference_kind"),
        ),
        sa.UniqueConstraint(
            "notice", "reference", "kind", name=op.f("uq_recovery_moves_notice_reference_kind")
        ),
    )
    op.create_index("ix_recovery_moves_reference", "recovery_moves", ["reference", "moved_on"])
    op.create_index(op.f("ix_recovery_moves_claim_id"), "recovery_moves", ["claim_id"])


def _make_statements() -> None:
    op.create_table(
        "recovery_statements",
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        *(_ore(name) for name in _COLUMNS),
        sa.PrimaryKeyConstraint("until", "reference", name=op.f("pk_recovery_statements")),
    )
    op.create_table(
        "recovery_statements_read",
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("until", name=op.f("pk_recovery_statements_read")),
    )


def _ore(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _foreign(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
        )
        for column, other in (("claim_id", "claims"), ("action_id", "recovery_actions"))
    ]


def downgrade() -> None:
    for table in ("recovery_statements_read", "recovery_statements", "recovery_moves"):
        op.drop_table(table)
    op.execute("delete from task_weights where part = 'kind' and name = 'unclear-notice'")
    op.drop_table("recovery_claims")
    op.execute("drop function keep_stamdata")
    op.drop_column("recovery_notices", "document")
    op.drop_column("recovery_notices", "reference")

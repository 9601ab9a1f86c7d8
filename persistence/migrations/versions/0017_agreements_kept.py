"""agreements: whose yes, which claims with what share, and that a plan sums to what is owed"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_MAY_BE_TAKEN_BACK = "current_setting('rettidig.undoable_task', true) <> ''"
_REMEMBERED = ("acknowledgements", "agreement_claims")

UP = (
    # Which claims an agreement has covered was told by the decision and the holds it made; what
    # each owed then is known of those that still run.
    """
insert into agreement_claims (agreement_id, claim_id, owed_ore)
select g.id, c.id, case when g.state = 'active' and c.agreement_id = g.id then c.balance_ore
    + coalesce((select -sum(e.amount_ore) from ledger_entries e where e.claim_id = c.id
        and e.kind = 'payment' and e.booked_on >= g.signed_on), 0) end
from agreements g join claims c on c.debtor_id = g.debtor_id
where c.agreement_id = g.id or exists (select from holds h where h.claim_id = c.id and h.note = g.id)
  or exists (select from tasks t join decisions d on d.task_id = t.id
    where t.claim_id = c.id and d.agreement_id = g.id)""",
    # Interest that came since a plan was made belongs to its last instalment.
    """
with short as (
  select g.id, n.number, sum(c.balance_ore) + g.paid_ore - n.total_ore as ore
  from agreements g join claims c on c.agreement_id = g.id and c.ending is null
  cross join lateral (select i.number, i.total_ore from instalments i
    where i.agreement_id = g.id order by i.number desc limit 1) n
  where g.state = 'active' group by g.id, n.number, n.total_ore
)
update instalments i set amount_ore = i.amount_ore + s.ore, total_ore = i.total_ore + s.ore
from short s where i.agreement_id = s.id and i.number = s.number and s.ore > 0""",
    *(
        f"""
create trigger remember_undo_step after insert or update or delete on {table}
  for each row when ({_MAY_BE_TAKEN_BACK}) execute function remember_undo_step()"""
        for table in _REMEMBERED
    ),
    # An acknowledgement of an answer goes with the answer, as long as that may be taken back.
    """
create trigger refuse_change before update or truncate on acknowledgements
  for each statement execute function refuse_change()""",
    """
create trigger refuse_delete before delete on acknowledgements
  for each row execute function refuse_unless_taken_back()""",
)


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name)


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.add_column("claims", sa.Column("timely_until", sa.Date(), nullable=True))
    false = sa.text("false")
    op.add_column(
        "agreements",
        sa.Column("bears_interest", sa.Boolean(), server_default=false, nullable=False),
    )
    for name in ("follows", "ended_by", "ended_because"):
        op.add_column("agreements", sa.Column(name, sa.Text(), nullable=True))
    for column, to in (("follows", "agreements"), ("ended_by", "users")):
        name = op.f(f"fk_agreements_{column}_{to}")
        op.create_foreign_key(name, "agreements", to, [column], ["id"])
    op.drop_constraint(op.f("ck_instalments_positive"), "instalments")
    op.create_check_constraint(
        op.f("ck_instalments_not_negative"), "instalments", "amount_ore >= 0"
    )
    _create_tables()
    for statement in UP:
        op.execute(statement)


def _create_tables() -> None:
    op.create_table(
        "agreement_claims",
        sa.Column("agreement_id", sa.Text(), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("owed_ore", sa.BigInteger(), nullable=True),
        _key("agreement_claims", "agreement_id", "agreements"),
        _key("agreement_claims", "claim_id", "claims"),
        sa.PrimaryKeyConstraint("agreement_id", "claim_id", name=op.f("pk_agreement_claims")),
    )
    op.create_index(op.f("ix_agreement_claims_claim_id"), "agreement_claims", ["claim_id"])
    op.create_table(
        "acknowledgements",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("agreement_id", sa.Text(), nullable=False),
        sa.Column("accepted_by", sa.Text(), nullable=False),
        sa.Column("acknowledged", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("attachment_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
            nullable=False,
        ),
        _key("acknowledgements", "agreement_id", "agreements"),
        _key("acknowledgements", "attachment_id", "attachments"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgements")),
    )
    op.create_index(op.f("ix_acknowledgements_agreement_id"), "acknowledgements", ["agreement_id"])


def downgrade() -> None:
    for table in ("acknowledgements", "agreement_claims"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_instalments_not_negative"), "instalments")
    op.execute("delete from instalments where amount_ore = 0")
    op.create_check_constraint(op.f("ck_instalments_positive"), "instalments", "amount_ore > 0")
    for column, to in (("ended_by", "users"), ("follows", "agreements")):
        op.drop_constraint(op.f(f"fk_agreements_{column}_{to}"), "agreements")
    for name in ("ended_because", "ended_by", "follows", "bears_interest"):
        op.drop_column("agreements", name)
    op.drop_column("claims", "timely_until")

"""the money: where every øre came from, lies, and went"""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

GUARDS = """
-- Sums over entries must balance when the transaction ends: debt is never covered below nothing or
-- above itself, and what lessens a debt says to the last øre which debt. Undoing takes cover away.
create or replace function check_coverage() returns trigger language plpgsql as $$
declare debt record; entry record; covered bigint; used bigint;
begin
  select kind, claim_id, amount_ore into debt from ledger_entries where id = new.debt_entry_id;
  select claim_id, amount_ore into entry from ledger_entries where id = new.payment_entry_id;
  select coalesce(sum(amount_ore), 0) into covered
    from ledger_coverage where debt_entry_id = new.debt_entry_id;
  select coalesce(sum(amount_ore), 0) into used
    from ledger_coverage where payment_entry_id = new.payment_entry_id;
  if debt.kind not in ('principal', 'interest', 'fee', 'court-fee')
      or covered < 0 or covered > debt.amount_ore
      or sign(new.amount_ore) = sign(entry.amount_ore) or abs(used) > abs(entry.amount_ore)
      or debt.claim_id <> entry.claim_id then
    raise exception 'coverage of entry % by entry % exceeds the amounts',
      new.debt_entry_id, new.payment_entry_id;
  end if;
  return null;
end $$;

create function check_balanced() returns trigger language plpgsql as $$
declare used bigint;
begin
  select coalesce(sum(amount_ore), 0) into used
    from ledger_coverage where payment_entry_id = new.id;
  if used <> -new.amount_ore then
    raise exception 'entry % of claim % is not balanced by what it covers', new.id, new.claim_id;
  end if;
  return null;
end $$;
create constraint trigger check_balanced after insert on ledger_entries
  deferrable initially deferred for each row
  when (new.kind not in ('principal', 'interest', 'fee', 'court-fee'))
  execute function check_balanced();

-- A payment is placed, unplaced or gone out again, and never more than it was. What is unplaced is
-- kept by these triggers alone.
create function begin_unplaced() returns trigger language plpgsql as $$
begin
  new.unused_ore := new.amount_ore;
  return new;
end $$;
create trigger begin_unplaced before insert on payments
  for each row execute function begin_unplaced();

create function place_payment() returns trigger language plpgsql as $$
begin
  update payments set unused_ore = unused_ore + new.amount_ore where id = new.payment_id;
  return null;
end $$;
create trigger place_payment after insert on ledger_entries
  for each row when (new.payment_id is not null) execute function place_payment();

create function pay_out() returns trigger language plpgsql as $$
begin
  update payments set unused_ore = unused_ore - new.amount_ore where id = new.payment_id;
  return null;
end $$;
create trigger pay_out after insert on payouts for each row execute function pay_out();

create function refuse_unused_change() returns trigger language plpgsql as $$
begin
  if pg_trigger_depth() < 2 or old.amount_ore <> new.amount_ore then
    raise exception 'what is left of payment % is changed by bookings only', old.id;
  end if;
  return new;
end $$;
create trigger refuse_unused_change before update on payments for each row
  when (old.unused_ore is distinct from new.unused_ore
     or old.amount_ore is distinct from new.amount_ore)
  execute function refuse_unused_change();
"""

KINDS = (
    "principal", "interest", "fee", "court-fee", "payment", "refund", "correction", "charge-back",
    "write-off", "rounding",
)  # fmt: skip
SIGNS = """case when kind in ('principal', 'interest', 'fee', 'court-fee', 'refund', 'charge-back')
  then amount_ore > 0 when kind in ('payment', 'write-off') then amount_ore < 0 else true end"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    _ledger()
    _payments()
    _refunds()
    _transfers()
    _bank_files()
    for statement in re.split(r";\n(?=\n|create|--)", GUARDS):
        op.execute(statement)
    for table in ("payouts", "transfers"):
        op.execute(
            f"create trigger refuse_change before update or delete or truncate on {table} "
            "for each statement execute function refuse_change()"
        )


def _ledger() -> None:
    op.add_column("ledger_entries", sa.Column("corrects_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_ledger_entries_corrects_id_ledger_entries"),
        "ledger_entries", "ledger_entries", ["corrects_id"], ["id"],
    )  # fmt: skip
    names = ", ".join(f"'{kind}'" for kind in KINDS)
    op.create_check_constraint(
        op.f("ck_ledger_entries_kind_known"), "ledger_entries", f"kind in ({names})"
    )
    op.create_check_constraint(op.f("ck_ledger_entries_sign_of_kind"), "ledger_entries", SIGNS)
    op.create_check_constraint(
        op.f("ck_ledger_entries_undone_payment_named"),
        "ledger_entries",
        "kind not in ('refund', 'charge-back') or payment_id is not null",
    )
    op.drop_constraint(op.f("ck_ledger_coverage_positive"), "ledger_coverage")
    op.create_check_constraint(
        op.f("ck_ledger_coverage_not_nothing"), "ledger_coverage", "amount_ore <> 0"
    )


def _payments() -> None:
    text = sa.Text()
    op.add_column("payments", sa.Column("channel", text, nullable=False, server_default="api"))
    op.add_column("payments", sa.Column("file_row", sa.Integer(), nullable=True))
    op.add_column("payments", sa.Column("bank_key", text, nullable=True))
    op.add_column("payments", sa.Column("confirmed_by", text, nullable=True))
    op.create_unique_constraint(op.f("uq_payments_confirmed_by"), "payments", ["confirmed_by"])
    op.create_index("ix_payments_bank_key", "payments", ["bank_key"])
    op.create_index("ix_payments_booked_on", "payments", ["booked_on"])
    op.create_check_constraint(
        op.f("ck_payments_unused_within"), "payments",
        "unused_ore >= 0 and unused_ore <= amount_ore",
    )  # fmt: skip


def _refunds() -> None:
    op.create_table(
        "refunds",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("debtor_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.CheckConstraint("amount_ore > 0", name=op.f("ck_refunds_positive")),
        sa.ForeignKeyConstraint(
            ["debtor_id"], ["debtors.id"], name=op.f("fk_refunds_debtor_id_debtors")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_refunds_payment_id_payments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
    )
    op.create_index(op.f("ix_refunds_payment_id"), "refunds", ["payment_id"])
    op.create_index("ix_refunds_open", "refunds", ["state"], postgresql_where="settled_on is null")
    op.create_table(
        "payouts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("refund_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("source_reference", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_ore <> 0", name=op.f("ck_payouts_not_nothing")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_payouts_payment_id_payments")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["refunds.id"], name=op.f("fk_payouts_refund_id_refunds")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payouts")),
        sa.UniqueConstraint("source_reference", name=op.f("uq_payouts_source_reference")),
    )
    op.create_index(op.f("ix_payouts_payment_id"), "payouts", ["payment_id"])
    op.create_index("ix_payouts_booked_on", "payouts", ["booked_on"])


def _transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("ledger_seq", sa.Integer(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("is_back", sa.Boolean(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_transfers_claim_id_claims")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
    )
    op.create_index(op.f("ix_transfers_claim_id"), "transfers", ["claim_id"])
    op.create_index("ix_transfers_booked_on", "transfers", ["booked_on"])


def _bank_files() -> None:
    op.create_table(
        "bank_statements",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("opening_ore", sa.BigInteger(), nullable=True),
        sa.Column("closing_ore", sa.BigInteger(), nullable=True),
        sa.Column("booked_ore", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name=op.f("fk_bank_statements_file_id_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statements")),
    )
    op.create_index("ix_bank_statements_account", "bank_statements", ["account", "last_day"])
    op.create_index(op.f("ix_bank_statements_file_id"), "bank_statements", ["file_id"])
    op.create_table(
        "bank_lines",
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("entry_reference", sa.Text(), nullable=False, server_default=""),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False, server_default="waiting"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_bank_lines_file_id_files")),
        sa.PrimaryKeyConstraint("file_id", "row", name=op.f("pk_bank_lines")),
    )
    op.create_index("ix_bank_lines_entry", "bank_lines", ["booked_on", "entry_reference"])


def downgrade() -> None:
    for trigger, table in (
        ("check_balanced", "ledger_entries"),
        ("begin_unplaced", "payments"),
        ("place_payment", "ledger_entries"),
        ("pay_out", "payouts"),
        ("refuse_unused_change", "payments"),
    ):
        op.execute(f"drop trigger {trigger} on {table}")
        op.execute(f"drop function {trigger}()")
    for table in ("bank_lines", "bank_statements", "transfers", "payouts", "refunds"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_payments_unused_within"), "payments")
    op.drop_index("ix_payments_booked_on", "payments")
    for column in ("confirmed_by", "bank_key", "file_row", "channel"):
        op.drop_column("payments", column)
    op.drop_constraint(op.f("ck_ledger_coverage_not_nothing"), "ledger_coverage")
    op.create_check_constraint(
        op.f("ck_ledger_coverage_positive"), "ledger_coverage", "amount_ore > 0"
    )
    for name in ("kind_known", "sign_of_kind", "undone_payment_named"):
        op.drop_constraint(op.f(f"ck_ledger_entries_{name}"), "ledger_entries")
    op.drop_column("ledger_entries", "corrects_id")

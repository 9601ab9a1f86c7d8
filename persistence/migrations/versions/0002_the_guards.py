"""the guards: what the database itself makes impossible"""

import re

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "ledger_entries", "ledger_coverage", "acts", "decisions", "audit", "limitation_events",
)

UP = """
create sequence claim_serial;
create sequence agreement_serial;

-- A claim's balance is the sum of its ledger and nothing else: the row lock on the claim gives
-- each entry its number without a gap.
create function book_ledger_entry() returns trigger language plpgsql as $$
begin
  update claims set balance_ore = balance_ore + new.amount_ore, ledger_seq = ledger_seq + 1
    where id = new.claim_id returning ledger_seq into new.seq;
  return new;
end $$;
create trigger book_ledger_entry before insert on ledger_entries
  for each row execute function book_ledger_entry();

create function refuse_balance_change() returns trigger language plpgsql as $$
begin
  if pg_trigger_depth() < 2 then
    raise exception 'the balance of claim % is changed by ledger entries only', old.id;
  end if;
  return new;
end $$;
create trigger refuse_balance_change before update on claims for each row
  when (old.balance_ore is distinct from new.balance_ore
     or old.ledger_seq is distinct from new.ledger_seq)
  execute function refuse_balance_change();

create function refuse_empty_balance() returns trigger language plpgsql as $$
begin
  if new.balance_ore <> 0 or new.ledger_seq <> 0 then
    raise exception 'a claim begins with an empty ledger';
  end if;
  return new;
end $$;
create trigger refuse_empty_balance before insert on claims
  for each row execute function refuse_empty_balance();

-- No payment entry covers more than it brought, and no debt is covered twice.
create function check_coverage() returns trigger language plpgsql as $$
declare paid bigint; debt bigint; used bigint; covered bigint;
begin
  select -amount_ore into paid from ledger_entries where id = new.payment_entry_id;
  select amount_ore into debt from ledger_entries where id = new.debt_entry_id;
  select coalesce(sum(amount_ore), 0) into used
    from ledger_coverage where payment_entry_id = new.payment_entry_id;
  select coalesce(sum(amount_ore), 0) into covered
    from ledger_coverage where debt_entry_id = new.debt_entry_id;
  if used > paid or covered > debt then
    raise exception 'coverage of entry % by entry % exceeds the amounts',
      new.debt_entry_id, new.payment_entry_id;
  end if;
  return null;
end $$;
create trigger check_coverage after insert on ledger_coverage
  for each row execute function check_coverage();

-- Each audit row's hash covers the row before it with the same subject.
create function chain_audit_row() returns trigger language plpgsql as $$
declare last record;
begin
  perform pg_advisory_xact_lock(hashtext('audit'), hashtext(new.subject));
  select seq, hash into last from audit where subject = new.subject order by seq desc limit 1;
  new.seq := coalesce(last.seq, 0) + 1;
  new.previous := coalesce(last.hash, '');
  new.hash := encode(sha256(convert_to(concat_ws('|', new.previous, new.subject, new.seq,
    extract(epoch from new.at), new.actor, new.act, new.facts::text), 'UTF8')), 'hex');
  return new;
end $$;
create trigger chain_audit_row before insert on audit
  for each row execute function chain_audit_row();

create function audit_act() returns trigger language plpgsql as $$
begin
  insert into audit (subject, seq, actor, act, facts, previous, hash)
    values (new.subject, 0, 'story', new.kind,
      new.facts || jsonb_build_object('key', new.key, 'on', new.done_on), '', '');
  return null;
end $$;
create trigger audit_act after insert on acts for each row execute function audit_act();

create function announce_outbox() returns trigger language plpgsql as $$
begin
  perform pg_notify('outbox', '');
  return null;
end $$;
create trigger announce_outbox after insert on outbox
  for each statement execute function announce_outbox();

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name;
end $$;
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    for statement in re.split(r";\n(?=\n|create|--)", UP):
        op.execute(statement)
    for table in APPEND_ONLY:
        op.execute(
            f"create trigger refuse_change before update or delete or truncate on {table} "
            "for each statement execute function refuse_change()"
        )


def downgrade() -> None:
    for table in APPEND_ONLY:
        op.execute(f"drop trigger refuse_change on {table}")
    for trigger, table in (
        ("book_ledger_entry", "ledger_entries"),
        ("refuse_balance_change", "claims"),
        ("refuse_empty_balance", "claims"),
        ("check_coverage", "ledger_coverage"),
        ("chain_audit_row", "audit"),
        ("audit_act", "acts"),
        ("announce_outbox", "outbox"),
    ):
        op.execute(f"drop trigger {trigger} on {table}")
        op.execute(f"drop function {trigger}()")
    op.execute("drop function refuse_change()")
    op.execute("drop sequence claim_serial")
    op.execute("drop sequence agreement_serial")

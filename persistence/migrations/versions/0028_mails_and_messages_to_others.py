"""people get mails, systems get signed messages, and people belong to teams"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_TEXTS = postgresql.ARRAY(sa.Text())
_MAY_BE_TAKEN_BACK = "current_setting('rettidig.undoable_task', true) <> ''"
_WAITING = "state = 'waiting'"

# The one place where it is written that somebody else is to hear of a claim. It is called where
# the facts are written, by triggers, so that no act can forget it; without endpoints it is nothing.
UP = (
    """
create function announce(of_claim text, what text, day date) returns void language sql as $$
  insert into webhook_deliveries (endpoint_id, claim_id, event, happened_on)
  select e.id, c.id, what, day from webhook_endpoints e join claims c on c.id = of_claim
  where e.state <> 'removed' and what = any(e.events)
    and (e.source is null or e.source = c.source)
    and (cardinality(e.claim_types) = 0 or c.claim_type = any(e.claim_types))
$$""",
    """
create function announce_move() returns trigger language plpgsql as $$
declare what text;
begin
  what := case
    when new.stage_from = 'ended' then 'claim.reopened'
    when new.stage_to = 'ended' then 'claim.' || (select ending from claims where id = new.claim_id)
    when new.stage_to = 'recovery' then 'claim.transferred'
    when new.stage_from = 'recovery' and new.stage_to <> 'transfer' then 'claim.returned'
    when new.stage_to = 'agreement' then 'agreement.made' end;
  if what is not null then perform announce(new.claim_id, what, new.moved_on); end if;
  return null;
end $$""",
    """
create trigger announce_move after insert on stage_moves
  for each row when (new.stage_from is not null) execute function announce_move()""",
    """
create function announce_agreement() returns trigger language plpgsql as $$
begin
  perform announce(c.id, 'agreement.' || new.state, new.ended_on)
    from agreement_claims a join claims c on c.id = a.claim_id
    where a.agreement_id = new.id and c.ending is null order by c.serial;
  return null;
end $$""",
    """
create trigger announce_agreement after update of state on agreements for each row
  when (old.state = 'active' and new.state in ('broken', 'dissolved') and new.ended_on is not null)
  execute function announce_agreement()""",
    f"""
create trigger remember_undo_step after insert or update or delete on webhook_deliveries
  for each row when ({_MAY_BE_TAKEN_BACK}) execute function remember_undo_step()""",
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.add_column("users", sa.Column("email", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("team", sa.Text(), nullable=True))
    _mails()
    _endpoints()
    _deliveries()
    for statement in UP:
        op.execute(statement)


def _mails() -> None:
    op.create_table(
        "mail_wishes",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("has_digest", sa.Boolean(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("weekdays", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("is_told_at_once", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.CheckConstraint("hour between 0 and 23", name=op.f("ck_mail_wishes_hour_of_a_day")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_mail_wishes_user_id_users")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_mail_wishes")),
    )
    op.create_table(
        "mails",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("about", _TEXTS, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("plain", sa.Text(), nullable=True),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("laid_at", _MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", _MOMENT, nullable=True),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mails_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    op.create_index(
        "ix_mails_digest", "mails", ["user_id", "day"], unique=True,
        postgresql_where="kind = 'digest'",
    )
    op.create_index("ix_mails_user", "mails", ["user_id", "id"])
    op.create_index("ix_mails_waiting", "mails", ["id"], postgresql_where=_WAITING)


def _endpoints() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", _TEXTS, nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("claim_types", _TEXTS, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("failing_since", _MOMENT, nullable=True),
        sa.Column("next_try_at", _MOMENT, nullable=True),
        sa.Column("paused_on", sa.Date(), nullable=True),
        sa.Column("paused_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by"], ["users.id"], name=op.f("fk_webhook_endpoints_made_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
    )
    op.create_table(
        "webhook_secrets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("endpoint_id", sa.BigInteger(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=True),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoints.id"],
            name=op.f("fk_webhook_secrets_endpoint_id_webhook_endpoints"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["users.id"], name=op.f("fk_webhook_secrets_made_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_secrets")),
    )
    op.create_index(op.f("ix_webhook_secrets_endpoint_id"), "webhook_secrets", ["endpoint_id"])


def _deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("endpoint_id", sa.BigInteger(), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=True),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", _MOMENT, nullable=True),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoints.id"],
            name=op.f("fk_webhook_deliveries_endpoint_id_webhook_endpoints"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_webhook_deliveries_claim_id_claims")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index(
        "ix_webhook_deliveries_waiting", "webhook_deliveries", ["endpoint_id", "claim_id", "id"],
        postgresql_where=_WAITING,
    )
    op.create_index("ix_webhook_deliveries_endpoint", "webhook_deliveries", ["endpoint_id", "id"])
    op.create_table(
        "webhook_tries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("tried_at", _MOMENT, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["webhook_deliveries.id"], ondelete="cascade",
            name=op.f("fk_webhook_tries_delivery_id_webhook_deliveries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_tries")),
    )
    op.create_index(op.f("ix_webhook_tries_delivery_id"), "webhook_tries", ["delivery_id"])


def downgrade() -> None:
    op.execute("drop trigger announce_agreement on agreements")
    op.execute("drop trigger announce_move on stage_moves")
    op.execute("drop function announce_agreement()")
    op.execute("drop function announce_move()")
    op.execute("drop function announce(text, text, date)")
    for table in ("webhook_tries", "webhook_deliveries", "webhook_secrets", "webhook_endpoints"):
        op.drop_table(table)
    op.drop_table("mails")
    op.drop_table("mail_wishes")
    op.drop_column("users", "team")
    op.drop_column("users", "email")

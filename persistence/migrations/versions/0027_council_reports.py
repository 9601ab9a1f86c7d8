"""reports to the council: laid as drafts, then frozen, and never changed but to be withdrawn"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_JSON = postgresql.JSONB(astext_type=sa.Text())
_TABLE = "council_reports"
_WITHDRAWAL = "array['withdrawn_on', 'withdrawn_by', 'withdrawn_because']"
_KEEP = (
    f"""
create function keep_council_report() returns trigger language plpgsql as $$
begin
  if old.frozen_at is null then
    if tg_op = 'DELETE' then return old; end if;
    return new;
  end if;
  if tg_op = 'DELETE' or old.withdrawn_on is not null
      or to_jsonb(new) - {_WITHDRAWAL} <> to_jsonb(old) - {_WITHDRAWAL} then
    raise exception 'a report that is frozen is kept as it is';
  end if;
  return new;
end $$""",
    """
create trigger keep_council_report before update or delete on council_reports
  for each row execute function keep_council_report()""",
    """
create trigger refuse_change before truncate on council_reports
  for each statement execute function refuse_change()""",
)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _day(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, _JSON, nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{_TABLE}_{column}_{to}")
    )


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.create_table(
        _TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        _day("since"),
        _day("until"),
        *(_json(name) for name in ("figures", "goals", "comments")),
        _moment("read_at"),
        _text("policy_version"),
        sa.Column("compared_id", sa.BigInteger(), nullable=True),
        sa.Column("replaces_id", sa.BigInteger(), nullable=True),
        _text("laid_by"),
        _day("frozen_on", nullable=True),
        _moment("frozen_at", nullable=True),
        _text("frozen_by", nullable=True),
        _text("sha256", nullable=True),
        _day("withdrawn_on", nullable=True),
        _text("withdrawn_by", nullable=True),
        _text("withdrawn_because", nullable=True),
        sa.CheckConstraint("since <= until", name=op.f(f"ck_{_TABLE}_ordered")),
        sa.CheckConstraint(
            "num_nulls(frozen_on, frozen_at, frozen_by, sha256) in (0, 4)",
            name=op.f(f"ck_{_TABLE}_frozen_whole"),
        ),
        sa.CheckConstraint(
            "num_nulls(withdrawn_on, withdrawn_by, withdrawn_because) in (0, 3)",
            name=op.f(f"ck_{_TABLE}_withdrawn_whole"),
        ),
        _key("compared_id", _TABLE),
        _key("replaces_id", _TABLE),
        *(_key(name, "users") for name in ("laid_by", "frozen_by", "withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_TABLE}")),
    )
    op.create_index(
        "ix_council_reports_replaces", _TABLE, ["replaces_id"], unique=True,
        postgresql_where="frozen_at is not null",
    )  # fmt: skip
    for statement in _KEEP:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table(_TABLE)
    op.execute("drop function keep_council_report()")

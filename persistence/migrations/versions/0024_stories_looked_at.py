"""stories: what was seen of their executions, what was asked to be done, who does not answer"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_TABLES = ("story_steps", "story_batches", "story_looks", "stage_proposals", "gateway_silences")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name)


def _primary(table: str, column: str = "id") -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{table}"))


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    alive = sa.text("ending is null")
    op.create_index("ix_claims_due", "claims", ["next_on"], postgresql_where=alive)
    _looks()
    _batches()
    _steps()
    _proposals()
    _silences()


def _looks() -> None:
    table = "story_looks"
    op.create_table(
        table,
        _text("story"),
        _moment("seen_at"),
        _text("status"),
        _text("trouble", nullable=True),
        _moment("troubled_since", nullable=True),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "(trouble is null) = (troubled_since is null)",
            name=op.f("ck_story_looks_trouble_dated"),
        ),
        _primary(table, "story"),
    )
    where = "trouble is not null"
    op.create_index("ix_story_looks_trouble", table, ["trouble"], postgresql_where=where)


def _batches() -> None:
    table = "story_batches"
    op.create_table(
        table,
        _id(),
        _text("act"),
        _text("reason"),
        _text("trouble", nullable=True),
        _text("state"),
        _text("asked_by"),
        _moment("asked_at"),
        _moment("ended_at", nullable=True),
        _key(table, "asked_by", "users"),
        _primary(table),
    )


def _steps() -> None:
    table = "story_steps"
    op.create_table(
        table,
        _id(),
        _text("story"),
        _text("act"),
        _text("reason"),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        _text("state"),
        _text("asked_by"),
        _moment("asked_at"),
        _moment("taken_until", nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _moment("ended_at", nullable=True),
        _text("trouble", nullable=True),
        _key(table, "batch_id", "story_batches"),
        _primary(table),
    )
    asked = "state = 'asked'"
    op.create_index("ix_story_steps_asked", table, ["id"], postgresql_where=asked)
    op.create_index("ix_story_steps_story", table, ["story", "id"])
    op.create_index("ix_story_steps_batch", table, ["batch_id", "state", "id"])
    one = "state = 'asked' and act = 'look' and batch_id is null"
    op.create_index(
        "ix_story_steps_one_look", table, ["story"], unique=True, postgresql_where=one
    )


def _proposals() -> None:
    table = "stage_proposals"
    op.create_table(
        table,
        _id(),
        _text("claim_id"),
        _text("step"),
        _text("waiting_for"),
        _text("reason"),
        _text("state"),
        _text("proposed_by"),
        _moment("proposed_at"),
        _text("decided_by", nullable=True),
        _moment("decided_at", nullable=True),
        _text("until_key", nullable=True),
        sa.Column("until_day", sa.Date(), nullable=True),
        _key(table, "claim_id", "claims"),
        _key(table, "proposed_by", "users"),
        _key(table, "decided_by", "users"),
        _primary(table),
    )
    op.create_index("ix_stage_proposals_claim", table, ["claim_id", "id"])
    standing = "state = 'proposed'"
    op.create_index(
        "ix_stage_proposals_standing", table, ["claim_id"], unique=True, postgresql_where=standing
    )


def _silences() -> None:
    table = "gateway_silences"
    op.create_table(
        table,
        _id(),
        _text("gateway"),
        _moment("since"),
        _moment("latest_at"),
        sa.Column("tries", sa.Integer(), nullable=False),
        _moment("ended_at", nullable=True),
        _primary(table),
    )
    now = "ended_at is null"
    op.create_index(
        "ix_gateway_silences_now", table, ["gateway"], unique=True, postgresql_where=now
    )


def downgrade() -> None:
    op.drop_index("ix_claims_due", table_name="claims")
    for table in _TABLES:
        op.drop_table(table)

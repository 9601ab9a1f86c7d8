"""trials of other policies on the past, their sums, and some of the claims that differ"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "policy_trials",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "asked_by")),
        sa.Column(
            "asked_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("since", "until")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("people", "in_force")),
        *(sa.Column(name, sa.Text()) for name in ("profile", "policy_text")),
        sa.Column("knobs", JSONB()),
        sa.Column("state", sa.Text(), nullable=False),
        *(sa.Column(n, sa.BigInteger(), nullable=False) for n in ("first", "reached", "last")),
        *(sa.Column(n, sa.Integer(), nullable=False) for n in ("claims", "differing", "changed")),
        sa.PrimaryKeyConstraint("id", name="pk_policy_trials"),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name="fk_policy_trials_asked_by_users"
        ),
        sa.CheckConstraint(
            "num_nonnulls(profile, policy_text, knobs) = 1", name="ck_policy_trials_one_other"
        ),
        sa.CheckConstraint("since <= until", name="ck_policy_trials_ordered"),
    )
    op.create_table(
        "policy_trial_figures",
        sa.Column("trial_id", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("side", "claim_type", "measure", "month")
        ),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "trial_id", "side", "claim_type", "measure", "month", name="pk_policy_trial_figures"
        ),
        _of_trial("policy_trial_figures"),
    )
    op.create_table(
        "policy_trial_samples",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("trial_id", sa.BigInteger(), nullable=False),
        *(sa.Column(n, sa.Text(), nullable=False) for n in ("side", "subject", "claim_type")),
        *(
            sa.Column(name, JSONB(), server_default=sa.text("'[]'"), nullable=False)
            for name in ("lost", "new")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_policy_trial_samples"),
        _of_trial("policy_trial_samples"),
    )
    op.create_index("ix_policy_trial_samples_trial_id", "policy_trial_samples", ["trial_id"])


def _of_trial(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_trial_id_policy_trials"
    return sa.ForeignKeyConstraint(["trial_id"], ["policy_trials.id"], name=name)


def downgrade() -> None:
    for table in ("policy_trial_samples", "policy_trial_figures", "policy_trials"):
        op.drop_table(table)

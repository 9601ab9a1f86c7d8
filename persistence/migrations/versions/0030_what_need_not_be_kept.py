"""what need not be kept is erased by rule, and looks are drawn and judged each month"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_JSON = postgresql.JSONB(astext_type=sa.Text())
_MOMENT = sa.DateTime(timezone=True)
_UNDER_WAY = "state in ('proposed', 'approved')"

# Where people wrote, or where somebody's name may stand. The books are not among them.
_OPENED = (
    "file_notes", "attachments", "attachment_contents", "enquiry_messages", "decisions",
    "limitation_events", "distraint_hearings", "distraint_minutes", "distraint_assets",
    "distraint_notes", "screens", "audit", "letter_documents", "recovery_claims", "letter_events",
)  # fmt: skip

_GUARDS = (
    # Whoever erases names the erasure; it opens something only when a second person has agreed.
    f"""
create function is_erasing(what text) returns boolean language sql stable as $$
  select what = any(array{list(_OPENED)!r}) and exists (
    select from erasures where state = 'approved'
      and id = nullif(current_setting('rettidig.erasure', true), '')::bigint)
$$""",
    """
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  if (tg_op = 'UPDATE' or tg_op = 'DELETE' and tg_table_name = 'screens')
      and is_erasing(tg_table_name) then
    return new;
  end if;
  raise exception '% is append-only', tg_table_name;
end $$""",
    """
create or replace function letter_documents_kept() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and is_erasing('letter_documents') then
    return new;
  end if;
  raise exception 'a letter that was sent is never changed';
end $$""",
    """
create or replace function keep_stamdata() returns trigger language plpgsql as $$
begin
  if new.facts = '{}' and is_erasing('recovery_claims')
      and (old.claim_id, old.reference, old.part, old.principal_ore, old.amount_ore)
        = (new.claim_id, new.reference, new.part, new.principal_ore, new.amount_ore) then
    return new;
  end if;
  raise exception 'what went to the recovery authority stands as it was';
end $$""",
    # Who did what, and when, is never erased from the trail: only the words beside it.
    """
create function keep_trail() returns trigger language plpgsql as $$
begin
  raise exception 'of the trail, words are erased and nothing else';
end $$""",
    """
create trigger keep_trail before update on audit for each row
  when ((old.id, old.subject, old.seq, old.at, old.actor, old.act, old.previous, old.hash)
      is distinct from
      (new.id, new.subject, new.seq, new.at, new.actor, new.act, new.previous, new.hash)
    or new.facts <> '{}' or new.erased_in is null)
  execute function keep_trail()""",
    """
create function keep_erasure() returns trigger language plpgsql as $$
begin
  raise exception 'what was erased, by whom and by which rule is never changed';
end $$""",
    """
create trigger keep_erasure before update or delete on erasures for each row
  when (old.state in ('done', 'withdrawn')) execute function keep_erasure()""",
    """
create trigger keep_erasure before update or delete on erasure_items for each row
  when (old.state <> 'waiting') execute function keep_erasure()""",
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    _erasures()
    _samples()
    for table in ("claims", "debtors", "files"):
        op.add_column(table, sa.Column("erased_on", sa.Date(), nullable=True))
    op.add_column("audit", sa.Column("erased_in", sa.BigInteger(), nullable=True))
    for statement in _GUARDS:
        op.execute(statement)


def _erasures() -> None:
    people = ("proposed", "archived", "approved")
    op.create_table(
        "erasures",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("rules", _JSON, nullable=False),
        sa.Column("kept", _JSON, nullable=False),
        *(
            column
            for act in people
            for column in (
                sa.Column(f"{act}_by", sa.Text(), nullable=act != "proposed"),
                sa.Column(f"{act}_at", _MOMENT, nullable=act != "proposed"),
            )
        ),
        sa.Column("archive_sha256", sa.Text(), nullable=True),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.Column("rows_erased", _JSON, nullable=False),
        sa.Column("ids_sha256", sa.Text(), nullable=True),
        sa.CheckConstraint("approved_by <> proposed_by", name=op.f("ck_erasures_second_person")),
        sa.CheckConstraint(
            "state in ('proposed', 'withdrawn') or approved_by is not null",
            name=op.f("ck_erasures_approved_first"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{act}_by"], ["users.id"], name=op.f(f"fk_erasures_{act}_by_users")
            )
            for act in people
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(
        "ix_erasures_under_way", "erasures", [sa.text("(true)")], unique=True,
        postgresql_where=_UNDER_WAY,
    )  # fmt: skip
    op.create_table(
        "erasure_items",
        sa.Column("erasure_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["erasure_id"], ["erasures.id"], name=op.f("fk_erasure_items_erasure_id_erasures")
        ),
        sa.PrimaryKeyConstraint("erasure_id", "kind", "key", name=op.f("pk_erasure_items")),
    )
    op.create_index(
        "ix_erasure_items_waiting", "erasure_items", ["erasure_id", "kind", "key"],
        postgresql_where="state = 'waiting'",
    )  # fmt: skip


def _samples() -> None:
    op.create_table(
        "look_samples",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("drawn_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_samples")),
        sa.UniqueConstraint("month", name=op.f("uq_look_samples_month")),
    )
    op.create_table(
        "look_reviews",
        sa.Column("sample_id", sa.BigInteger(), nullable=False),
        sa.Column("audit_id", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("judged_by", sa.Text(), nullable=True),
        sa.Column("judged_at", _MOMENT, nullable=True),
        sa.CheckConstraint(
            "(verdict is null) = (judged_by is null) and (verdict is null) = (judged_at is null)",
            name=op.f("ck_look_reviews_judged"),
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["look_samples.id"], name=op.f("fk_look_reviews_sample_id_look_samples")
        ),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_look_reviews_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(
            ["judged_by"], ["users.id"], name=op.f("fk_look_reviews_judged_by_users")
        ),
        sa.PrimaryKeyConstraint("sample_id", "audit_id", name=op.f("pk_look_reviews")),
    )


_APPEND_ONLY = """
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name;
end $$"""
_AS_BEFORE = """
create or replace function {name}() returns trigger language plpgsql as $$
begin
  raise exception '{words}';
end $$"""


def downgrade() -> None:
    op.execute("drop trigger keep_trail on audit")
    op.execute(_APPEND_ONLY)
    for name, words in (
        ("letter_documents_kept", "a letter that was sent is never changed"),
        ("keep_stamdata", "what went to the recovery authority stands as it was"),
    ):
        op.execute(_AS_BEFORE.format(name=name, words=words))
    op.drop_column("audit", "erased_in")
    for table in ("files", "debtors", "claims"):
        op.drop_column(table, "erased_on")
    for table in ("look_reviews", "look_samples", "erasure_items", "erasures"):
        op.drop_table(table)
    for function in ("is_erasing(text)", "keep_trail()", "keep_erasure()"):
        op.execute(f"drop function {function}")

"""Where the tables hold words about people, and what stands there when they are erased.

Sums, days, codes and numbers of ours stay: the books, the council's figures and the statistics
are made of them. The statements run in this order; what must not be empty says that it is gone.
"""

from dataclasses import dataclass

GONE = "(slettet)"


@dataclass(frozen=True, slots=True)
class Wipe:
    """One statement over *table*; ``:key`` is the claim's id, or the debtor's or file's number."""

    table: str
    sql: str


def _set(table: str, columns: str, where: str) -> Wipe:
    return Wipe(table, f"update {table} set {columns} where {where}")


_TASKS = "(select id from tasks where claim_id = :key)"
_DISTRAINTS = "(select id from distraints where claim_id = :key)"
_CLAIM_LETTERS = """claim_id = :key and not exists (select from letters o join claims c
  on c.id = o.claim_id where o.goes_with = letters.id and c.erased_on is null)"""
_PROPOSAL = """explanation = '', journal = '', committee_item = null, committee_journal = null"""
_CONTENT = """sha256 in (select a.sha256 from attachments a where a.{owner} = :{key}) and content
  <> '' and not exists (select from attachments a left join claims c on c.id = a.claim_id
    left join debtors d on d.id = a.debtor_id where a.sha256 = attachment_contents.sha256
    and c.erased_on is null and d.erased_on is null and a.{owner} is distinct from :{key})"""
_CODES = """(select coalesce(jsonb_object_agg(f.key, f.value), '{}') from jsonb_each(facts) f
  where f.key in ('reason', 'laid'))"""  # the books there are told by them
_LETTER_WORDS = "title = null, body = null, facts = '{}'"
_DOCUMENT = "document = '{}', pdf = null, pdf_sha256 = null, layout = null"

OF_A_CLAIM = (
    _set(
        "claims",
        "erased_on = :on, description = '', reference = 'erased-' || serial",
        "id = :key",
    ),
    _set("liabilities", "discharge = null", "claim_id = :key and discharge is not null"),
    _set("holds", "note = ''", "claim_id = :key and note <> ''"),
    _set(
        "suspensions",
        "note = '', facts = '{}'",
        """id in (select suspension_id from holds where claim_id = :key) and not exists (
          select from holds h join claims c on c.id = h.claim_id
          where h.suspension_id = suspensions.id and c.erased_on is null)""",
    ),
    _set("limitation_events", "source = ''", "claim_id = :key and source <> ''"),
    _set(
        "letter_documents",
        _DOCUMENT,
        f"letter_id in (select id from letters where {_CLAIM_LETTERS})",
    ),
    _set("letters", _LETTER_WORDS, f"{_CLAIM_LETTERS}"),
    _set("decisions", "reasons = '', facts = '{}'", f"task_id in {_TASKS}"),
    _set("delegations", "question = '', answer = null", f"task_id in {_TASKS}"),
    Wipe("drafts", f"delete from drafts where task_id in {_TASKS}"),
    Wipe("undo_steps", f"delete from undo_steps where task_id in {_TASKS}"),
    _set("tasks", "facts = '{}', snooze_reason = null, debtor_order = ''", "claim_id = :key"),
    _set("stage_proposals", "reason = ''", "claim_id = :key"),
    _set(
        "consultations",
        f"question = '{GONE}', answer = case when answer is not null then '{GONE}' end, "
        "recall_reason = null",
        "claim_id = :key",
    ),
    _set(
        "enquiry_messages",
        f"sender = '', text = '{GONE}'",
        "enquiry_id in (select id from enquiries where claim_id = :key)",
    ),
    _set("enquiries", f"subject = '{GONE}'", "claim_id = :key"),
    _set("file_notes", f"text = '{GONE}'", "claim_id = :key"),
    _set("attachment_contents", "content = ''", _CONTENT.format(owner="claim_id", key="key")),
    _set("attachments", f"name = '{GONE}'", "claim_id = :key"),
    _set("distraint_hearings", "place = '', reason = ''", f"distraint_id in {_DISTRAINTS}"),
    _set(
        "distraint_assets",
        f"description = '{GONE}'",
        f"minutes_id in (select id from distraint_minutes where distraint_id in {_DISTRAINTS})",
    ),
    _set("distraint_minutes", f"text = '{GONE}', present = ''", f"distraint_id in {_DISTRAINTS}"),
    _set("distraint_notes", "text = ''", f"distraint_id in {_DISTRAINTS}"),
    _set(
        "distraint_properties",
        "number = 'erased-' || id, address = ''",
        f"distraint_id in {_DISTRAINTS}",
    ),
    _set(
        "distraint_owners",
        f"told_how = case when told_on is not null then '{GONE}' end, "
        f"struck_why = case when struck_on is not null then '{GONE}' end",
        f"distraint_id in {_DISTRAINTS}",
    ),
    _set("write_offs", f"{_PROPOSAL}, reversal_reasons = null", "claim_id = :key"),
    _set("discharges", _PROPOSAL, "claim_id = :key"),
    _set("recovery_actions", f"facts = {_CODES}", "claim_id = :key"),
    _set("recovery_claims", "facts = '{}'", "claim_id = :key and facts <> '{}'"),
    _set("recovery_notices", "text = '', document = null", "claim_id = :key"),
    _set("look_reviews", "note = ''", "audit_id in (select id from audit where subject = :key)"),
    Wipe("preflights", "delete from preflights where claim_id = :key"),
    Wipe("foreseen", "delete from foreseen where claim_id = :key"),
    _set("story_steps", "reason = ''", "story = 'claim-' || :key"),
    Wipe("story_looks", "delete from story_looks where story = 'claim-' || :key"),
    _set(
        "agreements",
        "ended_because = null",
        """ended_because is not null and id in (
          select agreement_id from agreement_claims where claim_id = :key)""",
    ),
    # Money of several claims keeps its payer until the last of them is erased.
    _set(
        "payments",
        "payer = '', text = ''",
        """unused_ore = 0 and (claim_id = :key or id in (
          select payment_id from ledger_entries where claim_id = :key)) and not exists (
          select from ledger_entries e join claims c on c.id = e.claim_id
          where e.payment_id = payments.id and c.erased_on is null)""",
    ),
    _set(
        "refunds",
        "reasons = ''",
        "payment_id in (select id from payments where payer = '' and text = '' and (claim_id = :key"
        " or id in (select payment_id from ledger_entries where claim_id = :key)))",
    ),
)
"""``:key`` is a claim."""

_DEBTOR_TASKS = "(select id from tasks where debtor_id = :number and claim_id is null)"
OF_A_PERSON = (
    _set(
        "letter_documents",
        _DOCUMENT,
        "letter_id in (select id from letters where debtor_id = :number)",
    ),
    _set("letters", _LETTER_WORDS, "debtor_id = :number"),
    _set("decisions", "reasons = '', facts = '{}'", f"task_id in {_DEBTOR_TASKS}"),
    _set("delegations", "question = '', answer = null", f"task_id in {_DEBTOR_TASKS}"),
    Wipe("drafts", f"delete from drafts where task_id in {_DEBTOR_TASKS}"),
    _set("tasks", "facts = '{}', snooze_reason = null, debtor_order = ''", "debtor_id = :number"),
    _set(
        "enquiry_messages",
        f"sender = '', text = '{GONE}'",
        "enquiry_id in (select id from enquiries where debtor_id = :number)",
    ),
    _set("enquiries", f"subject = '{GONE}'", "debtor_id = :number"),
    _set("file_notes", f"text = '{GONE}'", "debtor_id = :number"),
    _set("attachment_contents", "content = ''", _CONTENT.format(owner="debtor_id", key="number")),
    _set("attachments", f"name = '{GONE}'", "debtor_id = :number"),
    _set("suspensions", "note = '', facts = '{}'", "debtor_id = :number"),
    _set(
        "look_reviews",
        "note = ''",
        "audit_id in (select id from audit where subject = 'debtor-' || :number)",
    ),
    _set(
        "rectifications",
        "source = '', reason = '', name_was = null, name_became = null, address_was = null, "
        "address_became = null",
        "debtor_id = :number",
    ),
    _set("agreements", "ended_because = null", "debtor_id = :number"),
    _set("refunds", "reasons = ''", "debtor_id = :number"),
    Wipe("foreseen", "delete from foreseen where debtor_id = :number"),
    Wipe("purposes", "delete from purposes where debtor_id = :number"),
)
"""``:number`` is a debtor; the debtor's own row is `persistence.debtors.forgetting`'s."""

OF_A_FILE = (
    Wipe("file_faults", "delete from file_faults where file_id = :number"),
    _set("bank_lines", "body = '{}'", "file_id = :number"),
    _set(
        "files",
        f"erased_on = :on, content = '', sealed_key = null, name = '{GONE}', facts = '{{}}'",
        "id = :number",
    ),
)
"""``:number`` is a file."""

TRACES = (
    Wipe("sessions", "delete from sessions where coalesce(ended_at, seen_at) < :before"),
    Wipe("sign_ins", "delete from sign_ins where began_at < :before"),
    Wipe("access_tokens", "delete from access_tokens where expires_at < :before"),
    Wipe("kept_forms", "delete from kept_forms where kept_at < :before"),
    Wipe("idempotency_keys", "delete from idempotency_keys where created_at < :before"),
    Wipe("undo_steps", "delete from undo_steps where until < :before"),
)
"""What is of no use after some days; ``:before`` is a moment of the real time."""

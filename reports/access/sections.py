"""All that is told of a person; and what is not, with its reason."""

from reports.access.dealings import DEALINGS
from reports.access.debts import DEBTS
from reports.access.shape import Section

SECTIONS: tuple[Section, ...] = (*DEBTS, *DEALINGS)

_OF_STAFF = "of the people who work here, or not yet said by them"
_OF_THE_HOUSE = "of the house itself: sums, numbers and messages without a person in them"
_SOURCES = (
    "where facts came from or were shown: what is in them of the person is told above, and the "
    "rest is of others"
)
_TABLES = {
    _OF_STAFF: """access_tokens drafts kept_forms mail_wishes mails note_mentions presence
        saved_filters sessions sign_ins substitutions users""",
    _OF_THE_HOUSE: """audit_anchors council_reports erasure_items erasures gateway_cursors
        gateway_silences idempotency_keys look_reviews look_samples number_sealing outbox
        policy_trial_figures policy_trials post_forecasts post_stops recovery_payouts
        recovery_statements recovery_statements_read story_batches story_looks story_steps
        task_weighing task_weights town_clock undo_steps webhook_endpoints webhook_secrets
        webhook_tries""",
    _SOURCES: """bank_lines bank_statements file_faults files pause_claims pauses
        policy_trial_samples preflights screens""",
}
NOT_TOLD = {table: why for why, tables in _TABLES.items() for table in tables.split()}
"""The tables that no section tells of, and why."""

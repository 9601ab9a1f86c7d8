"""What it takes to open each page and to send each form: the table that test_rights tries.

A page that is not here fails the test. One row a page: add yours, and to FORMS what its form must
hold to get as far as the question of rights.
"""

from domain.authority import Right
from persistence.kept_forms import FormContent, keep_form

OPEN = "open"  # to everyone, signed in or not
ANYONE = "anyone"  # who is signed in
BY_CONTENT = "by content"  # what is sent decides; tried elsewhere
# More than one right is any of them.
ASKED_OR_ASKING = {Right.ANSWER_CONSULTATIONS, Right.SEE_CLAIMS}

PAGES = {
    "GET /betaling": OPEN,
    "GET /en/payment": OPEN,
    "GET /sign-in": OPEN,
    "GET /sign-in/start": OPEN,
    "GET /sign-in/return": OPEN,
    "POST /sign-out": OPEN,
    "POST /language": OPEN,
    "GET /": ANYONE,  # who has no inbox is led on
    "GET /kept-forms/{number}": ANYONE,
    "POST /kept-forms/{number}/discard": ANYONE,
    "POST /": Right.ANSWER_TASKS,
    "GET /inbox/counts": Right.ANSWER_TASKS,
    "GET /inbox/events": Right.ANSWER_TASKS,
    "POST /inbox/acts": Right.ANSWER_TASKS,
    "POST /inbox/next": Right.ANSWER_TASKS,
    "POST /inbox/delegate": Right.ANSWER_TASKS,
    "POST /inbox/return": Right.ANSWER_TASKS,
    "POST /inbox/filters": Right.ANSWER_TASKS,
    "POST /inbox/filters/forget": Right.ANSWER_TASKS,
    "GET /search": Right.SEE_CLAIMS,
    "POST /search": Right.SEE_CLAIMS,
    "GET /tasks/{task_id}": Right.SEE_CLAIMS,
    "POST /tasks/{task_id}/presence": Right.ANSWER_TASKS,
    "POST /tasks/{task_id}/take": Right.ANSWER_TASKS,
    "POST /tasks/{task_id}/release": Right.ANSWER_TASKS,
    "POST /tasks/{task_id}/draft": Right.ANSWER_TASKS,
    "POST /tasks/{task_id}/draft/drop": Right.ANSWER_TASKS,
    "POST /tasks/{task_id}/plan": Right.ANSWER_TASKS,
    "POST /tasks/{task_id}/decide": Right.ANSWER_TASKS,
    "POST /tasks/{task_id}/hold": Right.ANSWER_TASKS,
    "POST /tasks/{task_id}/objection": Right.ANSWER_TASKS,
    "POST /tasks/{task_id}/place": Right.ANSWER_TASKS,
    "POST /tasks/{task_id}/refund": Right.ANSWER_TASKS,
    "POST /tasks/{task_id}/delegate": Right.ANSWER_TASKS,
    "POST /tasks/{task_id}/return": Right.ANSWER_TASKS,
    "POST /tasks/{task_id}/snooze": Right.ANSWER_TASKS,
    "POST /tasks/{task_id}/wake": Right.ANSWER_TASKS,
    "GET /tasks/{task_id}/{act}": Right.SEE_CLAIMS,
    "GET /decisions/{decision_id}": Right.SEE_CLAIMS,
    "GET /decisions/{decision_id}/screen": Right.SEE_CLAIMS,
    "POST /decisions/{decision_id}/undo": Right.ANSWER_TASKS,
    "GET /purpose": Right.SEE_CLAIMS,
    "POST /purpose": Right.SEE_CLAIMS,
    "GET /substitutions": Right.ANSWER_TASKS,
    "POST /substitutions": Right.ANSWER_TASKS,
    "POST /substitutions/{number}/end": Right.ANSWER_TASKS,
    "GET /audit": Right.SEE_AUDIT,
    "GET /audit/export.csv": Right.SEE_AUDIT,
    "POST /audit/samples": Right.SEE_AUDIT,
    "GET /audit/samples/{number}": Right.SEE_AUDIT,
    "GET /claims": Right.SEE_CLAIMS,
    "GET /claims/{claim_id}": Right.SEE_CLAIMS,
    "GET /claims/{claim_id}/letter": Right.WORK_ON_TASKS,
    "POST /claims/{claim_id}/letter": Right.WORK_ON_TASKS,
    "GET /claims/{claim_id}/payment": Right.BOOK_PAYMENTS,
    "POST /claims/{claim_id}/payment": Right.BOOK_PAYMENTS,
    "GET /claims/{claim_id}/hold": Right.HOLD_CLAIMS,
    "POST /claims/{claim_id}/hold": Right.HOLD_CLAIMS,
    "GET /claims/{claim_id}/holds/{hold_id}/release": Right.HOLD_CLAIMS,
    "POST /claims/{claim_id}/holds/{hold_id}/release": Right.HOLD_CLAIMS,
    "GET /claims/{claim_id}/discharge": Right.WORK_ON_TASKS,
    "POST /claims/{claim_id}/discharge": Right.WORK_ON_TASKS,
    "GET /debtors/{debtor_id}/suspend": Right.HOLD_CLAIMS,
    "POST /debtors/{debtor_id}/suspend": Right.HOLD_CLAIMS,
    "POST /suspensions/{number}/notice": Right.HOLD_CLAIMS,
    "POST /suspensions/{number}/end": Right.HOLD_CLAIMS,
    "GET /write-offs": Right.SEE_FIGURES,
    "POST /write-offs": Right.WORK_ON_TASKS,
    "GET /write-offs/{number}/reverse": Right.APPROVE_WRITE_OFFS,
    "POST /write-offs/{number}/reverse": Right.APPROVE_WRITE_OFFS,
    "GET /claims/{claim_id}/objection": Right.WORK_ON_TASKS,
    "POST /claims/{claim_id}/objection": Right.WORK_ON_TASKS,
    "GET /claims/{claim_id}/transfer": Right.SEE_CLAIMS,
    "GET /claims/{claim_id}/recall": Right.WORK_ON_TASKS,
    "POST /claims/{claim_id}/recall": Right.WORK_ON_TASKS,
    "GET /claims/{claim_id}/withdraw": Right.WITHDRAW_CLAIMS,
    "POST /claims/{claim_id}/withdraw": Right.WITHDRAW_CLAIMS,
    "GET /claims/{claim_id}/notes": Right.ANSWER_TASKS,
    "POST /claims/{claim_id}/notes": Right.ANSWER_TASKS,
    "POST /claims/{claim_id}/attachments": Right.ANSWER_TASKS,
    "GET /claims/{claim_id}/limitation": Right.SEE_CLAIMS,
    "POST /claims/{claim_id}/limitation/events": Right.WORK_ON_TASKS,
    "POST /claims/{claim_id}/limitation/corrections": Right.STEER,
    "GET /limitation": Right.SEE_CLAIMS,
    "GET /limitation/claims": Right.SEE_CLAIMS,
    "GET /debtors/{debtor_id}": Right.SEE_CLAIMS,
    "GET /debtors/{debtor_id}/notes": Right.ANSWER_TASKS,
    "POST /debtors/{debtor_id}/notes": Right.ANSWER_TASKS,
    "POST /debtors/{debtor_id}/attachments": Right.ANSWER_TASKS,
    "POST /debtors/{debtor_id}/language": Right.WORK_ON_TASKS,
    "POST /debtors/{debtor_id}/conversations": Right.WORK_ON_TASKS,
    "GET /attachments/{attachment_id}": Right.SEE_CLAIMS,
    "GET /mentions": Right.SEE_CLAIMS,
    "GET /agreements/{agreement_id}": Right.SEE_CLAIMS,
    "POST /agreements/{agreement_id}/notes": Right.ANSWER_TASKS,
    "POST /agreements/{agreement_id}/acceptances": Right.WORK_ON_TASKS,
    "GET /agreements/{agreement_id}/end": Right.WORK_ON_TASKS,
    "POST /agreements/{agreement_id}/end": Right.WORK_ON_TASKS,
    "GET /agreements/{agreement_id}/reinstate": Right.WORK_ON_TASKS,
    "POST /agreements/{agreement_id}/reinstate": Right.WORK_ON_TASKS,
    "GET /assessments/figures": Right.SEE_FIGURES,
    "GET /enquiries": Right.SEE_CLAIMS,
    "POST /enquiries": Right.WORK_ON_TASKS,
    "GET /enquiries/figures": Right.SEE_FIGURES,
    "GET /enquiries/new": Right.WORK_ON_TASKS,
    "GET /enquiries/{enquiry_id}": Right.SEE_CLAIMS,
    "POST /enquiries/{enquiry_id}/messages": Right.WORK_ON_TASKS,
    "POST /enquiries/{enquiry_id}/answer": Right.WORK_ON_TASKS,
    "GET /consultations": ASKED_OR_ASKING,
    "POST /consultations": Right.WORK_ON_TASKS,
    "GET /consultations/new": Right.WORK_ON_TASKS,
    "GET /consultations/{consultation_id}": ASKED_OR_ASKING,
    "POST /consultations/{consultation_id}/recall": Right.WORK_ON_TASKS,
    "POST /consultations/{consultation_id}/done": Right.WORK_ON_TASKS,
    "POST /consultations/{consultation_id}/answer": Right.ANSWER_CONSULTATIONS,
    "GET /consultations/{consultation_id}/attachments/{attachment_id}": Right.ANSWER_CONSULTATIONS,
    "GET /distraints": Right.SEE_CLAIMS,
    "POST /distraints": Right.HOLD_DISTRAINT_HEARINGS,
    "GET /distraints/new": Right.HOLD_DISTRAINT_HEARINGS,
    "GET /distraints/days/{day}": Right.SEE_CLAIMS,
    "GET /distraints/{distraint_id}": Right.SEE_CLAIMS,
    "POST /distraints/{distraint_id}/move": Right.HOLD_DISTRAINT_HEARINGS,
    "POST /distraints/{distraint_id}/minutes": Right.HOLD_DISTRAINT_HEARINGS,
    "POST /distraints/{distraint_id}/call-off": Right.HOLD_DISTRAINT_HEARINGS,
    "POST /distraints/{distraint_id}/events": Right.HOLD_DISTRAINT_HEARINGS,
    "POST /distraints/{distraint_id}/property": Right.HOLD_DISTRAINT_HEARINGS,
    "POST /distraints/{distraint_id}/owners": Right.HOLD_DISTRAINT_HEARINGS,
    "POST /distraints/{distraint_id}/owners/{debtor_id}": Right.HOLD_DISTRAINT_HEARINGS,
    "POST /distraints/{distraint_id}/owners/{debtor_id}/strike": Right.HOLD_DISTRAINT_HEARINGS,
    "POST /distraints/{distraint_id}/owners/{debtor_id}/told": Right.HOLD_DISTRAINT_HEARINGS,
    "GET /letters": Right.SEE_CLAIMS,
    "POST /letters/stop": Right.WORK_ON_TASKS,
    "POST /letters/release": Right.STEER,
    "GET /letters/{letter_id}": Right.SEE_CLAIMS,
    "GET /letters/{letter_id}/{message}.pdf": Right.SEE_CLAIMS,
    "POST /letters/{letter_id}/recall": Right.WORK_ON_TASKS,
    "GET /payments": Right.BOOK_PAYMENTS,
    "GET /payments/{payment_id}": Right.BOOK_PAYMENTS,
    "POST /payments/{payment_id}/place": Right.BOOK_PAYMENTS,
    "POST /payments/{payment_id}/undo": Right.BOOK_PAYMENTS,
    "POST /payments/{payment_id}/refund": Right.BOOK_PAYMENTS,
    "GET /files": Right.SEE_CLAIMS,
    "POST /files": BY_CONTENT,
    "GET /files/{file_id}": Right.SEE_CLAIMS,
    "GET /recovery": Right.SEE_CLAIMS,
    "GET /reconciliation": Right.SEE_FIGURES,
    "GET /reconciliation/lines": Right.SEE_FIGURES,
}

FORMS = {
    "POST /language": {"language": "da"},
    "POST /letters/stop": {"reason": "x"},
    "POST /payments/{payment_id}/place": {"claim_id": "2026-999999"},
    "POST /payments/{payment_id}/undo": {"claim_id": "2026-999999"},
    "POST /payments/{payment_id}/refund": {"reasons": "x"},
}

ENDLESS = {"GET /inbox/events"}
"""Answers of these are tried elsewhere; here only who gets none."""


async def _kept_form(api):
    """The supervisor's."""
    async with api.database.transaction() as connection:
        form = FormContent("/letters/stop", (("reason", "x"),))
        return await keep_form(connection, "supervisor", form)


# What is one person's own: how it comes to be, and what everyone else is answered.
SOMEONE_ELSES = {
    "GET /kept-forms/{number}": (_kept_form, 404),
    "POST /kept-forms/{number}/discard": (_kept_form, 303),  # as if it had never been there
}

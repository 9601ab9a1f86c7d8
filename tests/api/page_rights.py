"""What it takes to open each page and to send each form: the table that test_rights tries.

A page that is not here fails the test. One row a page: add yours, and to FORMS what its form must
hold to get as far as the question of rights.
"""

from domain.authority import Right
from persistence.kept_forms import FormContent, keep_form

OPEN = "open"  # to everyone, signed in or not
ANYONE = "anyone"  # who is signed in
BY_CONTENT = "by content"  # what is sent decides; tried elsewhere

PAGES = {
    "GET /betaling": OPEN,
    "GET /en/payment": OPEN,
    "GET /sign-in": OPEN,
    "GET /sign-in/start": OPEN,
    "GET /sign-in/return": OPEN,
    "POST /sign-out": OPEN,
    "POST /language": OPEN,
    "GET /kept-forms/{number}": ANYONE,
    "POST /kept-forms/{number}/discard": ANYONE,
    "GET /reconciliation": Right.SEE_FIGURES,
    "GET /reconciliation/lines": Right.SEE_FIGURES,
    "GET /files": Right.SEE_CLAIMS,
    "POST /files": BY_CONTENT,
    "GET /files/{file_id}": Right.SEE_CLAIMS,
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
}

FORMS = {
    "POST /language": {"language": "da"},
    "POST /letters/stop": {"reason": "x"},
    "POST /payments/{payment_id}/place": {"claim_id": "2026-999999"},
    "POST /payments/{payment_id}/undo": {"claim_id": "2026-999999"},
    "POST /payments/{payment_id}/refund": {"reasons": "x"},
}


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

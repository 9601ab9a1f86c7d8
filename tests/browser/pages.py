"""Every page there is, how one of its kind is found in the town, and who opens it."""

PAGES = {
    "/sign-in": (None, lambda _: "/sign-in"),
    "/betaling": (None, lambda _: "/betaling"),
    "/en/payment": (None, lambda _: "/en/payment"),
    "/": ("caseworker", lambda _: "/?view=team"),
    "/search": ("caseworker", lambda _: "/search"),
    "/tasks/{task_id}": ("caseworker", lambda town: f"/tasks/{town.task('dialogue')['id']}"),
    "/claims": ("caseworker", lambda _: "/claims"),
    "/claims/{claim_id}": ("caseworker", lambda town: f"/claims/{town.claim('agreement')}"),
    "/claims/{claim_id}/letter": ("caseworker", lambda t: f"/claims/{t.claim('dialogue')}/letter"),
    "/claims/{claim_id}/payment": (
        "caseworker",
        lambda town: f"/claims/{town.claim('dialogue')}/payment",
    ),
    "/claims/{claim_id}/hold": ("caseworker", lambda t: f"/claims/{t.claim('dialogue')}/hold"),
    "/claims/{claim_id}/objection": (
        "caseworker",
        lambda town: f"/claims/{town.claim('dialogue')}/objection",
    ),
    "/claims/{claim_id}/withdraw": (
        "caseworker",
        lambda town: f"/claims/{town.claim('dialogue')}/withdraw",
    ),
    "/claims/{claim_id}/notes": ("caseworker", lambda t: f"/claims/{t.claim('dialogue')}/notes"),
    "/claims/{claim_id}/limitation": (
        "supervisor",
        lambda town: f"/claims/{town.claim('agreement')}/limitation",
    ),
    "/limitation": ("supervisor", lambda _: "/limitation"),
    "/limitation/claims": ("caseworker", lambda _: "/limitation/claims"),
    "/debtors/{debtor_id}": ("caseworker", lambda town: f"/debtors/{debtor(town)}"),
    "/debtors/{debtor_id}/notes": ("caseworker", lambda town: f"/debtors/{debtor(town)}/notes"),
    "/agreements/{agreement_id}": ("caseworker", lambda town: f"/agreements/{agreement(town)}"),
    "/agreements/{agreement_id}/end": (
        "caseworker",
        lambda town: f"/agreements/{agreement(town)}/end",
    ),
    "/assessments/figures": ("supervisor", lambda _: "/assessments/figures"),
    "/mentions": ("caseworker", lambda _: "/mentions"),
    "/enquiries": ("caseworker", lambda _: "/enquiries"),
    "/enquiries/new": ("caseworker", lambda town: f"/enquiries/new?debtor={debtor(town)}"),
    "/enquiries/figures": ("supervisor", lambda _: "/enquiries/figures"),
    "/enquiries/{enquiry_id}": ("caseworker", lambda town: f"/enquiries/{enquiry(town)}"),
    "/consultations": ("department", lambda _: "/consultations"),
    "/consultations/new": (
        "caseworker",
        lambda town: f"/consultations/new?claim={town.claim('dialogue')}",
    ),
    "/consultations/{consultation_id}": (
        "department",
        lambda town: f"/consultations/{consultation(town)}",
    ),
    "/letters": ("caseworker", lambda _: "/letters"),
    "/letters/{letter_id}": ("caseworker", lambda town: f"/letters/{letter(town)}"),
    "/payments": ("finance", lambda _: "/payments"),
    "/files": ("finance", lambda _: "/files"),
    "/reconciliation": ("finance", lambda _: "/reconciliation"),
    "/reconciliation/lines": (
        "finance",
        lambda _: "/reconciliation/lines?figure=closing",
    ),
    "/substitutions": ("caseworker", lambda _: "/substitutions"),
    "/audit": ("auditor", lambda _: "/audit"),
    "/purpose": ("caseworker", lambda town: f"/purpose?subject={town.claim('transfer')}&next=/"),
}
SEEN_ELSEWHERE = {
    "/agreements/{agreement_id}/reinstate": "tests/api/test_agreements.py, once one is broken",
    "/sign-in/start": "leads to the provider",
    "/sign-in/return": "leads back from it",
    "/kept-forms/{number}": "tests/browser/test_journeys.py, with a session that is over",
    "/inbox/counts": "a piece of the inbox",
    "/inbox/events": "what the inbox listens to",
    "/tasks/{task_id}/{act}": "leads to the task",
    "/decisions/{decision_id}": "tests/browser/test_journeys.py, after an answer",
    "/claims/{claim_id}/holds/{hold_id}/release": "tests/browser/test_journeys.py, with a hold",
    "/attachments/{attachment_id}": "a file",
    "/consultations/{consultation_id}/attachments/{attachment_id}": "a file",
    "/letters/{letter_id}/{message}.pdf": "a file",
    "/audit/export.csv": "a file",
    "/audit/samples/{number}": "tests/browser/test_journeys.py, when a sample was drawn",
    "/decisions/{decision_id}/screen": "tests/browser/test_journeys.py, after an answer",
    "/payments/{payment_id}": "tests/browser/test_journeys.py, with money that came",
    "/files/{file_id}": "tests/browser/test_journeys.py, with a file that was sent",
}


def debtor(town):
    return town.ask("/claims?stage=dialogue&limit=1")["items"][0]["debtor_id"]


def agreement(town):
    claim = town.ask("/claims?stage=agreement&limit=1")["items"][0]["id"]
    return town.ask(f"/claims/{claim}")["agreement_id"]


def enquiry(town):
    body = {
        "channel": "call",
        "sender": "Karla Prøvesen",
        "text": "Ringer, fordi hun ikke forstår gebyret.",
        "received_on": town.today,
        "debtor_id": debtor(town),
        "subject": "Gebyr på rykker",
    }
    return town.tell("/enquiries", body)["id"]


def consultation(town):
    claim = town.ask("/claims?claim_type=day-care&stage=dialogue&limit=1")["items"][0]["id"]
    body = {"question": "Var barnet meldt ud?", "due_on": town.today, "department": "Børn og Unge"}
    return town.tell(f"/claims/{claim}/consultations", body)["id"]


def letter(town):
    return town.ask(f"/debtors/{debtor(town)}")["letters"][0]["letter_id"]

"""Every page there is, how one of its kind is found in the town, and who opens it."""

from datetime import date, timedelta

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
    "/claims/{claim_id}/discharge": (
        "caseworker",
        lambda town: f"/claims/{town.claim('dialogue')}/discharge",
    ),
    "/debtors/{debtor_id}/suspend": ("caseworker", lambda t: f"/debtors/{debtor(t)}/suspend"),
    "/write-offs/lines": ("caseworker", lambda _: "/write-offs/lines?reason=insolvent-estate"),
    "/write-offs": ("caseworker", lambda _: "/write-offs"),
    "/claims/{claim_id}/objection": (
        "caseworker",
        lambda town: f"/claims/{town.claim('dialogue')}/objection",
    ),
    "/claims/{claim_id}/transfer": (
        "caseworker",
        lambda town: f"/claims/{town.claim('dialogue')}/transfer",
    ),
    "/claims/{claim_id}/mend": ("caseworker", lambda t: f"/claims/{t.claim('dialogue')}/mend"),
    "/transfers": ("caseworker", lambda _: "/transfers"),
    "/transfers/claims": ("caseworker", lambda _: "/transfers/claims"),
    "/claims/{claim_id}/withdraw": (
        "caseworker",
        lambda town: f"/claims/{town.claim('dialogue')}/withdraw",
    ),
    "/claims/{claim_id}/notes": ("caseworker", lambda t: f"/claims/{t.claim('dialogue')}/notes"),
    "/claims/{claim_id}/limitation": (
        "supervisor",
        lambda town: f"/claims/{town.claim('agreement')}/limitation",
    ),
    "/strategy": ("supervisor", lambda _: "/strategy"),
    "/time-machine": ("supervisor", lambda _: "/time-machine"),
    "/time-machine/{trial_number}": ("supervisor", lambda t: f"/time-machine/{trial(t)}"),
    "/prevention": ("supervisor", lambda _: "/prevention"),
    "/executions": ("supervisor", lambda _: "/executions"),
    "/executions/batches/new": ("supervisor", lambda _: "/executions/batches/new?act=look"),
    "/claims/{claim_id}/execution": (
        "supervisor",
        lambda town: f"/claims/{town.claim('dialogue')}/execution",
    ),
    "/agreements/{agreement_id}/execution": (
        "supervisor",
        lambda town: f"/agreements/{agreement(town)}/execution",
    ),
    "/claims/{claim_id}/execution/{act}": (
        "supervisor",
        lambda town: f"/claims/{town.claim('dialogue')}/execution/rebuild",
    ),
    "/agreements/{agreement_id}/execution/{act}": (
        "supervisor",
        lambda town: f"/agreements/{agreement(town)}/execution/nudge",
    ),
    "/claims/{claim_id}/move": (
        "supervisor",
        lambda town: f"/claims/{town.claim('dialogue')}/move",
    ),
    "/workload": ("supervisor", lambda _: "/workload"),
    "/holds": ("supervisor", lambda _: "/holds?reason=objection"),
    "/tomorrow": ("supervisor", lambda _: "/tomorrow?days=30"),
    "/tomorrow/pauses/{pause_id}": ("caseworker", lambda t: f"/tomorrow/pauses/{pause(t)}"),
    "/council-reports": ("supervisor", lambda _: "/council-reports"),
    "/council-reports/compare": ("auditor", lambda _: "/council-reports/compare"),
    "/council-reports/{number}": (
        "supervisor",
        lambda town: f"/council-reports/{council_report(town)}",
    ),
    "/council-reports/{number}/lines": (
        "supervisor",
        lambda town: f"/council-reports/{council_report(town)}/lines?figure=closing",
    ),
    "/flow": ("supervisor", lambda _: "/flow"),
    "/flow/claims": ("supervisor", lambda _: "/flow/claims?stage=dialogue"),
    "/limitation": ("supervisor", lambda _: "/limitation"),
    "/limitation/claims": ("caseworker", lambda _: "/limitation/claims"),
    "/debtors/{debtor_id}": ("caseworker", lambda town: f"/debtors/{debtor(town)}"),
    "/debtors/{debtor_id}/access-report": (
        "caseworker",
        lambda town: f"/debtors/{debtor(town)}/access-report",
    ),
    "/debtors/{debtor_id}/correct": ("caseworker", lambda t: f"/debtors/{debtor(t)}/correct"),
    "/protections": ("caseworker", lambda _: "/protections"),
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
    "/distraints": ("bailiff", lambda _: "/distraints"),
    "/distraints/days/{day}": ("bailiff", lambda town: f"/distraints/days/{town.today}"),
    "/distraints/new": ("bailiff", lambda town: f"/distraints/new?task={distraint_task(town)}"),
    "/distraints/{distraint_id}": ("bailiff", lambda town: f"/distraints/{distraint(town)}"),
    "/letters": ("caseworker", lambda _: "/letters"),
    "/letters/{letter_id}": ("caseworker", lambda town: f"/letters/{letter(town)}"),
    "/payments": ("finance", lambda _: "/payments"),
    "/files": ("finance", lambda _: "/files"),
    "/claims/{claim_id}/debtor": (
        "caseworker",
        lambda town: f"/claims/{town.claim('dialogue')}/debtor",
    ),
    "/claims/{claim_id}/correct": (
        "caseworker",
        lambda town: f"/claims/{town.claim('transfer')}/correct",
    ),
    "/claims/{claim_id}/recall": (
        "caseworker",
        lambda town: f"/claims/{town.claim('transfer')}/recall",
    ),
    "/recovery": ("caseworker", lambda _: "/recovery"),
    "/reconciliation": ("finance", lambda _: "/reconciliation"),
    "/reconciliation/lines": (
        "finance",
        lambda _: "/reconciliation/lines?figure=closing",
    ),
    "/substitutions": ("caseworker", lambda _: "/substitutions"),
    "/notifications": ("caseworker", lambda _: "/notifications"),
    "/webhooks": ("supervisor", lambda _: "/webhooks"),
    "/webhooks/{endpoint_id}": ("supervisor", lambda town: f"/webhooks/{webhook(town)}"),
    "/audit": ("auditor", lambda _: "/audit"),
    "/erasures": ("supervisor", lambda _: "/erasures"),
    "/look-samples": ("auditor", lambda _: "/look-samples"),
    "/purpose": ("caseworker", lambda town: f"/purpose?subject={town.claim('transfer')}&next=/"),
}
SEEN_ELSEWHERE = {
    "/agreements/{agreement_id}/reinstate": "tests/browser/test_agreement_journeys.py, once broken",
    "/sign-in/start": "leads to the provider",
    "/sign-in/return": "leads back from it",
    "/kept-forms/{number}": "tests/browser/test_journeys.py, with a session that is over",
    "/inbox/counts": "a piece of the inbox",
    "/temporal-door": "asked by the proxy; an answer without content",
    "/inbox/events": "what the inbox listens to",
    "/tasks/{task_id}/{act}": "leads to the task",
    "/decisions/{decision_id}": "tests/browser/test_journeys.py, after an answer",
    "/claims/{claim_id}/holds/{hold_id}/release": "tests/browser/test_journeys.py, with a hold",
    "/attachments/{attachment_id}": "a file",
    "/consultations/{consultation_id}/attachments/{attachment_id}": "a file",
    "/letters/{letter_id}/{message}.pdf": "a file",
    "/council-reports/{number}/report.pdf": "a file",
    "/council-reports/{number}/report.xlsx": "a file",
    "/council-reports/{number}/report.csv": "a file",
    "/council-reports/{number}/key-figures.json": "a file",
    "/council-reports/{number}/key-figures.csv": "a file",
    "/write-offs/{number}/reverse": "tests/browser/test_journeys.py, after a write-off",
    "/executions/batches/{number}": "tests/browser/test_execution_journey.py, once asked for",
    "/audit/export.csv": "a file",
    "/erasures/{number}/archive.csv": "a file",
    "/erasures/{number}": "tests/api/test_erasures.py, years later",
    "/look-samples/{number}": "tests/api/test_look_samples.py, when one was drawn",
    "/transfers/claims.csv": "a file",
    "/audit/samples/{number}": "tests/browser/test_journeys.py, when a sample was drawn",
    "/decisions/{decision_id}/screen": "tests/browser/test_journeys.py, after an answer",
    "/payments/{payment_id}": "tests/browser/test_journeys.py, with money that came",
    "/files/{file_id}": "tests/browser/test_journeys.py, with a file that was sent",
}


def debtor(town):
    return town.ask("/claims?stage=dialogue&limit=1")["items"][0]["debtor_id"]


def pause(town):
    claim = town.claim("dialogue")
    body = {"claims": [claim], "reason": "investigation", "until": town.today}
    return town.tell("/forecast/pauses", body)["id"]


def agreement(town):
    claim = town.ask("/claims?stage=agreement&limit=1")["items"][0]["id"]
    return town.ask(f"/claims/{claim}")["agreement_id"]


def trial(town):
    body = {"months": 24, "days": 21, "without": "second-reminder"}
    return town.tell("/policy-trials", body)["number"]


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


def council_report(town):
    """One that is frozen, of the year so far."""
    frozen = [one for one in town.ask("/council-reports")["items"] if one["frozen_on"]]
    if frozen:
        return frozen[0]["id"]
    yesterday = date.fromisoformat(town.today) - timedelta(days=1)
    period = {"since": f"{yesterday:%Y}-01-01", "until": yesterday.isoformat()}
    number = town.tell("/council-reports", period)["id"]
    town.tell(f"/council-reports/{number}/freeze", {})
    return number


def webhook(town):
    body = {
        "name": "Institutionssystemet",
        "url": "https://system.example/krav",
        "events": ["claim.paid", "claim.withdrawn"],
    }
    return town.tell("/webhooks", body)["id"]


def letter(town):
    return town.ask(f"/debtors/{debtor(town)}")["letters"][0]["letter_id"]


def distraint_task(town):
    """A claim whose hearing is still to be set; or one that has led to a hearing."""
    waiting = town.ask("/distraints", "visitor-bailiff")["waiting"]
    if waiting:
        return waiting[0]["task_id"]
    number = distraint(town)
    return town.ask(f"/distraints/{number}", "visitor-bailiff")["task_id"]


def distraint(town):
    """A hearing of the next weeks, or one that is set for it."""
    today = date.fromisoformat(town.today)
    for week in range(5):
        day = (today + timedelta(weeks=week)).isoformat()
        found = town.ask(f"/distraints?day={day}", "visitor-bailiff")["hearings"]
        if found:
            return found[0]["id"]
    return set_hearing(town, today)


def set_hearing(town, today):
    [task, *_] = town.ask("/distraints", "visitor-bailiff")["waiting"]
    slot = {"task_id": task["task_id"], "at": "10.00", "place": "Prøvevej 1"}
    for days in range(7, 20):
        day = (today + timedelta(days=days)).isoformat()
        try:
            return town.tell("/distraints", slot | {"day": day}, "visitor-bailiff")["id"]
        except AssertionError:
            continue
    raise AssertionError(f"no day for {task}")

"""Every route, tried by every role, by a stranger and by nobody."""

import re

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from domain.authority import RIGHTS, Right, Role
from domain.decisions import TaskKind
from tests.api.conftest import Browser
from tests.api.page_rights import ANYONE, BY_CONTENT, ENDLESS, FORMS, OPEN, PAGES, SOMEONE_ELSES
from tests.api.questions import WRITE_OFF

RIGHT_OF = {
    "listErasures": Right.SEE_AUDIT,
    "proposeErasure": Right.STEER,
    "readErasure": Right.SEE_AUDIT,
    "readErasureArchive": Right.STEER,
    "approveErasure": Right.STEER,
    "withdrawErasure": Right.STEER,
    "listLookSamples": Right.SEE_AUDIT,
    "readLookSample": Right.SEE_AUDIT,
    "judgeLook": Right.SEE_AUDIT,
    "registerClaim": Right.REGISTER_CLAIMS,
    "registerClaims": Right.REGISTER_CLAIMS,
    "listClaims": Right.SEE_CLAIMS,
    "readClaim": Right.SEE_CLAIMS,
    "readDossier": Right.SEE_CLAIMS,
    "mendClaim": Right.WORK_ON_TASKS,
    "readTransferReadiness": Right.SEE_CLAIMS,
    "listTransferCandidates": Right.SEE_CLAIMS,
    "withdrawClaim": Right.WITHDRAW_CLAIMS,
    "bookPayment": Right.BOOK_PAYMENTS,
    "getPayment": Right.BOOK_PAYMENTS,
    "placePayment": Right.BOOK_PAYMENTS,
    "undoPlacing": Right.BOOK_PAYMENTS,
    "proposeRefund": Right.BOOK_PAYMENTS,
    "listDistraints": Right.SEE_CLAIMS,
    "readDistraint": Right.SEE_CLAIMS,
    "foreseeDistraint": Right.HOLD_DISTRAINT_HEARINGS,
    "setDistraint": Right.HOLD_DISTRAINT_HEARINGS,
    "moveDistraint": Right.HOLD_DISTRAINT_HEARINGS,
    "foreseeMovedDistraint": Right.HOLD_DISTRAINT_HEARINGS,
    "foreseeDistraintCalledOff": Right.HOLD_DISTRAINT_HEARINGS,
    "askForOwners": Right.HOLD_DISTRAINT_HEARINGS,
    "nameOwner": Right.HOLD_DISTRAINT_HEARINGS,
    "nameDebtorAsOwner": Right.HOLD_DISTRAINT_HEARINGS,
    "strikeOwner": Right.HOLD_DISTRAINT_HEARINGS,
    "tellOwnerByHand": Right.HOLD_DISTRAINT_HEARINGS,
    "holdDistraint": Right.HOLD_DISTRAINT_HEARINGS,
    "callOffDistraint": Right.HOLD_DISTRAINT_HEARINGS,
    "noteDistraintEvent": Right.HOLD_DISTRAINT_HEARINGS,
    "readForecast": Right.SEE_FIGURES,
    "listForeseen": Right.SEE_CLAIMS,
    "renewForecast": Right.WORK_ON_TASKS,
    "pauseClaims": Right.HOLD_CLAIMS,
    "readPause": Right.SEE_CLAIMS,
    "undoPause": Right.HOLD_CLAIMS,
    "placeHold": Right.HOLD_CLAIMS,
    "releaseHold": Right.HOLD_CLAIMS,
    "listTasks": Right.SEE_CLAIMS,
    "takeTask": Right.ANSWER_TASKS,
    "releaseTask": Right.ANSWER_TASKS,
    "decideTask": Right.ANSWER_TASKS,
    "searchTasks": Right.SEE_CLAIMS,
    "countTasks": Right.SEE_CLAIMS,
    "takeNextTask": Right.ANSWER_TASKS,
    "actOnTasks": Right.ANSWER_TASKS,
    "assignTask": Right.ASSIGN_TASKS,
    "delegateTask": Right.ANSWER_TASKS,
    "returnTask": Right.ANSWER_TASKS,
    "snoozeTask": Right.ANSWER_TASKS,
    "wakeTask": Right.ANSWER_TASKS,
    "searchAll": Right.SEE_CLAIMS,
    "listFilters": Right.ANSWER_TASKS,
    "saveFilter": Right.ANSWER_TASKS,
    "forgetFilter": Right.ANSWER_TASKS,
    "undoDecision": Right.ANSWER_TASKS,
    "planAgreement": Right.ANSWER_TASKS,
    "readAgreement": Right.SEE_CLAIMS,
    "whatIfPaid": Right.SEE_CLAIMS,
    "endAgreement": Right.WORK_ON_TASKS,
    "reinstateAgreement": Right.WORK_ON_TASKS,
    "recordAcceptance": Right.WORK_ON_TASKS,
    "proposeAgreement": Right.SEE_CLAIMS,
    "readRecommendation": Right.SEE_CLAIMS,
    "readAssessments": Right.SEE_FIGURES,
    "readDraft": Right.ANSWER_TASKS,
    "keepDraft": Right.ANSWER_TASKS,
    "dropDraft": Right.ANSWER_TASKS,
    "readTask": Right.SEE_CLAIMS,
    "registerObjection": Right.WORK_ON_TASKS,
    "suspendDebtor": Right.HOLD_CLAIMS,
    "tellEstateNotice": Right.HOLD_CLAIMS,
    "endSuspension": Right.HOLD_CLAIMS,
    "readWriteOffs": Right.SEE_FIGURES,
    "listWriteOffLines": Right.SEE_FIGURES,
    "proposeSmallWriteOffs": Right.WORK_ON_TASKS,
    "reverseWriteOff": Right.APPROVE_WRITE_OFFS,
    "proposeDischarge": Right.WORK_ON_TASKS,
    "searchDebtor": Right.SEE_CLAIMS,
    "readAccessReport": Right.SEE_CLAIMS,
    "listRectifications": Right.WORK_ON_TASKS,
    "foreseeRectification": Right.WORK_ON_TASKS,
    "rectifyDebtor": Right.WORK_ON_TASKS,
    "listEndedProtections": Right.WORK_ON_TASKS,
    "readDebtor": Right.SEE_CLAIMS,
    "holdConversation": Right.WORK_ON_TASKS,
    "readCounts": Right.SEE_FIGURES,
    "readMetrics": Right.SEE_FIGURES,
    "listTroubledStories": Right.SEE_CLAIMS,
    "readExecution": Right.SEE_CLAIMS,
    "askExecutionStep": Right.STEER,
    "proposeStageMove": Right.STEER,
    "decideStageMove": Right.STEER,
    "askExecutionBatch": Right.STEER,
    "readExecutionBatch": Right.SEE_CLAIMS,
    "steerExecutionBatch": Right.STEER,
    "readFlow": Right.SEE_FIGURES,
    "listCouncilReports": Right.SEE_FIGURES,
    "layCouncilReport": Right.STEER,
    "readCouncilReport": Right.SEE_FIGURES,
    "commentCouncilReport": Right.STEER,
    "freezeCouncilReport": Right.STEER,
    "discardCouncilReport": Right.STEER,
    "withdrawCouncilReport": Right.STEER,
    "listCouncilLines": Right.SEE_CLAIMS,
    "readKeyFigures": Right.SEE_FIGURES,
    "listStandingClaims": Right.SEE_CLAIMS,
    "openPayloads": Right.STEER,
    "readWorkload": Right.STEER,
    "listHeldClaims": Right.STEER,
    "movePerson": Right.STEER,
    "readStrategy": Right.SEE_CLAIMS,
    "readPrevention": Right.WORK_ON_TASKS,
    "offerDirectDebit": Right.WORK_ON_TASKS,
    "readNotifications": Right.ANSWER_TASKS,
    "chooseNotifications": Right.ANSWER_TASKS,
    "listWebhooks": Right.STEER,
    "registerWebhook": Right.STEER,
    "turnWebhook": Right.STEER,
    "renewWebhookSecret": Right.STEER,
    "testWebhook": Right.STEER,
    "listWebhookDeliveries": Right.STEER,
    "sendDeliveryAgain": Right.STEER,
    "readLimitationRadar": Right.SEE_CLAIMS,
    "listLapsingClaims": Right.SEE_CLAIMS,
    "readLimitation": Right.SEE_CLAIMS,
    "noteLimitation": Right.WORK_ON_TASKS,
    "correctLimitation": Right.STEER,
    "readRecovery": Right.SEE_CLAIMS,
    "recallClaim": Right.WORK_ON_TASKS,
    "readCorrections": Right.WORK_ON_TASKS,
    "correctClaim": Right.WORK_ON_TASKS,
    "addDebtor": Right.WORK_ON_TASKS,
    "listLetters": Right.SEE_CLAIMS,
    "readLetter": Right.SEE_CLAIMS,
    "readSentLetter": Right.SEE_CLAIMS,
    "recallLetter": Right.WORK_ON_TASKS,
    "writeLetter": Right.WORK_ON_TASKS,
    "stopPost": Right.WORK_ON_TASKS,
    "chooseLanguage": Right.WORK_ON_TASKS,
    "releasePost": Right.STEER,
    "listEnquiries": Right.SEE_CLAIMS,
    "readEnquiry": Right.SEE_CLAIMS,
    "registerEnquiry": Right.WORK_ON_TASKS,
    "addEnquiryMessage": Right.WORK_ON_TASKS,
    "answerEnquiry": Right.WORK_ON_TASKS,
    "readEnquiryFigures": Right.SEE_FIGURES,
    "listConsultations": Right.ANSWER_CONSULTATIONS,
    "readConsultation": Right.ANSWER_CONSULTATIONS,
    "answerConsultation": Right.ANSWER_CONSULTATIONS,
    "attachToConsultation": Right.ANSWER_CONSULTATIONS,
    "openConsultationAttachment": Right.ANSWER_CONSULTATIONS,
    "recallConsultation": Right.WORK_ON_TASKS,
    "listClaimConsultations": Right.SEE_CLAIMS,
    "askDepartment": Right.WORK_ON_TASKS,
    "listClaimNotes": Right.SEE_CLAIMS,
    "listDebtorNotes": Right.SEE_CLAIMS,
    "listMentions": Right.SEE_CLAIMS,
    "listClaimAttachments": Right.SEE_CLAIMS,
    "listDebtorAttachments": Right.SEE_CLAIMS,
    "openAttachment": Right.SEE_CLAIMS,
    "writeClaimNote": Right.ANSWER_TASKS,
    "writeDebtorNote": Right.ANSWER_TASKS,
    "attachToClaim": Right.ANSWER_TASKS,
    "attachToDebtor": Right.ANSWER_TASKS,
    "listSubstitutions": Right.SEE_CLAIMS,
    "makeSubstitution": Right.ANSWER_TASKS,
    "endSubstitution": Right.ANSWER_TASKS,
    "listAudit": Right.SEE_AUDIT,
    "readDecisionScreen": Right.SEE_CLAIMS,
    "listFiles": Right.SEE_CLAIMS,
    "readFile": Right.SEE_CLAIMS,
    "tryPolicy": Right.STEER,
    "listPolicyTrials": Right.SEE_FIGURES,
    "readPolicyTrial": Right.SEE_FIGURES,
    "stopPolicyTrial": Right.STEER,
}
_MESSAGE = {"channel": "mail", "sender": "x", "text": "x", "received_on": "2026-03-01"}
_SLOT = {"day": "2026-04-07", "at": "10.30", "place": "x"}
OPEN_TO_ALL = {"readHealth", "readReadiness", "issueToken"}
BY_WHAT_IS_SENT = {"sendFile"}  # tried by test_files
PARAMETERS = {
    "agreement_id": "A-999999",
    "claim_id": "2026-999999",
    "task_id": 999999,
    "decision_id": 999999,
    "hold_id": 999999,
    "payment_id": 999999,
    "file_id": 999999,
    "letter_id": 999999,
    "attachment_id": 999999,
    "debtor_id": 999999,
    "filter_id": 999999,
    "substitution_id": 999999,
    "message": "letter-999999",
    "number": 999999,
    "act": "decide",
    "move": "pause",
    "answer": "approve",
    "distraint_id": 999999,
    "day": "2026-03-16",
    "enquiry_id": 999999,
    "consultation_id": 999999,
    "erasure_id": 999999,
    "sample_id": 999999,
    "look": 999999,
    "suspension_id": 999999,
    "write_off_id": 999999,
    "trial_number": 999999,
    "pause_id": 999999,
    "webhook_id": 999999,
    "user_id": "nobody",
    "endpoint_id": 999999,
    "delivery_id": 999999,
}


_paths = {}  # the same for every test, and a second's work


def routes_of(api):
    _paths.update(_paths or api.app.openapi()["paths"])
    for path, operations in _paths.items():
        for method, operation in operations.items():
            address = path.removeprefix("/api/v1").format(**PARAMETERS)
            yield operation["operationId"], method.upper(), address


def bodies():
    return {
        "tryPolicy": {"days": 21},
        "judgeLook": {"verdict": "fine"},
        "registerClaim": {},
        "registerClaims": [{}],
        "withdrawClaim": {"reasons": "x"},
        "bookPayment": {"source_reference": "x", "amount_ore": 1, "paid_on": "2026-03-01"},
        "placeHold": {"reason": "objection"},
        "pauseClaims": {"claims": ["2026-999999"], "reason": "objection", "until": "2030-01-01"},
        "placePayment": {"claim_id": "2026-999999"},
        "undoPlacing": {"claim_id": "2026-999999"},
        "proposeRefund": {"amount_ore": 1, "reasons": "x"},
        "decideTask": {"outcome": "done", "reasons": "x"},
        "foreseeDistraint": _SLOT | {"task_id": 999999},
        "setDistraint": _SLOT | {"task_id": 999999},
        "moveDistraint": _SLOT | {"reason": "x"},
        "foreseeMovedDistraint": _SLOT | {"reason": "x"},
        "foreseeDistraintCalledOff": {"reason": "x"},
        "askForOwners": {"number": "5381234"},
        "nameOwner": {"national_id": "0703790123", "name": "x", "address": ["x"]},
        "strikeOwner": {"why": "x"},
        "tellOwnerByHand": {"told_on": "2026-03-01", "how": "x"},
        "holdDistraint": {"outcome": "in-vain", "text": "x"},
        "callOffDistraint": {"reason": "x"},
        "noteDistraintEvent": {"event": "sold", "happened_on": "2026-03-01"},
        "planAgreement": {"claim_ids": ["2026-999999"], "months": 2, "first_due": "2026-04-01"},
        "endAgreement": {"reasons": "x"},
        "reinstateAgreement": {"reasons": "x", "months": 2, "first_due": "2026-04-01"},
        "recordAcceptance": {"accepted_on": "2026-03-01"},
        "proposeAgreement": {},
        "keepDraft": {"fields": {"reasons": "x"}},
        "registerObjection": {"words": "x"},
        "recallClaim": {"reason": "FEJL", "reasons": "x"},
        "addDebtor": {"cpr_cvr": "0", "name": "x", "reasons": "x"},
        "correctClaim": {"kind": "write-down", "reference": "x", "amount_ore": 1, "reasons": "x"},
        "writeLetter": {"letter": "enquiry-reply", "words": "x"},
        "writeClaimNote": {"kind": "note", "text": "x"},
        "writeDebtorNote": {"kind": "note", "text": "x"},
        "stopPost": {"reason": "x"},
        "askExecutionStep": {"act": "nudge", "reason": "x"},
        "proposeStageMove": {"step": "to-dialogue", "reason": "x"},
        "decideStageMove": {"is_approved": True},
        "askExecutionBatch": {"act": "look", "reason": "x"},
        "steerExecutionBatch": {"state": "paused"},
        "holdConversation": {"text": "x"},
        "registerEnquiry": {"subject": "x", "debtor_id": 999999} | _MESSAGE,
        "addEnquiryMessage": _MESSAGE,
        "answerEnquiry": {"outcome": "no-answer-needed", "text": "x"},
        "answerConsultation": {"answer": "x"},
        "recallConsultation": {"reason": "x"},
        "askDepartment": {"question": "x", "due_on": "2026-03-20"},
        "chooseLanguage": {"language": "en"},
        "foreseeRectification": {"source": "x", "reason": "x"},
        "rectifyDebtor": {"source": "x", "reason": "x"},
        "searchTasks": {"text": "Karla"},
        "actOnTasks": {"act": "claim", "tasks": [999999]},
        "assignTask": {"to": "caseworker"},
        "delegateTask": {"to": "caseworker", "question": "?"},
        "returnTask": {"answer": "x"},
        "snoozeTask": {"until": "2026-03-20", "reason": "x"},
        "mendClaim": {"reasons": "x"},
        "searchAll": {"text": "Karla"},
        "saveFilter": {"name": "x", "wish": {}},
        "makeSubstitution": {},
        "movePerson": {"team": "x"},
        "offerDirectDebit": {"debtor_ids": [999999]},
        "chooseNotifications": {},
        "registerWebhook": {},
        "turnWebhook": {"state": "paused"},
        "searchDebtor": {"national_id": "0703790123"},
        "suspendDebtor": {"reason": "death", "died_on": "2026-03-01"},
        "tellEstateNotice": {"notice_on": "2026-03-01"},
        "proposeSmallWriteOffs": {"claim_ids": ["2026-999999"], "reasons": "x"},
        "reverseWriteOff": {"reasons": "x"},
        "proposeDischarge": {
            "debtor_id": 999999,
            "reason": "debt-relief",
            "proved_on": "2026-03-01",
            "explanation": "x",
        },
    }


async def test_each_route_is_in_the_table_of_rights(api):
    assert {name for name, *_ in routes_of(api)} == set(RIGHT_OF) | OPEN_TO_ALL | BY_WHAT_IS_SENT


@pytest.mark.parametrize("role", Role)
async def test_each_role_may_do_what_the_table_says_and_nothing_else(api, role):
    for name, method, address in routes_of(api):
        if name in BY_WHAT_IS_SENT:
            continue
        answer = await api.send(method, address, role, json=bodies().get(name))
        is_allowed = name in OPEN_TO_ALL or RIGHT_OF[name] in RIGHTS[role]
        assert (answer.status_code == 403) is not is_allowed, (name, role, answer.text)
        assert answer.status_code not in {401, 405, 500}, (name, role, answer.text)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer guessed"}])
async def test_nobody_gets_in_without_a_token_we_know(api, headers):
    for name, method, address in routes_of(api):
        if name in OPEN_TO_ALL:
            continue
        answer = await api.http.request(method, address, headers=headers, json=bodies().get(name))
        assert answer.status_code == 401, name
        assert answer.json()["code"] == "unauthenticated"
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_only_a_bailiff_answers_a_distraint_hearing(api):

    task = await api.ask(await api.register(), TaskKind.DISTRAINT)
    answer = {"outcome": "cancelled", "reasons": "Ingen hjemme."}
    refused = await api.post(f"/tasks/{task}/decide", answer, Role.SUPERVISOR)
    assert refused.status_code == 403
    assert refused.json()["code"] == "may-not-decide"
    assert (await api.post(f"/tasks/{task}/decide", answer, Role.BAILIFF)).status_code == 200


async def test_nobody_approves_their_own_proposal(api):

    claim = await api.register()
    proposal = await api.ask(claim, TaskKind.ASSESSMENT)
    await api.post(f"/tasks/{proposal}/decide", WRITE_OFF)
    approval = await api.ask(claim, TaskKind.WRITE_OFF_APPROVAL)
    answer = {"outcome": "approved", "reasons": "Enig."}
    own = await api.post(f"/tasks/{approval}/decide", answer)
    assert (own.status_code, own.json()["code"]) == (403, "may-not-decide")
    other = await api.post(f"/tasks/{approval}/decide", answer, Role.CASEWORKER)
    assert other.status_code == 200


def pages_of(api):
    """As ``GET /letters``, whoever added it to the app."""
    for route in iter_route_contexts(api.app.routes):
        if isinstance(route.original_route, APIRoute) and not route.path.startswith("/api/"):
            yield from (f"{method} {route.path}" for method in route.methods)


async def open_page(browser, page, **parameters):
    method, path = page.split(" ")
    return await browser.request(
        method, path.format(**PARAMETERS | parameters), data=FORMS.get(page)
    )


def rights_of(entry):
    return entry if isinstance(entry, set) else {entry}


def leads_to_the_door(answer):
    return answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?next=")


async def test_each_page_is_in_the_table_of_rights(api):
    assert set(pages_of(api)) == set(PAGES)
    assert FORMS.keys() <= PAGES.keys()


@pytest.mark.parametrize("role", Role)
async def test_each_role_may_open_what_the_table_says_and_nothing_else(api, role):
    for page, right in PAGES.items():
        is_allowed = right in (OPEN, ANYONE) or bool(rights_of(right) & RIGHTS[role])
        if right == BY_CONTENT or (page in ENDLESS and is_allowed):
            continue
        async with await api.browse(role) as browser:
            answer = await open_page(browser, page)
        assert (answer.status_code == 403) is not is_allowed, (page, role, answer.text)
        assert answer.status_code not in {401, 405, 500}, (page, role, answer.text)
        assert not leads_to_the_door(answer), (page, role)


@pytest.mark.parametrize("cookie", [None, "guessed", "token-supervisor"])
async def test_nobody_opens_a_page_without_a_session(api, cookie):
    async with Browser(api.app) as stranger:
        if cookie:
            stranger.cookies.set("rettidig", cookie)
        for page, right in PAGES.items():
            answer = await open_page(stranger, page)
            assert leads_to_the_door(answer) is (right != OPEN), (page, answer.text)


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("POST ")])
async def test_no_form_is_taken_that_no_page_of_ours_showed(api, page):
    async with await api.browse() as browser:
        browser.headers.pop("X-CSRF-Token")
        answer = await open_page(browser, page)
        assert answer.status_code == 403
        assert "intet er gjort" in answer.text


@pytest.mark.parametrize("page", SOMEONE_ELSES)
async def test_what_is_one_persons_own_is_nobody_elses(api, page):
    prepare, expected = SOMEONE_ELSES[page]
    [parameter] = re.findall("{(.*?)}", page)
    own = {parameter: await prepare(api)}
    for role in set(Role) - {Role.SUPERVISOR}:
        async with await api.browse(role) as browser:
            assert (await open_page(browser, page, **own)).status_code == expected, role
    async with await api.browse(Role.SUPERVISOR) as browser:
        shown = page.replace("POST", "GET").removesuffix("/discard")
        assert (await open_page(browser, shown, **own)).status_code == 200


def test_an_auditor_changes_nothing():
    assert all(right.startswith("see-") for right in RIGHTS[Role.AUDITOR])


def test_a_department_answers_and_sees_nothing_else():
    assert RIGHTS[Role.DEPARTMENT] == {Right.ANSWER_CONSULTATIONS}


def test_each_right_is_someones():
    assert frozenset().union(*RIGHTS.values()) == set(Right)

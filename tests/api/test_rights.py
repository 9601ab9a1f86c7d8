"""Every route, tried by every role, by a stranger and by nobody."""

import pytest

from domain.authority import RIGHTS, Right, Role
from domain.decisions import TaskKind

RIGHT_OF = {
    "registerClaim": Right.REGISTER_CLAIMS,
    "registerClaims": Right.REGISTER_CLAIMS,
    "listClaims": Right.SEE_CLAIMS,
    "readClaim": Right.SEE_CLAIMS,
    "withdrawClaim": Right.WITHDRAW_CLAIMS,
    "bookPayment": Right.BOOK_PAYMENTS,
    "getPayment": Right.BOOK_PAYMENTS,
    "placePayment": Right.BOOK_PAYMENTS,
    "undoPlacing": Right.BOOK_PAYMENTS,
    "proposeRefund": Right.BOOK_PAYMENTS,
    "placeHold": Right.HOLD_CLAIMS,
    "releaseHold": Right.HOLD_CLAIMS,
    "listTasks": Right.SEE_CLAIMS,
    "takeTask": Right.ANSWER_TASKS,
    "releaseTask": Right.ANSWER_TASKS,
    "decideTask": Right.ANSWER_TASKS,
    "searchDebtor": Right.SEE_CLAIMS,
    "readCounts": Right.SEE_FIGURES,
    "listLetters": Right.SEE_CLAIMS,
    "readLetter": Right.SEE_CLAIMS,
    "readSentLetter": Right.SEE_CLAIMS,
    "recallLetter": Right.WORK_ON_TASKS,
    "writeLetter": Right.WORK_ON_TASKS,
    "stopPost": Right.WORK_ON_TASKS,
    "chooseLanguage": Right.WORK_ON_TASKS,
    "releasePost": Right.STEER,
    "listSubstitutions": Right.SEE_CLAIMS,
    "makeSubstitution": Right.ANSWER_TASKS,
    "endSubstitution": Right.ANSWER_TASKS,
    "listAudit": Right.SEE_AUDIT,
    "readDecisionScreen": Right.SEE_CLAIMS,
    "listFiles": Right.SEE_CLAIMS,
    "readFile": Right.SEE_CLAIMS,
}
OPEN_TO_ALL = {"readHealth", "readReadiness"}
BY_WHAT_IS_SENT = {"sendFile"}  # tried by test_files
PARAMETERS = {
    "claim_id": "2026-999999",
    "task_id": 999999,
    "hold_id": 999999,
    "payment_id": 999999,
    "file_id": 999999,
    "letter_id": 999999,
    "debtor_id": 999999,
    "substitution_id": 999999,
    "decision_id": 999999,
    "message": "letter-999999",
}


def routes_of(api):
    for path, operations in api.app.openapi()["paths"].items():
        for method, operation in operations.items():
            address = path.removeprefix("/api/v1").format(**PARAMETERS)
            yield operation["operationId"], method.upper(), address


def bodies():
    return {
        "registerClaim": {},
        "registerClaims": [{}],
        "withdrawClaim": {"reasons": "x"},
        "bookPayment": {"source_reference": "x", "amount_ore": 1, "paid_on": "2026-03-01"},
        "placeHold": {"reason": "objection"},
        "placePayment": {"claim_id": "2026-999999"},
        "undoPlacing": {"claim_id": "2026-999999"},
        "proposeRefund": {"amount_ore": 1, "reasons": "x"},
        "decideTask": {"outcome": "done", "reasons": "x"},
        "writeLetter": {"letter": "enquiry-reply", "words": "x"},
        "stopPost": {"reason": "x"},
        "chooseLanguage": {"language": "en"},
        "makeSubstitution": {},
        "searchDebtor": {"national_id": "0703790123"},
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
    answer = {"outcome": "unsuccessful", "reasons": "Ingen hjemme."}
    refused = await api.post(f"/tasks/{task}/decide", answer, Role.SUPERVISOR)
    assert refused.status_code == 403
    assert refused.json()["code"] == "may-not-decide"
    assert (await api.post(f"/tasks/{task}/decide", answer, Role.BAILIFF)).status_code == 200


async def test_nobody_approves_their_own_proposal(api):

    claim = await api.register()
    proposal = await api.ask(claim, TaskKind.ASSESSMENT)
    await api.post(f"/tasks/{proposal}/decide", {"outcome": "write-off", "reasons": "Forældet."})
    approval = await api.ask(claim, TaskKind.WRITE_OFF_APPROVAL)
    answer = {"outcome": "approved", "reasons": "Enig."}
    own = await api.post(f"/tasks/{approval}/decide", answer)
    assert (own.status_code, own.json()["code"]) == (403, "may-not-decide")
    other = await api.post(f"/tasks/{approval}/decide", answer, Role.CASEWORKER)
    assert other.status_code == 200

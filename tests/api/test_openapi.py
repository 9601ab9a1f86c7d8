"""The OpenAPI document says what the API does, and the API does what the document says."""

import re

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

EXAMPLES = 4
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


async def document(api):
    return (await api.http.get("/openapi.json")).json()


def operations(document):
    for operations in document["paths"].values():
        yield from operations.values()


async def test_the_document_is_openapi_3_1_and_names_every_operation_once(api):
    described = await document(api)
    assert described["openapi"].startswith("3.1")
    names = [operation["operationId"] for operation in operations(described)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", name) for name in names)


async def test_every_operation_is_described_and_tagged(api):
    described = await document(api)
    tags = {tag["name"] for tag in described["tags"]}
    for operation in operations(described):
        assert operation["description"].endswith("."), operation["operationId"]
        assert set(operation["tags"]) <= tags


async def test_every_error_is_described_as_a_problem(api):
    described = await document(api)
    assert "HTTPValidationError" not in described["components"]["schemas"]
    for operation in operations(described):
        if operation["tags"] == ["operation"]:
            continue
        for status in ("400", "401", "403", "503"):
            content = operation["responses"][status]["content"]
            assert list(content) == ["application/problem+json"], operation["operationId"]


async def test_every_reference_in_the_document_leads_somewhere(api):
    described = await document(api)
    references = set(re.findall(r"'\$ref': '#/components/schemas/(\w+)'", str(described)))
    assert references <= set(described["components"]["schemas"])
    assert {"NewClaim", "NewDebtor", "Problem"} <= references


async def test_every_answer_forbids_what_its_schema_does_not_name(api):
    schemas = (await document(api))["components"]["schemas"]
    ours = {name for name, schema in schemas.items() if schema["type"] == "object"}
    open_ = {name for name in ours if schemas[name].get("additionalProperties") is not False}
    forms = {
        "Body_sendFile",
        "Body_attachToClaim",
        "Body_attachToDebtor",
        "Body_attachToConsultation",
        "Body_issueToken",
    }
    sealed = {"SealedPayload", "SealedPayloads"}  # Temporal's own, who may say more
    assert open_ == {"NewClaim", "NewDebtor"} | forms | sealed, "rows of a file, and forms"


_by_name = {}  # the document is the same for every test, and takes a second to be made


async def _operation(api, name):
    if not _by_name:
        described = await document(api)
        for operation in operations(described):
            operation.pop("security", None)  # who may do what is tried by test_rights
        schema = schemathesis.openapi.from_dict(described)
        found = [result.ok() for result in schema.get_all_operations()]
        _by_name.update({one.definition.raw["operationId"]: one for one in found})
    return _by_name[name]


NAMES = (
    "registerClaim", "registerClaims", "listClaims", "readClaim", "readDossier", "withdrawClaim",
    "bookPayment",
    "getPayment", "placePayment", "undoPlacing", "proposeRefund", "sendFile",
    "listFiles", "readFile", "listLetters", "readLetter", "readSentLetter", "recallLetter",
    "writeLetter", "stopPost", "chooseLanguage", "releasePost",
    "listClaimNotes", "writeClaimNote", "listDebtorNotes", "writeDebtorNote", "listMentions",
    "listClaimAttachments", "attachToClaim", "listDebtorAttachments", "attachToDebtor",
    "openAttachment",
    "placeHold", "releaseHold", "listTasks", "takeTask", "releaseTask", "decideTask",
    "searchTasks", "takeNextTask", "countTasks", "actOnTasks", "assignTask", "delegateTask",
    "returnTask", "snoozeTask", "wakeTask", "searchAll", "listFilters", "saveFilter",
    "forgetFilter",
    "listEnquiries", "registerEnquiry", "readEnquiry", "addEnquiryMessage", "answerEnquiry",
    "readEnquiryFigures", "listConsultations", "readConsultation", "answerConsultation",
    "attachToConsultation", "openConsultationAttachment", "recallConsultation",
    "listClaimConsultations", "askDepartment", "readDebtor", "holdConversation",
    "readTask", "planAgreement", "undoDecision", "readDraft", "keepDraft", "dropDraft",
    "registerObjection", "readRecovery", "recallClaim",
    "readCorrections", "correctClaim", "addDebtor",
    "readAgreement", "whatIfPaid", "endAgreement", "reinstateAgreement", "recordAcceptance",
    "proposeAgreement", "readRecommendation", "readAssessments",
    "listDistraints", "readDistraint", "foreseeDistraint", "setDistraint", "moveDistraint",
    "holdDistraint", "callOffDistraint", "noteDistraintEvent", "foreseeMovedDistraint",
    "foreseeDistraintCalledOff", "askForOwners", "nameOwner", "nameDebtorAsOwner", "strikeOwner",
    "tellOwnerByHand",
    "suspendDebtor", "tellEstateNotice", "endSuspension", "readWriteOffs",
    "proposeSmallWriteOffs", "reverseWriteOff", "proposeDischarge", "listWriteOffLines",
    "searchDebtor", "issueToken", "readCounts", "readHealth", "readReadiness",
    "readLimitationRadar", "listLapsingClaims", "readLimitation", "noteLimitation",
    "correctLimitation", "readTransferReadiness", "listTransferCandidates", "mendClaim",
    "readFlow", "listStandingClaims", "listCouncilReports", "layCouncilReport",
    "readCouncilReport", "commentCouncilReport", "freezeCouncilReport", "discardCouncilReport",
    "withdrawCouncilReport", "listCouncilLines", "readKeyFigures",
    "tryPolicy", "listPolicyTrials", "readPolicyTrial", "stopPolicyTrial",
    "readMetrics", "openPayloads", "readAccessReport",
    "readWorkload", "listHeldClaims", "movePerson", "readStrategy", "readPrevention",
    "offerDirectDebit",
    "readNotifications", "chooseNotifications", "listWebhooks", "registerWebhook", "turnWebhook",
    "renewWebhookSecret", "testWebhook", "listWebhookDeliveries", "sendDeliveryAgain",
    "listTroubledStories", "readExecution", "askExecutionStep", "proposeStageMove",
    "decideStageMove", "askExecutionBatch", "readExecutionBatch", "steerExecutionBatch",
    "readForecast", "listForeseen", "renewForecast", "pauseClaims", "readPause", "undoPause",
    "listSubstitutions", "makeSubstitution", "endSubstitution", "listAudit", "readDecisionScreen",
    "listErasures", "readErasure", "proposeErasure", "approveErasure", "withdrawErasure",
    "readErasureArchive", "listLookSamples", "readLookSample", "judgeLook",
    "listRectifications", "foreseeRectification", "rectifyDebtor", "listEndedProtections",
)  # fmt: skip


async def test_the_operations_tried_below_are_all_of_them(api):
    named = {operation["operationId"] for operation in operations(await document(api))}
    assert named == set(NAMES)


def cases_for(operation, mode):
    """Always the same ones."""
    cases = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode))
    def gather(case):
        cases.append(case)

    gather()
    return cases


@pytest.mark.parametrize("name", NAMES)
async def test_requests_that_fit_the_document_are_answered_as_it_says(api, name):
    await api.ask(await api.register())
    for case in cases_for(await _operation(api, name), GenerationMode.POSITIVE):
        await try_out(api, case, CHECKS)


ANSWERS_PER_ROW = {"registerClaims"}


TAKES_ANY_TEXT = {"takeNextTask", "readTransferReadiness"}  # of which none can be wrong


def takes_input(operation):
    raw = operation.definition.raw
    return bool(raw.get("parameters") or raw.get("requestBody"))


@pytest.mark.parametrize("name", sorted(set(NAMES) - TAKES_ANY_TEXT))
async def test_requests_that_do_not_fit_the_document_are_refused_as_it_says(api, name):
    operation = await _operation(api, name)
    if not takes_input(operation):
        return  # there is nothing to say wrongly
    await api.ask(await api.register())
    checks = CHECKS if name in ANSWERS_PER_ROW else [*CHECKS, negative_data_rejection]
    for case in cases_for(operation, GenerationMode.NEGATIVE):
        await try_out(api, case, checks)


async def try_out(api, case, checks):
    sent = case.as_transport_kwargs(base_url="http://town")
    request = {name: sent[name] for name in ("method", "url", "params", "json") if name in sent}
    if isinstance(sent.get("data"), bytes):
        request["content"] = sent["data"]
    headers = {**sent["headers"], "Authorization": "Bearer token-supervisor"}
    answer = await api.http.request(headers=headers, **request)
    case.validate_response(answer, checks=checks)

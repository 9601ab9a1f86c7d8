"""An address that is protected is told to those who need it, and nowhere to anybody else."""

import pytest

from domain.authority import RIGHTS, Right, Role
from tests.api.bailiff import change, demand, rows, scheduled
from tests.api.page_rights import ENDLESS, PAGES
from tests.api.test_rights import PARAMETERS

STREET = "Skjulestien 77"
HIDDEN = {"cpr_cvr": "0703790123", "name": "Karla Prøvesen", "address": [STREET, "8660 By"]}
OPEN = {"cpr_cvr": "1108650456", "name": "Bo Prøvesen", "address": ["Åbenvej 3", "8660 By"]}
NEED = [role for role in Role if Right.SEE_PROTECTED in RIGHTS[role]]
NEED_NOT = [role for role in Role if Right.SEE_PROTECTED not in RIGHTS[role]]

TOLD = {
    "/debtors/{debtor_id}",
    "/debtors/{debtor_id}/access-report",
    "/debtors/{debtor_id}/correct",
    "/letters/{letter_id}",
    "/letters/{letter_id}/{message}.pdf",
    "/api/v1/claims/{claim_id}",
    "/api/v1/debtors/{debtor_id}",
    "/api/v1/debtors/{debtor_id}/access-report",
    "/api/v1/letters/{letter_id}/sent/{message}",
}
"""Where those who write letters and visit people read it; everywhere else nobody does."""

SENT = """insert into letter_documents (message_id, letter_id, template, policy_version, written_on,
  document, sha256, layout, pdf, pdf_sha256)
select 'letter-' || l.id || '-p', l.id, 't', 'p', l.planned_on, cast(:document as jsonb), 's', 'l',
  convert_to(:street, 'UTF8'), 's' from letters l where l.id = :letter"""
PURPOSES = """insert into purposes (user_id, debtor_id, day, purpose)
select u.id, d.id, (now() at time zone 'Europe/Copenhagen')::date, 'enquiry' from users u, debtors d
"""
DOCUMENT = """{"language": "da", "title": "Opkrævning", "day": "2026-03-16",
  "recipient": ["Karla Prøvesen", "Skjulestien 77", "8660 By"], "sender": ["Kommunen"],
  "facts": [], "contact": "", "page": "", "blocks": []}"""


def test_who_needs_it_and_who_does_not():
    assert set(NEED) == {Role.CASEWORKER, Role.SUPERVISOR, Role.BAILIFF}


@pytest.fixture
async def case(api):
    """Two owe a claim, one of them hidden, with a letter that left on paper and a hearing set."""
    number, claim = await scheduled(api, debtors=[HIDDEN, OPEN])
    await change(api, "update debtors set is_protected = true where name like 'Karla%'")
    [(debtor,)] = await rows(api, "select id from debtors where is_protected")
    [(letter,)] = await rows(
        api, "select min(id) from letters where debtor_id = :d", d=debtor
    )  # fmt: skip
    sent = {"document": DOCUMENT, "street": STREET, "letter": letter}
    await change(api, SENT, **sent)
    await change(api, "update letters set body = :b where id = :l", b=f"{STREET}\n", l=letter)
    await change(api, PURPOSES)
    [(task,)] = await rows(api, "select min(id) from tasks where claim_id = :c", c=claim)
    return {
        "claim_id": claim, "debtor_id": debtor, "letter_id": letter, "distraint_id": number,
        "message": f"letter-{letter}-p", "task_id": task,
    }  # fmt: skip


def told_in(path, answer):
    """Of what breaks nobody knows what it would have told."""
    assert answer.status_code != 500, path
    return {path} if STREET.encode() in answer.content else set()


async def told_on_pages(api, case, role):
    found = set()
    async with await api.browse(role) as browser:
        for page in PAGES:
            method, path = page.split(" ")
            if method == "GET" and page not in ENDLESS:
                answer = await browser.get(path.format(**PARAMETERS | case))
                found |= told_in(path, answer)
    return found


async def told_to_programs(api, case, role):
    found = set()
    for path in (path for path, one in api.app.openapi()["paths"].items() if "get" in one):
        address = path.removeprefix("/api/v1").format(**PARAMETERS | case)
        answer = await api.get(address, role)
        found |= told_in(path, answer)
    return found


@pytest.mark.parametrize("role", NEED_NOT)
async def test_no_page_and_no_answer_tells_it_to_who_does_not_need_it(api, case, role):
    assert await told_on_pages(api, case, role) == set()
    assert await told_to_programs(api, case, role) == set()


async def test_who_writes_the_letters_reads_it_where_it_is_needed_and_nowhere_else(api, case):
    role = Role.CASEWORKER
    assert await told_on_pages(api, case, role) | await told_to_programs(api, case, role) == TOLD


@pytest.mark.parametrize("role", [*NEED, Role.AUDITOR, Role.FINANCE])
async def test_nobody_finds_a_person_by_it(api, case, role):
    found = (await api.post("/search", {"text": STREET}, role)).json()
    assert (found["debtors"], found["claims"]) == ([], [])
    shown = await api.page("/search", role, method="POST", data={"text": "Karla"})
    assert "Karla Prøvesen" in shown.text
    assert STREET not in shown.text
    tasks = await api.post("/tasks/search", {"text": STREET}, role)
    assert "Karla" not in tasks.text


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.FINANCE])
async def test_what_is_of_no_use_without_it_is_refused_to_who_may_not_read_it(api, case, role):
    for path in ("/debtors/{debtor_id}/access-report", "/letters/{letter_id}/sent/{message}"):
        assert (await api.get(path.format(**case), role)).status_code == 403
    shown = await api.page("/letters/{letter_id}".format(**case), role)
    assert "Karla Prøvesen" in shown.text


async def test_no_hearing_is_suggested_where_it_is_hidden_that_somebody_lives(api):
    task, _ = await demand(api, debtors=[HIDDEN, OPEN])
    await change(api, PURPOSES)
    page = f"/distraints/new?task={task}"
    assert STREET in (await api.page(page, Role.BAILIFF)).text
    await change(api, "update debtors set is_protected = true where name like 'Karla%'")
    assert STREET not in (await api.page(page, Role.BAILIFF)).text

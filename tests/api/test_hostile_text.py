"""Whatever people and systems write is shown as they wrote it, and nothing of it is ever run."""

import pytest
from lxml import html
from sqlalchemy import text

from domain.decisions import TaskKind
from tests.api.test_debtor_page import KARLA, debtor_of

CORPUS = (
    "<zqx>",
    "<script>zqx()</script>",
    '"><script src=//zqx></script>',
    "<img src=x onerror=zqx()>",
    "<svg/onload=zqx()>",
    "' onmouseover='zqx()' x='",
    '" autofocus onfocus="zqx()',
    "`onclick=zqx()`",
    "javascript:zqx()",
    "data:text/html,<script>zqx()</script>",
    "</title><zqx>",
    "</textarea><zqx>",
    "</script><zqx>",
    "<!-- zqx",
    "]]><zqx>",
    "<iframe srcdoc='<script>zqx()</script>'>",
    "<a href=javascript:zqx()>klik</a>",
    "<style>@import '//zqx'</style>",
    "<meta http-equiv=refresh content='0;url=//zqx'>",
    "<form action=//zqx><button>ok",
    "<base href=//zqx>",
    "&lt;zqx&gt; &#60;zqx&#62;",
    "{{ 7654321 * 7654321 }}",
    "{% for x in range(7) %}zqx{% endfor %}",
    "${7654321*7654321} #{7654321*7654321} <%= 7654321*7654321 %>",
    "{reasons} {0} {0.__class__} %s %(x)s",
    "'; drop table claims; --",
    "' or '1'='1",
    "1); delete from audit; select (1",
    "%27%20or%201=1",
    "\\x3cscript\\x3ezqx()",
    "../../etc/passwd",
    '=HYPERLINK("//zqx")',
    "+zqx|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C zqx'!A0",
    '#set text(red); #panic("zqx")',
    "*fed* _kursiv_ $x^2$ @kilde",
)
ASKED = ("cursor", "type", "department", "kind", "stage", "q", "reason", "day", "said")
CALCULATED = "58588629971041"  # what a template that ran would have made of it


def assert_nothing_ran(page, vector):
    assert CALCULATED not in page.text, vector
    tree = html.fromstring(page.text)
    assert tree.xpath("//zqx | //iframe | //base | //style | //*[@srcdoc]") == [], vector
    assert tree.xpath("//meta[@http-equiv]") == [], vector
    assert tree.xpath("//@*[starts-with(name(), 'on')]") == [], vector
    for script in tree.iter("script"):
        assert script.get("src", "").startswith("/static/"), vector
        assert not (script.text or "").strip(), vector
    for address in tree.xpath("//@href | //@src | //@action | //@formaction"):
        assert address.startswith(("/", "#", "?", "mailto:", "tel:", "https://", "http://town"))
        assert "zqx" not in address.partition("?")[0].partition("#")[0], (vector, address)


async def a_case(api, vector):
    """A claim that says *vector* wherever somebody can write something."""
    claim = await api.register(
        debtors=[KARLA | {"name": f"Karla {vector}"[:80], "address": [f"Vej {vector}"[:60]]}],
        description=vector,
        claim_type="invoice",
    )
    await api.write(claim)
    task = await api.ask(claim, TaskKind.DIALOGUE)
    told = {"outcome": "not-reached", "reasons": vector, "look_again_on": "2026-03-20"}
    debtor = await debtor_of(api, claim, f"Karla {vector}"[:80])
    day = "2026-03-20"
    await said(api, f"/tasks/{task}/decide", told)
    await said(api, f"/claims/{claim}/notes", {"kind": "note", "text": vector})
    await said(api, f"/debtors/{debtor}/notes", {"kind": "note", "text": vector})
    hold = {"reason": "deferral", "note": vector, "until": "2026-04-10"}
    await said(api, f"/claims/{claim}/holds", hold)
    words = {"subject": vector, "sender": vector, "text": vector}
    enquiry = {"debtor_id": debtor, "channel": "call", "received_on": "2026-03-16"} | words
    await said(api, "/enquiries", enquiry)
    await said(api, f"/claims/{claim}/consultations", {"question": vector, "due_on": day})
    told = {"source": vector, "reason": vector, "address": [f"Gade {vector}"[:60]]}
    await said(api, f"/debtors/{debtor}/rectifications", told)
    return claim, debtor, task


async def said(api, path, body):
    answer = await api.post(path, body)
    assert answer.is_success, (path, answer.text)


async def assert_kept(api, claim, task, vector):
    """Letter by letter, and with the tables all there."""
    assert (await api.get(f"/claims/{claim}")).json()["description"] == vector
    async with api.database.transaction() as connection:
        reasons = "select reasons from decisions where task_id = :task"
        assert (await connection.execute(text(reasons), {"task": task})).scalar() == vector
        assert (await connection.execute(text("select count(*) from audit"))).scalar() > 0


@pytest.mark.parametrize("vector", CORPUS)
async def test_it_stays_text_on_every_page_that_shows_it(api, vector):
    claim, debtor, task = await a_case(api, vector)
    asked = {"text": vector}
    for address in (
        f"/claims/{claim}",
        f"/claims/{claim}/notes",
        f"/debtors/{debtor}",
        f"/debtors/{debtor}/access-report",
        f"/debtors/{debtor}/correct",
        f"/tasks/{task}",
        "/?view=team",
        "/claims",
        "/holds?reason=deferral",
        "/enquiries",
        "/consultations",
    ):
        page = await api.page(address)
        assert page.status_code in {200, 303}, (address, page.text[:300])
        if page.status_code == 200:
            assert_nothing_ran(page, vector)
    assert_nothing_ran(await api.page("/search", method="POST", data=asked), vector)
    shown = await api.page(f"/claims/{claim}")
    assert vector in html.fromstring(shown.text).text_content(), "it is shown as it was written"
    await assert_kept(api, claim, task, vector)


@pytest.mark.parametrize("vector", CORPUS)
async def test_it_stays_text_in_whatever_a_page_is_asked_with(api, vector):
    for address in ("/claims", "/", "/flow", "/limitation/claims", "/audit", "/letters", "/holds"):
        page = await api.page(address, params=dict.fromkeys(ASKED, vector))
        assert page.status_code < 500, address
        if page.headers.get("content-type", "").startswith("text/html"):
            assert_nothing_ran(page, vector)

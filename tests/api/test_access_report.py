"""What a person gets who asks what is known of them: everything, in words, and nobody else's."""

import pytest
from sqlalchemy import text

from domain.authority import Role
from domain.claim import Ending, HoldReason, Stage
from domain.decisions import Outcome, TaskKind
from domain.enquiries import EnquiryChannel
from domain.ledger import EntryKind
from domain.letters import Letter
from domain.limitation.dates import LimitationKind
from letters.catalogue import codes as catalogue
from persistence.models import Table
from reports.access.sections import NOT_TOLD, SECTIONS
from tests.api.conftest import CPR
from tests.api.test_debtor_page import KARLA, KARLO, debtor_of, talk


def test_every_table_is_told_of_or_has_a_reason_not_to_be():
    told = {table for section in SECTIONS for table in section.tables}
    assert told.isdisjoint(NOT_TOLD)
    assert told | NOT_TOLD.keys() == set(Table.metadata.tables)


WORDS = [
    ("entry", EntryKind, "ledger", "kind"),
    ("letter", Letter, "letters", "letter"),
    ("hold", HoldReason, "holds", "reason"),
    ("task", TaskKind, "decisions", "kind"),
    ("outcome", Outcome, "decisions", "outcome"),
    ("limitation", LimitationKind, "limitation", "kind"),
    ("ending", Ending, "claims", "standing"),
    ("stage", Stage, "claims", "standing"),
    ("channel", EnquiryChannel, "enquiries", "channel"),
]


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize(("_", "codes", "section", "column"), WORDS, ids=[row[0] for row in WORDS])
def test_every_code_is_told_in_words(language, _, codes, section, column):
    found = next(one for one in SECTIONS if one.code == section)
    shown = next(one for one in found.columns if one.name == column)
    known = catalogue(language)
    assert [code for code in codes if not known & {f"{under}{code}" for under in shown.words}] == []


async def a_life(api):
    """A claim of two people, with letters, a talk, a hold, a decision and money."""
    claim = await api.register(debtors=[KARLA, KARLO], principal_ore=80_000)
    await api.write(claim)
    task = await api.ask(claim, TaskKind.DIALOGUE)
    answer = {
        "outcome": "not-reached",
        "reasons": "Ingen tog telefonen.",
        "look_again_on": "2026-03-20",
    }
    assert (await api.post(f"/tasks/{task}/decide", answer)).is_success
    hold = {"reason": "deferral", "note": "Har søgt om henstand", "until": "2026-04-10"}
    assert (await api.post(f"/claims/{claim}/holds", hold)).is_success
    paid = {"amount_ore": 30_000, "paid_on": "2026-03-16", "source_reference": "B-1"}
    assert (await api.post(f"/claims/{claim}/payments", paid)).is_success
    return claim, await debtor_of(api, claim)


async def read(api, debtor, **more):
    answer = await api.get(f"/debtors/{debtor}/access-report", **more)
    assert answer.status_code == 200, answer.text
    return {one["code"]: one for one in answer.json()["sections"]}, answer.text


async def test_what_has_happened_is_told_in_words(api):
    claim, debtor = await a_life(api)
    sections, _ = await read(api, debtor)
    assert sections["person"]["rows"][0]["cells"][:2] == ["Karla Prøvesen", CPR[0]]
    [owed] = sections["claims"]["rows"]
    assert owed["cells"][0] == claim
    assert "500,00 kr." in owed["cells"]
    kinds = {row["cells"][2] for row in sections["ledger"]["rows"]}
    assert {"hovedstol", "indbetaling"} <= kinds
    assert [row["cells"][1] for row in sections["letters"]["rows"]] == ["opkrævning", "sag i bero"]
    assert "Ingen tog telefonen." in str(sections["decisions"]["rows"])
    assert "Har søgt om henstand" in str(sections["holds"]["rows"])
    assert "bad om et brev" in str(sections["steps"]["rows"])


async def test_it_tells_nothing_of_whoever_owes_with_them(api):
    _, debtor = await a_life(api)
    await talk(api, debtor, text="Betaler selv.")
    _, told = await read(api, debtor)
    assert "Karlo" not in told
    assert CPR[1] not in told


async def test_who_looked_is_told_by_role_and_the_report_itself_is_told_in_the_next(api):
    _, debtor = await a_life(api)
    await read(api, debtor)
    sections, told = await read(api, debtor)
    acts = [(row["cells"][1], row["cells"][2]) for row in sections["looks"]["rows"]]
    assert ("teamleder", "trak indsigt") in acts
    assert "supervisor" not in told


async def test_who_looked_at_a_claim_of_theirs_is_told_too(api):
    claim, debtor = await a_life(api)
    await api.get(f"/claims/{claim}", Role.AUDITOR)
    sections, _ = await read(api, debtor)
    looks = [row["cells"][1:3] for row in sections["looks"]["rows"]]
    assert ["revision", "slog op"] in looks


async def test_it_can_be_read_on_a_page_in_both_languages(api):
    claim, debtor = await a_life(api)
    danish = await api.page(f"/debtors/{debtor}/access-report")
    english = await api.page(f"/debtors/{debtor}/access-report", language="en")
    assert "Det ved vi om Karla Prøvesen" in danish.text
    assert "What we know of Karla Prøvesen" in english.text
    assert claim in english.text
    assert "Her er der ikke noget om dig" in danish.text


async def test_of_nobody_there_is_none(api):
    assert (await api.get("/debtors/999/access-report")).status_code == 404
    assert (await api.page("/debtors/999/access-report")).status_code == 404


async def test_every_section_can_be_asked_of_the_tables_as_they_are(api):
    """Also where there is nothing: a column that is renamed is found out."""
    _, debtor = await a_life(api)
    sections, _ = await read(api, debtor)
    assert list(sections) == [one.code for one in SECTIONS]
    async with api.database.transaction() as connection:
        assert (await connection.execute(text("select count(*) from debtors"))).scalar() == 2

"""What lies at the recovery authority can be seen, answered for and called back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from activities.exchange import ExchangeActivities
from domain.claim import HoldReason
from domain.decisions import TaskKind
from domain.letters import Letter
from gateways.recovery_authority.sandbox import RecoveryBehaviour, SandboxRecoveryAuthority
from persistence.claims.holding import place_hold
from persistence.recovery.dossiers import read_handover
from tests.api.conftest import Api
from tests.builders import CPR_NUMBERS
from tests.stories.town import ANNA


class Exchange:
    """The recovery authority, and our rounds with it."""

    def __init__(self, api: Api, folder) -> None:
        self.api, self.authority = api, SandboxRecoveryAuthority(folder)
        self.authority.behave(RecoveryBehaviour(days_between_payouts=1000, days_to_end=1000))
        self.acts = ExchangeActivities(api.database, api.policy, self.authority)

    async def send(self, **facts) -> str:
        claim = await self.api.register(**facts)
        await self.api.write(claim, Letter.DEMAND)
        await self.api.transfer(claim)
        return claim

    async def round(self, days: int = 0) -> None:
        self.api.now += timedelta(days=days)
        while await self.acts.read_notices(self.api.now):
            pass
        while await self.acts.submit_actions(self.api.now):
            pass
        await self.acts.read_statement(self.api.now)


@pytest.fixture
def exchange(api, tmp_path):
    return Exchange(api, tmp_path)


async def test_the_page_shows_what_lies_there_and_that_the_books_agree(api, exchange):
    claim = await exchange.send()
    await exchange.round()
    page = (await api.page("/recovery")).text
    assert f'href="/claims/{claim}"' in page, "its transfer is on its way"
    await exchange.round(days=2)
    await exchange.round(days=20)
    page = (await api.page("/recovery?month=2026-03")).text
    assert "Bøgerne stemmer til øren" in page
    assert "1.000,00" in page
    books = (await api.get("/recovery?month=2026-03")).json()["books"]
    assert books["ours"] == books["theirs"]
    assert books["ours"]["came_ore"] == books["ours"]["base_ore"] == 100_000
    assert books["differences"] == []
    assert "har ikke meldt sin bog" in (await api.page("/recovery?month=2026-01")).text


async def test_a_line_that_differs_is_shown_by_itself(api, exchange):
    claim = await exchange.send()
    exchange.authority.behave(RecoveryBehaviour(share_lost=1, days_to_end=1000))
    await exchange.round()
    await exchange.round(days=20)
    [difference] = (await api.get("/recovery?month=2026-03")).json()["books"]["differences"]
    assert (difference["reference"], difference["columns"]) == (claim, ["came"])
    assert (difference["ours"]["came_ore"], difference["theirs"]["came_ore"]) == (0, 100_000)
    page = (await api.page("/recovery?month=2026-03")).text
    assert "1 fordringer står forskelligt" in page


@pytest.mark.parametrize("month", ["2026-03", "2027-01", "marts", "2026-13"])
async def test_a_month_that_is_not_over_or_none_is_refused(api, month):
    assert (await api.get(f"/recovery?month={month}")).status_code == 422
    assert (await api.page(f"/recovery?month={month}")).status_code == 422


async def test_a_claim_in_hearing_shows_its_days_and_that_its_limitation_runs(api, exchange):
    claim = await exchange.send()
    exchange.authority.behave(RecoveryBehaviour(share_in_hearing=1))
    await exchange.round()
    await exchange.round(days=2)
    [heard] = (await api.get("/recovery")).json()["in_hearing"]
    assert (heard["claim_id"], heard["decided_by"]) == (claim, "2026-03-31")
    task = await api.ask(claim, TaskKind.HEARING)
    page = (await api.page(f"/tasks/{task}")).text
    assert "R_4_2" in page
    assert "det er stadig kommunens, og forældelsen løber" in page
    assert "31. marts 2026, om 13 dage" in page


async def test_holding_to_a_claim_in_hearing_tells_the_authority_why(api, exchange):
    claim = await exchange.send()
    exchange.authority.behave(RecoveryBehaviour(share_in_hearing=1))
    await exchange.round()
    await exchange.round(days=2)
    task = await api.ask(claim, TaskKind.HEARING)
    answer = {"outcome": "approved", "reasons": "Beløbet er rigtigt: fire måneder i ét krav."}
    assert (await api.post(f"/tasks/{task}/decide", answer)).status_code == 200
    await exchange.round()
    await exchange.round(days=1)
    assert exchange.authority.deliveries()[1].actions[0].remark == answer["reasons"]
    found = (await api.get("/recovery")).json()
    assert (found["in_hearing"], found["claims"]) == ([], 1)


async def test_a_refused_report_points_at_its_field_and_says_what_to_do(api, exchange):
    claim = await exchange.send()
    await exchange.round()
    await exchange.round(days=2)
    body = {"source_reference": "kasse-1", "amount_ore": 60_000, "paid_on": str(api.today)}
    await api.post(f"/claims/{claim}/payments", body)
    async with api.database.transaction() as connection:
        await connection.execute(text("update recovery_claims set left_ore = 50000"))
    await exchange.round()
    [refused] = (await api.get("/recovery")).json()["refused"]
    assert (refused["code"], refused["points_at"]) == ("SALDO", "amount")
    page = (await api.page(f"/tasks/{refused['task_id']}")).text
    assert "Der er mindre tilbage hos Gældsstyrelsen" in page
    assert "600,00" in page
    assert "Meldingen sendes igen med næste udveksling." in page
    assert f"/tasks/{refused['task_id']}" in (await api.page("/recovery")).text


async def test_an_unclear_notice_is_shown_as_it_came(api, exchange):
    await exchange.send()
    exchange.authority.behave(RecoveryBehaviour(share_garbled=1))
    await exchange.round()
    await exchange.round(days=2)
    [refused] = (await api.get("/recovery")).json()["refused"]
    page = (await api.page(f"/tasks/{refused['task_id']}")).text
    assert "MFKvitteringHent_O" in page
    answer = {"outcome": "done", "reasons": "Hentet igen"}
    assert (await api.post(f"/tasks/{refused['task_id']}/decide", answer)).status_code == 200


async def test_respite_proposes_a_recall_which_is_previewed_then_asked_for_once(api, exchange):
    claim = await exchange.send()
    await exchange.round()
    await exchange.round(days=2)
    async with api.database.transaction() as connection:
        await place_hold(
            connection, claim, HoldReason.DEFERRAL, "", api.today, date(2026, 6, 1), ANNA
        )
    page = (await api.page(f"/claims/{claim}")).text
    assert "Skyldneren har fået henstand: HENS." in page
    assert "Se forslaget om at kalde det tilbage" in page
    page = (await api.page(f"/claims/{claim}/recall")).text
    assert "Skyldneren har fået henstand: HENS." in page
    assert 'value="HENS" checked' in page
    form = {"reason": "HENS", "reasons": "Henstand til juni", "key": "k-1"}
    for _ in range(2):
        answer = await api.page(f"/claims/{claim}/recall", method="POST", data=form)
        assert answer.headers["location"] == f"/claims/{claim}?said=recalled"
    page = (await api.page(f"/claims/{claim}")).text
    assert "Se forslaget" not in page, "it has been asked for"
    other = form | {"key": "k-2"}
    answer = await api.page(f"/claims/{claim}/recall", method="POST", data=other)
    assert answer.status_code == 409
    await exchange.round()
    await exchange.round(days=2)
    sent = exchange.authority.deliveries()[1].actions[0]
    assert (sent.kind, sent.reason, sent.effective_on) == ("recall", "HENS", None)
    assert (await api.get("/claims?stage=dialogue")).json()["items"][0]["id"] == claim


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"reason": "BORT"}, "recall-would-be-refused"),
        ({"reason": "BORT", "effective_on": "2099-01-01"}, "recall-would-be-refused"),
        ({"reason": "FEJL", "effective_on": "2026-03-01"}, "recall-day-refused"),
        ({"reason": "INDB"}, "recall-reason-unknown"),
    ],
)
async def test_a_recall_the_authority_would_refuse_is_refused_here(api, exchange, body, code):
    claim = await exchange.send()
    await exchange.round()
    await exchange.round(days=2)
    answer = await api.post(f"/claims/{claim}/recalls", {"reasons": "x"} | body)
    assert answer.status_code == 422
    assert [fault["code"] for fault in answer.json()["faults"]] == [code]
    assert len((await api.get("/recovery")).json()["pending"]) == 0


async def test_a_claim_that_is_not_there_cannot_be_called_back(api):
    claim = await api.register()
    body = {"reason": "FEJL", "reasons": "x"}
    assert (await api.post(f"/claims/{claim}/recalls", body)).status_code == 409
    assert (await api.post("/claims/2026-999999/recalls", body)).status_code == 404
    assert (await api.page(f"/claims/{claim}/recall")).status_code == 409
    assert f"/claims/{claim}/recall" not in (await api.page(f"/claims/{claim}")).text


async def test_a_form_that_is_wrong_keeps_what_was_typed(api, exchange):
    claim = await exchange.send()
    form = {"reason": "FEJL", "effective_on": "i morgen", "reasons": "Sendt for tidligt"}
    answer = await api.page(f"/claims/{claim}/recall", method="POST", data=form)
    assert answer.status_code == 422
    assert "Skriv dagen som" in answer.text
    assert "Sendt for tidligt" in answer.text


async def test_a_correction_is_previewed_here_and_there_then_made_once_and_undone(api, exchange):
    claim = await exchange.send()
    await exchange.round()
    await exchange.round(days=2)
    assert f"/claims/{claim}/correct" in (await api.page(f"/claims/{claim}")).text
    page = (await api.page(f"/claims/{claim}/correct")).text
    assert 'id="kind-write-down"' in page
    form = {"kind": "write-down", "reference": claim, "amount": "250", "reasons": "Meldt ud",
            "key": "k-1"}  # fmt: skip
    page = (await api.page(f"/claims/{claim}/correct", method="POST", data=form)).text
    assert "bagefter 750,00" in page
    assert (await api.get("/recovery")).json()["pending"] == [], "only looked at"
    for _ in range(2):
        sure = form | {"is_sure": "yes"}
        answer = await api.page(f"/claims/{claim}/correct", method="POST", data=sure)
        assert answer.headers["location"] == f"/claims/{claim}?said=corrected"
    assert "kode 418" in (await api.page(f"/claims/{claim}/correct")).text
    await exchange.round()
    await exchange.round(days=2)
    found = (await api.get(f"/claims/{claim}/corrections")).json()
    [part] = found["parts"]
    assert (part["left_ore"], part["owed_ore"]) == (75_000, 75_000)
    [done] = part["undoable"]
    body = {"kind": done["undone_by"], "undoes": done["action_id"], "reasons": "Alligevel ikke"}
    assert (await api.post(f"/claims/{claim}/corrections", body)).status_code == 201
    page = (await api.page(f"/claims/{claim}")).text
    assert "blev skrevet af kravet: det var for højt." in page
    assert "blev fortrudt." in page


async def test_a_raise_tells_what_must_come_first_and_its_letter_is_laid(api, exchange):
    claim = await exchange.send()
    await exchange.round()
    await exchange.round(days=2)
    form = {"kind": "raise", "reference": claim, "amount": "100", "reasons": "For lavt"}
    page = (await api.page(f"/claims/{claim}/correct", method="POST", data=form)).text
    assert "når alle har fået brevet" in page
    body = {"kind": "raise", "reference": claim, "amount_ore": 10_000, "reasons": "For lavt"}
    assert (await api.post(f"/claims/{claim}/corrections", body)).status_code == 201
    page = (await api.page(f"/claims/{claim}/correct")).text
    assert "Fortryd opskrivningen på 100,00" in page
    assert 'id="kind-raise"' not in page
    assert "venter på brev" in (await api.page("/recovery")).text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "write-down", "amount_ore": 100_001}, "recovery-code-saldo"),
        ({"kind": "raise-principal", "amount_ore": 100_000}, "recovery-code-510"),
        ({"kind": "undo-raise", "undoes": 1}, "recovery-code-429"),
        ({"kind": "recall", "amount_ore": 1}, "correct-kind-missing"),
        ({"kind": "write-down"}, "correct-amount-missing"),
        ({"kind": "write-down", "amount_ore": 1, "reference": "nej"}, "correct-part-missing"),
    ],
)
async def test_a_correction_the_authority_would_refuse_is_refused_here(api, exchange, body, code):
    claim = await exchange.send()
    await exchange.round()
    await exchange.round(days=2)
    told = {"reference": claim, "reasons": "x"} | body
    answer = await api.post(f"/claims/{claim}/corrections", told)
    assert answer.status_code == 422
    assert [fault["code"] for fault in answer.json()["faults"]] == [code]
    assert (await api.get("/recovery")).json()["pending"] == []
    assert (await api.get(f"/claims/{claim}")).json()["balance"]["total_ore"] == 100_000


async def test_a_claim_that_is_ours_cannot_be_corrected_there(api):
    claim = await api.register()
    body = {"kind": "write-down", "reference": claim, "amount_ore": 1, "reasons": "x"}
    answer = await api.post(f"/claims/{claim}/corrections", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "correction-impossible")
    assert (await api.page(f"/claims/{claim}/correct")).status_code == 409
    assert f"/claims/{claim}/correct" not in (await api.page(f"/claims/{claim}")).text


async def test_a_correction_with_faults_keeps_what_was_typed(api, exchange):
    claim = await exchange.send()
    await exchange.round()
    await exchange.round(days=2)
    form = {"kind": "", "reference": claim, "amount": "1.00", "reasons": "Meldt ud i marts"}
    answer = await api.page(f"/claims/{claim}/correct", method="POST", data=form)
    assert answer.status_code == 422
    assert "Vælg, hvad der skal rettes." in answer.text
    assert "Meldt ud i marts" in answer.text


async def test_a_death_is_told_on_the_claims_page_and_calls_for_no_recall(api, exchange):
    claim = await exchange.send()
    await exchange.round()
    await exchange.round(days=2)
    async with api.database.transaction() as connection:
        await place_hold(connection, claim, HoldReason.DEATH, "", api.today, None, ANNA)
    page = (await api.page(f"/claims/{claim}")).text
    assert "Skyldneren er død. Kravet bliver hos Gældsstyrelsen" in page
    assert "Se forslaget" not in page
    assert " checked" not in (await api.page(f"/claims/{claim}/recall")).text


async def test_the_page_shows_what_was_paid_out_and_the_authoritys_own_interest(api, exchange):
    exchange.authority.behave(
        RecoveryBehaviour(share_returned=0, share_written_off=0, days_to_end=100)
    )
    await exchange.send()
    for _ in range(20):
        await exchange.round(days=3)
    found = (await api.get("/recovery")).json()
    [payout, *_] = found["payouts"]
    assert payout["amount_ore"] == payout["covered_ore"] > 0
    assert payout["task_id"] is None
    assert found["interest"][0]["amount_ore"] > 0
    page = (await api.page("/recovery")).text
    assert "Afregninger fra Gældsstyrelsen" in page
    assert "Det er Gældsstyrelsens egne renter." in page


NEW = {"cpr_cvr": CPR_NUMBERS[1], "name": "Karlo Prøvesen", "reasons": "De bor sammen"}


async def test_a_debtor_is_added_after_a_recall_and_must_be_told_before_it_goes_once_more(
    api, exchange
):
    claim = await exchange.send()
    await exchange.round()
    await exchange.round(days=2)
    answer = await api.post(f"/claims/{claim}/debtors", NEW)
    assert (answer.status_code, answer.json()["code"]) == (409, "debtor-not-addable")
    assert (await api.page(f"/claims/{claim}/debtor")).status_code == 409
    body = {"reason": "HAFT", "reasons": "Faren hæfter også"}
    assert (await api.post(f"/claims/{claim}/recalls", body)).status_code == 201
    await exchange.round()
    await exchange.round(days=2)
    assert f"/claims/{claim}/debtor" in (await api.page(f"/claims/{claim}")).text
    form = NEW | {"address": "Åvej 4\n8660 Skanderborg", "key": "k-1"}
    for _ in range(2):
        answer = await api.page(f"/claims/{claim}/debtor", method="POST", data=form)
        assert answer.headers["location"] == f"/claims/{claim}?said=debtor-added"
    page = (await api.page(f"/claims/{claim}")).text
    assert "Karlo Prøvesen" in page
    assert CPR_NUMBERS[1] not in page
    async with api.database.transaction() as connection:
        letters = await connection.execute(
            text("select debtor_id, days > 0 from letters where key like 'debtor-added-%'")
        )
        assert [tuple(row) for row in letters] == [(2, True)]
        dossier = (await read_handover(connection, api.policy, claim, api.today)).dossier
    lacking = {(one.requirement.value, one.debtor_id) for one in dossier.missing}
    assert lacking >= {("reminded", 2), ("notified", 1), ("notified", 2)}
    assert (await api.post(f"/claims/{claim}/debtors", NEW)).status_code == 409


@pytest.mark.parametrize(
    ("more", "field"), [({"cpr_cvr": "123"}, "cpr_cvr"), ({"name": ""}, "name")]
)
async def test_a_debtor_who_is_not_one_is_refused_and_what_was_typed_is_kept(api, more, field):
    claim = await api.register()
    form = NEW | more
    answer = await api.page(f"/claims/{claim}/debtor", method="POST", data=form)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert "De bor sammen" in answer.text


async def test_nobody_is_added_to_a_claim_that_is_time_barred_for_them(api):
    claim = await api.register()
    async with api.database.transaction() as connection:
        await connection.execute(
            text(
                "update claims set last_timely_payment_date = '2020-01-02', due_date = '2020-01-01'"
            )
        )
    answer = await api.post(f"/claims/{claim}/debtors", NEW)
    assert [fault["code"] for fault in answer.json()["faults"]] == ["add-debtor-lapsed"]

"""What need not be kept is erased by rule: nobody is found, the books stand, the trail holds."""

import hashlib
import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import ARRAY, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from domain.authority import Role
from domain.claim import Ending
from domain.decisions import TaskKind
from persistence.keeping.erasing import erase_some
from persistence.keeping.traces import sweep_traces
from persistence.keeping.words import OF_A_CLAIM, OF_A_FILE, OF_A_PERSON, TRACES
from persistence.models import Table
from persistence.trail.verifying import find_breaks
from reports.reconciling.report import reconcile
from tests.api.conftest import CPR, NOON, claim_body

NAME, STREET, WORDS = "Rosalina Sletning", "Glemselsvej 7", "planteord"
OLD = {"cpr_cvr": CPR[0], "name": NAME, "address": [STREET, "8660 Skanderborg"]}
LATER = datetime(2032, 6, 15, 11, tzinfo=UTC)

CODES = [
    "about", "accepted_by", "account", "acknowledged", "act", "actor", "approval",
    "archive_sha256", "asked_by", "attachment_ids", "bank_key", "channel", "claim_type",
    "claim_types", "code", "confirmed_by", "currency", "delivery_id", "department", "ended_by",
    "ending", "entry_reference", "event", "events", "gateway", "hash", "id", "ids_sha256",
    "in_force", "key", "kind", "knobs", "language", "legal_basis", "letter", "letters",
    "made_by", "measure", "media_type", "message", "message_id", "month", "number", "outcome",
    "parent", "part", "paused_because", "payment_reference", "payment_references", "placed_by",
    "policy_version", "previous", "profile", "proposed_by", "recalled_for", "received_by",
    "recorded_by", "refusal", "released_by", "resends", "role", "rows_erased", "rule", "seed",
    "sha256", "side", "source_reference", "stage", "stage_from", "stage_to", "state", "status",
    "step", "stopped_by", "story", "target", "task_key", "template", "trouble", "until_key",
    "verdict", "waiting_for", "weekdays", "why", "why_not", "approved_by",
    "transfer_notice_with", "user_id", "statement", "reason", "lookup_check",
]  # fmt: skip
"""Columns of these names hold codes, hashes, or numbers of ours and of people who work here."""
STAY = [
    "access_tokens.*", "council_reports.*", "mails.*", "mail_wishes.*", "policy_trials.*",
    "users.*", "policy_trial_figures.*", "policy_trial_samples.*", "saved_filters.*",
    "webhook_endpoints.*", "webhook_secrets.*", "task_weights.*", "recovery_statements.*",
    "recovery_moves.reference", "recovery_claims.reference", "recovery_notices.reference",
    "pauses.*", "story_batches.*", "post_stops.facts", "acts.facts", "acts.subject",
    "ledger_entries.facts", "letter_events.facts", "letters.subject", "tasks.subject",
    "outbox.*", "erasures.*", "audit.subject", "audit.facts", "audit_anchors.heads",
    "screens.content", "claims.source", "distraint_owners.source", "distraint_owners.share",
    "write_off_batches.reasons", "debtors.*",
]  # fmt: skip
"""Of the house or of who works here; sums and codes by name; and what other code erases:
`trail_words` (audit, screens), `forgetting` (debtors)."""


def holds_words(column):
    text_like = isinstance(column.type, Text | JSONB | LargeBinary | ARRAY)
    stays = {f"{column.table.name}.{column.name}", f"{column.table.name}.*"} & set(STAY)
    return text_like and not column.foreign_keys and column.name not in CODES and not stays


async def run(api, sql, **values):
    async with api.database.transaction() as connection:
        found = await connection.execute(text(sql), values)
        return found.all() if found.returns_rows else None


async def a_life(api, **changes):
    """A claim with all kinds of words about somebody, paid and ended."""
    claim = await api.register(debtors=[OLD], principal_ore=80_000, description=WORDS, **changes)
    await api.write(claim)
    task = await api.ask(claim, TaskKind.DIALOGUE)
    answer = {"outcome": "not-reached", "reasons": f"{WORDS} {NAME}", "look_again_on": "2026-03-20"}
    assert (await api.post(f"/tasks/{task}/decide", answer)).is_success
    hold = {"reason": "deferral", "note": f"{WORDS} om {NAME}", "until": "2026-04-10"}
    held = await api.post(f"/claims/{claim}/holds", hold)
    assert held.is_success, held.text
    wrote = {"kind": "note", "text": f"{WORDS} bor {STREET}"}
    assert (await api.post(f"/claims/{claim}/notes", wrote)).is_success
    paid = {"amount_ore": 80_000, "paid_on": "2026-03-16", "source_reference": f"B-{claim}",
            "payer": NAME, "text": WORDS}  # fmt: skip
    assert (await api.post(f"/claims/{claim}/payments", paid)).is_success
    [(debtor,)] = await run(api, "select debtor_id from claims where id = :claim", claim=claim)
    told = {"name": f"{NAME} {claim}", "source": WORDS, "reason": f"{WORDS} {NAME}"}
    corrected = await api.post(f"/debtors/{debtor}/rectifications", told)
    assert corrected.is_success, corrected.text
    await run(api, "update holds set released_on = since where claim_id = :claim", claim=claim)
    await api.close(claim, Ending.PAID)
    return claim


async def propose(api, role=Role.SUPERVISOR):
    return await api.post("/erasures", role=role)


async def erase_all(api):
    """How many handfuls it took."""
    handfuls = 0
    while True:
        async with api.database.transaction() as connection:
            if not await erase_some(connection, 2, api.today):
                return handfuls
        handfuls += 1


async def approve(api):
    """Proposed, listed and approved by another; its number."""
    answer = await propose(api)
    assert answer.status_code == 201, answer.text
    number = answer.json()["id"]
    assert (await api.get(f"/erasures/{number}/archive.csv")).status_code == 200
    approved = await api.post(f"/erasures/{number}/approve", role="second")
    assert approved.is_success, approved.text
    return number


@pytest.fixture
async def later(api):
    """Somebody of long ago, looked at when the years are over."""
    await api.hire("second", role=Role.SUPERVISOR)
    claim = await a_life(api)
    api.now = LATER
    return claim


async def everything(api):
    """All there is in the tables, as one text."""
    tables = await run(api, "select tablename from pg_tables where schemaname = 'public'")
    told = []
    for (table,) in tables:
        told += [str(row) for row in await run(api, f"select row_to_json(x)::text from {table} x")]
        if table in {"files", "attachment_contents", "letter_documents"}:
            column = "pdf" if table == "letter_documents" else "content"
            rows = await run(api, f"select {column} from {table} where {column} is not null")
            told += [bytes(row[0]).decode("latin-1") for row in rows]
    return "\n".join(told)


async def test_nobody_is_left_to_be_found(api, later):
    assert NAME in await everything(api)
    await approve(api)
    assert await erase_all(api) >= 1
    await run(api, "delete from idempotency_keys")
    told = await everything(api)
    for word in (NAME, "Rosalina", STREET, CPR[0], WORDS):
        assert word not in told, told[max(0, told.index(word) - 300) : told.index(word) + 100]


async def test_it_is_found_on_no_page_and_the_old_pages_still_open(api, later):
    [(debtor,)] = await run(api, "select id from debtors")
    [(task,)] = await run(api, "select id from tasks where kind = 'dialogue'")
    await approve(api)
    await erase_all(api)
    for typed in (NAME, STREET, CPR[0]):
        found = (await api.post("/search", {"text": typed})).json()
        assert (found["debtors"], found["claims"]) == ([], [])
    told = (await api.get(f"/debtors/{debtor}/access-report")).text
    assert not any(word in told for word in (NAME, STREET, CPR[0], WORDS))
    for address in (f"/debtors/{debtor}", f"/claims/{later}", f"/tasks/{task}", "/claims"):
        shown = await api.page(address)
        assert shown.status_code == 200, address
        assert NAME not in shown.text
    again = await api.register(debtors=[OLD])
    [(new,)] = await run(api, "select debtor_id from claims where id = :claim", claim=again)
    assert new != debtor  # who comes back is somebody new


async def test_the_books_and_the_councils_figures_stand_as_they_did(api, later):
    since, until = date(2026, 1, 1), date(2026, 12, 31)

    async def figures():
        async with api.database.transaction() as connection:
            books = await reconcile(connection, since, until)
        report = {"since": since.isoformat(), "until": until.isoformat()}
        number = (await api.post("/council-reports", report)).json()["id"]
        return books, (await api.get(f"/council-reports/{number}")).json()["figures"]

    books, council = await figures()
    ledger = await run(api, "select claim_id, kind, amount_ore, booked_on from ledger_entries")
    await approve(api)
    await erase_all(api)
    assert await figures() == (books, council)
    assert ledger == await run(
        api, "select claim_id, kind, amount_ore, booked_on from ledger_entries"
    )


async def test_the_trail_is_verified_after_words_were_erased_and_a_change_is_still_found(
    api, later
):
    await approve(api)
    await erase_all(api)
    [(cleared,)] = await run(api, "select count(*) from audit where erased_in is not null")
    assert cleared > 0
    async with api.database.transaction() as connection:
        assert await find_breaks(connection) == []
    await run(api, "alter table audit disable trigger all")
    await run(
        api,
        "update audit set actor = 'caseworker' where id = (select min(id) from audit "
        "where erased_in is not null)",
    )
    async with api.database.transaction() as connection:
        [broken] = await find_breaks(connection)
    assert (broken.subject, broken.what) == (later, "changed")


async def test_words_taken_out_without_an_erasure_break_the_trail(api, later):
    await run(api, "alter table audit disable trigger all")
    await run(
        api, "update audit set facts = '{}', erased_in = 1 where act = 'held' and subject = :claim",
        claim=later,
    )  # fmt: skip
    async with api.database.transaction() as connection:
        assert {one.what for one in await find_breaks(connection)} == {"changed"}


@pytest.mark.parametrize(
    "statement",
    [
        "update file_notes set text = 'x'",
        "update audit set facts = '{}', erased_in = 1",
        "delete from screens",
        "update ledger_entries set amount_ore = 1",
    ],
)
async def test_nothing_is_opened_without_an_approved_erasure(api, later, statement):
    number = (await propose(api)).json()["id"]
    async with api.database.transaction() as connection:
        await connection.execute(text(f"set local rettidig.erasure = '{number}'"))
        with pytest.raises(DBAPIError, match="append-only"):
            await connection.execute(text(statement))


async def test_not_even_an_erasure_touches_the_books_or_who_did_what(api, later):
    number = await approve(api)
    named = f"set local rettidig.erasure = '{number}'"
    for statement in (
        "update ledger_entries set amount_ore = amount_ore",
        "delete from audit",
        "update audit set actor = 'somebody', facts = '{}', erased_in = 1",
        "delete from file_notes",
    ):
        async with api.database.transaction() as connection:
            await connection.execute(text(named))
            with pytest.raises(DBAPIError):
                await connection.execute(text(statement))


async def test_what_is_kept_back_is_told_with_its_reason(api, later):
    api.now = NOON
    open_task, held, refund, written_off = [await a_life(api, reference=f"K-{n}") for n in range(4)]
    living = await api.register()
    api.now = LATER
    await run(api, "update tasks set state = 'open' where claim_id = :claim", claim=open_task)
    await run(api, "update holds set released_on = null, until = null where claim_id = :claim",
              claim=held)  # fmt: skip
    for table in ("payments", "claims"):
        await run(api, f"alter table {table} disable trigger all")
    await run(api, "update payments set unused_ore = 1 where claim_id = :claim", claim=refund)
    await run(
        api,
        "update claims set ending = 'written-off', limitation_date = '2040-01-01' "
        "where id = :claim",
        claim=written_off,
    )
    told = (await propose(api)).json()
    kept = {(one["kind"], one["why"]): one["records"] for one in told["kept"]}
    reasons = ("open-task", "hold", "refund", "limitation", "live")
    assert [kept.get(("claim", why)) for why in reasons] == [1, 1, 1, 1, 1], kept
    assert kept["person", "claims-kept"] == 1
    assert [(one["kind"], one["records"]) for one in told["counts"]] == [("claim", 1)]
    assert living not in json.dumps(told)
    page = (await api.page(f"/erasures/{told['id']}")).text
    assert "en opgave er åben" in page
    assert "Bogføringslovens" in page


async def test_a_claim_that_came_alive_after_it_was_approved_is_kept(api, later):
    await approve(api)
    await run(api, "update tasks set state = 'open' where claim_id = :claim", claim=later)
    await erase_all(api)
    [told] = (await api.get("/erasures")).json()["items"]
    counts = (await api.get(f"/erasures/{told['id']}")).json()["counts"]
    assert told["state"] == "done"
    assert {(one["kind"], one["state"], one["why"]) for one in counts} == {
        ("claim", "kept", "open-task"),
        ("person", "kept", "claims-kept"),
    }
    assert NAME in await everything(api)


async def test_nobody_approves_what_they_found_and_the_archive_comes_first(api, later):
    number = (await propose(api)).json()["id"]
    early = await api.post(f"/erasures/{number}/approve", role="second")
    assert early.status_code == 422
    assert "arkivet" in early.json()["faults"][0]["sentence"]
    listed = await api.get(f"/erasures/{number}/archive.csv")
    assert NAME in listed.text
    assert later in listed.text
    kept = (await api.get(f"/erasures/{number}")).json()["archive_sha256"]
    assert kept == hashlib.sha256(listed.content).hexdigest()
    assert (await api.post(f"/erasures/{number}/approve")).status_code == 403
    assert (await propose(api)).status_code == 409
    approved = await api.page(f"/erasures/{number}/approve", "second", method="POST")
    assert approved.status_code == 303
    assert (await api.post(f"/erasures/{number}/withdraw")).status_code == 409


async def test_what_was_killed_goes_on_where_it_was(api, later):
    for number in range(4):
        debtor = {"cpr_cvr": CPR[1], "name": f"{NAME} {number}", "address": [STREET]}
        api.now = NOON
        claim = await api.register(debtors=[debtor], reference=f"M-{number}")
        await run(api, "update claims set is_withdrawn = true where id = :claim", claim=claim)
        await api.close(claim, Ending.WITHDRAWN)
        api.now = LATER
    number = await approve(api)
    async with api.database.trial() as connection:  # killed before its handful was done
        await connection.begin()
        await erase_some(connection, 2, api.today)
    assert (await api.get(f"/erasures/{number}")).json()["counts"][0]["state"] == "waiting"
    assert await erase_all(api) == 4  # seven records, two at a time
    assert NAME not in await everything(api)


async def test_the_proof_can_be_reckoned_by_anybody_and_names_nobody(api, later):
    [(debtor,)] = await run(api, "select id from debtors")
    number = await approve(api)
    await erase_all(api)
    proof = (await api.get(f"/erasures/{number}")).json()
    keys = f"claim-{later} person-{debtor}"
    assert proof["ids_sha256"] == hashlib.sha256(keys.encode()).hexdigest()
    assert proof["rows_erased"]["file_notes"] == 1
    assert proof["approved_by"] == "second"
    with pytest.raises(DBAPIError, match="never changed"):
        await run(api, "update erasures set approved_by = null, state = 'proposed'")
    page = (await api.page(f"/erasures/{number}")).text
    assert proof["ids_sha256"] in page
    assert NAME not in page


async def test_a_file_is_emptied_when_its_years_are_over(api):
    await api.hire("second", role=Role.SUPERVISOR)
    row = {"cpr_cvr": CPR[0], "name": NAME, "address": [STREET]}
    sent = json.dumps([claim_body(debtors=[row])]).encode()
    answer = await api.post("/files", params={"kind": "claims"}, files={"file": ("a.json", sent)})
    assert answer.is_success, answer.text
    await run(api, "update files set state = 'done'")
    api.now = LATER
    await approve(api)
    await erase_all(api)
    [(name, size)] = await run(api, "select name, length(content) from files")
    assert (name, size) == ("(slettet)", 0)


async def test_traces_go_by_themselves_after_their_days(api):
    key = {"Idempotency-Key": "a"}
    assert (await api.post("/claims", claim_body(), headers=key)).status_code == 201
    await run(api, "update idempotency_keys set created_at = now() - interval '31 days'")
    await api.post("/claims", claim_body(), headers={"Idempotency-Key": "b"})
    async with api.database.transaction() as connection:
        assert await sweep_traces(connection, timedelta(days=30)) == 1
    assert await run(api, "select key from idempotency_keys") == [("b",)]


async def test_when_nothing_is_due_nothing_is_laid_down(api):
    await api.register()
    answer = await api.page("/erasures", method="POST")
    assert answer.status_code == 422
    assert "intet, der skal slettes" in answer.text
    assert (await api.get("/erasures")).json() == {"items": []}


def test_every_column_with_text_is_erased_or_told_why_not():
    """A column that is added later has to be thought of here."""
    wiped = {
        (wipe.table, column)
        for wipe in (*OF_A_CLAIM, *OF_A_PERSON, *OF_A_FILE)
        for column in re.findall(r"(\w+) = ", wipe.sql.split(" where ")[0])
    }
    gone = {wipe.table for wipe in (*OF_A_CLAIM, *OF_A_PERSON, *OF_A_FILE, *TRACES)
            if wipe.sql.startswith("delete")}  # fmt: skip
    columns = [one for table in Table.metadata.tables.values() for one in table.columns]
    told = {(one.table.name, one.name) for one in columns if holds_words(one)}
    assert {one for one in told - wiped if one[0] not in gone} == set()

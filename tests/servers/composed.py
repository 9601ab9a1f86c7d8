"""The services of docker-compose.yml as processes of this machine, by the commands in it.

What a container has of its own is put in its place: names of others become addresses on loopback,
its secrets a folder with those it is given and no others, and its temporary folder one here.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL, SIGTERM

import yaml

from servers.child import Child

ROOT = Path(__file__).parents[2]
_BIN = Path(sys.executable).parent
_PATH = f"{_BIN}:{os.environ['PATH']}"
_DEFAULT = re.compile(r"\$\{\w+:-([^}]*)\}")
_PORTS = ("8600", "8080", "8443", "8602", "9464")


def free_ports(count):
    """All different, since each is held until all are found."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [str(each.getsockname()[1]) for each in held]
    for each in held:
        each.close()
    return ports


@dataclass
class Composed:
    """*addresses*: where services are that we do not start, as ``temporal:7233``."""

    folder: Path
    secrets: Path
    addresses: dict[str, str]
    env_file: dict[str, str] = field(default_factory=dict)
    running: dict[str, Child] = field(default_factory=dict)

    def __post_init__(self):
        self.services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
        self.port = dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))
        tls, plain = self.port["8443"], self.port["8600"]
        self.url, self.api = f"https://localhost:{tls}", f"http://127.0.0.1:{plain}"

    def start(self, name, **changes):
        service = self.services[name]
        environment = self.environment(name) | changes
        words = [*self._program(service), *service["command"]]
        facts = (f"{name}={value}" for name, value in environment.items())
        self.running[name] = Child(
            ["/usr/bin/env", "-i", *facts, *(self._said(word, name) for word in words)],
            log=self.folder / f"{name}.log",
            folder=ROOT,
            farewell=SIGKILL,
        )
        return self.running[name]

    def _program(self, service):
        """What its image begins with."""
        return (
            [sys.executable, "-m", "cli"] if "build" in service else service.get("entrypoint", [])
        )

    def environment(self, name):
        service = self.services[name]
        own = self.folder / name
        own.mkdir(exist_ok=True)
        given = {k: self._said(v, name) for k, v in service["environment"].items()}
        given = (self.env_file if "env_file" in service else {}) | given
        if "build" in service:
            given |= {
                "RETTIDIG_STATE_FOLDER": str(own),
                "RETTIDIG_SECRETS_FOLDER": str(self._secrets_of(name)),
            }
        return {"PATH": _PATH, "HOME": str(own), "PYTHONPATH": str(ROOT)} | given

    def is_healthy(self, name):
        kind, *test = self.services[name]["healthcheck"]["test"]
        command = ["sh", "-c", test[0].replace("$$", "$")] if kind == "CMD-SHELL" else test
        asked = subprocess.run(
            command, env=self.environment(name), cwd=ROOT, check=False, timeout=60
        )
        return asked.returncode == 0

    def wait_until_healthy(self, name, tries=600):
        for _ in range(tries):
            if self.is_healthy(name):
                return
            code = self.running[name].wait(0.2)
            assert code is None, f"{name} ended: {self.log(name)}"
        raise AssertionError(f"{name} is not healthy: {self.log(name)}")

    def stop(self, name):
        """Its exit code, after as long as the compose file gives it."""
        child = self.running.pop(name)
        os.kill(child.pid, SIGTERM)
        code = child.wait(int(self.services[name]["stop_grace_period"].removesuffix("s")))
        child.end()
        return code

    def log(self, name):
        return (self.folder / f"{name}.log").read_text()[-3000:]

    def close(self):
        while self.running:
            self.running.popitem()[1].end()

    def _secrets_of(self, name):
        folder = self.folder / name / "secrets"
        folder.mkdir(exist_ok=True)
        for secret in self.services[name]["secrets"]:
            shutil.copy(self.secrets / secret, folder / f".{secret}")
            (folder / f".{secret}").replace(folder / secret)
        return folder

    def _said(self, word, name):
        word = _DEFAULT.sub(r"\1", str(word))
        word = re.sub(r"^/tmp\b", str(self.folder / name), word)
        word = word.replace("https://localhost", self.url).replace("172.30.86.2", "127.0.0.1")
        for theirs, ours in self.addresses.items():
            word = word.replace(theirs, ours)
        for theirs, ours in self.port.items():
            word = re.sub(rf"\b{theirs}\b", ours, word)
        word = word.replace("0.0.0.0", "127.0.0.1").replace("api:", "127.0.0.1:")
        word = word.replace("/run/secrets", str(self.secrets))
        return word.replace("/etc/caddy/Caddyfile", str(ROOT / "proxy" / "Caddyfile"))

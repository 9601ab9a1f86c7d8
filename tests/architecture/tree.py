"""The house as its tests of promises see it: files, and the syntax of its modules."""

import ast
import subprocess
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "activities", "api", "bench", "cli", "domain", "gateways", "letters", "persistence",
    "policies", "provenance", "reports", "sealing", "servers", "settings", "traces", "workers",
    "workflows", "writing",
)  # fmt: skip
NOT_OURS = {".git", ".venv", "__pycache__", "dist", "state", "secrets"}


@dataclass(frozen=True)
class Module:
    path: Path

    @property
    def name(self) -> str:
        """As in ``activities/claims.py``, on any system."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @property
    def nodes(self):
        return ast.walk(self.tree)

    @property
    def functions(self):
        return (n for n in self.nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))

    @property
    def calls(self):
        return (n for n in self.nodes if isinstance(n, ast.Call))

    @property
    def strings(self):
        constants = (n for n in self.nodes if isinstance(n, ast.Constant))
        return (n for n in constants if isinstance(n.value, str))


@cache
def modules(*packages: str) -> tuple[Module, ...]:
    """Of the packages named, or of all; migrations are history and stay as they are."""
    files = (f for p in packages or PACKAGES for f in sorted((ROOT / p).rglob("*.py")))
    return tuple(Module(f) for f in files if "versions" not in f.parts)


@cache
def files() -> tuple[Path, ...]:
    """What git tracks; in a copy without git, what would be tracked."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        return tuple(f for n in listed.split("\0") if n and (f := ROOT / n).is_file())
    return tuple(
        f
        for f in sorted(ROOT.rglob("*"))
        if f.is_file() and NOT_OURS.isdisjoint(f.relative_to(ROOT).parts)
    )


def called(call: ast.Call) -> str:
    """The last name of what is called: ``send`` in ``self._post.send(…)``."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""

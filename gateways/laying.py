"""Lays a file where others look for it, whole or not at all."""

import os
from pathlib import Path


def lay_file(path: Path, content: bytes) -> Path:
    """Nobody sees half of it; *path*'s folder is made if it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.part")
    draft.write_bytes(content)
    draft.replace(path)
    return path

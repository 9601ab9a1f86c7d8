"""Becomes a server process that ends when the process that asked for it ends.

A script of its own, run by ``servers.child``: Python code between fork and exec can hang in a
process with threads, and Temporal's client has many.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def become(parent: int, farewell: int, user: str, command: list[str]) -> None:
    if user:
        _change_user(*(int(number) for number in user.split(":")))
    if sys.platform == "linux":
        # Only now: the kernel forgets this wish when a process changes its user.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, farewell)
    if os.getppid() == parent:
        os.execv(command[0], command)  # noqa: S606 - a command of our own, without a shell


def _change_user(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


if __name__ == "__main__":
    become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])

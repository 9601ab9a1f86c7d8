"""A small disk of its own for a folder, that can be filled and freed: only root can make one."""

import errno
import os
import subprocess

_BLOCK = 4096


class Disk:
    """*megabytes*: what it holds. Memory, so that nobody's real disk is filled."""

    def __init__(self, folder, megabytes):
        self.folder, self._filler = folder, folder / "filler"
        self._megabytes = megabytes

    def mount(self):
        """False where the machine does not let us."""
        self.folder.mkdir(parents=True, exist_ok=True)
        options = f"size={self._megabytes}m,mode=0755"
        command = ["mount", "-t", "tmpfs", "-o", options, "rettidig-chaos", self.folder]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return False
        return True

    def unmount(self):
        subprocess.run(["umount", "--lazy", self.folder], check=True)

    def fill(self):
        """To the last byte; what is written elsewhere there meanwhile cannot make it go wrong."""
        free = os.statvfs(self.folder).f_bavail * os.statvfs(self.folder).f_frsize
        with self._filler.open("wb") as filler:
            while free >= _BLOCK:
                try:
                    os.posix_fallocate(filler.fileno(), filler.tell(), free)
                    filler.seek(free, os.SEEK_CUR)
                except OSError as full:
                    if full.errno != errno.ENOSPC:
                        raise
                    free //= 2

    @property
    def is_full(self):
        try:
            (self.folder / "one-more").write_bytes(b"x" * _BLOCK)
        except OSError as full:
            return full.errno == errno.ENOSPC
        return False

    def free(self):
        for name in (self._filler, self.folder / "one-more"):
            name.unlink(missing_ok=True)

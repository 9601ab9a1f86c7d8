"""``python -m cli.health PROCESS``: is the one beside us well? For health checks of containers.

A program of its own, for it is asked every few seconds and loads nothing but the settings.
"""

import sys
import urllib.request
from pathlib import Path

from settings import Settings, settings
from workers.clock import real_now

_PATIENCE_SECONDS = 3
_OLDEST_SECONDS = 30  # of a heartbeat that comes every five


def is_well(process: str, chosen: Settings) -> bool:
    """*process*: ``api``, which is asked itself; ``worker`` and ``relay`` tell by a heartbeat."""
    if process == "api":
        return _answers(f"http://127.0.0.1:{chosen.api_port}/api/v1/health")
    return chosen.heartbeat is not None and _is_fresh(chosen.heartbeat)


def _answers(address: str) -> bool:
    around_proxies = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with around_proxies.open(address, timeout=_PATIENCE_SECONDS) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's
    except OSError:
        return False


def _is_fresh(heartbeat: Path) -> bool:
    try:
        return real_now().timestamp() - heartbeat.stat().st_mtime < _OLDEST_SECONDS
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if is_well(sys.argv[1], settings()) else 1)

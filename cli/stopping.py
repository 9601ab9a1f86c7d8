"""How a long-running command hears that it shall stop."""

import asyncio
import signal


def stop_on_signals() -> asyncio.Event:
    """Set by the first Ctrl-C or SIGTERM. Whoever presses again only hears the same."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop

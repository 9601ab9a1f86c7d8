"""``python -m gateways.serviceplatformen.sandbox FOLDER``: the platform, on this machine alone."""

import argparse
import asyncio
import json
import socket
import sys
from pathlib import Path

import uvicorn

from gateways.serviceplatformen.sandbox.broker import Queue, answering
from gateways.serviceplatformen.sandbox.counterpart import Counterpart
from gateways.serviceplatformen.sandbox.doors import open_doors

_LOOPBACK = "127.0.0.1"
_QUEUE = "receipts"


async def serve(folder: Path, port: int, queue_port: int) -> None:
    """Until SIGINT or SIGTERM. Its one line of output says where it is, once it can be reached."""
    counterpart = Counterpart(folder)
    answer = answering(counterpart, Queue(counterpart, folder, _QUEUE))
    broker = await asyncio.start_server(answer, _LOOPBACK, queue_port)
    # An access log would hold the CPR numbers people are asked for by.
    config = uvicorn.Config(
        open_doors(counterpart), access_log=False, log_level="warning", lifespan="off"
    )
    with socket.create_server((_LOOPBACK, port)) as door:
        # Else head and body of an answer, sent one after the other, wait for each other.
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        addresses = {
            "platform": f"http://{_LOOPBACK}:{door.getsockname()[1]}",
            "queue": f"amqp://{_LOOPBACK}:{broker.sockets[0].getsockname()[1]}/{_QUEUE}",
        }
        sys.stdout.write(json.dumps(addresses) + "\n")
        sys.stdout.flush()
        await uvicorn.Server(config).serve(sockets=[door])
    broker.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where its letters and behaviour are kept")
    parser.add_argument("--port", type=int, default=0, help="HTTP; 0 is any that is free")
    parser.add_argument("--queue-port", type=int, default=0, help="AMQP; 0 is any that is free")
    asked = parser.parse_args()
    asyncio.run(serve(asked.folder, asked.port, asked.queue_port))


if __name__ == "__main__":
    main()

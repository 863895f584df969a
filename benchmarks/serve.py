"""Run the server under test on an inherited socket, on the first processor."""

import socket
import sys

import uvicorn

from benchmarks.processor import pin


def main() -> None:
    """Serve until told to stop."""
    pin(0)
    config = uvicorn.Config(
        "benchmarks.server:build",
        factory=True,
        loop="uvloop",
        http="runtime.protocol:BoundedHttpProtocol",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


if __name__ == "__main__":
    main()

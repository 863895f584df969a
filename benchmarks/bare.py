"""The ceiling: a bare Starlette application that verifies, parses and stores nothing.

``python -m benchmarks.bare FD`` serves it on an inherited socket, with uvloop and httptools, in a
process of its own: what somebody could have instead who needs no log. It answers pages, too: ``GET
/page`` gives the bytes that were last put there.
"""

import hmac
import socket
import sys
from hashlib import sha256

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.service import SECRET

RECEIVER = "/receive"
PAGE = "/page"
_JSON = "application/json"


def main() -> None:
    """Serve until told to stop."""
    config = uvicorn.Config(
        application(), loop="uvloop", http="httptools", lifespan="off", log_config=None
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


def application() -> Starlette:
    """Build it."""
    page = bytearray()

    async def put(request: Request) -> Response:
        page[:] = await request.body()
        return Response(status_code=202)

    async def get(_request: Request) -> Response:
        return Response(bytes(page), media_type=_JSON)

    return Starlette(
        routes=[
            Route(RECEIVER, receive, methods=["POST"]),
            Route(PAGE, put, methods=["PUT"]),
            Route(PAGE, get, methods=["GET"]),
        ]
    )


async def receive(request: Request) -> Response:
    """Do what every receiver has to do at the least."""
    body = await request.body()
    signature = f"sha256={hmac.new(SECRET.encode(), body, sha256).hexdigest()}"
    if not hmac.compare_digest(signature, request.headers.get("x-hub-signature-256", "")):
        return Response(status_code=401)
    orjson.loads(body)
    told = {"status": "accepted", "delivery_id": request.headers["x-github-delivery"]}
    return Response(orjson.dumps(told | {"position": 1}), 202, media_type=_JSON)


if __name__ == "__main__":
    main()

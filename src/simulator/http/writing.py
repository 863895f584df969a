"""Answers as HTTP, and what may still go wrong with them on their way."""

import asyncio
from hashlib import sha256
from uuid import uuid4

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from simulator.http.answer import Answer
from simulator.http.call import Site
from simulator.http.caller import Caller
from simulator.http.troubles import Trouble
from simulator.payloads.payload import API

_OK, _NO_CONTENT = 200, 204


def written(
    site: Site,
    request: Request,
    answer: Answer,
    caller: Caller | None = None,
    resource: str = "core",
) -> Response:
    """Write an answer of the API, with all that its headers tell."""
    name = caller.name if caller else "anonymous"
    headers = {
        **site.limits.headers(name, resource),
        "x-github-request-id": str(uuid4()).upper()[:26],
        "x-github-media-type": "github.v3; format=json",
        "content-type": "application/json; charset=utf-8",
        **{name: text.replace(API, site.url) for name, text in answer.headers.items()},
    }
    if answer.status == _NO_CONTENT:
        del headers["content-type"]
        return Response(None, answer.status, headers)
    if answer.text is not None:
        return Response(answer.text, answer.status, headers | {"content-type": "text/plain"})
    body = orjson.dumps(answer.body).replace(API.encode(), site.url.encode())
    etag = f'W/"{sha256(body).hexdigest()}"'
    if request.method == "GET" and answer.status == _OK:
        headers["etag"] = etag
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
    return Response(body, answer.status, headers)


async def spoilt(response: Response, trouble: Trouble | None) -> Response:
    """Hold a response up for as long as a trouble says, or lose it."""
    if trouble is None:
        return response
    await asyncio.sleep(trouble.seconds)
    return _Lost() if trouble.lost else response


class _Lost(Response):
    """A response that begins and never ends: its connection is closed."""

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        headers = [(b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": _OK, "headers": headers})

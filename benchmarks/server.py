"""The service's own server, with one route more: it verifies and parses but stores nothing."""

import orjson
from fastapi import FastAPI
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from api.body import BodyReader
from events.signature import WebhookSecret, signer_of
from runtime.server import application

PATH = "/bench/nothing-stored"


class NothingStored:
    """What every receiver has to do at the least."""

    def __init__(self, secrets: tuple[WebhookSecret, ...]) -> None:
        self._secrets = secrets
        self._bodies = BodyReader()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one delivery."""
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        async with self._bodies.read(headers, receive) as body:
            if signer_of(body, headers["x-hub-signature-256"].encode(), self._secrets) is None:
                raise ValueError("not signed")
            orjson.loads(body)
        content = {"status": "accepted", "delivery_id": headers["x-github-delivery"], "position": 1}
        response = Response(orjson.dumps(content), 202, media_type="application/json")
        await response(scope, receive, send)


def build() -> FastAPI:
    """Build the application under test, as uvicorn calls it."""
    app = application()
    route = Route(PATH, NothingStored(app.state.services.webhook_secrets), methods=["POST"])
    app.router.routes.append(route)
    return app

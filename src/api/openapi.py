"""The OpenAPI document: what FastAPI derives, and the receiver beside it."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from api.access import recognised
from api.headers import CSP
from api.needs import Need, need_of
from api.parameters import require_no_parameters
from api.problems import MEDIA_TYPE, Problem
from api.reference import POLICY, reference
from api.webhooks import PATH

_TAGS = [
    {"name": "webhooks", "description": "What GitHub calls."},
    {"name": "people", "description": "Who one is here, and one's sessions."},
    {"name": "dashboard", "description": "Everything at a glance."},
    {"name": "repositories", "description": "Followed by id through renames and transfers."},
    {"name": "workflows", "description": "Each issue's way, its stage and the reason for it."},
    {"name": "actions", "description": "What was decided to be done, and what came of it."},
    {"name": "commands", "description": "What operators may say, and what they said."},
    {"name": "policy", "description": "What a team decides for itself, and which of it holds."},
    {"name": "installations", "description": "Where the GitHub App is installed."},
    {"name": "setup", "description": "What is set up, and what is to be done next."},
    {"name": "activity", "description": "Counts for charts."},
    {"name": "costs", "description": "What was had done, and what of it is allowed."},
    {"name": "events", "description": "The log itself."},
    {"name": "problems", "description": "What could not be digested."},
    {"name": "recovery", "description": "What did not arrive, and is asked for again."},
    {"name": "live", "description": "Events as they are recorded."},
    {"name": "health", "description": "For orchestrators, balancers and Prometheus."},
]


_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_ACCEPTED = {
    "type": "object",
    "required": ["status", "delivery_id", "position"],
    "properties": {
        "status": {"type": "string", "enum": ["accepted", "duplicate"]},
        "delivery_id": {"type": "string", "format": "uuid"},
        "position": {"type": "integer", "description": "where it is in the log"},
    },
}


def error(description: str) -> dict[str, Any]:
    """Return what the document says of an error."""
    return {"description": description, "content": {MEDIA_TYPE: {"schema": _PROBLEM}}}


ERRORS: dict[int | str, dict[str, Any]] = {
    401: error("No token, or one that is not valid here."),
    403: error("This is not for everybody, or a command came from another site."),
    404: error("There is no such thing."),
    422: error("A parameter does not fit."),
    503: error("The database does not answer, or a position was not reached in time."),
}


def install(app: FastAPI, routes: Sequence[BaseRoute]) -> None:
    """Derive the document from routes, completed with what FastAPI does not know of."""

    def complete() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title, version=app.version, summary=app.summary, routes=routes
            )
            document["tags"] = _TAGS
            _let_strangers_in(document)
            document["paths"][PATH] = {"post": _receiver()}
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= problem.pop("$defs") | {"Problem": problem}
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = complete  # type: ignore[method-assign]
    _show_once_made(app)


def _let_strangers_in(document: dict[str, Any]) -> None:
    """Say of what is open that a token may be shown and need not be, which FastAPI cannot."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if "security" in operation and need_of(method.upper(), path) is Need.OPEN:
                operation["security"] = [{}, *operation["security"]]


def _show_once_made(app: FastAPI) -> None:
    """Make the document and its page once, and let nobody wait for that who does not ask.

    Deriving the document takes half a second, writing it some milliseconds more, each time.
    """
    for place, route in enumerate(app.router.routes):
        if isinstance(route, Route) and route.path == app.openapi_url:
            app.router.routes[place] = _showing(route.path, _Made(app, _document))
    app.router.routes.append(_showing("/docs", _Made(app, _reference)))


def _showing(path: str, made: "_Made") -> Route:
    return Route(path, made.show, include_in_schema=False)


class _Made:
    """What is made of the document once, the same to everybody who was recognised."""

    def __init__(self, app: FastAPI, make: Callable[[FastAPI], Response]) -> None:
        self._app = app
        self._make = make
        self._making = asyncio.Lock()
        self._made: Response | None = None

    async def show(self, request: Request) -> Response:
        require_no_parameters(request)
        await recognised(request)
        async with self._making:
            if self._made is None:
                self._made = await asyncio.to_thread(self._make, self._app)
        made = self._made
        headers = {CSP: made.headers[CSP]} if CSP in made.headers else {}
        return Response(made.body, headers=headers, media_type=made.media_type)  # of its own


def _document(app: FastAPI) -> Response:
    return JSONResponse(app.openapi())


def _reference(app: FastAPI) -> Response:
    return HTMLResponse(reference(app.openapi()), headers={CSP: POLICY})


def _receiver() -> dict[str, Any]:
    return {
        "tags": ["webhooks"],
        "summary": "Receive a delivery from GitHub",
        "description": "Answers once the delivery is durably in the log.",
        "operationId": "receive_delivery",
        "parameters": [
            _header("X-GitHub-Event", "the event's name", "pull_request"),
            _header("X-GitHub-Delivery", "a UUID; the same for a redelivery", _UUID),
            _header("X-Hub-Signature-256", "HMAC-SHA256 of the raw body", "sha256=757107ea…"),
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "application/x-www-form-urlencoded": {"schema": _FORM},
            },
        },
        "responses": {
            "202": _stored("The delivery is in the log.", "accepted"),
            "200": _stored("It was in the log already, at this position.", "duplicate"),
            "400": error("A header is missing or invalid, or the body is no JSON object."),
            "401": error("The signature is missing or wrong."),
            "403": error("It is signed with a secret that may not speak for whom it names."),
            "408": error("The body did not arrive in time."),
            "413": error("The body is larger than 25 MB."),
            "415": error("The body is neither JSON nor a form."),
            "503": error("The delivery could not be stored; send it again."),
        },
    }


_UUID = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
_FORM = {"type": "object", "properties": {"payload": {"type": "string"}}, "required": ["payload"]}


def _header(name: str, description: str, example: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
        "example": example,
    }


def _stored(description: str, status: str) -> dict[str, Any]:
    example = {"status": status, "delivery_id": _UUID, "position": 1042}
    return {
        "description": description,
        "content": {"application/json": {"schema": _ACCEPTED, "example": example}},
    }

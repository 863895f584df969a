"""The OpenAPI document: whole, and true of the application."""

import asyncio
import json
import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse
from starlette.routing import Route

from api.app import document
from api.reference import reference
from runtime.release import product_version
from tests.api.answers import assert_problem
from tests.api.documented import DOCUMENT, Operation, operations
from tests.service import RECEIVER, Client

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
# Its 503 says what is wrong in the shape of its 200.
OTHERWISE = {("/api/health/ready", "503"), ("/api/health/work", "503")}
OF_THE_DOCUMENT = {"/openapi.json", "/docs"}

on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
every_operation = pytest.mark.parametrize("operation", operations(), ids=str)


def test_the_document_introduces_itself() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    assert DOCUMENT["info"]["title"]
    assert DOCUMENT["info"]["version"]


@on_one_database
async def test_the_document_is_served(client: Client) -> None:
    answer = await client.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.json() == DOCUMENT


@on_one_database
@pytest.mark.parametrize("path", sorted(OF_THE_DOCUMENT))
async def test_no_stranger_reads_the_document(client: Client, path: str) -> None:
    assert_problem(await client.http.get(path), 401, "token_missing")


@every_operation
def test_an_operation_has_a_declared_tag_and_a_summary(operation: Operation) -> None:
    declared = [tag["name"] for tag in DOCUMENT["tags"]]
    [tag] = operation.content["tags"]
    assert tag in declared
    assert operation.content["summary"]
    assert operation.content["description"]


def test_every_operation_has_an_id_of_its_own_that_reads_as_a_name() -> None:
    """Programs that are made of the document name their functions by them."""
    ids = [operation.content["operationId"] for operation in operations()]
    assert len(set(ids)) == len(ids)
    assert [each for each in ids if not re.fullmatch(r"[a-z]+(_[a-z]+)+", each)] == []
    generated = [each for each in ids if re.search(r"_api_|_(get|post|put|delete)$", each)]
    assert generated == []


def test_the_document_that_is_kept_for_the_dashboard_is_up_to_date() -> None:
    """When it is not: ``scripts/generate_openapi.py``."""
    kept = json.loads((ROOT / "web" / "openapi.json").read_text(encoding="utf-8"))
    assert kept == json.loads(json.dumps(document(product_version())))


def test_every_declared_tag_is_used_and_described() -> None:
    used = {tag for operation in operations() for tag in operation.content["tags"]}
    assert {tag["name"] for tag in DOCUMENT["tags"]} == used
    assert all(tag["description"] for tag in DOCUMENT["tags"])


@every_operation
def test_every_error_is_a_problem(operation: Operation) -> None:
    responses = operation.content["responses"]
    errors = {status: each for status, each in responses.items() if status >= "400"}
    assert errors
    for status, response in errors.items():
        assert response["description"]
        if (operation.path, status) not in OTHERWISE:
            assert response["content"] == PROBLEM, status


@every_operation
def test_every_operation_says_how_it_succeeds(operation: Operation) -> None:
    assert any(status < "400" for status in operation.content["responses"])


@every_operation
def test_the_parameters_are_distinct_and_those_of_the_path_are_declared(
    operation: Operation,
) -> None:
    parameters = operation.content.get("parameters", [])
    named = [(each["in"], each["name"]) for each in parameters]
    assert len(set(named)) == len(named), named
    in_path = {name for place, name in named if place == "path"}
    assert in_path == set(operation.placeholders)
    assert all(each["schema"] for each in parameters)


def test_every_reference_resolves() -> None:
    references = list(_references(DOCUMENT))
    assert "#/components/schemas/Problem" in references
    for each in references:
        node = DOCUMENT
        assert each.startswith("#/")
        for part in each.removeprefix("#/").split("/"):
            assert part in node, each
            node = node[part]


def test_a_problem_has_what_the_errors_carry() -> None:
    problem = DOCUMENT["components"]["schemas"]["Problem"]
    assert set(problem["properties"]) == {
        "type",
        "title",
        "status",
        "detail",
        "code",
        "request_id",
        "errors",
    }


def test_the_stream_says_what_its_messages_hold() -> None:
    stream = DOCUMENT["paths"]["/api/live"]["get"]["responses"]["200"]["content"]
    messages = stream["text/event-stream"]["schema"]["contentSchema"]["oneOf"]
    told = {each["properties"]["event"]["const"]: each["properties"] for each in messages}
    assert told["event"]["data"]["contentSchema"]["$ref"].endswith("/EventItem")
    assert set(told["event"]) == {"id", "event", "data"}
    assert set(told["ended"]["data"]["contentSchema"]["properties"]) == {"code", "detail"}


@pytest.mark.parametrize(
    ("shape", "field", "value"),
    [
        ("Waiting", "kind", "reviewer"),
        ("WorkflowItem", "mode", "shadow"),
        ("WorkflowItem", "stage", "ci_failed"),
        ("ActiveWorkflow", "stage", "ci_failed"),
        ("StageItem", "stage", "ci_failed"),
        ("RepositoryItem", "health", "suspended"),
        ("RepositoryItem", "attention", "stuck"),
        ("RepositoryItem", "mode_origin", "built-in"),
        ("ActionItem", "kind", "ask_to_fix_ci"),
        ("ActionItem", "state", "confirmed"),
        ("ActionItem", "outcome", "succeeded"),
        ("IgnoredReview", "state", "approved"),
    ],
)
def test_what_is_one_of_some_words_is_documented_by_them(
    shape: str, field: str, value: str
) -> None:
    assert value in _words(DOCUMENT["components"]["schemas"][shape]["properties"][field])


def _words(schema: Any) -> list[str]:  # noqa: ANN401 (JSON of any shape)
    if "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    options = [word for each in schema.get("anyOf", []) for word in _words(each)]
    return [*schema.get("enum", []), *([schema["const"]] if "const" in schema else []), *options]


def test_no_answer_but_the_logs_own_has_a_thing_by_its_number_alone() -> None:
    of_the_log = {"EventItem", "EventDetail"}
    gone = {"repository_id", "issue_number", "pull_request_number", "author_id"}
    answers = _answered()
    assert {"WorkflowItem", "ActionItem", "CommandItem", "RepositoryItem"} <= answers
    for name in sorted(answers - of_the_log):
        properties = DOCUMENT["components"]["schemas"][name].get("properties", {})
        assert not gone & set(properties), name


def _answered() -> set[str]:
    """Every shape that an answer holds, at any depth."""
    found: set[str] = set()
    ahead = [operation.content["responses"] for operation in operations()]
    while ahead:
        names = {each.rsplit("/", 1)[-1] for each in _references(ahead.pop())} - found
        found |= names
        ahead += [DOCUMENT["components"]["schemas"][name] for name in names]
    return found


def test_the_receiver_is_in_the_document() -> None:
    receiver = DOCUMENT["paths"][RECEIVER]["post"]
    statuses = {"200", "202", "400", "401", "403", "408", "413", "415", "503"}
    assert set(receiver["responses"]) == statuses
    assert set(receiver["requestBody"]["content"]) == {
        "application/json",
        "application/x-www-form-urlencoded",
    }
    required = {each["name"] for each in receiver["parameters"] if each["required"]}
    assert required == {"X-GitHub-Event", "X-GitHub-Delivery", "X-Hub-Signature-256"}


@on_one_database
def test_every_route_of_the_api_is_in_the_document(app: FastAPI) -> None:
    """Pages for browsers, which are not below ``/api/``, are not."""
    served = {
        (route.path, method.lower())
        for route in _routes(app.routes)
        for method in route.methods or ()
        if method != "HEAD" and (route.include_in_schema or route.path.startswith("/api/"))
    }
    assert served == {(operation.path, operation.method) for operation in operations()}


def _routes(routes: Sequence[object]) -> Iterator[Route | APIRoute]:
    for route in routes:
        if isinstance(route, Route | APIRoute):
            yield route
        else:  # a router of several
            yield from _routes(route.original_router.routes)  # type: ignore[attr-defined]


def _references(node: Any) -> Iterator[str]:  # noqa: ANN401 (JSON of any shape)
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for child in node.values():
            yield from _references(child)
    elif isinstance(node, list):
        for child in node:
            yield from _references(child)


@on_one_database
async def test_nobody_waits_while_the_document_is_derived(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes half a second, in which no delivery would be answered."""
    threads: list[threading.Thread] = []

    def derived(**named: Any) -> dict[str, Any]:  # noqa: ANN401 (FastAPI's, handed through)
        threads.append(threading.current_thread())
        return get_openapi(**named)

    monkeypatch.setattr("api.openapi.get_openapi", derived)
    for _ in range(2):
        assert (await client.get("/openapi.json")).json()["paths"][RECEIVER]
    [once] = threads
    assert once is not threading.current_thread()


@on_one_database
async def test_the_document_and_its_pages_are_made_once(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was recognised may ask for them as often as they like."""
    made: list[str] = []

    def counted(name: str, make: Any) -> Any:  # noqa: ANN401 (handed through)
        def call(*given: Any, **named: Any) -> Any:  # noqa: ANN401 (handed through)
            made.append(name)
            return make(*given, **named)

        return call

    derive = counted("derived", get_openapi)
    monkeypatch.setattr("api.openapi.get_openapi", derive)
    monkeypatch.setattr("api.openapi.reference", counted("page", reference))
    monkeypatch.setattr(JSONResponse, "render", counted("render", JSONResponse.render))
    for path in OF_THE_DOCUMENT:
        answers = await asyncio.gather(*(client.get(path) for _ in range(5)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        assert len({answer.headers["x-request-id"] for answer in answers}) == 5
        assert all(len(answer.headers.get_list("x-request-id")) == 1 for answer in answers)
    assert sorted(made) == ["derived", "page", "render"]

"""What a reader has already is not sent again, and a HEAD tells what a GET would."""

import pytest
from fastapi import FastAPI

from runtime.database import Database
from tests.api.documented import Nowhere
from tests.service import BEARER, Client, app_over, client_of, project

pytestmark = pytest.mark.anyio

DASHBOARD = "/api/dashboard"


async def tag_of(client: Client, path: str = DASHBOARD) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200
    return answer.headers["etag"]


async def conditionally(client: Client, tag: str, path: str = DASHBOARD) -> int:
    answer = await client.http.get(path, headers=BEARER | {"If-None-Match": tag})
    assert bool(answer.content) is (answer.status_code == 200)
    assert "etag" in answer.headers
    return answer.status_code


async def test_a_page_that_is_as_it_was_is_not_sent_again(client: Client) -> None:
    tag = await tag_of(client)
    assert tag.startswith('W/"')
    assert await conditionally(client, tag) == 304
    assert await conditionally(client, tag.removeprefix("W/")) == 304
    assert await conditionally(client, f'"another", {tag}') == 304
    assert await conditionally(client, "*") == 304
    assert await conditionally(client, '"another"') == 200


async def test_what_is_not_sent_has_the_heads_that_count_and_none_of_a_body(
    client: Client,
) -> None:
    tag = await tag_of(client)
    answer = await client.http.get(DASHBOARD, headers=BEARER | {"If-None-Match": tag})
    assert answer.headers["x-log-position"] == "0"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-request-id"]
    assert "content-type" not in answer.headers
    assert answer.headers.get("content-length", "0") == "0"


async def test_a_page_that_changed_is_sent(client: Client, store: Database) -> None:
    tag = await tag_of(client, "/api/events")
    await client.deliver("ping", {"zen": "Design for failure.", "hook_id": 1})
    await project(store)
    assert await conditionally(client, tag, "/api/events") == 200


async def test_nobody_gets_by_a_tag_what_they_may_not_see(client: Client) -> None:
    tag = await tag_of(client)
    answer = await client.http.get(DASHBOARD, headers={"If-None-Match": tag})
    assert answer.status_code == 401
    assert "etag" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/api/dashboard", "/api/events", "/openapi.json", "/api/policy/schema", "/"]
)
async def test_a_head_tells_what_a_get_would_and_no_body(client: Client, path: str) -> None:
    shown = await client.get(path)
    told = await client.http.head(path, headers=BEARER)
    assert told.status_code == shown.status_code == 200
    assert told.content == b""
    for name in ("content-type", "content-length"):
        assert told.headers[name] == shown.headers[name]


async def test_a_head_of_the_stream_ends_and_leaves_no_stream_open(
    app: FastAPI, client: Client
) -> None:
    told = await client.http.head("/api/live", headers=BEARER)
    assert told.status_code == 200
    assert told.headers["content-type"].startswith("text/event-stream")
    assert not app.state.streams


async def test_a_head_is_refused_as_a_get_is() -> None:
    async with client_of(app_over(Nowhere())) as client:
        for path, status in {"/api/events": 401, "/api/nothing": 404, "/api/pause": 405}.items():
            answer = await client.http.head(path)
            assert (answer.status_code, answer.content) == (status, b"")

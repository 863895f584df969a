"""Lists taken away whole, as lines of JSON and as tables."""

import csv
import io
import json
import logging
from collections.abc import Sequence

import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from api import taking_away
from api.problems import CutOff
from projections.access import Access
from runtime.database import Database
from runtime.server import is_news
from simulator.payloads import a_repository, a_user, an_issue
from simulator.payloads.deliveries import issues, ping
from tests.api.answers import assert_problem
from tests.isolation.callers import let_in
from tests.service import BEARER, Client, project

pytestmark = pytest.mark.anyio

NDJSON, CSV = {"Accept": "application/x-ndjson"}, {"Accept": "text/csv"}
ROCKET, PROBE = a_repository("orbit-works/rocket"), a_repository("orbit-works/probe")
EVENTS = "/api/events"


@pytest.fixture
async def log(client: Client, store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven events, in windows of three."""
    monkeypatch.setattr("api.events.WINDOW", 3)
    formula = a_user('=HYPERLINK("http://evil.example")', id=77)
    for repository, sender in ((ROCKET, None), (PROBE, formula)):
        for number in (1, 2, 3):
            issue = an_issue(number, repository=repository, title="a\nb")
            payload = issues("opened", issue=issue, repository=repository)
            payload |= {"sender": sender} if sender else {}
            body = json.dumps(payload, indent=1).encode()
            assert (await client.deliver("issues", body)).status_code == 202
    await client.deliver("ping", ping())
    await project(store)


async def lines(client: Client, path: str = EVENTS) -> list[dict[str, object]]:
    answer = await client.http.get(path, headers=BEARER | NDJSON)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


async def table(client: Client, path: str = EVENTS) -> Sequence[dict[str, str]]:
    answer = await client.http.get(path, headers=BEARER | CSV)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


@pytest.mark.usefixtures("log")
async def test_all_events_are_taken_away_as_the_list_shows_them(client: Client) -> None:
    listed = (await client.get(EVENTS)).json()["items"]
    assert len(listed) == 7
    assert await lines(client) == listed
    rows = await table(client)
    assert [row["position"] for row in rows] == [str(item["position"]) for item in listed]
    named = {f"repository.{name}" for name in ("id", "full_name", "html_url")}
    assert set(rows[0]) == set(listed[0]) - {"repository"} | named
    assert await lines(client, f"{EVENTS}?type=ping") == [listed[0]]
    assert await lines(client, f"{EVENTS}?type=nothing") == []
    answer = await client.http.get(EVENTS, headers=BEARER | NDJSON)
    assert answer.headers["x-log-position"] == "7"
    assert answer.headers["vary"].startswith("Accept")


@pytest.mark.usefixtures("log")
async def test_no_cell_is_a_formula(client: Client) -> None:
    logins = {row["actor_login"] for row in await table(client)}
    assert [each for each in logins if "HYPERLINK" in each] == [
        '\'=HYPERLINK("http://evil.example")'
    ]
    for text in ("=1", "+1", "-1", "@x", "\t=1", "\r", "\uff1d1"):
        assert taking_away.cell(text) == f"'{text}"
    assert [taking_away.cell(each) for each in (-1, None, ["=1"], "a=1")] == [
        "-1",
        "",
        '["=1"]',
        "a=1",
    ]


@pytest.mark.usefixtures("log")
async def test_payloads_come_along_a_line_each(client: Client) -> None:
    found = await lines(client, f"{EVENTS}?payload=true&type=issues&repository={ROCKET['id']}")
    assert [each["payload"]["issue"]["title"] for each in found] == ["a\nb"] * 3  # type: ignore[index]  # JSON
    for headers in (BEARER, BEARER | CSV):
        answer = await client.http.get(f"{EVENTS}?payload=true", headers=headers)
        assert "payloads are given with" in assert_problem(answer, 422, "request_invalid")


@pytest.mark.usefixtures("log")
async def test_what_is_taken_away_whole_has_no_limit(client: Client) -> None:
    answer = await client.http.get(f"{EVENTS}?limit=5", headers=BEARER | NDJSON)
    assert "limit is of pages" in assert_problem(answer, 422, "request_invalid")
    answer = await client.http.get(f"{EVENTS}?colour=5", headers=BEARER | CSV)
    assert_problem(answer, 422, "request_invalid")


@pytest.mark.usefixtures("log")
async def test_nobody_takes_away_what_is_not_theirs(app: FastAPI, client: Client) -> None:
    let_in(app, Access(frozenset({PROBE["id"]})))
    assert {each["repository_id"] for each in await lines(client)} == {PROBE["id"]}
    assert {row["repository_id"] for row in await table(client)} == {str(PROBE["id"])}
    let_in(app, Access(frozenset()))
    assert await lines(client) == []


@pytest.mark.usefixtures("log")
async def test_who_may_see_nothing_any_more_gets_no_more_and_no_end(
    app: FastAPI, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(app, Access(frozenset({ROCKET["id"], PROBE["id"]})), batches=0)
    answer = await client.http.get(EVENTS, headers=BEARER | NDJSON)
    assert_problem(answer, 401, "session_ended")
    monkeypatch.setattr("api.taking_away._PIECE", 1)  # so that some of it has left
    with capture_logs() as lines, pytest.raises(CutOff, match="signed out") as cut:
        await client.http.get(EVENTS, headers=BEARER | NDJSON)
    assert [(line["log_level"], line.get("cut_off")) for line in lines] == [
        ("info", "you have signed out")
    ]
    record = logging.LogRecord(
        "uvicorn.error", logging.ERROR, "", 0, "Exception in ASGI application", (), None
    )
    assert is_news(record)
    record.exc_info = (CutOff, cut.value, None)
    assert not is_news(record)  # its request's line has told it


@pytest.mark.usefixtures("log")
async def test_the_first_window_tells_how_many_match(client: Client) -> None:
    async def total(query: str) -> object:
        return (await client.get(f"{EVENTS}?{query}")).json()["total"]

    assert await total("limit=2") == 7
    assert await total("type=issues") == 6
    assert await total(f"repository={ROCKET['id']}&type=issues") == 3
    assert await total("limit=2&before=6") is None
    assert await total("q=issues") is None


@pytest.mark.usefixtures("log")
async def test_a_text_is_looked_for_in_types_actions_and_logins(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def found(q: str) -> list[int]:
        answer = await client.get(EVENTS, q=q)
        return [item["position"] for item in answer.json()["items"]]

    assert await found("PIN") == [7]
    assert await found("open") == [6, 5, 4, 3, 2, 1]
    assert await found("hyperlink") == [6, 5, 4]
    assert await found("%") == await found("_") == await found("\\") == []
    newest = (await client.get(EVENTS, limit=1)).json()["items"][0]
    assert await found(newest["id"]) == [7]
    monkeypatch.setattr("projections.events.index.LOOKED_THROUGH", 2)
    page = (await client.get(EVENTS, q="hyperlink")).json()
    assert ([item["position"] for item in page["items"]], page["next"]) == (
        [6],
        f"{EVENTS}?q=hyperlink&before=6",
    )
    page = (await client.get(page["next"])).json()
    assert [item["position"] for item in page["items"]] == [5, 4]

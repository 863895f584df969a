"""The log over HTTP: lists by filter and key, and single events with what was sent."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx2
import pytest

from events.catalogue import About, ServiceStarted, own_event, workflow_id
from events.log import EventLog
from runtime.database import Database
from simulator.payloads import a_pull_request, a_repository, a_user, an_issue, copilot_agent
from simulator.payloads.deliveries import check_run, issues, ping, pull_request, push
from tests.api.answers import assert_problem, every_page
from tests.conftest import Clock
from tests.service import Client, project

pytestmark = pytest.mark.anyio
on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

FORM = "application/x-www-form-urlencoded"
WORKFLOW = workflow_id(7, 3)  # in a repository that no delivery is of
COLUMNS = {
    "position",
    "id",
    "source",
    "type",
    "action",
    "schema_version",
    "installation_id",
    "repository",
    "repository_id",
    "actor_id",
    "actor_login",
    "subject_kind",
    "subject_number",
    "head_sha",
    "occurred_at",
    "recorded_at",
    "causation_id",
    "correlation_id",
    "headers",
    "payload_sha256",
    "hash",
}
ROCKET, PROBE = a_repository("orbit-works/rocket"), a_repository("orbit-works/probe")


# What to ask for, and the positions in ``small_log`` that match.
FILTERS: list[tuple[dict[str, str | int], list[int]]] = [
    ({"type": "issues"}, [2, 1]),
    ({"type": "service"}, [7]),
    ({"type": "Issues"}, []),
    ({"type": "issues", "action": "assigned"}, [2]),
    ({"action": "opened"}, [3, 1]),
    ({"actor": "ada"}, [4, 1]),
    ({"actor": "ADA"}, [4, 1]),
    ({"actor": str(copilot_agent()["id"])}, [3]),
    ({"actor": "nobody"}, []),
    ({"actor": "9" * 30}, []),
    ({"actor": "ada' OR 1=1 --"}, []),
    ({"source": "github"}, [6, 5, 4, 3, 2, 1]),
    ({"source": "orchestrator"}, [7]),
    ({"source": "operator"}, []),
    ({"installation": 5}, [5]),
    ({"repository": ROCKET["id"]}, [3, 2, 1]),
    ({"repository": PROBE["id"]}, [5, 4]),
    ({"repository": 1}, []),
    ({"issue": 17}, [2, 1]),
    ({"pull_request": 18}, [3]),
    ({"issue": 18}, []),
    ({"repository": ROCKET["id"], "actor": "ada"}, [1]),
    ({"correlation": str(WORKFLOW)}, [7]),
    ({"correlation": str(WORKFLOW).upper()}, [7]),
    ({"correlation": str(uuid4())}, []),
    ({"since": "2026-01-01T00:04:00Z"}, [7, 6, 5]),
    ({"since": "2026-01-01T01:04:00+01:00"}, [7, 6, 5]),
    ({"since": "2026-01-01T00:04:00.000001Z"}, [7, 6]),
    ({"until": "2026-01-01T00:02:00Z"}, [2, 1]),
    ({"since": "2026-01-01T00:01:00Z", "until": "2026-01-01T00:03:00Z"}, [3, 2]),
    ({"since": "2027-01-01T00:00:00Z"}, []),
    ({"until": "0001-01-01T00:00:00Z"}, []),
    ({"since": "9999-12-31T23:59:59Z"}, []),
    ({"before": 3}, [2, 1]),
    ({"after": 5}, [7, 6]),
    ({"after": 2, "before": 5}, [4, 3]),
    ({"before": 0}, []),
    ({"after": 2**63 - 1}, []),
    ({"limit": 2}, [7, 6]),
    ({"limit": 1, "before": 2}, [1]),
]


def positions(answer: httpx2.Response) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [item["position"] for item in answer.json()["items"]]


@pytest.fixture
async def small_log(client: Client, log: EventLog, store: Database, clock: Clock) -> None:
    """Seven events, a minute apart, of which each differs from the others in something."""
    issue = an_issue(17, repository=ROCKET)
    pull = a_pull_request(18, repository=ROCKET)
    sent: list[tuple[str, dict[str, Any]]] = [
        ("issues", issues("opened", issue=issue, repository=ROCKET, sender=a_user("ada"))),
        ("issues", issues("assigned", issue=issue, repository=ROCKET, sender=a_user("grace"))),
        (
            "pull_request",
            pull_request(pull_request=pull, repository=ROCKET, sender=copilot_agent()),
        ),
        ("push", push(repository=PROBE, sender=a_user("ada"))),
        ("check_run", check_run(repository=PROBE, installation={"id": 5}, sender=a_user("bot"))),
        ("ping", {"zen": "Patience is a feature."}),
    ]
    for event, payload in sent:
        assert (await client.deliver(event, payload)).status_code == 202
        clock.advance(minutes=1)
    started = ServiceStarted(instance=uuid4(), version="1", role="all")
    about = About(repository_id=7, issue_number=3)
    await log.append(own_event(started, uuid4(), about=about))
    await project(store)


@pytest.mark.usefixtures("small_log")
async def test_the_list_is_newest_first(client: Client) -> None:
    answer = await client.get("/api/events")
    assert positions(answer) == [7, 6, 5, 4, 3, 2, 1]
    assert answer.json()["next"] is None
    assert all(set(item) == COLUMNS for item in answer.json()["items"])


@pytest.mark.usefixtures("small_log")
async def test_an_item_has_the_columns_of_the_log(client: Client, log: EventLog) -> None:
    item = (await client.get("/api/events", before=2)).json()["items"][0]
    [event] = await log.read(0, 1)
    assert item["id"] == str(event.id)
    assert (item["source"], item["type"], item["action"]) == ("github", "issues", "opened")
    assert item["installation_id"] == event.installation_id is not None
    assert item["repository_id"] == ROCKET["id"]
    assert (item["actor_id"], item["actor_login"]) == (a_user("ada")["id"], "ada")
    assert (item["subject_kind"], item["subject_number"]) == ("issue", 17)
    assert item["recorded_at"] == "2026-01-01T00:00:00Z"
    assert item["occurred_at"].endswith("Z")
    assert item["headers"]["content_type"] == "application/json"
    assert (item["payload_sha256"], item["hash"]) == (event.payload_sha256, event.hash)


@pytest.mark.usefixtures("small_log")
async def test_a_filter_finds_what_matches(client: Client) -> None:
    found = [positions(await client.get("/api/events", **filters)) for filters, _ in FILTERS]
    told = [urlencode(filters) for filters, _ in FILTERS]
    assert dict(zip(told, found, strict=True)) == dict(
        zip(told, [expected for _, expected in FILTERS], strict=True)
    )


async def test_an_event_says_what_caused_it_and_what_it_caused(
    client: Client, log: EventLog, store: Database
) -> None:
    told = issues(issue=an_issue(17, repository=ROCKET), repository=ROCKET)
    assert (await client.deliver("issues", told)).status_code == 202
    [delivery] = await log.read(0, 1)
    started = ServiceStarted(instance=uuid4(), version="1", role="all")
    about = About(repository_id=ROCKET["id"], issue_number=17)
    others = [own_event(started, uuid4(), about=about, cause=delivery) for _ in range(2)]
    await log.append(*others, own_event(started, uuid4()))
    await project(store)
    first, second, third, unasked = [
        (await client.get(f"/api/events/{position}")).json() for position in (1, 2, 3, 4)
    ]
    assert first["caused_by"] is None
    assert first["caused"] == [
        {"position": position, "id": str(each.id), "type": "service", "action": "started"}
        for position, each in ((2, others[0]), (3, others[1]))
    ]
    for caused in (second, third):
        assert caused["caused_by"] == {"position": 1, "id": str(delivery.id)}
    assert (unasked["caused_by"], unasked["caused"]) == (None, [])
    assert positions(await client.get("/api/events", caused_by=1)) == [3, 2]
    assert positions(await client.get("/api/events", caused_by=2)) == []
    assert positions(await client.get("/api/events", caused_by=99)) == []
    assert positions(await client.get("/api/events", id=str(others[1].id))) == [3]
    assert positions(await client.get("/api/events", id=str(uuid4()))) == []


async def many(client: Client, store: Database, number: int) -> None:
    for count in range(number):
        await client.deliver("issues", issues(repository=ROCKET if count % 3 else PROBE))
    await project(store)


async def test_following_next_visits_everything_once(client: Client, store: Database) -> None:
    await many(client, store, 23)
    for limit in (1, 4, 5, 22, 23, 24):
        pages = await every_page(client, f"/api/events?limit={limit}")
        assert [item["position"] for page in pages for item in page] == list(range(23, 0, -1))
        assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
        assert pages[-1]


async def test_the_next_page_keeps_the_filters(client: Client, store: Database) -> None:
    await many(client, store, 23)
    path = f"/api/events?repository={PROBE['id']}&type=issues&actor=ADA&limit=3&after=4"
    path = path.replace("&actor=ADA", "") + "&since=2025-12-31T23:00:00-01:00"
    pages = await every_page(client, path)
    found = [item["position"] for page in pages for item in page]
    assert found == [22, 19, 16, 13, 10, 7]
    assert len(pages) == 2


async def test_events_that_come_meanwhile_do_not_shift_the_pages(
    client: Client, store: Database
) -> None:
    await many(client, store, 6)
    first = await client.get("/api/events", limit=3)
    await many(client, store, 5)
    second = await client.get(first.json()["next"])
    assert (positions(first), positions(second)) == ([6, 5, 4], [3, 2, 1])


@on_one_database
@pytest.mark.parametrize(
    "parameters",
    [
        {"offset": 10},
        {"types": "issues"},
        {"Type": "issues"},
        {"limit": 0},
        {"limit": 201},
        {"limit": -1},
        {"limit": "many"},
        {"limit": "9" * 400},
        {"before": -1},
        {"before": 2**63},
        {"after": "9" * 100},
        {"repository": 2**63},
        {"installation": -1},
        {"issue": 2**64},
        {"pull_request": "x"},
        {"type": ""},
        {"type": "x" * 256},
        {"source": "gitlab"},
        {"since": "yesterday"},
        {"since": "2026-01-01T25:00:00"},
        {"until": "2026-13-01T00:00:00Z"},
        {"correlation": "17"},
        {"min_position": -1},
        {"min_position": 2**63},
    ],
    ids=lambda value: urlencode(value)[:40],
)
async def test_a_parameter_that_does_not_fit_is_a_problem(
    client: Client, parameters: dict[str, str | int]
) -> None:
    detail = assert_problem(await client.get("/api/events", **parameters), 422, "request_invalid")
    assert next(iter(parameters)) in detail


async def test_a_nul_in_a_filter_is_a_problem(client: Client) -> None:
    for name in ("type", "action", "actor"):
        answer = await client.get("/api/events", **{name: "a\0b"})
        assert_problem(answer, 422, "request_invalid")


async def test_the_largest_page_is_200(client: Client, store: Database) -> None:
    await many(client, store, 3)
    assert positions(await client.get("/api/events", limit=200)) == [3, 2, 1]


async def test_a_single_event_has_its_payload(client: Client) -> None:
    payload = issues("opened", repository=ROCKET)
    await client.deliver("issues", payload)
    answer = await client.get("/api/events/1")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-log-position"] == "1"
    assert set(answer.json()) == COLUMNS | {"payload", "caused_by", "caused", "facts"}
    assert answer.json()["payload"] == payload


@on_one_database
async def test_a_single_event_tells_the_facts_that_were_read_from_it(client: Client) -> None:
    issue = an_issue(17, repository=ROCKET, title="t" * 300, body="the secret of the house")
    pull = a_pull_request(18, repository=ROCKET) | {"number": "eighteen"}
    await client.deliver("issues", issues("opened", issue=issue, repository=ROCKET))
    await client.deliver("pull_request", pull_request(pull_request=pull, repository=ROCKET))
    facts = (await client.get("/api/events/1")).json()["facts"]
    kinds = [fact["kind"] for fact in facts["items"]]
    assert (facts["total"], facts["unread"], "issue_seen" in kinds) == (len(kinds), [], True)
    seen = facts["items"][kinds.index("issue_seen")]["fields"]
    assert (seen["number"], seen["state"], seen["labels"]) == (17, "open", [])
    assert (len(seen["title"]), seen["title"][-1]) == (200, "…")
    assert not {"closed_at", "borrowed", "settled_at"} & set(seen)
    assert "secret of the house" not in json.dumps(facts)
    facts = (await client.get("/api/events/2")).json()["facts"]
    unread = {"path": "$.pull_request.number", "expected": "integer", "found": "text"}
    assert unread in facts["unread"]


@on_one_database
async def test_an_event_names_its_repository(client: Client, store: Database) -> None:
    await client.deliver("issues", issues("opened", repository=ROCKET))
    await project(store)
    named = {
        "id": ROCKET["id"],
        "full_name": ROCKET["full_name"],
        "html_url": f"https://github.com/{ROCKET['full_name']}",
    }
    assert (await client.get("/api/events")).json()["items"][0]["repository"] == named
    assert (await client.get("/api/events/1")).json()["repository"] == named


async def test_one_of_our_own_events_has_its_payload_too(client: Client, log: EventLog) -> None:
    await log.append(own_event(ServiceStarted(instance=WORKFLOW, version="1", role="web"), uuid4()))
    answer = await client.get("/api/events/1")
    assert answer.json()["payload"] == {
        "instance": str(WORKFLOW),
        "version": "1",
        "role": "web",
        "has_app": False,
    }
    assert answer.json()["schema_version"] == 1
    raw = await client.get("/api/events/1", raw="true")
    assert json.loads(raw.content) == answer.json()["payload"]


SIGNED = [
    (json.dumps(issues(), indent=3).encode(), "application/json"),
    ('{"a":"Zürich \U0001f680","b":1.50,"a":2 }\r\n'.encode(), "application/json"),
    (rb'{"a":"\ud800 \u0000"}', "application/json"),
    (b'\xef\xbb\xbf{"a":1}', "application/json; charset=utf-8"),
    (b'{"a":123456789012345678901234567890}', "application/json"),
    (b"x=1&payload=%7B%22a%22%3A+%22%C3%BC%22%7D", FORM),
    (b"payload=%7B%22a%22%3A%22%5Cud800%22%7D&payload2=", FORM),
]


async def test_raw_gives_back_the_exact_bytes_that_were_signed(client: Client) -> None:
    for body, content_type in SIGNED:
        accepted = await client.deliver("ping", body, content_type=content_type)
        assert accepted.status_code == 202, accepted.text
        path = f"/api/events/{accepted.json()['position']}"
        answer = await client.get(path, raw="true")
        assert answer.content == body
        assert answer.headers["content-type"] == content_type
        assert answer.headers["x-content-type-options"] == "nosniff"
        decoded = await client.get(path)
        assert isinstance(json.loads(decoded.content)["payload"], dict), body


async def test_a_lone_surrogate_is_told_as_it_was_sent(client: Client) -> None:
    await client.deliver("ping", rb'{"a":"\ud800"}')
    answer = await client.get("/api/events/1")
    assert rb'"payload":{"a":"\ud800"}' in answer.content


@on_one_database
@pytest.mark.parametrize("position", [2, 10**15, 2**63 - 1])
async def test_a_position_that_is_not_there_is_not_found(client: Client, position: int) -> None:
    await client.deliver("ping", ping())
    assert_problem(await client.get(f"/api/events/{position}"), 404, "event_not_found")


@on_one_database
@pytest.mark.parametrize("position", ["0", "-1", str(2**63), "9" * 5000, "first", "1.5", "%00"])
async def test_a_position_that_is_no_number_is_a_problem(client: Client, position: str) -> None:
    assert_problem(await client.get(f"/api/events/{position}"), 422, "request_invalid")


async def test_times_of_one_and_the_same_moment_are_all_found(
    client: Client, store: Database, clock: Clock
) -> None:
    await many(client, store, 3)
    clock.advance(seconds=1)
    await many(client, store, 3)
    since = clock.now.isoformat()
    before = (clock.now - timedelta(microseconds=1)).isoformat()
    assert positions(await client.get("/api/events", since=since)) == [6, 5, 4]
    assert positions(await client.get("/api/events", since=before)) == [6, 5, 4]
    assert positions(await client.get("/api/events", until=since)) == [3, 2, 1]

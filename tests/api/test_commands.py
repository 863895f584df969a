"""Operator commands: each is recorded once, with who gave it and about what, or refused."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from events.catalogue import About, content_of, workflow_id
from events.envelope import OPERATOR
from runtime.database import Database
from simulator.payloads import INSTALLATION_ID, a_repository
from simulator.payloads.deliveries import installation
from tests.api.answers import assert_problem
from tests.api.commanding import STRANGE, Site, a_site, keyed, recorded
from tests.service import Client, Unreliable, app_over, client_of, project, running_app

pytestmark = pytest.mark.anyio

on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

# Path, body, and what is then in the log; resumptions and releases need something before them.
PLAIN: list[tuple[str, dict[str, Any], str]] = [
    ("{lane}/pause", {"reason": "a release"}, "lane.paused"),
    ("{lane}/mode", {"mode": "live", "reason": "it went well"}, "lane.mode_set"),
    ("{lane}/queue/order", {"order": [3, 1]}, "queue.reordered"),
    ("{lane}/workflows/2/enqueue", {}, "workflow.enqueued"),
    ("{lane}/workflows/2/skip", {"reason": "not now"}, "workflow.skipped"),
    ("{lane}/workflows/2/retry", {}, "workflow.retried"),
    ("{lane}/workflows/2/take-over", {}, "workflow.taken_over"),
    ("{installation}/pause", {"reason": "an audit"}, "scope.paused"),
    ("/api/pause", {"reason": "an outage"}, "scope.paused"),
]
BACK: list[tuple[str, dict[str, Any], str, str]] = [
    ("{lane}/pause", {"reason": "a release"}, "{lane}/resume", "lane.resumed"),
    ("{lane}/workflows/2/take-over", {}, "{lane}/workflows/2/release", "workflow.released"),
    ("{installation}/pause", {"reason": "an audit"}, "{installation}/resume", "scope.resumed"),
    ("/api/pause", {"reason": "an outage"}, "/api/resume", "scope.resumed"),
]


def about(site: Site, path: str) -> About:
    """Whom a path is about."""
    if path.startswith("/api/"):
        return About()
    if path.startswith("{installation}"):
        return About(installation_id=INSTALLATION_ID)
    issue = 2 if "/workflows/2/" in path else None
    return About(
        installation_id=INSTALLATION_ID, repository_id=site.repository_id, issue_number=issue
    )


@on_one_database
@pytest.mark.parametrize(("path", "body", "kind"), PLAIN)
async def test_a_command_is_recorded_as_what_it_says_by_whom_and_about_what(
    site: Site, path: str, body: dict[str, Any], kind: str
) -> None:
    answer = await site.command(path, **body)
    [event] = await site.recorded()
    assert answer.status_code == 202, answer.text
    assert answer.json() == {"status": "accepted", "id": str(event.id), "position": event.position}
    assert answer.headers["x-log-position"] == str(event.position)
    assert (f"{event.type}.{event.action}", event.actor_login) == (kind, "admin")
    whom = About(
        installation_id=event.installation_id,
        repository_id=event.repository_id,
        issue_number=event.subject_number,
    )
    assert whom == about(site, path)
    said = content_of(event).model_dump(mode="json", exclude={"issue_number"})
    assert said == {"reason": "why"} | body
    expected = workflow_id(site.repository_id, 2) if whom.issue_number else None
    assert event.correlation_id == expected


@on_one_database
@pytest.mark.parametrize(("first", "body", "path", "kind"), BACK)
async def test_what_was_begun_is_ended_by_its_counterpart(
    site: Site, first: str, body: dict[str, Any], path: str, kind: str
) -> None:
    await site.obeyed(first, **body)
    await site.obeyed(path)
    assert [f"{event.type}.{event.action}" for event in await site.recorded()][1:] == [kind]
    assert await site.shown("/workflows/2")


@pytest.mark.parametrize(("path", "body", "kind"), PLAIN)
async def test_a_repetition_records_nothing_even_when_the_command_would_no_longer_apply(
    site: Site, path: str, body: dict[str, Any], kind: str
) -> None:
    first = await site.command(path, "again", **body)
    await project(site.store)
    for _ in range(2):
        repeated = await site.command(path, "again", **body)
        assert repeated.status_code == 200, repeated.text
        assert repeated.json() == first.json() | {"status": "duplicate"}
        assert repeated.headers["x-log-position"] == first.headers["x-log-position"]
    assert [f"{event.type}.{event.action}" for event in await site.recorded()] == [kind]


async def test_identical_requests_at_once_record_one_event(site: Site) -> None:
    requests = (site.command("{lane}/pause", "same", reason="a release") for _ in range(8))
    answers = await asyncio.gather(*requests)
    assert Counter(answer.status_code for answer in answers) == {202: 1, 200: 7}
    assert len({answer.json()["position"] for answer in answers}) == 1
    assert len(await site.recorded()) == 1


async def test_of_different_commands_at_once_with_one_key_one_is_recorded(site: Site) -> None:
    requests = (site.command("{lane}/pause", "same", reason=f"reason {n}") for n in range(6))
    answers = await asyncio.gather(*requests)
    assert Counter(answer.status_code for answer in answers) == {202: 1, 422: 5}
    assert len(await site.recorded()) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("{lane}/workflows/2/skip", {"reason": "another"}),
        ("{lane}/workflows/2/retry", {"reason": "why"}),
        ("{lane}/workflows/3/skip", {"reason": "why"}),
        ("{lane}/resume", {"reason": "why"}),
        (f"/api/repositories/{STRANGE}/workflows/2/skip", {"reason": "why"}),
        ("/api/pause", {"reason": "why"}),
    ],
)
async def test_a_key_that_belongs_to_another_command_is_refused(
    site: Site, path: str, body: dict[str, Any]
) -> None:
    await site.command("{lane}/workflows/2/skip", "taken", reason="why")
    answer = await site.command(path, "taken", **body)
    assert_problem(answer, 422, "idempotency_key_reused")
    assert len(await site.recorded()) == 1


async def test_a_pause_of_one_scope_is_no_repetition_of_anothers(site: Site) -> None:
    await site.command("/api/pause", "taken", reason="why")
    answer = await site.command("{installation}/pause", "taken", reason="why")
    assert_problem(answer, 422, "idempotency_key_reused")


@on_one_database
@pytest.mark.parametrize(
    ("before", "path", "body", "sentence"),
    [
        ("{lane}/pause", "{lane}/pause", {"reason": "more"}, "the lane is paused already"),
        (None, "{lane}/resume", {}, "the lane is not paused"),
        (None, "{lane}/mode", {"mode": None}, "the mode is the policy's already"),
        (None, "{lane}/queue/order", {"order": []}, "the queue is in this order already"),
        (None, "{lane}/workflows/2/release", {}, "issue 2 is not taken over"),
        (
            "{lane}/workflows/2/skip",
            "{lane}/workflows/2/skip",
            {"reason": "more"},
            "issue 2 is skipped already",
        ),
        ("/api/pause", "/api/pause", {"reason": "more"}, "everything is paused already"),
        (None, "/api/resume", {}, "everything is not paused"),
        (
            None,
            "{installation}/resume",
            {},
            f"installation {INSTALLATION_ID} is not paused",
        ),
    ],
)
async def test_a_command_that_would_change_nothing_is_refused_with_what_holds(
    site: Site, before: str | None, path: str, body: dict[str, Any], sentence: str
) -> None:
    if before:
        await site.obeyed(before, reason="why")
    known = len(await site.recorded())
    answer = await site.command(path, **body)
    assert assert_problem(answer, 409, "command_refused") == sentence
    assert len(await site.recorded()) == known


async def test_a_refused_command_leaves_its_key_free(site: Site) -> None:
    assert (await site.command("{lane}/resume", "key")).status_code == 409
    await site.obeyed("{lane}/pause", reason="why")
    assert (await site.command("{lane}/resume", "key")).status_code == 202


@on_one_database
@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"/api/repositories/{STRANGE}/pause", "repository_not_found"),
        (f"/api/repositories/{STRANGE}/workflows/1/enqueue", "repository_not_found"),
        (f"/api/installations/{STRANGE}/pause", "installation_not_found"),
        ("{lane}/workflows/99/retry", "workflow_not_found"),
        ("{lane}/workflows/99/take-over", "workflow_not_found"),
        ("{lane}/workflows/99/release", "workflow_not_found"),
    ],
)
async def test_what_is_not_known_is_not_commanded(site: Site, path: str, code: str) -> None:
    assert_problem(await site.command(path, reason="why"), 404, code)
    assert await site.recorded() == []


async def test_a_known_repository_without_a_lane_can_be_commanded(
    client: Client, store: Database
) -> None:
    rocket = a_repository("octo-org/empty")
    await client.deliver("installation", installation(repositories=(rocket,)))
    await project(store)
    path = f"/api/repositories/{rocket['id']}/pause"
    answer = await client.http.post(path, json={"reason": "not yet"}, headers=keyed("key"))
    assert answer.status_code == 202, answer.text
    [event] = [each for each in await recorded(store) if each.source == OPERATOR]
    assert event.installation_id == INSTALLATION_ID


async def test_an_issue_that_was_never_seen_can_be_skipped_and_then_retried(site: Site) -> None:
    await site.obeyed("{lane}/workflows/99/skip")
    await site.obeyed("{lane}/workflows/99/retry")


@on_one_database
@pytest.mark.parametrize("what", ["retry", "skip", "take-over", "release", "enqueue"])
async def test_work_that_is_over_takes_no_command(site: Site, what: str) -> None:
    await site.closed(2)
    answer = await site.command("{lane}/workflows/2/" + what)
    assert assert_problem(answer, 409, "command_refused") == "issue 2 is closed"
    assert await site.recorded() == []


async def test_what_was_skipped_can_be_taken_up_again(site: Site) -> None:
    for back in ("retry", "enqueue"):
        await site.obeyed("{lane}/workflows/2/skip")
        assert (await site.shown("/workflows/2"))["stage"] == "cancelled"
        await site.obeyed("{lane}/workflows/2/" + back)
        assert (await site.shown("/workflows/2"))["stage"] == "queued"


@on_one_database
async def test_what_is_not_folded_yet_is_left_to_the_fold(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.commanding._WAIT_SECONDS", 0.05)
    assert (await site.command("{lane}/pause", reason="one")).status_code == 202
    assert (await site.command("{lane}/resume")).status_code == 202
    assert (await site.command("{lane}/workflows/99/retry")).status_code == 202
    await project(site.store)
    assert (await site.shown("/workflows/1"))["notes"] == []
    listed = (await site.client.get("/api/commands")).json()["items"]
    assert [each["applied"] for each in reversed(listed)] == [True, True, False]


async def test_a_command_meets_what_was_said_just_before_it(database_url: str) -> None:
    async with running_app(database_url) as client:
        for turn in range(5):
            paused = await client.http.post(
                "/api/pause", json={"reason": "a drill"}, headers=keyed(f"pause {turn}")
            )
            assert paused.status_code == 202, paused.text
            over = {"reason": "it is over"}
            resumed = await client.http.post(
                "/api/resume", json=over, headers=keyed(f"resume {turn}")
            )
            assert resumed.status_code == 202, resumed.text
            again = await client.http.post("/api/resume", json=over, headers=keyed(f"again {turn}"))
            assert_problem(again, 409, "command_refused")


@on_one_database
async def test_a_command_that_could_not_be_stored_is_sent_again_with_its_key(
    store: Database,
) -> None:
    unreliable = Unreliable(store)
    async with client_of(app_over(unreliable)) as client:
        site = await a_site(client, store)
        unreliable.away = {"append"}
        failed = await site.command("{lane}/pause", "key", reason="why")
        assert_problem(failed, 503, "storage_unavailable")
        unreliable.away = set()
        assert (await site.command("{lane}/pause", "key", reason="why")).status_code == 202
        assert len(await site.recorded()) == 1

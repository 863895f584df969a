from datetime import UTC, datetime

import pytest

from events.github import (
    ActionsRunSeen,
    CheckRunSeen,
    CheckSuiteSeen,
    CommitStatusSeen,
)
from events.github.checks import status_rank
from simulator.payloads import (
    ACTIONS_APP_ID,
    a_check_run,
    a_check_suite,
    a_commit_status,
    a_pull_request,
    a_repository,
    an_actions_run,
    deliveries,
)
from tests.events.github.readings import fact_of

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
NINE_FIVE = datetime(2026, 11, 2, 9, 5, tzinfo=UTC)


def test_a_check_run_is_seen_with_its_pull_requests() -> None:
    run = a_check_run("lint", pull_requests=[a_pull_request(19), a_pull_request(18)])

    seen = fact_of(CheckRunSeen, "check_run", deliveries.check_run(check_run=run))

    assert seen == CheckRunSeen(
        repository_id=a_repository()["id"],
        id=run["id"],
        name="lint",
        app_id=ACTIONS_APP_ID,
        by_actions=True,
        suite_id=run["check_suite"]["id"],
        head_sha=run["head_sha"],
        head_branch=run["check_suite"]["head_branch"],
        status="completed",
        conclusion="success",
        started_at=NINE,
        completed_at=NINE_FIVE,
        pull_request_numbers=(18, 19),
    )


def test_a_queued_check_run_has_neither_conclusion_nor_end() -> None:
    run = a_check_run(status="queued", conclusion=None, completed_at=None, started_at=None)

    seen = fact_of(CheckRunSeen, "check_run", deliveries.check_run("created", check_run=run))

    assert (seen.status, seen.conclusion, seen.completed_at) == ("queued", None, None)
    assert seen.started_at is None
    assert seen.pull_request_numbers == ()


def test_a_status_that_github_invents_tomorrow_ranks_lowest() -> None:
    ranks = [status_rank(status) for status in ("dreaming", "queued", "in_progress", "completed")]

    assert ranks == sorted(ranks)
    assert len(set(ranks)) == 4


def test_a_check_suite_is_seen() -> None:
    suite = a_check_suite(conclusion="failure", pull_requests=[a_pull_request(18)])

    seen = fact_of(CheckSuiteSeen, "check_suite", deliveries.check_suite(check_suite=suite))

    assert (seen.id, seen.head_sha) == (suite["id"], suite["head_sha"])
    assert (seen.status, seen.conclusion) == ("completed", "failure")
    assert seen.updated_at == NINE_FIVE
    assert seen.pull_request_numbers == (18,)


def test_a_commit_status_is_seen() -> None:
    status = a_commit_status("ci/pad", state="pending", updated_at="2026-11-02T09:05:00+00:00")

    seen = fact_of(CommitStatusSeen, "status", deliveries.status(status=status))

    assert seen == CommitStatusSeen(
        repository_id=a_repository()["id"],
        id=status["id"],
        sha=status["sha"],
        context="ci/pad",
        state="pending",
        updated_at=NINE_FIVE,
    )


def test_a_second_attempt_of_an_actions_run_is_seen() -> None:
    run = an_actions_run(2, conclusion="action_required", pull_requests=[a_pull_request(18)])

    seen = fact_of(ActionsRunSeen, "workflow_run", deliveries.workflow_run(workflow_run=run))

    assert (seen.id, seen.attempt, seen.name) == (run["id"], 2, "CI")
    assert seen.conclusion == "action_required"
    assert seen.event == "pull_request"
    assert seen.head_branch == "copilot/fix-17"
    assert seen.workflow_id == run["workflow_id"]
    assert seen.suite_id == run["check_suite_id"]
    assert seen.pull_request_numbers == (18,)
    assert seen.updated_at == NINE_FIVE


def test_an_actions_run_without_an_attempt_is_the_first() -> None:
    payload = deliveries.workflow_run()
    del payload["workflow_run"]["run_attempt"]

    assert fact_of(ActionsRunSeen, "workflow_run", payload).attempt == 1


def test_a_re_run_began_later_than_its_run_was_created() -> None:
    first = an_actions_run()
    again = an_actions_run(2, run_started_at="2026-11-02T09:03:00Z")

    began = [
        fact_of(ActionsRunSeen, "workflow_run", deliveries.workflow_run(workflow_run=run)).began_at
        for run in (first, again)
    ]

    assert began == [None, datetime(2026, 11, 2, 9, 3, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("event", "path", "name", "own"),
    [
        ("dynamic", "dynamic/copilot-swe-agent/copilot", "Copilot cloud agent", True),
        ("dynamic", "dynamic/copilot-pull-request-reviewer/reviewer", "Copilot code review", True),
        ("dynamic", "dynamic/agents/openai-code-agent", "Codex", True),
        ("dynamic", None, "Running Copilot coding agent", True),
        ("dynamic", "dynamic/github-code-scanning/codeql", "CodeQL", False),
        ("dynamic", None, "CodeQL", False),
        ("push", ".github/workflows/copilot-setup-steps.yml", "Copilot set-up", False),
    ],
)
def test_an_agents_own_run_is_told_from_a_check(
    event: str, path: str | None, name: str, *, own: bool
) -> None:
    run = an_actions_run(event=event, path=path, name=name)

    seen = fact_of(ActionsRunSeen, "workflow_run", deliveries.workflow_run(workflow_run=run))

    assert seen.agents_own is own


@pytest.mark.parametrize("length", [101, 256, 5000])
def test_an_over_long_name_is_cut_as_github_cuts_it_and_never_dropped(length: int) -> None:
    run, cut = a_check_run("x" * length), "x" * 97 + "..."
    actions = an_actions_run(name="x" * length)

    seen = fact_of(CheckRunSeen, "check_run", deliveries.check_run(check_run=run))
    told = fact_of(ActionsRunSeen, "workflow_run", deliveries.workflow_run(workflow_run=actions))

    assert (seen.name, told.name) == (cut, cut)


def test_a_check_of_github_actions_elsewhere_is_told_by_its_apps_slug() -> None:
    run = a_check_run(app={"id": 7, "slug": "github-actions"})
    other = a_check_run(app={"id": 7, "slug": "other-app"})

    seen = [
        fact_of(CheckRunSeen, "check_run", deliveries.check_run(check_run=each)).by_actions
        for each in (run, other)
    ]

    assert seen == [True, False]

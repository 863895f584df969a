"""Reading check runs, check suites, commit statuses and Actions runs."""

from collections.abc import Iterable

from events.facts import ActionsRunSeen, CheckRunSeen, CheckSuiteSeen, CommitStatusSeen, Fact
from events.interpret.delivery import Delivered
from events.interpret.people import numbers


def check_run_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read a check run."""
    run = delivery.root.need_node("check_run")
    seen = CheckRunSeen(
        repository_id=delivery.repository_id,
        id=run.need_integer("id"),
        name=run.need_name("name"),
        head_sha=run.need_name("head_sha"),
        status=run.need_name("status"),
        conclusion=run.name("conclusion"),
        started_at=run.moment("started_at"),
        completed_at=run.moment("completed_at"),
        app_id=run.node("app").integer("id"),
        suite_id=run.node("check_suite").integer("id"),
        pull_request_numbers=numbers(run, "pull_requests"),
    )
    return (seen,)


def check_suite_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read a check suite."""
    suite = delivery.root.need_node("check_suite")
    seen = CheckSuiteSeen(
        repository_id=delivery.repository_id,
        id=suite.need_integer("id"),
        head_sha=suite.need_name("head_sha"),
        updated_at=suite.need_moment("updated_at"),
        status=suite.name("status"),
        conclusion=suite.name("conclusion"),
        head_branch=suite.name("head_branch"),
        app_id=suite.node("app").integer("id"),
        pull_request_numbers=numbers(suite, "pull_requests"),
    )
    return (seen,)


def commit_status_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read a commit status, which is the delivery's root itself."""
    status = delivery.root
    seen = CommitStatusSeen(
        repository_id=delivery.repository_id,
        id=status.need_integer("id"),
        sha=status.need_name("sha"),
        context=status.need_name("context"),
        state=status.need_name("state"),
        updated_at=status.need_moment("updated_at"),
    )
    return (seen,)


def actions_run_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read a GitHub Actions run; one without an attempt is the first."""
    run = delivery.root.need_node("workflow_run")
    seen = ActionsRunSeen(
        repository_id=delivery.repository_id,
        id=run.need_integer("id"),
        attempt=run.integer("run_attempt") or 1,
        head_sha=run.need_name("head_sha"),
        status=run.need_name("status"),
        updated_at=run.need_moment("updated_at"),
        name=run.name("name"),
        workflow_id=run.integer("workflow_id"),
        suite_id=run.integer("check_suite_id"),
        head_branch=run.name("head_branch"),
        event=run.name("event"),
        conclusion=run.name("conclusion"),
        pull_request_numbers=numbers(run, "pull_requests"),
    )
    return (seen,)

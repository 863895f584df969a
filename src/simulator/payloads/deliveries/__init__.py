"""Whole deliveries, each built by the function of its event's name."""

from collections.abc import Callable, Mapping

from simulator.payloads.deliveries.checks import check_run, check_suite, status, workflow_run
from simulator.payloads.deliveries.installations import (
    github_app_authorization,
    installation,
    installation_repositories,
)
from simulator.payloads.deliveries.issues import (
    issue_comment,
    issue_dependencies,
    issues,
    sub_issues,
)
from simulator.payloads.deliveries.pull_requests import (
    pull_request,
    pull_request_review,
    pull_request_review_comment,
    pull_request_review_thread,
)
from simulator.payloads.deliveries.repositories import merge_group, ping, push, repository
from simulator.payloads.payload import Payload

DELIVERIES: Mapping[str, Callable[..., Payload]] = {
    build.__name__: build
    for build in (
        ping,
        repository,
        installation,
        installation_repositories,
        github_app_authorization,
        issues,
        issue_comment,
        issue_dependencies,
        sub_issues,
        pull_request,
        pull_request_review,
        pull_request_review_comment,
        pull_request_review_thread,
        check_run,
        check_suite,
        status,
        workflow_run,
        push,
        merge_group,
    )
}

__all__ = [
    "DELIVERIES",
    "check_run",
    "check_suite",
    "github_app_authorization",
    "installation",
    "installation_repositories",
    "issue_comment",
    "issue_dependencies",
    "issues",
    "merge_group",
    "ping",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "pull_request_review_thread",
    "push",
    "repository",
    "status",
    "sub_issues",
    "workflow_run",
]
